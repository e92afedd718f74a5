"""Applications from notice to file, through real processes on a real engine."""

import pytest

from engine import SYSTEM
from engine.errors import Conflict, Invalid, NotFound
from engine.model.cases import EventKind
from engine.model.tasks import InboxFilter
from tests.registry.town import Town

SECOND = {"second_name": "郑模拟", "second_post": "县总工会干事", "second_phone": "15400000004"}


REPLY = {"reply_way": "phone", "replied_on": "2026-11-11", "reply_text": "经核查不属实"}
REPLIES = {"replies": [REPLY]}
DISMISSED = {"objection_result": "dismissed", "finding": "另一套房是其父母的", **SECOND}


def test_a_notice_stops_for_an_objection_and_goes_on_for_the_days_left(town: Town) -> None:
    case_id = town.on_notice()
    notice_id = town.notice_id()
    (public,) = town.register.public_notices(None, 10)
    assert (public.id, public.name, public.is_open) == (notice_id, "林**", True)
    assert f"{public.posted_on} {public.ends_on}" == "2026-11-09 2026-11-16"
    town.must_hold()

    town.days_pass(case_id, 2)
    receipt = town.register.object_to_notice(
        None, notice_id, text="他家有两套房", by="", way="网页"
    )
    assert receipt.startswith("异议-20261111-")
    assert town.waiting(case_id) == ["investigate"]
    history = town.engine.cases.history(SYSTEM, case_id)
    assert [e.actor_name for e in history if e.kind is EventKind.MESSAGE] == ["群众"]
    assert town.register.notice(None, notice_id).status == "suspended"
    again = town.register.object_to_notice(None, notice_id, text="再说一次", by="", way="网页")
    assert again != receipt
    assert town.waiting(case_id) == ["investigate"]
    town.must_hold()

    town.do("reviewer", case_id, "investigate", DISMISSED)
    town.do("reviewer", case_id, "reply", {"replies": [REPLY, REPLY]})
    resumed = town.register.notice(None, notice_id)
    assert (resumed.status, resumed.is_open) == ("open", True)
    assert resumed.ends_on.isoformat() == "2026-11-16"
    town.must_hold()


def test_nobody_objects_after_the_last_day_and_the_public_no_longer_reads_it(town: Town) -> None:
    case_id = town.on_notice()
    notice_id = town.notice_id()
    reviewer = town.actor("reviewer")
    town.days_pass(case_id, 8)
    assert town.waiting(case_id) == ["record_result"]
    assert not town.register.public_notices(None, 10)
    over = town.register.notice(reviewer, notice_id)
    assert (over.status_words, over.is_open) == ("公示期满", False)
    with pytest.raises(NotFound):
        town.register.object_to_notice(None, notice_id, text="晚了一天", by="", way="网页")
    with pytest.raises(Conflict, match="已经结束"):
        town.register.object_to_notice(reviewer, notice_id, text="晚了一天", by="", way="电话")
    town.must_hold()
    town.do("officer", case_id, "record_result", town.over())
    closed = town.register.notice(reviewer, notice_id)
    assert (closed.status, closed.result_words) == ("closed", "无异议")
    town.must_hold()


def test_an_approval_opens_the_file_and_the_national_number_is_its_second_version(
    town: Town,
) -> None:
    case_id = town.approved()
    reviewer = town.actor("reviewer")
    (line,) = town.register.households(reviewer).lines
    assert (line.head_name, line.category, line.status) == ("林模拟", "低保户", "awaiting_entry")
    assert (line.file_no, line.size) == ("档-350602-2026-000001", 3)
    town.must_hold()

    town.do("entry", case_id, "national_entry", town.filled("entry", "national"))
    found = town.register.household(reviewer, line.file_no)
    assert (found.line.status_words, found.line.national_no) == ("在档", "MN0000000001")
    assert [(v.number, v.by_name, v.reason) for v in found.versions] == [
        (2, "模拟entry", "录入全国系统"),
        (1, "模拟approver", "建档审批"),
    ]
    assert found.versions[0].case_id == case_id
    assert town.engine.cases.view(SYSTEM, case_id).case.status.value == "completed"
    town.must_hold()


