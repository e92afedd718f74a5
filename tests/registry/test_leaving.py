"""A household leaves poverty (解困脱困): what the register says of it, and how it comes back."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from engine import SYSTEM, Request
from engine.definitions.folder import read_folder
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.clock import FixedClock
from engine.model.definitions import SourceFile
from registry.store import exits
from registry.store.tables import household_version
from tests.engine.moving.conftest import drawn, form, step
from tests.registry.bench import Bench
from tests.registry.town import ROOT, Town
from tests.support.register import on_file
from tests.unit.runtime.kit import end, io, line, start

MONTHS = [f"2025-{month:02}" for month in (11, 12)] + [f"2026-{month:02}" for month in range(1, 11)]
PAPER = b"%PDF-1.4\n%%EOF\n"
SECOND = {"second_name": "吴模拟", "second_post": "帮扶责任人", "second_phone": "15400000003"}


@pytest.fixture
def town(town: Town) -> Town:
    """Where households may leave."""
    files = read_folder(ROOT / "processes", ROOT / "forms", "lift_out").files
    town.engine.definitions.deploy(SYSTEM, files)
    return town


def _status(town: Town, file_no: str) -> str:
    return town.register.household(SYSTEM, file_no).line.status


def _begun(town: Town, file_no: str, by: str = "reviewer") -> str:
    return town.register.file_cases.start(town.actor(by), file_no, "lift_out").case_id


def _visited(town: Town, case_id: str, month: int = 1500, by: str = "officer") -> None:
    lines = [
        {"month": one, "person": "林模拟", "income_kind": "wage", "amount": month} for one in MONTHS
    ]
    said = {
        "proposed_by": "union",
        "propose_reason": "夫妻都已就业",
        "mobile": "15400000002",
        **SECOND,
        "visit_date": "2026-11-09",
        "visit_finding": "工资到账记录齐全",
        "income_lines": lines,
        "cause_gone": "yes",
        "expense_over": "none",
        "has_dibao": "no",
        "measures": ["work"],
    }
    town.do(by, case_id, "apply", said)


def _agreed(town: Town, file_no: str) -> str:
    """As far as the approver's agreement."""
    case_id = _begun(town, file_no)
    _visited(town, case_id)
    town.do("chair", case_id, "assess", {"assess_result": "lifted"})
    paper = town.engine.files.stage(town.actor("officer"), "确认表.pdf", PAPER)
    signed = {"signed": "yes", "signed_on": "2026-11-10", "signed_paper": [paper.id]}
    town.do("officer", case_id, "confirm", signed)
    town.do("officer", case_id, "post", town.posted())
    town.days_pass(case_id, 8)
    town.do("officer", case_id, "record_result", town.over())
    assert _status(town, file_no) == "awaiting_entry"
    town.do("approver", case_id, "approve", {"decision": "agree"})
    return case_id


def _told(town: Town, case_id: str) -> None:
    town.do("entry", case_id, "exit_entry", {"entered_on": "2026-11-18"})
    said = {"delivery_way": "当面", "delivered_on": "2026-11-18"}
    town.do("officer", case_id, "tell_household", said)


def _acts(town: Town, file_no: str) -> list[str]:
    query = (
        select(household_version.c.act)
        .where(household_version.c.file_no == file_no)
        .order_by(household_version.c.number)
    )
    return town.engine.ask(lambda tx: list(tx.execute(query).scalars()))


def test_it_leaves_with_the_approval_and_its_file_stays_whole(town: Town) -> None:
    file_no = on_file(town.engine)
    case_id = _agreed(town, file_no)
    file = town.register.household(SYSTEM, file_no)
    assert (file.line.status, file.line.status_words) == ("lifted", "已脱困")
    assert _acts(town, file_no) == ["imported", "lifted"]
    left = town.register.files.standing(SYSTEM, file_no).left
    assert left is not None
    assert (left.on, left.kind) == ("2026-11-17", "脱困")
    (exit_,) = town.engine.ask(lambda tx: exits.of_file(tx, file_no))
    assert (exit_.kind, exit_.on, exit_.back_on) == ("lifted", "2026-11-17", "")
    assert town.waiting(case_id) == ["exit_entry"]
    town.must_hold()


