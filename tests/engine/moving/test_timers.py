"""Timers: rows that fire once, late but never early, and never decide for a person (D8, D9)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from engine.errors import TaskNotOpen
from engine.model.cases import CaseStatus
from engine.model.definitions import SourceFile
from tests.engine.moving.conftest import Workshop, drawn, form, step
from tests.support.at_once import at_once
from tests.unit.runtime.kit import (
    boundary,
    end,
    flow,
    io,
    line,
    node,
    start,
    timer,
)

FRIDAY_NIGHT = datetime(2026, 11, 13, 15, 59, 59, tzinfo=UTC)


def guarded(*, interrupting: bool) -> SourceFile:
    """``fetch`` may take four hours; then ``chase`` opens, instead of it or beside it."""
    body = start() + step("fetch")
    body += boundary("late", "fetch", timer("timeDuration", "4h"), interrupting=interrupting)
    body += step("chase") + end() + end("F")
    body += line("S", "fetch", "E") + line("late", "chase", "F")
    return drawn("guarded", {"officer": "fetch", "county_reviewer": "chase"}, body)


def returning() -> tuple[SourceFile, ...]:
    """``fetch`` with a timer; ``check`` sends it back while ``again`` is yes."""
    body = start() + step("fetch")
    body += boundary("late", "fetch", timer("timeDuration", "2wd"), interrupting=False)
    body += step("chase") + end() + end("F")
    body += step("check", io(outputs={"again": "=again"}), form="check")
    body += node("exclusiveGateway", "more", default="more_E", name="重取?")
    body += line("S", "fetch", "check", "more", "E") + line("late", "chase", "F")
    body += flow("more", "fetch", '=again = "yes"')
    lanes = {"officer": "fetch", "county_reviewer": "chase check"}
    return drawn("returning", lanes, body), form("check", "again")


def test_a_timer_is_a_row_and_fires_not_a_second_early(shop: Workshop) -> None:
    shop.put(guarded(interrupting=True))
    case_id = shop.begin("guarded")
    due = shop.due_of(case_id, "late")
    assert due == shop.clock.now() + timedelta(hours=4)
    shop.move_to(due - timedelta(microseconds=1))
    shop.work()
    assert shop.waiting(case_id) == ["fetch"]
    shop.move_to(due)
    shop.work()
    assert shop.waiting(case_id) == ["chase"]
    assert [j.status for j in shop.jobs(case_id)] == ["done"]
    assert shop.history(case_id)[-2:] == ["timer_fired", "task_created"]
    assert shop.broken() == {}


def test_a_timer_nobody_polled_fires_late_and_once(shop: Workshop) -> None:
    shop.put(guarded(interrupting=True))
    case_id = shop.begin("guarded")
    shop.pass_time(days=40)
    shop.work()
    assert shop.waiting(case_id) == ["chase"]
    assert shop.history(case_id).count("timer_fired") == 1


def test_a_timer_that_does_not_interrupt_opens_a_step_beside(shop: Workshop) -> None:
    shop.put(guarded(interrupting=False))
    case_id = shop.begin("guarded")
    shop.pass_time(hours=5)
    assert shop.waiting(case_id) == ["chase", "fetch"]
    shop.finish("officer", case_id, "fetch")
    assert shop.status(case_id) is CaseStatus.ACTIVE
    shop.finish("reviewer", case_id, "chase")
    assert shop.status(case_id) is CaseStatus.COMPLETED
    assert shop.broken() == {}


def test_a_step_done_in_time_takes_its_timer_along(shop: Workshop) -> None:
    shop.put(guarded(interrupting=True))
    case_id = shop.begin("guarded")
    shop.finish("officer", case_id, "fetch")
    shop.pass_time(days=2)
    assert shop.status(case_id) is CaseStatus.COMPLETED
    assert "timer_fired" not in shop.history(case_id)


def test_what_was_due_before_a_person_finished_comes_first(shop: Workshop) -> None:
    shop.put(guarded(interrupting=False))
    case_id = shop.begin("guarded")
    shop.clock.advance(timedelta(hours=5))  # no worker runs
    shop.finish("officer", case_id, "fetch")
    assert shop.waiting(case_id) == ["chase"]
    kinds = shop.history(case_id)
    assert kinds.index("timer_fired") < kinds.index("task_completed")
    assert shop.broken() == {}


def test_who_finishes_after_an_interrupting_limit_finds_the_step_gone(shop: Workshop) -> None:
    shop.put(guarded(interrupting=True))
    case_id = shop.begin("guarded")
    step = shop.step(case_id, "fetch")
    shop.clock.advance(timedelta(hours=5))
    with pytest.raises(TaskNotOpen):
        shop.engine.tasks.complete(shop.actor("officer"), step, {})
    assert shop.waiting(case_id) == ["chase"]


def test_two_workers_fire_many_timers_once_each(
    shop: Workshop, open_shop: Callable[[], Workshop]
) -> None:
    shop.put(guarded(interrupting=True))
    started = [shop.begin("guarded") for _ in range(12)]
    shop.clock.advance(timedelta(hours=5))
    other = open_shop()
    assert at_once(shop.work, other.work, shop.work) == [None] * 3
    shop.let_back_off_pass()  # whoever the database was too busy for tries again
    shop.work()
    for case_id in started:
        assert shop.waiting(case_id) == ["chase"]
        assert shop.history(case_id).count("timer_fired") == 1
    assert shop.broken() == {}


def test_a_return_sets_the_timer_anew(shop: Workshop) -> None:
    shop.put(*returning())
    case_id = shop.begin("returning")
    assert shop.due_of(case_id, "late") == datetime(2026, 11, 11, 15, 59, 59, tzinfo=UTC)
    shop.finish("officer", case_id, "fetch")
    assert shop.jobs(case_id, "waiting") == []
    shop.clock.advance(timedelta(days=1))
    shop.finish("reviewer", case_id, "check", {"again": "yes"})
    assert shop.due_of(case_id, "late") == datetime(2026, 11, 12, 15, 59, 59, tzinfo=UTC)
    assert shop.history(case_id).count("timer_set") == 2
    assert shop.broken() == {}


def test_a_notice_that_runs_out_opens_a_step_and_approves_nothing(shop: Workshop) -> None:
    shop.deploy("example_request")
    case_id = shop.applied()
    shop.do("reviewer", case_id, "review", {"decision": "agree"})
    shop.do("officer", case_id, "notice", {"notice_place": "厂区公示栏"})
    assert shop.waiting(case_id) == []
    due = shop.due_of(case_id, "notice_over")
    assert due == datetime(2026, 11, 16, 15, 59, 59, tzinfo=UTC)  # five working days
    shop.move_to(due - timedelta(seconds=1))
    shop.work()
    assert shop.waiting(case_id) == []
    shop.pass_time(seconds=1)
    assert shop.waiting(case_id) == ["approve"]
    shop.pass_time(days=365)  # however long nobody decides
    assert shop.waiting(case_id) == ["approve"]
    assert shop.status(case_id) is CaseStatus.ACTIVE


def test_a_restarted_installation_goes_on_where_it_stood(
    shop: Workshop, open_shop: Callable[[], Workshop]
) -> None:
    shop.put(guarded(interrupting=True))
    case_id = shop.begin("guarded")
    shop.engine.close()
    shop.clock.advance(timedelta(hours=5))
    after = open_shop()
    after.work()
    assert after.waiting(case_id) == ["chase"]


def test_a_person_a_worker_and_a_cancelling_colleague_at_once_agree(
    shop: Workshop, open_shop: Callable[[], Workshop]
) -> None:
    shop.put(guarded(interrupting=True))
    other = open_shop()
    for _ in range(6):
        case_id = shop.begin("guarded")
        step_id = shop.step(case_id)
        shop.clock.advance(timedelta(hours=5))
        officer = shop.actor("officer")
        finished, worked, cancelled = at_once(
            partial(shop.engine.tasks.complete, officer, step_id, {}),
            other.work,
            partial(shop.engine.cases.cancel, officer, case_id, "重复发起"),
        )
        assert isinstance(finished, TaskNotOpen)  # the limit was over before
        assert worked is None
        assert isinstance(cancelled, int)
        assert shop.status(case_id) is CaseStatus.CANCELLED
        assert shop.history(case_id).count("timer_fired") <= 1
    assert shop.broken() == {}


def test_a_worker_and_a_person_at_two_steps_of_one_case_both_succeed(
    shop: Workshop, open_shop: Callable[[], Workshop]
) -> None:
    shop.put(guarded(interrupting=False))
    other = open_shop()
    for _ in range(6):
        case_id = shop.begin("guarded")
        step_id = shop.step(case_id)
        shop.clock.advance(timedelta(hours=5))
        officer = shop.actor("officer")
        finished, worked = at_once(
            partial(shop.engine.tasks.complete, officer, step_id, {}), other.work
        )
        assert not isinstance(finished, Exception), finished
        assert worked is None
        shop.let_back_off_pass()
        shop.work()
        assert shop.waiting(case_id) == ["chase"]
        assert shop.history(case_id).count("timer_fired") == 1
    assert shop.broken() == {}