def test_a_national_number_of_another_file_goes_back_to_who_typed_it(town: Town) -> None:
    number = town.filled("entry", "national")
    town.do("entry", town.approved(), "national_entry", number)
    case_id = town.approved()
    entry = town.actor("entry")

    town.do("entry", case_id, "national_entry", number)
    assert town.waiting(case_id) == ["national_entry"]
    (step,) = town.engine.cases.view(SYSTEM, case_id).open_tasks
    told = town.engine.tasks.view(entry, step.id).scope["number_taken_text"]
    (first, second) = ("档-350602-2026-000001", "档-350602-2026-000002")
    assert told == f"编号 MN0000000001 已登记在档案 {first},没有登记。请在全国系统中核对编号。"
    assert town.register.household(entry, second).line.status == "awaiting_entry"
    town.must_hold()

    town.do("entry", case_id, "national_entry", {**number, "national_no": "mn-0000000002"})
    line = town.register.household(entry, second).line
    assert (line.status_words, line.national_no) == ("在档", "MN0000000002")
    assert town.engine.cases.view(SYSTEM, case_id).case.status.value == "completed"
    town.must_hold()


def test_an_upheld_objection_ends_the_notice(town: Town) -> None:
    case_id = town.on_notice()
    notice_id = town.notice_id()
    town.register.object_to_notice(
        town.actor("officer"), notice_id, text="收入不实", by="邻居", way="电话"
    )
    finding = {"objection_result": "upheld", "finding": "另有收入", **SECOND}
    town.do("reviewer", case_id, "investigate", finding)
    town.do("reviewer", case_id, "reply", REPLIES)
    assert town.waiting(case_id) == ["county_review"]
    closed = town.register.notice(town.actor("reviewer"), notice_id)
    assert (closed.status, closed.result_words) == ("closed", "异议成立")
    assert not town.register.public_notices(None, 10)
    town.must_hold()


def test_a_withdrawal_stops_the_notice_at_once_and_then_closes_it(town: Town) -> None:
    case_id = town.on_notice()
    notice_id = town.notice_id()
    town.engine.messages.send(
        town.actor("officer"), "withdrawal", {"case_id": case_id}, {"reason": "已找到工作"}
    )
    assert town.register.notice(None, notice_id).is_open is False
    with pytest.raises(Conflict):
        town.register.object_to_notice(None, notice_id, text="异议", by="", way="网页")
    town.must_hold()
    town.do("officer", case_id, "confirm_withdrawal", {"withdrawal_confirmed": True})
    (one,) = town.register.notices(town.actor("reviewer"), status="closed")
    assert (one.id, one.result_words) == (notice_id, "申请人撤回")
    town.must_hold()


def test_a_cancelled_case_takes_its_notice_down(town: Town) -> None:
    case_id = town.on_notice()
    notice_id = town.notice_id()
    town.engine.cases.cancel(town.actor("officer"), case_id, "重复申请")
    assert not town.register.public_notices(None, 10)
    one = town.register.notice(town.actor("reviewer"), notice_id)
    assert (one.status, one.is_open, one.result_words) == ("closed", False, "办件已终止")
    town.must_hold()


def test_consent_for_the_unit_alone_keeps_the_notice_off_the_web(town: Town) -> None:
    town.on_notice(consent_publication="unit")
    assert not town.register.public_notices(None, 10)
    notice_id = town.notice_id()
    with pytest.raises(NotFound):
        town.register.notice(None, notice_id)
    assert town.register.notice(town.actor("officer"), notice_id).is_open


def test_an_empty_objection_is_refused_and_the_notice_goes_on(town: Town) -> None:
    case_id = town.on_notice()
    with pytest.raises(Invalid, match="请写明异议内容"):
        town.register.object_to_notice(None, town.notice_id(), text="  ", by="", way="网页")
    with pytest.raises(Invalid, match="不超过"):
        town.register.object_to_notice(None, town.notice_id(), text="长" * 2_001, by="", way="网页")
    assert town.waiting(case_id) == []
    town.must_hold()


def test_a_form_reads_the_case_it_belongs_to(town: Town) -> None:
    case_id = town.on_notice()
    (applied,) = [
        one
        for one in town.engine.cases.view(SYSTEM, case_id).submissions
        if one.element_id == "apply"
    ]
    assert applied.data["union_name"] == "模拟一厂工会"


def test_a_step_of_a_called_process_counts_for_the_case_s_process(town: Town) -> None:
    case_id = town.on_notice()
    town.days_pass(case_id, 8)
    officer = town.actor("officer")
    page = town.engine.tasks.inbox(officer, InboxFilter(process_key="archiving"))
    assert [line.element_id for line in page.lines] == ["record_result"]
    assert page.counts.by_process == {"archiving": 1}
