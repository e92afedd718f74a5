"""``visible_to`` is one rule for inbox, lists, search, history and files (design.md D7)."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import SYSTEM, Request
from engine.errors import FileTooLarge, FileTypeRefused, Invalid, NotFound, NotPermitted
from engine.model.tasks import InboxFilter
from engine.store import cases
from engine.store.cases import CaseQuestion, may_know_of, visible_to
from engine.store.database import Tx
from engine.store.ready_for import stand_in
from engine.store.tables import case
from engine.store.task_lists import TaskQuestion
from engine.work.supervise import OverdueFilter
from tests.engine.conftest import FILLED, Office

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
EVERYBODY = (
    "officer",
    "officer2",
    "other_officer",
    "far_officer",
    "chair",
    "township",
    "reviewer",
    "far_reviewer",
    "approver",
    "supervisor",
    "city",
    "designer",
    "admin",
)
SEE_IT = {"officer", "officer2", "township", "reviewer", "approver", "supervisor", "city"}
"""Started it, has the open step before her, or a role over its area.

The grass-roots chair's role sees her own only, and this step is not hers.
"""


def test_one_whose_names_are_left_blank_is_asked_the_same_rule(office: Office) -> None:
    started = {office.start(), office.start()}

    def found(tx: Tx, name: str) -> tuple[set[str], set[str], set[str], set[str]]:
        actor = office.actor(name)
        return (
            set(tx.execute(select(case.c.id).where(visible_to(actor))).scalars()),
            {one for one in started if cases.is_visible(tx, actor, one)},
            set(tx.execute(select(case.c.id).where(may_know_of(actor))).scalars()),
            {one for one in started if cases.may_be_known_to(tx, actor, one)},
        )

    for name in EVERYBODY:
        by_rule, ready, known_by_rule, known = office.engine.ask(lambda tx, n=name: found(tx, n))
        assert ready == by_rule & started
        assert known == known_by_rule & started
        assert bool(ready) == (name in SEE_IT)


def test_two_with_the_same_roles_at_different_units_share_their_statements(
    office: Office,
) -> None:
    officer, far = office.actor("officer"), office.actor("far_officer")
    (like, names), (far_like, far_names) = stand_in(officer), stand_in(far)
    assert like == far_like
    assert names != far_names
    assert names["actor_id"] == officer.person_id
    assert stand_in(office.actor("approver"))[0] != like
    assert stand_in(SYSTEM) == (SYSTEM, {})


def test_everybody_sees_the_same_everywhere(office: Office) -> None:
    case_id = office.start()
    step = office.step(case_id, "apply")
    engine = office.engine
    for name in EVERYBODY:
        actor = office.actor(name)
        seen = {
            "list": case_id in [c.id for c in engine.cases.list(actor, CaseQuestion())],
            "search": case_id in [c.id for c in engine.cases.search(actor, "安全帽")],
            "steps": step in [t.id for t in engine.tasks.list(actor, TaskQuestion())],
        }
        for what, ask in (
            ("case", lambda a=actor: engine.cases.view(a, case_id)),
            ("history", lambda a=actor: engine.cases.history(a, case_id)),
            ("diagrams", lambda a=actor: engine.cases.diagrams(a, case_id)),
            ("step", lambda a=actor: engine.tasks.view(a, step)),
        ):
            try:
                ask()
                seen[what] = True
            except NotFound:
                seen[what] = False
        assert set(seen.values()) == {name in SEE_IT}, (name, seen)


def test_lists_and_figures_show_nobody_more_than_her_cases(office: Office) -> None:
    for subject in ("甲", "乙"):
        office.applied(subject)
    office.start("丙", by="far_officer", at="lw-u")
    office.clock.advance(timedelta(days=20))
    engine = office.engine
    for name in EVERYBODY:
        actor = office.actor(name)
        cases = {c.id for c in engine.cases.list(actor, CaseQuestion())}
        steps = list(engine.tasks.list(actor, TaskQuestion(status="open")))
        late = [t for t in steps if t.due_at is not None and t.due_at < office.clock.now()]
        assert {t.case_id for t in steps} == cases, name
        inbox = engine.tasks.inbox(actor, InboxFilter())
        assert {t.id for t in inbox.lines} <= {t.id for t in steps}, name
        assert inbox.counts.total == len(inbox.lines), name
        overdue = engine.supervision.overdue(actor, OverdueFilter())
        assert {t.id for t in overdue.lines} == {t.id for t in late}, name
        assert overdue.total == len(late), name
        if not engine.definitions.counts_everywhere(actor):
            assert sum(engine.definitions.cases_per_version(actor).values()) == len(cases), name
            assert sum(n for *_, n in engine.definitions.open_per_step(actor)) == len(steps), name


def test_a_withdrawn_role_is_gone_with_the_next_request(office: Office) -> None:
    office.applied()
    assert office.inbox("reviewer") == ["review"]
    (grant,) = [g for g in office.engine.directory.grants() if g.person_id == "p-reviewer"]
    office.engine.directory.withdraw_grant(office.actor("admin"), grant.id)
    assert office.inbox("reviewer") == []
    assert office.inbox("reviewer2") == ["review"]


def test_search_finds_by_number_title_and_text_with_odd_characters(office: Office) -> None:
    case_id = office.start("100%_折扣\\采购")
    officer = office.actor("officer")
    number = office.engine.cases.view(officer, case_id).case.number
    for text in (number, number[-6:], "100%_折", "折扣\\采"):
        assert [c.id for c in office.engine.cases.search(officer, text)] == [case_id], text
    for text in ("1000", "'; DROP TABLE cases; --", "%%", "折扣_采购"):
        assert office.engine.cases.search(officer, text) == [], text


def test_the_inbox_is_ordered_counted_and_keeps_its_place(office: Office) -> None:
    made = [office.applied(f"第{n}件") for n in range(7)]
    reviewer = office.actor("reviewer")
    first = office.engine.tasks.inbox(reviewer, InboxFilter(limit=3))
    assert first.counts.total == len(made)
    office.engine.tasks.complete(reviewer, first.lines[0].id, {"decision": "agree"})
    office.applied("新来的")
    second = office.engine.tasks.inbox(
        reviewer, InboxFilter(limit=3, cursor=first.next_cursor or "")
    )
    third = office.engine.tasks.inbox(
        reviewer, InboxFilter(limit=9, cursor=second.next_cursor or "")
    )
    titles = [line.title for page in (first, second, third) for line in page.lines]
    assert sorted(titles) == sorted([*(f"第{n}件" for n in range(7)), "新来的"])
    assert third.next_cursor is None
    with pytest.raises(Invalid, match="cursor"):
        office.engine.tasks.inbox(reviewer, InboxFilter(cursor="改过的"))


def test_every_count_of_the_inbox_is_that_of_the_rows_it_leads_to(office: Office) -> None:
    reviewer = office.actor("reviewer")
    office.applied("早的")
    office.clock.advance(timedelta(days=20))
    for number in range(3):
        office.applied(f"第{number}件")
    office.engine.tasks.claim(reviewer, office.open_steps(office.applied("我的"))[0].id)

    def rows(**narrowed: str) -> int:
        return len(office.engine.tasks.inbox(reviewer, InboxFilter(**narrowed)).lines)

    for narrowed in ({}, {"holding": "free"}, {"text": "件"}, {"bucket": "overdue"}):
        counts = office.engine.tasks.inbox(reviewer, InboxFilter(**narrowed)).counts
        assert counts.total == rows(**narrowed)
        assert counts.held == rows(**{**narrowed, "holding": "mine"})
        assert counts.free == rows(**{**narrowed, "holding": "free"})
        for bucket, number in counts.by_bucket.items():
            assert number == rows(**{**narrowed, "bucket": bucket}) > 0
        for unit, number in counts.by_organisation.items():
            assert number == rows(**{**narrowed, "organisation_id": unit}) > 0
        for key, number in counts.by_process.items():
            assert number == rows(**{**narrowed, "process_key": key}) > 0


def test_the_overdue_figures_count_the_rows_they_lead_to(office: Office) -> None:
    for _ in range(3):
        office.applied()
    office.engine.tasks.claim(office.actor("reviewer"), office.open_steps(office.applied())[0].id)
    office.clock.advance(timedelta(days=20))
    late = office.applied("没有超期的")
    page = office.engine.supervision.overdue(office.actor("supervisor"), OverdueFilter())
    assert page.total == len(page.lines) == 4
    assert late not in [line.case_id for line in page.lines]
    assert sum(c.count for c in page.by_person) == sum(c.count for c in page.by_step) == page.total
    for count in page.by_person:
        narrowed = OverdueFilter(assignee=count.id or "none")
        rows = office.engine.supervision.overdue(office.actor("supervisor"), narrowed).lines
        assert len(rows) == count.count
    for count in page.by_step:
        narrowed = OverdueFilter(step=count.id)
        rows = office.engine.supervision.overdue(office.actor("supervisor"), narrowed).lines
        assert len(rows) == count.count
        assert {row.name for row in rows} == {count.name}
    assert (
        office.engine.supervision.overdue(office.actor("far_reviewer"), OverdueFilter()).total == 0
    )


def test_only_who_may_start_starts(office: Office) -> None:
    engine = office.engine
    with pytest.raises(NotPermitted, match="模拟三厂工会"):
        office.start(by="officer", at="lw-u")
    with pytest.raises(NotPermitted):
        office.start(by="reviewer")
    with pytest.raises(Invalid, match="基层"):
        office.start(by="officer", at="xc")
    with pytest.raises(Invalid, match="没有名为"):
        engine.cases.start(office.actor("officer"), Request("no_such", "u1", {}))
    with pytest.raises(Invalid) as refused:
        engine.cases.start(office.actor("officer"), Request("example_request", "u1", {}))
    assert [e.pointer for e in refused.value.errors] == ["/subject"]


def test_numbers_run_per_county_and_year(office: Office) -> None:
    engine = office.engine
    numbers = [engine.cases.view(SYSTEM, office.start()).case.number for _ in range(3)]
    assert numbers == [f"漳芗-2026-{n:06d}" for n in (1, 2, 3)]
    other = engine.cases.view(SYSTEM, office.start(by="far_officer", at="lw-u")).case.number
    assert other == "漳龙-2026-000001"


def test_a_staged_file_is_the_owner_s_until_it_is_linked(office: Office) -> None:
    officer, colleague = office.actor("officer"), office.actor("officer2")
    staged = office.engine.files.stage(officer, "报价单.pdf", PDF)
    assert office.engine.files.read(officer, staged.id)[1] == PDF
    with pytest.raises(NotFound):
        office.engine.files.read(colleague, staged.id)
    case_id = office.start()
    with pytest.raises(Invalid, match="附件"):
        office.engine.tasks.complete(
            colleague, office.step(case_id), {**FILLED, "paper": staged.id}
        )
    office.do("officer", case_id, "apply", {**FILLED, "paper": staged.id})
    assert office.engine.files.read(office.actor("reviewer"), staged.id)[1] == PDF
    with pytest.raises(NotFound):
        office.engine.files.read(office.actor("far_reviewer"), staged.id)


def test_the_content_decides_what_a_file_is(office: Office) -> None:
    officer = office.actor("officer")
    with pytest.raises(FileTypeRefused, match=r"报价单\.pdf"):
        office.engine.files.stage(officer, "报价单.pdf", b"MZ\x90\x00" * 50)
    with pytest.raises(FileTooLarge, match="20 MB"):
        office.engine.files.receive(io.BytesIO(PDF + bytes(21 * 1024 * 1024)))


def test_personal_numbers_lie_nowhere_in_clear(office: Office, office_url: str) -> None:
    canary = "林某某金丝雀"
    case_id = office.start()
    office.do("officer", case_id, "apply", {**FILLED, "reason": canary * 3})
    assert canary in str(office.engine.cases.view(office.actor("officer"), case_id).submissions)
    if office.engine.database.path is not None:
        folder = office.engine.database.path.parent
        for file in folder.rglob("*"):
            if file.is_file():
                assert canary.encode() not in file.read_bytes(), file


def test_search_finds_a_name_by_pinyin_and_by_a_mark_for_what_cannot_be_typed(
    office: Office,
) -> None:
    case_id = office.start("曾𬱖模")
    officer = office.actor("officer")
    for text in ("zengdi", "Zeng D", "zdm", "曾?模", "曾□模", "𬱖"):
        assert [c.id for c in office.engine.cases.search(officer, text)] == [case_id], text
    for text in ("dimo", "zengx", "曾?拟"):
        assert office.engine.cases.search(officer, text) == [], text
