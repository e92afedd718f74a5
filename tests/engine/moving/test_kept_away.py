"""Who is complained about neither sees the case nor does any step of it (docs/decisions/0041)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine import SYSTEM, Request
from engine.errors import Conflict, DeploymentRefused, Invalid, NotFound, NotPermitted
from engine.model.tasks import InboxFilter
from engine.store import messages
from engine.store.cases import CaseQuestion
from engine.store.messages import NewMessage
from engine.store.task_lists import TaskQuestion
from engine.work.staffing import Post
from engine.work.supervise import OverdueFilter
from tests.engine.moving.conftest import Workshop, drawn, form, step
from tests.engine.moving.test_fan_out import BEGIN, given
from tests.support.grievances import KEY, grievance
from tests.unit.runtime.kit import end, line

STAFF = {"matter": "staff", "about": "经办人态度"}
WAGES = {"matter": "wages", "about": "拖欠工资"}


@pytest.fixture
def desk(shop: Workshop) -> Workshop:
    """The workshop with a complaint desk: union u1 records, the county looks, the city is told."""
    shop.put(*grievance())
    return shop


def told(desk: Workshop, **said: str) -> str:
    """A complaint that was recorded; its id."""
    case_id = desk.begin(KEY)
    desk.finish("officer", case_id, "record", said)
    return case_id


def sees(desk: Workshop, name: str, case_id: str) -> bool:
    """Whether somebody sees it; the same in the list, the search, the steps and on its page."""
    actor, engine = desk.actor(name), desk.engine
    seen = {
        "list": case_id in [c.id for c in engine.cases.list(actor, CaseQuestion())],
        "search": case_id in [c.id for c in engine.cases.search(actor, "反映")],
        "steps": case_id in [t.case_id for t in engine.tasks.list(actor, TaskQuestion())],
    }
    try:
        engine.cases.view(actor, case_id)
        seen["page"] = True
    except NotFound:
        seen["page"] = False
    assert len(set(seen.values())) == 1, (name, seen)
    return seen["page"]


def test_an_ordinary_complaint_is_seen_by_its_area(desk: Workshop) -> None:
    case_id = told(desk, **WAGES)
    assert {
        n for n in ("officer", "reviewer", "supervisor", "city", "admin") if sees(desk, n, case_id)
    } == {
        "officer",
        "reviewer",
        "supervisor",
        "city",
    }


def test_a_sealed_one_by_who_has_a_part_in_it_and_by_the_role_for_it(desk: Workshop) -> None:
    case_id = told(desk, **STAFF)
    seen = {
        name
        for name in ("officer", "officer2", "reviewer", "reviewer2", "approver", "supervisor")
        if sees(desk, name, case_id)
    }
    assert seen == {"officer", "reviewer", "reviewer2"}, "began it, or may do its open step"
    assert sees(desk, "protection", case_id), "the role that sealed cases are for, above"
    assert not sees(desk, "city", case_id), "the whole area is not enough"
    desk.finish("reviewer", case_id, "look")
    assert sees(desk, "reviewer", case_id), "she did a step of it"
    assert not sees(desk, "reviewer2", case_id), "there is nothing for her to do any more"
    assert sees(desk, "approver", case_id)
    desk.finish("approver", case_id, "decide")
    assert sees(desk, "protection", case_id), "of a case that is over too"


def test_a_degree_does_not_fall_by_itself(desk: Workshop) -> None:
    desk.put(*grievance(confidentiality='=if look_note = null then "sealed" else "ordinary"'))
    case_id = told(desk, **STAFF)
    desk.finish("reviewer", case_id, "look", {"note": "已核"})
    assert not sees(desk, "city", case_id)


def test_who_is_named_is_kept_away_though_she_holds_the_role(desk: Workshop) -> None:
    case_id = told(desk, accused="reviewer", **STAFF)
    (look,) = [one.id for one in desk.open_steps(case_id)]
    assert not sees(desk, "reviewer", case_id)
    assert desk.inbox("reviewer") == []
    assert desk.engine.tasks.inbox(desk.actor("reviewer"), InboxFilter()).counts.total == 0
    assert desk.inbox("reviewer2") == ["look"]
    reviewer, colleague = desk.actor("reviewer"), desk.actor("reviewer2")
    for act in (
        lambda: desk.engine.tasks.view(reviewer, look),
        lambda: desk.engine.tasks.claim(reviewer, look),
        lambda: desk.engine.tasks.complete(reviewer, look, {}),
        lambda: desk.engine.cases.history(reviewer, case_id),
        lambda: desk.engine.cases.cancel(reviewer, case_id, "不属实的反映"),
    ):
        with pytest.raises(NotFound) as refused:
            act()
        assert refused.value.message == NotFound().message
    desk.engine.tasks.claim(colleague, look)
    with pytest.raises(NotPermitted):
        desk.engine.tasks.pass_on(colleague, look, "p-reviewer", "请你办理")


def test_an_ordinary_complaint_is_kept_from_whom_it_names_too(desk: Workshop) -> None:
    case_id = told(desk, accused="p-supervisor", **WAGES)
    assert not sees(desk, "supervisor", case_id)
    assert sees(desk, "city", case_id)


def test_who_recorded_a_complaint_about_herself_sees_it_no_more(desk: Workshop) -> None:
    case_id = told(desk, accused="officer", **STAFF)
    assert not sees(desk, "officer", case_id)


def test_a_unit_is_kept_away_with_everybody_in_it_and_the_step_goes_up(desk: Workshop) -> None:
    desk.engine.directory.grant(desk.actor("admin"), "p-city", "county_reviewer", "zz")
    case_id = told(desk, unit="350602", **STAFF)
    for name in ("reviewer", "reviewer2", "reviewer3", "approver", "supervisor", "entry"):
        assert not sees(desk, name, case_id), name
        assert desk.inbox(name) == [], name
    assert desk.inbox("city") == ["look"]
    assert sees(desk, "city", case_id)
    other = told(desk, **WAGES)
    assert sees(desk, "reviewer", other), "its neighbours' cases stay where they were"
    assert desk.inbox("reviewer") == ["look"]


def test_where_nobody_else_can_do_it_the_role_for_sealed_cases_is_told(desk: Workshop) -> None:
    case_id = told(desk, unit="xc", **STAFF)
    desk.clock.advance(timedelta(days=30))
    listed = desk.engine.tasks.unstaffed
    assert [line.case_id for line, _ in listed(desk.actor("protection"))] == [case_id]
    for name in ("supervisor", "city", "reviewer"):
        assert list(listed(desk.actor(name))) == [], name
        late = desk.engine.supervision.overdue(desk.actor(name), OverdueFilter())
        assert late.total == 0, name


def test_the_steps_of_a_vacant_role_are_counted_for_whoever_may_look_at_them(
    desk: Workshop,
) -> None:
    admin, supervision = desk.actor("admin"), desk.engine.supervision
    for said in (WAGES, STAFF):
        told(desk, **said)
    for held in desk.engine.directory.grants():
        if held.role == "county_reviewer":
            desk.engine.directory.withdraw_grant(admin, held.id)
    counted = {}
    for name in ("supervisor", "city", "protection", "admin", "officer"):
        actor = desk.actor(name)
        for gap in supervision.staffing(actor).gaps:
            post = Post(gap.role, gap.level, gap.organisation_id)
            behind = supervision.steps_of_post(actor, post, range(500))
            assert len(behind.lines) == behind.total == gap.seen_steps, (name, post)
            assert name == "admin" or gap.open_steps == gap.seen_steps, (name, post)
            if (gap.role, gap.organisation_id) == ("county_reviewer", "xc"):
                counted[name] = (gap.open_steps, gap.seen_steps)
    assert counted == {
        "supervisor": (1, 1),
        "city": (1, 1),
        "protection": (2, 2),
        "admin": (1, 0),
    }


def test_superiors_of_the_named_unit_are_kept_away_as_the_process_says(desk: Workshop) -> None:
    desk.put(*grievance(excludedSuperiors="township,county"))
    desk.engine.directory.grant(desk.actor("admin"), "p-city", "county_reviewer", "zz")
    case_id = told(desk, unit="u2", **STAFF)
    for name in ("other_officer", "township", "reviewer", "supervisor"):
        assert not sees(desk, name, case_id), name
    assert desk.inbox("city") == ["look"]
    assert sees(desk, "officer", case_id)


def test_who_comes_to_an_excluded_unit_later_is_kept_away_at_once(desk: Workshop) -> None:
    admin = desk.actor("admin")
    for person in ("p-city", "p-protection"):
        desk.engine.directory.grant(admin, person, "county_reviewer", "zz")
    case_id = told(desk, unit="xc", **STAFF)
    (look,) = [one.id for one in desk.open_steps(case_id)]
    desk.engine.tasks.claim(desk.actor("city"), look)
    desk.engine.directory.grant(admin, "p-city", "supervisor", "xc")
    assert not sees(desk, "city", case_id)
    assert desk.inbox("city") == []
    assert desk.inbox("protection") == ["look"], "it is nobody's again"
    assert "task_released" in desk.history(case_id)


def test_a_step_goes_up_when_its_last_free_holder_leaves(desk: Workshop) -> None:
    admin = desk.actor("admin")
    desk.engine.directory.grant(admin, "p-city", "county_reviewer", "zz")
    case_id = told(desk, accused="reviewer", **STAFF)
    for name in ("reviewer2", "reviewer3"):
        assert desk.inbox(name) == ["look"]
        (held,) = [g for g in desk.engine.directory.grants() if g.person_id == f"p-{name}"]
        desk.engine.directory.withdraw_grant(admin, held.id)
    assert desk.inbox("reviewer") == []
    assert desk.inbox("city") == ["look"]
    assert sees(desk, "city", case_id)


def test_who_is_named_later_loses_the_step_she_holds(desk: Workshop) -> None:
    desk.put(*grievance(excluded="=if look_note = null then null else {person: look_note}"))
    case_id = told(desk, **STAFF)
    desk.finish("reviewer", case_id, "look", {"note": "approver"})
    assert desk.inbox("approver") == []
    assert not sees(desk, "approver", case_id)
    assert sees(desk, "reviewer", case_id)


def test_whom_nobody_knows_is_not_overlooked(desk: Workshop) -> None:
    case_id = desk.begin(KEY)
    with pytest.raises(Invalid, match="不在机构目录里"):
        desk.finish("officer", case_id, "record", {"accused": "查无此人"})
    assert desk.waiting(case_id) == ["record"]


def test_an_unknown_degree_is_not_taken_for_an_ordinary_one(desk: Workshop) -> None:
    desk.put(*grievance(confidentiality="=matter"))
    case_id = desk.begin(KEY)
    with pytest.raises(Invalid, match="confidentiality"):
        desk.finish("officer", case_id, "record", {"matter": "very secret"})


def test_nobody_is_told_of_what_is_kept_from_her(desk: Workshop) -> None:
    case_id = told(desk, accused="reviewer", **STAFF)
    desk.clock.advance(timedelta(days=40))
    desk.engine.jobs.send_alerts()
    people = {p for (p,) in desk.rows("SELECT person_id FROM outbox WHERE case_id = :c", c=case_id)}
    assert people == {"p-reviewer2", "p-reviewer3"}


def test_numbers_of_others_are_those_without_it(desk: Workshop) -> None:
    told(desk, **WAGES)
    engine = desk.engine

    def numbers(name: str) -> list[object]:
        actor = desk.actor(name)
        late = engine.supervision.overdue(actor, OverdueFilter())
        everywhere = engine.definitions.counts_everywhere(actor)
        return [
            engine.tasks.inbox(actor, InboxFilter()).counts,
            (late.total, late.by_step, late.by_organisation, late.by_person),
            everywhere,
            engine.definitions.cases_per_version(actor),
            engine.definitions.open_per_step(actor),
            engine.directory.open_steps_of("xc"),
            engine.directory.open_steps_of("u1"),
            len(engine.tasks.unstaffed(actor)),
        ]

    names = ("reviewer", "supervisor", "city", "admin", "designer", "approver")
    desk.clock.advance(timedelta(days=40))
    before = {name: numbers(name) for name in names}
    case_id = told(desk, accused="reviewer", unit="lw", **STAFF)
    desk.by_hand(
        "UPDATE task SET due_at = '2026-11-10T00:00:00.000000Z' WHERE case_id = :c", c=case_id
    )
    after = {name: numbers(name) for name in names}
    assert after == before


def test_the_record_of_who_was_kept_away_stands_in_the_history(desk: Workshop) -> None:
    case_id = told(desk, accused="reviewer", unit="u2", **STAFF)
    rows = [e.detail.get("kept_away") for e in desk.engine.cases.history(SYSTEM, case_id)]
    assert [["person", "p-reviewer"], ["unit", "u2"]] in rows
    assert desk.rows("SELECT kind, ref FROM case_exclusion ORDER BY kind") == [
        ("person", "p-reviewer"),
        ("unit", "u2"),
    ]


def test_the_audit_chain_names_no_case_that_is_kept_from_its_reader(desk: Workshop) -> None:
    case_id = told(desk, accused="supervisor", **STAFF)
    supervisor = desk.engine.audit.entries_for(desk.actor("supervisor"), 0, 500)
    whole = desk.engine.audit.entries(0, 500)
    assert [row.hash for row in supervisor] == [row.hash for row in whole]
    assert any(case_id in row.target for row in whole)
    assert not any(case_id in row.target for row in supervisor)
    protection = desk.engine.audit.entries_for(desk.actor("protection"), 0, 500)
    assert list(protection) == list(whole)


def test_a_process_whose_words_are_wrong_is_refused(shop: Workshop) -> None:
    with pytest.raises((DeploymentRefused, AssertionError)):
        shop.put(*grievance(confidentiality="secret"))


def test_the_number_of_the_only_one_there_may_be_is_told_to_who_may_know_of_it(
    desk: Workshop,
) -> None:
    body = BEGIN + step("plan") + end() + line("S", "plan", "E")
    named = {"onlyOne": '="of the year"', "excluded": "=[{person: who}]"}
    desk.put(drawn("once", {"officer": "plan"}, body, **named), given())

    def begin(by: str) -> None:
        desk.engine.cases.start(desk.actor(by), Request("once", "u1", {"who": "officer2"}))

    begin("officer")
    with pytest.raises(Conflict, match=r"已经发起\(办件 .+\),没有重复发起"):
        begin("officer")
    with pytest.raises(Conflict, match=r"已经发起,没有重复发起。$"):
        begin("officer2")


def test_no_number_of_unread_messages_tells_whoever_comes_to_be_kept_away(desk: Workshop) -> None:
    case_id = told(desk, unit="lw", **WAGES)
    officer2 = desk.actor("officer2")
    new = NewMessage("m", "added", "app", "u1", date(2026, 11, 9), "请看", "p-officer2", case_id)
    desk.engine.execute(lambda tx: messages.add(tx, [new], desk.clock.now()))
    assert desk.engine.telling.unread(officer2) == 1
    desk.engine.directory.grant(desk.actor("admin"), "p-officer2", "county_reviewer", "lw")
    assert not sees(desk, "officer2", case_id)
    assert desk.engine.telling.unread(officer2) == 0
    assert desk.engine.telling.of_person(desk.actor("officer2")) == []


def test_a_new_version_does_not_say_how_many_wait_at_a_step_it_takes_away(desk: Workshop) -> None:
    def said() -> list[str]:
        bpmn, told_form = grievance()
        other = replace(bpmn, content=bpmn.content.replace(b'"look"', b'"look_again"'))
        other = replace(other, content=other.content.replace(b">look<", b">look_again<"))
        files = (other, told_form, form("blank", "note"))
        found = desk.engine.definitions.dry_run(desk.actor("designer"), files).findings
        return [one.message for one in found if one.code == "step-removed"]

    told(desk, accused="designer", **STAFF)
    assert said() == []
    told(desk, **WAGES)
    (message,) = said()
    assert "有 1 件" in message