def test_three_visits_a_year_and_then_it_is_over(town: Town) -> None:
    file_no = on_file(town.engine)
    case_id = _agreed(town, file_no)
    _told(town, case_id)
    stable = {
        "follow_up_way": "入户",
        "follow_up_on": "2027-02-17",
        "follow_up_result": "stable",
        "follow_up_note": "收入稳定",
    }
    for days in (93, 90, 184):
        assert town.waiting(case_id) == []
        town.days_pass(case_id, days)
        town.do("officer", case_id, "follow_up", stable)
    case = town.engine.cases.view(SYSTEM, case_id)
    assert case.case.ended_at is not None
    assert _status(town, file_no) == "lifted"
    town.must_hold()


def _fallen_back(town: Town, file_no: str) -> str:
    case_id = _agreed(town, file_no)
    _told(town, case_id)
    town.days_pass(case_id, 93)
    poor = {
        "follow_up_way": "入户",
        "follow_up_on": "2027-02-18",
        "follow_up_result": "fallen_back",
        "follow_up_note": "丈夫失业,没有其他收入",
    }
    town.do("officer", case_id, "follow_up", poor)
    return case_id


def test_who_is_found_poor_again_waits_in_a_list_and_comes_back_by_the_short_way(
    town: Town,
) -> None:
    number = town.filled("officer", "family_of_three")["id_number"]
    file_no = on_file(town.engine, {"id_number": number})
    case_id = _fallen_back(town, file_no)
    assert _status(town, file_no) == "fallen_back"
    assert _acts(town, file_no) == ["imported", "lifted", "fell_back"]
    # Nobody has applied for the household: the step comes back.
    town.do("officer", case_id, "apply_again", {})
    assert town.waiting(case_id) == ["apply_again"]
    asked = {"applicant_name": "林模拟", "application_kind": "self"}
    begun = town.engine.cases.start(town.actor("officer"), Request("archiving", "u1", asked))
    again = begun.case_id
    town.do("officer", again, "apply", town.filled("officer", "family_of_three"))
    weighed = town.engine.cases.view(SYSTEM, again).decisions
    assert "退出后返困" in str([one.value for one in weighed])
    town.do("officer", case_id, "apply_again", {})
    assert town.engine.cases.view(SYSTEM, case_id).case.ended_at is not None
    town.do("officer", again, "acceptance_check", {"complete": "yes"})
    town.do("officer", again, "home_visit", town.filled("officer", "visit"))
    town.do("chair", again, "grassroots_review", {"decision": "agree"})
    report = {"report_no": "核2027-0001", "report_date": "2027-02-20", "result": "consistent"}
    town.do("reviewer", again, "await_report", report)
    town.do("reviewer", again, "county_review", {"decision": "agree", "category": "dibao"})
    town.do("officer", again, "post", town.posted())
    town.days_pass(again, 14)
    town.do("officer", again, "record_result", town.over())
    town.do("approver", again, "approve", {"decision": "agree"})
    file = town.register.household(SYSTEM, file_no)
    assert file.line.status == "awaiting_entry"
    left = town.register.files.standing(SYSTEM, file_no).left
    assert left is not None
    assert left.kind == "脱困"
    (exit_,) = town.engine.ask(lambda tx: exits.of_file(tx, file_no))
    assert (exit_.fell_back_on, exit_.back_on) == ("2027-02-18", left.back_on)
    assert left.back_on == "2027-03-04"
    town.must_hold()


