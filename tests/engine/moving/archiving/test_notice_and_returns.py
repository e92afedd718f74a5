"""An application is put on notice in a called process; what stops it and what sends it back (D21)."""

from datetime import UTC, datetime, timedelta

from engine import SYSTEM
from engine.model.cases import CaseStatus
from tests.engine.moving.archiving import archive
from tests.engine.moving.conftest import Workshop


def notices(shop: Workshop, case_id: str) -> list[tuple[str, ...]]:
    return shop.rows(
        "SELECT id, status FROM notice WHERE case_id = :id ORDER BY posted_at", id=case_id
    )


def test_a_case_goes_to_its_end_by_way_of_the_notice(office: Workshop) -> None:
    case_id = archive.led_to(office, "")
    assert office.waiting(case_id) == []
    assert office.due_of(case_id, "notice_over") == datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)
    assert [status for _, status in notices(office, case_id)] == ["open"]
    office.pass_time(days=8)
    assert office.waiting(case_id) == ["record_result"]  # a person looks; nothing is approved
    archive.do(office, case_id, "record_result")
    archive.do(office, case_id, "approve")
    archive.do(office, case_id, "national_entry")
    assert office.status(case_id) is CaseStatus.COMPLETED
    assert [status for _, status in notices(office, case_id)] == ["closed"]
    assert office.broken() == {}


def test_a_withdrawal_in_mid_notice_closes_the_notice(office: Workshop) -> None:
    case_id = archive.led_to(office, "")
    office.pass_time(days=2)
    sent = office.engine.messages.send(
        SYSTEM, "withdrawal", {"case": case_id}, {"reason": "已就业"}
    )
    assert sent == 1
    assert office.waiting(case_id) == ["confirm_withdrawal"]
    assert office.jobs(case_id, "waiting", "running") == []
    assert office.rows("SELECT count(*) FROM subscription") == [(0,)]
    archive.do(office, case_id, "confirm_withdrawal")
    assert office.status(case_id) is CaseStatus.COMPLETED
    assert [status for _, status in notices(office, case_id)] == ["closed"]
    assert office.engine.messages.send(SYSTEM, "withdrawal", {"case": case_id}, {}) == 0
    assert office.broken() == {}


def test_an_objection_stops_the_notice_and_the_clock_and_lets_them_go_on(office: Workshop) -> None:
    case_id = archive.led_to(office, "")
    ((notice_id, _),) = notices(office, case_id)
    office.pass_time(days=2)  # Wednesday: three working days are left
    sent = office.engine.messages.send(
        SYSTEM, "notice_objection", {"notice_id": notice_id}, {"text": "有车", "by": "匿名"}
    )
    assert sent == 1
    assert office.waiting(case_id) == ["investigate"]
    assert office.jobs(case_id, "waiting") == []
    case = office.engine.cases.view(SYSTEM, case_id).case
    assert case.paused_since is not None
    office.pass_time(days=30)  # however long the investigation takes
    assert office.waiting(case_id) == ["investigate"]
    archive.do(office, case_id, "investigate")
    archive.do(office, case_id, "reply")
    after = office.engine.cases.view(SYSTEM, case_id).case
    assert after.paused_since is None
    assert case.total_due_at is not None
    assert after.total_due_at is not None
    assert after.total_due_at > case.total_due_at + timedelta(days=25)
    # Three working days from Friday the 3rd of April; Monday the 6th is a holiday.
    assert office.due_of(case_id, "notice_over") == datetime(2026, 4, 9, 15, 59, 59, tzinfo=UTC)
    assert [status for _, status in notices(office, case_id)] == ["open"]
    assert office.broken() == {}


def test_a_return_keeps_the_data_and_reaches_no_milestone_twice(office: Workshop) -> None:
    case_id = archive.led_to(office, "county_review")
    total = office.engine.cases.view(SYSTEM, case_id).case.total_due_at
    accepted = office.rows("SELECT name, reached_at FROM milestone")
    office.clock.advance(timedelta(days=1))
    back = {"decision": "return", "return_to": "apply", "comment": "请核对收入", "category": None}
    office.finish("reviewer", case_id, "county_review", back)
    view = office.engine.tasks.view(office.actor("officer"), office.step(case_id, "apply"))
    assert view.scope["applicant_name"] == "林模拟"
    assert view.scope["return_reason"] == "请核对收入"
    assert view.task.due_at == datetime(2026, 4, 2, 15, 59, 59, tzinfo=UTC)  # 30d from today
    for element in ("apply", "acceptance_check", "home_visit"):
        archive.do(office, case_id, element)
    assert office.rows("SELECT name, reached_at FROM milestone") == accepted
    assert office.engine.cases.view(SYSTEM, case_id).case.total_due_at == total
    done = [
        e.element_id
        for e in office.engine.cases.history(SYSTEM, case_id)
        if e.kind.value == "task_completed"
    ]
    assert done == [
        *("apply", "acceptance_check", "home_visit", "grassroots_review"),
        *("await_report", "county_review"),
        *("apply", "acceptance_check", "home_visit"),
    ]
    assert office.broken() == {}


def test_supplements_that_do_not_come_open_a_step_and_withdraw_nothing(office: Workshop) -> None:
    case_id = archive.led_to(office, "acceptance_check")
    lacking = {"complete": "no", "missing_papers": ["income"], "missing_text": "请补交"}
    office.finish("officer", case_id, "acceptance_check", lacking)
    assert office.waiting(case_id) == ["supplement"]
    first = office.due_of(case_id, "supplement_overdue")
    office.move_to(first)
    office.work()
    assert office.waiting(case_id) == ["contact_applicant"]
    archive.do(office, case_id, "contact_applicant")  # extend
    assert office.waiting(case_id) == ["supplement"]
    assert office.due_of(case_id, "supplement_overdue") > first  # armed anew
    archive.do(office, case_id, "supplement")
    assert office.waiting(case_id) == ["acceptance_check"]
    assert office.jobs(case_id, "waiting") == []
    assert office.broken() == {}
