"""Reports on households on file: looked into by another union, sealed, and the file follows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from engine import SYSTEM, Request
from engine.definitions.folder import read_folder
from engine.errors import Conflict, Invalid, NotFound, NotPermitted, SeparationOfDuties
from engine.work.view import masked_data
from registry.finding import Search
from registry.objection_desk import Said
from registry.store.file_lists import Queue
from registry.store.tables import file_report
from tests.registry.town import ROOT, Town
from tests.support.register import on_file

SAID, WHO = "他家还有一套房", "邻居老周 15400000009"
INVESTIGATED = {
    "check_second_name": "郑模拟",
    "check_second_post": "县总工会干事",
    "check_second_phone": "0596-2000001",
    "checked_on": "2026-11-09",
    "finding": "查询不动产登记",
}
FALSE_PAPERS = {
    **INVESTIGATED,
    "report_result": "closed",
    "close_reason": "false_papers",
    "told_reason": "申请时隐瞒了另一套住房",
}
AGREED = {"decision": "agree"}
REPLY = {"reply_way": "电话", "replied_on": "2026-11-10", "reply_text": "已核查,告知老周"}
TOLD = {"delivery_way": "当面", "delivered_on": "2026-11-09", "received_by": "林模拟"}


@pytest.fixture
def town(town: Town) -> Town:
    """With the process that looks into reports."""
    files = read_folder(ROOT / "processes", ROOT / "forms", "household_report").files
    town.engine.definitions.deploy(SYSTEM, files)
    return town


def reported(town: Town, file_no: str, by: str = WHO, taker: str = "reviewer") -> str:
    """The case that looks into a report just taken."""
    town.register.reports.take(town.actor(taker), file_no, Said(SAID, by, "电话"))
    return newest_row(town).case_id  # type: ignore[no-any-return]


def newest_row(town: Town) -> Any:
    newest = select(file_report).order_by(file_report.c.at.desc()).limit(1)
    return town.engine.ask(lambda tx: tx.execute(newest).one())


def struck_off(town: Town, file_no: str) -> str:
    case_id = reported(town, file_no)
    town.do("reviewer", case_id, "investigate", FALSE_PAPERS)
    town.do("approver", case_id, "approve", AGREED)
    return case_id


def status(town: Town, file_no: str) -> str:
    return town.register.household(SYSTEM, file_no).line.status


def everything(town: Town, who: str, case_id: str) -> str:
    """All that the product shows somebody of the case and its steps."""
    actor, engine = town.actor(who), town.engine
    view = engine.cases.view(actor, case_id)
    told = [repr(one.data) for one in view.submissions]
    told += [repr(one.detail) for one in engine.cases.history(actor, case_id)]
    told.append(repr(masked_data(view)))
    for task in view.open_tasks:
        page = engine.tasks.view(actor, task.id)
        told += [
            repr(page.data),
            repr(page.scope),
            repr(town.register.reports.of_step(actor, page)),
        ]
    return "\n".join(told)


def test_a_dismissed_report_changes_nothing_and_is_replied_to(town: Town) -> None:
    file_no = on_file(town.engine)
    reviewer = town.actor("reviewer")
    case_id = reported(town, file_no)
    standing = town.register.reports.standing(reviewer, file_no)
    assert (standing.is_examined, standing.may_take) == (True, True)
    town.do("reviewer", case_id, "investigate", {**INVESTIGATED, "report_result": "dismissed"})
    town.do("approver", case_id, "approve", AGREED)
    town.do("reviewer", case_id, "reply_reporter", REPLY)
    assert town.engine.cases.view(SYSTEM, case_id).case.status.value == "completed"
    assert not town.register.reports.standing(reviewer, file_no).is_examined
    assert len(town.register.household(SYSTEM, file_no).versions) == 1
    ((line, came_of),) = town.register.files.trace(reviewer, file_no).reports
    assert (line.id, came_of) == (case_id, "不属实")
    row = newest_row(town)
    assert (row.result, row.replied_on, row.reply_way) == ("dismissed", "2026-11-10", "电话")
    assert town.register.reports.result(row.receipt.lower()).state == "已核查:不属实"
    town.must_hold()


def test_who_reports_is_read_by_the_county_and_the_city_alone(town: Town) -> None:
    file_no = on_file(town.engine)
    case_id = reported(town, file_no)
    for who in ("officer", "chair", "township", "township_officer", "far_reviewer"):
        try:
            shown = everything(town, who, case_id)
        except NotFound:
            continue  # does not even see the case
        assert SAID not in shown, who
        assert "老周" not in shown, who
    for who in ("reviewer", "approver", "protection"):
        assert WHO in everything(town, who, case_id), who
    row = newest_row(town)
    assert "老周" not in repr(row)
    assert SAID not in repr(row)
    town.do("reviewer", case_id, "investigate", {**FALSE_PAPERS, "finding": "老周带路看的房"})
    town.do("approver", case_id, "approve", AGREED)
    town.do("reviewer", case_id, "reply_reporter", REPLY)
    shown = everything(town, "township", case_id)
    assert "老周" not in shown
    assert "隐瞒了另一套住房" in shown, "what the household is told is no secret"
    read = [r.actor for r in town.engine.audit.entries(0, 9_999) if r.action == "report-read"]
    assert {"p-reviewer", "p-approver", "p-protection"} <= set(read)
    town.must_hold()


def test_a_file_is_struck_off_told_and_given_back_by_the_city(town: Town) -> None:
    file_no = on_file(town.engine)
    case_id = struck_off(town, file_no)
    assert status(town, file_no) == "closed"
    closed = town.register.files.standing(SYSTEM, file_no).closed
    assert closed is not None
    assert (closed.on, closed.reason) == ("2026-11-09", "弄虚作假")
    assert town.register.household(SYSTEM, file_no).versions[0].reason == "注销:弄虚作假"
    lists = town.register.lists
    assert lists.page(SYSTEM, Search(queue=Queue.UNHELPED)).lines == []
    assert lists.queues(SYSTEM)[Queue.UNHELPED] == 0
    facets = {one.code: one.count for one in lists.page(SYSTEM, Search()).facets["status"]}
    assert facets == {"closed": 1}
    with pytest.raises(Conflict, match="已经注销"):
        town.register.reports.take(town.actor("reviewer"), file_no, Said(SAID, "", "电话"))
    town.do("reviewer", case_id, "reply_reporter", REPLY)
    town.do("reviewer", case_id, "tell_household", TOLD)
    (awaited,) = town.engine.messages.awaited(town.actor("reviewer"), case_id)
    said = {"way": "来信", "reason": "房子是父母的"}
    town.engine.messages.take_down(town.actor("reviewer"), case_id, awaited.token, said)
    answer = {"appeal_result": "upheld", "appeal_opinion": "查实", "answered_on": "2026-11-09"}
    town.do("protection", case_id, "appeal_city", answer)
    assert status(town, file_no) == "awaiting_entry"
    assert town.register.household(SYSTEM, file_no).versions[0].reason == "撤销注销:查实"
    town.must_hold()


def test_the_time_to_appeal_passes(town: Town) -> None:
    file_no = on_file(town.engine)
    case_id = struck_off(town, file_no)
    town.do("reviewer", case_id, "reply_reporter", REPLY)
    town.do("reviewer", case_id, "tell_household", TOLD)
    town.days_pass(case_id, 35)
    assert town.engine.cases.view(SYSTEM, case_id).case.status.value == "completed"
    assert status(town, file_no) == "closed"
    town.must_hold()


def test_false_papers_count_against_a_new_application(town: Town) -> None:
    file_no = on_file(town.engine)
    struck_off(town, file_no)
    assert town.register.household(SYSTEM, file_no).line.status == "closed"
    asked = {"applicant_name": "林模拟", "application_kind": "self"}
    officer = town.actor("officer")
    case_id = town.engine.cases.start(officer, Request("archiving", "u1", asked)).case_id
    # on_file's head: who was struck off is no duplicate, and may apply again
    applied = town.filled("officer", "family_of_three", id_number="350602199001019907")
    town.do("officer", case_id, "apply", applied)
    town.do("officer", case_id, "acceptance_check", {"complete": "yes"})
    town.do("officer", case_id, "home_visit", town.filled("officer", "visit"))
    assert town.waiting(case_id) == ["exclusion_opinion"]


def test_a_file_is_put_right_and_another_person_confirms_it(town: Town) -> None:
    file_no = on_file(town.engine)
    case_id = reported(town, file_no)
    wrong = {**INVESTIGATED, "report_result": "corrected", "correct_what": "住房套数应为 1"}
    town.do("reviewer", case_id, "investigate", wrong)
    town.clock.advance(timedelta(minutes=5))
    town.do("approver", case_id, "approve", AGREED)
    town.clock.advance(timedelta(minutes=5))
    town.do("reviewer2", case_id, "correct_file", {"corrected_note": "已改"})
    assert town.waiting(case_id) == ["correct_file"], "nothing was corrected yet"
    town.register.upkeep.correct(
        town.actor("reviewer2"), file_no, 1, {"assets.dwellings": "1"}, "不动产登记"
    )
    town.do("reviewer2", case_id, "correct_file", {"corrected_note": "已改为 1"})
    town.do("approver", case_id, "confirm_correction", {"confirmed": "yes"})
    town.do("reviewer", case_id, "reply_reporter", REPLY)
    assert newest_row(town).result == "corrected"
    assert status(town, file_no) == "awaiting_entry"
    town.must_hold()


def test_a_report_that_comes_meanwhile_is_added_a_late_one_looked_into_anew(town: Town) -> None:
    file_no = on_file(town.engine)
    case_id = reported(town, file_no)
    assert reported(town, file_no, by="") == case_id, "added to the case that runs"
    town.clock.advance(timedelta(minutes=5))
    town.do("reviewer", case_id, "investigate", {**INVESTIGATED, "report_result": "dismissed"})
    town.clock.advance(timedelta(minutes=5))
    assert reported(town, file_no, by="") == case_id
    town.do("approver", case_id, "approve", AGREED)
    town.do("reviewer", case_id, "reply_reporter", REPLY)
    assert town.waiting(case_id) == ["investigate"]
    town.clock.advance(timedelta(minutes=5))
    town.do("reviewer", case_id, "investigate", {**INVESTIGATED, "report_result": "dismissed"})
    town.do("approver", case_id, "approve", AGREED)
    # without a name there is nobody to reply to
    assert town.engine.cases.view(SYSTEM, case_id).case.status.value == "completed"
    town.must_hold()


def test_who_took_or_examined_a_report_does_not_decide_it(town: Town) -> None:
    town.engine.directory.grant(town.actor("admin"), "p-reviewer", "county_approver", "xc")
    file_no = on_file(town.engine)
    case_id = reported(town, file_no)
    town.do("reviewer2", case_id, "investigate", {**INVESTIGATED, "report_result": "dismissed"})
    with pytest.raises(SeparationOfDuties, match="分开"):
        town.do("reviewer", case_id, "approve", AGREED)


def test_a_file_of_ones_own_unit_is_neither_taken_nor_examined_there(town: Town) -> None:
    file_no = on_file(town.engine, at="xc")
    reports = town.register.reports
    assert not reports.standing(town.actor("reviewer"), file_no).may_take
    with pytest.raises(NotPermitted, match="由您所在的单位建档"):
        reports.take(town.actor("reviewer"), file_no, Said(SAID, WHO, "电话"))
    case_id = reported(town, file_no, taker="protection")
    (step,) = town.engine.cases.view(SYSTEM, case_id).open_tasks
    assert step.handling_name == "漳州模拟市总工会"
    with pytest.raises(NotFound):
        everything(town, "officer", case_id)
    assert SAID not in everything(town, "reviewer", case_id)
    town.engine.directory.grant(town.actor("admin"), "p-city", "county_reviewer", "zz")
    town.do("city", case_id, "investigate", {**INVESTIGATED, "report_result": "dismissed"})
    town.must_hold()


def test_who_may_not_take_reports_is_told_so_in_words(town: Town) -> None:
    file_no = on_file(town.engine)
    reports = town.register.reports
    for who in ("township", "approver"):
        assert not reports.standing(town.actor(who), file_no).may_take
        with pytest.raises(NotPermitted, match="举报由县总工会审核员"):
            reports.take(town.actor(who), file_no, Said(SAID, WHO, "电话"))
    with pytest.raises(NotFound):
        reports.take(town.actor("far_reviewer"), file_no, Said(SAID, WHO, "电话"))
    reviewer = town.actor("reviewer")
    with pytest.raises(Invalid, match="请写明举报的内容"):
        reports.take(reviewer, file_no, Said(" ", WHO, "电话"))
    with pytest.raises(Invalid, match="不能晚于今天"):
        reports.take(reviewer, file_no, Said(SAID, WHO, "电话", date(2026, 11, 10)))
    with pytest.raises(Invalid, match="不超过"):
        reports.take(reviewer, file_no, Said(SAID * 400, WHO, "电话"))
    data = {"file_no": file_no, "household": "林模拟", "union": "模拟一厂工会"}
    with pytest.raises(NotPermitted, match="不能在这里发起"):
        town.engine.cases.start(town.actor("protection"), Request("household_report", "u1", data))
    startable = [row.key for row, _ in town.engine.definitions.startable(town.actor("protection"))]
    assert "household_report" not in startable
    assert town.engine.ask(lambda tx: list(tx.execute(select(file_report)))) == []


def test_the_public_reports_from_the_page_of_a_notice_that_is_over(town: Town) -> None:
    town.approved()
    notice_id = town.notice_id()
    reports = town.register.reports
    with pytest.raises(NotFound):
        town.register.notice(None, notice_id)
    closed = reports.closed_notice(notice_id)
    assert closed is not None
    assert (closed.office, closed.takes_reports) == ("芗城模拟区总工会", True)
    assert "林" not in repr(closed)
    reports.take_by_notice(None, notice_id, Said(SAID, WHO, "网页"))
    row = newest_row(town)
    assert (row.notice_id, row.taken_by, row.reachable) == (notice_id, "public", True)
    (step,) = town.engine.cases.view(SYSTEM, row.case_id).open_tasks
    assert step.handling_name == "芗城模拟区总工会"
    town.must_hold()


def test_without_a_file_the_public_is_told_whom_to_ring(town: Town) -> None:
    case_id = town.on_notice()
    notice_id = town.notice_id()
    assert town.register.reports.closed_notice(notice_id) is None, "it is still open"
    town.engine.cases.cancel(town.actor("officer"), case_id, "开错了")
    with pytest.raises(Conflict, match="联系电话"):
        town.register.reports.take_by_notice(None, notice_id, Said(SAID, WHO, "网页"))
    with pytest.raises(NotFound):
        town.register.reports.take_by_notice(None, "nothing", Said(SAID, WHO, "网页"))


def test_a_case_opened_by_mistake_leaves_no_file_under_report(town: Town) -> None:
    file_no = on_file(town.engine)
    case_id = reported(town, file_no)
    town.engine.cases.cancel(town.actor("reviewer"), case_id, "登记错了户主")
    assert not town.register.reports.standing(town.actor("reviewer"), file_no).is_examined
    assert town.register.reports.result(newest_row(town).receipt).state == "核查已终止"
    town.clock.advance(timedelta(minutes=5))
    assert reported(town, file_no) != case_id
    town.must_hold()


def test_two_reports_at_one_moment_are_looked_into_together(town: Town) -> None:
    file_no = on_file(town.engine)
    begin = Barrier(2)

    def take(who: str) -> str:
        begin.wait()
        return town.register.reports.take(town.actor(who), file_no, Said(SAID, who, "电话"))

    with ThreadPoolExecutor(2) as pool:
        receipts = set(pool.map(take, ("reviewer", "protection")))
    rows = town.engine.ask(lambda tx: list(tx.execute(select(file_report))))
    assert {row.receipt for row in rows} == receipts
    assert len(receipts) == 2
    assert len({row.case_id for row in rows}) == 1
    town.must_hold()