def _named_elsewhere(town: Town, number: object) -> str:
    """A running case of another process that can be found by a person's number."""
    asked = {
        "id": "named",
        "type": "default",
        "schemaVersion": 16,
        "components": [
            {
                "type": "textfield",
                "id": "Field_id_number",
                "key": "id_number",
                "label": "证件号码",
                "properties": {"format": "id-document", "attribute": "search"},
            }
        ],
    }
    ask = step("ask", io(outputs={"asked": "=id_number"}), form="named")
    body = start() + ask + step("read") + end()
    files = (
        drawn("advice", {"officer": "ask read"}, body + line("S", "ask", "read", "E")),
        SourceFile("named.form", json.dumps(asked).encode()),
        form("blank", "note"),
    )
    town.engine.definitions.deploy(SYSTEM, files)
    begun = town.engine.cases.start(town.actor("officer"), Request("advice", "u1", {}))
    town.do("officer", begun.case_id, "ask", {"id_number": number})
    return begun.case.number


def test_only_an_application_is_a_way_back_whatever_else_names_the_head(
    town: Town, clock: FixedClock
) -> None:
    number = town.filled("officer", "family_of_three")["id_number"]
    file_no = on_file(town.engine, {"id_number": number})
    advice = _named_elsewhere(town, number)
    case_id = _fallen_back(town, file_no)
    town.do("officer", case_id, "apply_again", {})
    assert town.waiting(case_id) == ["apply_again"], "the case of advice is no application"

    bench = Bench(town.engine, clock)
    found = {
        process: bench.run("household.find_return", {"file_no": file_no, "process": process})
        for process in ("archiving", "advice", None)
    }
    assert {process: one["application"] for process, one in found.items()} == {
        "archiving": None,
        "advice": advice,
        None: advice,  # as versions deployed before ask
    }
    assert found["archiving"]["applies"] is False
    town.must_hold()


def _appealed(town: Town, case_id: str, result: str) -> None:
    reviewer = town.actor("reviewer")
    (appeal,) = [
        one
        for one in town.engine.messages.awaited(reviewer, case_id)
        if one.label == "登记复核申请"
    ]
    said = {"way": "来信", "reason": "新工作已经停了"}
    town.engine.messages.take_down(reviewer, case_id, appeal.token, said)
    answer = {"appeal_result": result, "appeal_opinion": "查实", "answered_on": "2026-11-25"}
    town.do("protection", case_id, "appeal_city", answer)


def test_an_exit_that_the_union_above_revokes_was_none(town: Town) -> None:
    file_no = on_file(town.engine)
    case_id = _agreed(town, file_no)
    _told(town, case_id)
    _appealed(town, case_id, "upheld")
    file = town.register.household(SYSTEM, file_no)
    assert (file.line.status, file.versions[0].reason) == ("awaiting_entry", "撤销退出:查实")
    assert _acts(town, file_no) == ["imported", "lifted", "exit_revoked"]
    assert town.register.files.standing(SYSTEM, file_no).left is None
    (exit_,) = town.engine.ask(lambda tx: exits.of_file(tx, file_no))
    assert exit_.back_on == exit_.on
    town.do("entry", case_id, "restore_entry", {"entered_on": "2026-11-25"})
    assert town.engine.cases.view(SYSTEM, case_id).case.ended_at is not None, "nobody visits"
    town.must_hold()


def test_after_an_exit_that_is_upheld_the_visits_go_on(town: Town) -> None:
    file_no = on_file(town.engine)
    case_id = _agreed(town, file_no)
    _told(town, case_id)
    _appealed(town, case_id, "rejected")
    assert _status(town, file_no) == "lifted"
    town.days_pass(case_id, 93)
    assert town.waiting(case_id) == ["follow_up"]
    town.must_hold()


def test_the_time_to_appeal_against_an_exit_passes(town: Town) -> None:
    case_id = _agreed(town, on_file(town.engine))
    _told(town, case_id)
    reviewer = town.actor("reviewer")
    names = [one.label for one in town.engine.messages.awaited(reviewer, case_id)]
    assert sorted(names) == ["登记复核申请", "登记返困情况"]
    town.days_pass(case_id, 35)
    names = [one.label for one in town.engine.messages.awaited(reviewer, case_id)]
    assert names == ["登记返困情况"]


