"""A called process runs inside the case; withdrawal, objection and return are drawn (D21, D22)."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import SYSTEM
from engine.model.cases import CaseStatus
from engine.model.clock import FixedClock
from engine.model.definitions import SourceFile
from tests.engine.moving import archive
from tests.engine.moving.conftest import Workshop, drawn, step
from tests.unit.runtime.kit import end, ext, io, line, node, start, z


@pytest.fixture
def clock() -> FixedClock:
    """The scenarios' Monday in March."""
    return archive.march()


@pytest.fixture
def office(shop: Workshop) -> Workshop:
    archive.set_up(shop)
    return shop


def notices(shop: Workshop, case_id: str) -> list[tuple[str, ...]]:
    return shop.rows(
        "SELECT id, status FROM notice WHERE case_id = :id ORDER BY posted_at", id=case_id
    )


CLOSED = {"propagateAllChildVariables": "false", "propagateAllParentVariables": "false"}


def caller_and_called(limit: str = "5wd") -> tuple[SourceFile, SourceFile]:
    body = start() + step("ask", io(outputs={"said": "=note"})) + end()
    body += node(
        "callActivity",
        "call",
        ext(
            z("calledElement", processId="called", **CLOSED),
            io({"question": "=said"}, {"result": "=answer"}),
        ),
    )
    body += step("read") + line("S", "ask", "call", "read", "E")
    inner = start() + step(
        "think", io(outputs={"answer": "=note", "secret": "=note"}), deadline=limit
    )
    inner += end() + line("S", "think", "E")
    return (
        drawn("caller", {"officer": "ask read"}, body),
        drawn("called", {"county_reviewer": "think"}, inner),
    )


def test_a_called_process_has_its_own_lanes_and_is_part_of_the_case(shop: Workshop) -> None:
    shop.put(*caller_and_called())
    case_id = shop.begin("caller")
    shop.finish("officer", case_id, "ask", {"note": "可以吗"})
    (open_step,) = shop.open_steps(case_id)
    assert (open_step.element_id, open_step.role) == ("think", "county_reviewer")
    view = shop.engine.tasks.view(shop.actor("reviewer"), open_step.id)
    assert view.scope["question"] == "可以吗"
    assert "said" not in view.scope  # only what the mapping names
    shop.finish("reviewer", case_id, "think", {"note": "可以"})
    view = shop.engine.tasks.view(shop.actor("officer"), shop.step(case_id, "read"))
    assert (view.scope["result"], view.scope["said"]) == ("可以", "可以吗")
    assert not {"answer", "secret", "question"} & set(view.scope)
    assert shop.rows("SELECT count(*) FROM cases") == [(1,)]
    entries = shop.engine.cases.history(SYSTEM, case_id)
    assert [e.number for e in entries] == list(range(1, len(entries) + 1))
    assert "called" in {e.process_key for e in entries}
    assert shop.broken() == {}


def test_a_case_calls_the_version_that_was_there_when_it_was_deployed(shop: Workshop) -> None:
    shop.put(*caller_and_called("5wd"))
    old = shop.begin("caller")
    shop.put(caller_and_called("1wd")[1])
    still_old = shop.begin("caller")
    shop.put(*caller_and_called("1wd"))
    new = shop.begin("caller")
    limits = []
    for case_id in (old, still_old, new):
        shop.finish("officer", case_id, "ask", {"note": "可以吗"})
        step_id = shop.step(case_id, "think")
        limits.append(shop.engine.tasks.view(shop.actor("reviewer"), step_id).task.deadline)
    assert limits == ["5wd", "5wd", "1wd"]


def calling_both() -> SourceFile:
    """A process that calls ``called`` itself and by way of ``caller``."""
    body = start() + step("first") + end() + line("S", "first", "X", "Y", "E")
    for identity, key in (("X", "called"), ("Y", "caller")):
        inputs = {"question": "=first_note"} if key == "called" else {}
        call = ext(z("calledElement", processId=key, **CLOSED), io(inputs))
        body += node("callActivity", identity, call)
    return drawn("top", {"officer": "first"}, body)


def test_one_version_of_a_called_process_in_a_case(shop: Workshop) -> None:
    shop.put(*caller_and_called("5wd"))
    shop.put(calling_both(), caller_and_called("5wd")[1])
    assert shop.waiting(shop.begin("top")) == ["first"]
    with pytest.raises(AssertionError, match="两个版本"):
        shop.put(calling_both(), caller_and_called("1wd")[1])
    shop.put(calling_both(), *caller_and_called("1wd"))


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
