"""The household whose application it is: plain words at every step, its own papers, its appeal."""

import pytest

from engine import SYSTEM, Request
from engine.errors import NotSignedIn
from engine.model.actors import GUEST_NAME, guest_of
from tests.registry.town import HOUSEHOLDS, REPORT, Town

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def begun(town: Town) -> str:
    """An application that is being filled in; its case."""
    asked = {"applicant_name": "林模拟", "application_kind": "self"}
    request = Request("archiving", "u1", asked)
    return town.engine.cases.start(town.actor("officer"), request).case_id


def words(town: Town, case_id: str) -> list[tuple[str, str]]:
    """What she is told, and why."""
    seen = town.engine.guests.view(guest_of(case_id))
    return [(one.words, one.reason) for one in seen.statuses]


def test_a_missing_paper_comes_from_her_own_telephone(town: Town) -> None:
    case_id, engine = begun(town), town.engine
    assert words(town, case_id) == [("正在填写申请", "")]
    lacking = town.filled("officer", "family_of_three", paper_hukou=[])
    town.do("officer", case_id, "apply", lacking)
    assert words(town, case_id) == [("已收到,正在审查材料", "")]
    missing = {"complete": "no", "missing_papers": ["hukou"], "missing_text": "请补户口簿"}
    town.do("officer", case_id, "acceptance_check", missing)
    assert words(town, case_id) == [("需要您补材料", "请补户口簿")]

    code = engine.receipts.issue(town.actor("officer"), case_id).code
    last4 = str(HOUSEHOLDS["family_of_three"]["id_number"])[-4:]
    with pytest.raises(NotSignedIn):
        engine.guests.enter(code, "0000", "192.0.2.1")
    entered = engine.guests.enter(code, last4, "192.0.2.1")
    guest = engine.guests.guest_for(entered.token)
    (step,) = engine.guests.view(guest).steps
    form = engine.guests.step(guest, step.task_id).form
    assert form is not None
    assert "supplemented_on" not in form.fields
    paper = engine.guests.stage_file(guest, "户口簿.pdf", PDF)
    engine.guests.complete(guest, step.task_id, {"paper_hukou": [paper.id]})
    assert town.waiting(case_id) == ["acceptance_check"]
    town.do("officer", case_id, "acceptance_check", {"complete": "yes"})
    assert words(town, case_id) == [("正在核实,请等候入户", "")]
    assert [said for said, _ in engine.guests.view(guest).reached] == ["已受理"]
    town.must_hold()


def test_the_notice_says_until_when_and_the_end_that_it_passed(town: Town) -> None:
    case_id = town.on_notice()
    (notice,) = town.engine.guests.view(guest_of(case_id)).statuses
    assert (notice.words, str(notice.until)) == ("正在公示", "2026-11-16")
    town.days_pass(case_id, 8)
    town.do("officer", case_id, "record_result", town.over())
    assert words(town, case_id) == [("正在审批", "")]
    town.do("approver", case_id, "approve", {"decision": "agree"})
    assert words(town, case_id) == [("已通过", "")]
    town.do("entry", case_id, "national_entry", town.filled("entry", "national"))
    assert words(town, case_id) == [("已通过,档案已建立", "")]


def test_she_is_told_the_refusal_in_person_first_then_reads_it_and_appeals(town: Town) -> None:
    case_id, engine = begun(town), town.engine
    town.do("officer", case_id, "apply", town.filled("officer", "family_of_three"))
    town.do("officer", case_id, "acceptance_check", {"complete": "yes"})
    town.do("officer", case_id, "home_visit", town.filled("officer", "visit"))
    town.do("chair", case_id, "grassroots_review", {"decision": "agree"})
    if town.waiting(case_id) == ["await_report"]:
        assert words(town, case_id) == [("正在核对家庭经济状况", "")]
        town.do("reviewer", case_id, "await_report", REPORT)
    refusal = {"decision": "refuse", "comment": "收入高于标准"}
    town.do("reviewer", case_id, "county_review", refusal)
    assert words(town, case_id) == [("已有结果,请等经办人当面告知", "")]
    town.do("officer", case_id, "refusal_notice", town.filled("officer", "told"))
    guest = guest_of(case_id)
    seen = engine.guests.view(guest)
    (status,) = seen.statuses
    assert status.words.startswith("未通过")
    assert status.reason == "收入高于标准"
    (appeal,) = seen.messages
    assert appeal.label == "申请复核"
    assert appeal.until is not None
    engine.guests.send_message(guest, appeal.token, "去年的收入算重了")
    assert words(town, case_id) == [("正在复核", "")]
    told = [e for e in engine.cases.history(SYSTEM, case_id) if e.kind.value == "message"]
    assert [(e.actor_name, e.detail["reason"]) for e in told] == [(GUEST_NAME, "去年的收入算重了")]
    town.must_hold()


def test_a_withdrawal_is_confirmed_by_the_officer(town: Town) -> None:
    case_id = town.on_notice()
    guest = guest_of(case_id)
    (withdrawal,) = town.engine.guests.view(guest).messages
    town.engine.guests.send_message(guest, withdrawal.token, "家里好起来了")
    assert words(town, case_id) == [("已收到您的撤回,经办人会与您确认", "")]
    town.do("officer", case_id, "confirm_withdrawal", {"withdrawal_confirmed": True})
    assert words(town, case_id) == [("已撤回", "")]
    town.must_hold()


def test_a_report_about_her_shows_her_nothing(town: Town) -> None:
    case_id = town.on_notice()
    before = town.engine.guests.view(guest_of(case_id)).statuses
    report = {"text": "举报:他家有两套房", "by": "模拟邻居", "way": "电话"}
    sent = town.engine.messages.send(SYSTEM, "case_report", {"key": case_id}, report)
    assert sent == 1
    told = words(town, case_id)
    assert [one.words for one in before] == ["正在公示"]
    assert {said for said, _ in told} <= {"正在公示", "正在核实"}
    assert not [why for _, why in told if why]