def test_it_is_begun_from_the_file_once_and_by_who_may(town: Town) -> None:
    file_no = on_file(town.engine)
    cases, opening = town.register.file_cases, town.register.opening
    (offer,) = opening.of(town.actor("reviewer"), file_no).offers
    assert (offer.name, offer.running) == ("解困脱困", "")
    assert opening.of(town.actor("supervisor"), file_no).offers == []
    with pytest.raises(NotPermitted, match="不能为"):
        _begun(town, file_no, "supervisor")
    case_id = _begun(town, file_no)
    (offer,) = opening.of(town.actor("supervisor"), file_no).offers
    assert offer.case_id == case_id
    with pytest.raises(Conflict, match="正在办理"):
        _begun(town, file_no, "reviewer2")
    with pytest.raises(NotFound):
        _begun(town, file_no, "far_officer")
    with pytest.raises(Invalid, match="不能从档案发起"):
        cases.start(town.actor("reviewer"), file_no, "archiving")
    data = {"file_no": file_no, "household": "林模拟", "union": "模拟一厂工会"}
    with pytest.raises(NotPermitted, match="不能在这里发起"):
        town.engine.cases.start(town.actor("officer"), Request("lift_out", "u1", data))


def test_one_that_has_left_begins_nothing_more_and_is_offered_nothing(town: Town) -> None:
    file_no = on_file(town.engine)
    _agreed(town, file_no)
    assert town.register.opening.of(town.actor("reviewer"), file_no).offers == []
    with pytest.raises(Conflict, match="已经退出"):
        _begun(town, file_no)


def test_what_a_yearly_figure_counts_as_on_file_on_a_day(town: Town) -> None:
    file_no = on_file(town.engine, archived_on=date(2025, 3, 3))

    def stood(day: str) -> bool:
        from_files = select(exits.household.c.file_no).where(exits.stood_on(day))
        return file_no in town.engine.ask(lambda tx: list(tx.execute(from_files).scalars()))

    _agreed(town, file_no)
    assert [stood(day) for day in ("2025-03-02", "2026-01-01", "2026-11-16", "2026-11-17")] == [
        False,
        True,
        True,
        False,
    ]


def test_nobody_is_lifted_out_by_the_list(town: Town) -> None:
    """No step of an exit is answered for several households at once, and no list begins one."""
    program = town.engine.definitions.get("lift_out:1")[1]
    elements = program.elements("lift_out")
    assert not [one.id for one in elements if one.is_batch or one.sheet]


def _done_by(town: Town, case_id: str) -> tuple[str, str]:
    (step,) = town.engine.cases.view(SYSTEM, case_id).open_tasks
    queue = town.engine.tasks.view(SYSTEM, step.id).task.queue
    return queue.role, queue.handling_id


def test_what_a_township_built_is_looked_after_by_the_township(town: Town) -> None:
    """Three quarters of the files of a federation may be at townships: nobody is an officer there."""
    file_no = on_file(town.engine, at="xc-t")
    assert [
        one.process_key
        for one in town.register.opening.of(town.actor("township_officer"), file_no).offers
    ] == ["lift_out"]
    case_id = _begun(town, file_no, by="township_officer")
    assert _done_by(town, case_id) == ("township_officer", "xc-t")
    _visited(town, case_id, by="township_officer")
    assert _done_by(town, case_id) == ("township_chair", "xc-t")
    town.do("township", case_id, "assess", {"assess_result": "lifted"})
    assert town.waiting(case_id) == ["confirm"]


def test_what_a_county_built_is_looked_after_by_the_county(town: Town) -> None:
    case_id = _begun(town, on_file(town.engine, at="xc"))
    assert _done_by(town, case_id) == ("county_reviewer", "xc")


def test_of_a_union_its_own_people_go_on_as_before(town: Town) -> None:
    case_id = _begun(town, on_file(town.engine))
    assert _done_by(town, case_id) == ("officer", "u1")
