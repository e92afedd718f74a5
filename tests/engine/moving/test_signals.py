"""A signal reaches everything that waits for it: in its case at once, in others by jobs of theirs."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from engine import SYSTEM
from engine.errors import TaskNotOpen
from engine.model.cases import CaseStatus
from engine.model.definitions import SourceFile
from engine.model.version_moves import Route
from engine.work.complete import Completed
from tests.engine.moving.conftest import Workshop, drawn, step
from tests.support.at_once import at_once
from tests.unit.runtime.kit import (
    boundary,
    catches,
    end,
    ext,
    flow,
    line,
    node,
    props,
    signal,
    signals,
    start,
    timer,
)

STOP = signal("Signal_stop", "停办")


def tells(identity: str, reach: str) -> str:
    return node(
        "intermediateThrowEvent",
        identity,
        ext(props(signalReach=reach)) + signals("Signal_stop"),
        name=identity,
    )


def thrower(reach: str = "all") -> SourceFile:
    """``ask``, then the signal is thrown."""
    body = start() + step("ask") + tells("tell", reach) + step("after") + end()
    return drawn(
        "thrower", {"officer": "ask after"}, body + line("S", "ask", "tell", "after", "E"), STOP
    )


def waiter(key: str = "waiter", *, interrupting: bool = True) -> SourceFile:
    """``work``, which the signal takes away, or beside which it opens ``told``."""
    body = start() + step("work") + end()
    body += boundary("on", "work", signals("Signal_stop"), interrupting=interrupting)
    body += step("told") + end("E2") + line("S", "work", "E") + line("on", "told", "E2")
    return drawn(key, {"officer": "work told"}, body, STOP)


def catcher() -> SourceFile:
    """After ``ask`` the case waits for the signal, at most 30 days."""
    body = start() + step("ask") + node("eventBasedGateway", "either")
    body += catches("heard", signals("Signal_stop")) + catches("late", timer("timeDuration", "30d"))
    body += step("told") + step("remind") + end()
    body += line("S", "ask", "either", "heard", "told", "E") + flow("either", "late")
    return drawn(
        "catcher", {"officer": "ask told remind"}, body + line("late", "remind", "E"), STOP
    )


def both() -> SourceFile:
    """A branch throws what another branch of the case waits for."""
    body = start() + node("parallelGateway", "F") + step("ask") + tells("tell", "case")
    body += catches("heard", signals("Signal_stop")) + step("told") + node("parallelGateway", "J")
    body += end() + line("S", "F", "ask", "tell", "J", "E") + line("F", "heard", "told", "J")
    return drawn("both", {"officer": "ask told"}, body, STOP)


def threw(shop: Workshop) -> str:
    case_id = shop.begin("thrower")
    shop.finish("officer", case_id, "ask")
    return case_id


def told(shop: Workshop, case_id: str) -> list[Any]:
    """What the history of a case says of signals."""
    history = shop.engine.cases.history(SYSTEM, case_id)
    return [
        (e.detail["signal"], e.element_id, e.detail.get("cases"))
        for e in history
        if "signal" in e.detail
    ]


def test_within_a_case_it_is_heard_in_the_same_transaction(shop: Workshop) -> None:
    shop.put(both())
    case_id, other = shop.begin("both"), shop.begin("both")
    assert shop.broken() == {}
    shop.finish("officer", case_id, "ask")
    assert shop.waiting(case_id) == ["told"]
    assert told(shop, case_id) == [("thrown", "tell", 0)]
    shop.work()
    assert shop.waiting(other) == ["ask"]  # signalReach=case
    assert shop.broken() == {}
    shop.finish("officer", case_id, "told")
    assert shop.status(case_id) is CaseStatus.COMPLETED
    assert shop.broken() == {}


def test_it_reaches_every_other_case_that_waits_and_no_later_one(shop: Workshop) -> None:
    shop.put(thrower())
    shop.put(waiter())
    shop.put(catcher())
    working, catching = shop.begin("waiter"), shop.begin("catcher")
    shop.finish("officer", catching, "ask")
    thrown_in = threw(shop)
    assert told(shop, thrown_in) == [("thrown", "tell", 2)]
    late = shop.begin("waiter")
    assert shop.broken() == {}  # on their way
    shop.work()
    assert shop.waiting(working) == ["told"]
    assert shop.waiting(catching) == ["told"]
    assert shop.waiting(late) == ["work"]
    assert told(shop, working) == [("heard", "on", None)]
    assert [job.status for job in shop.jobs(catching)] == ["done", "done"]  # with the timer
    assert shop.broken() == {}


def test_what_goes_on_beside_hears_each_signal_once(shop: Workshop) -> None:
    shop.put(thrower())
    shop.put(waiter(interrupting=False))
    case_id = shop.begin("waiter")
    for times in (1, 2):
        threw(shop)
        shop.work()
        shop.work()
        assert shop.waiting(case_id) == ["told"] * times + ["work"]
        assert shop.broken() == {}


def test_two_signals_before_the_first_is_delivered_are_one(shop: Workshop) -> None:
    shop.put(thrower())
    shop.put(waiter(interrupting=False))
    case_id = shop.begin("waiter")
    one, two = threw(shop), threw(shop)
    assert told(shop, one) + told(shop, two) == [("thrown", "tell", 1), ("thrown", "tell", 0)]
    shop.work()
    assert shop.waiting(case_id) == ["told", "work"]
    assert shop.broken() == {}


def test_who_moves_a_case_first_hears_what_is_on_its_way(shop: Workshop) -> None:
    """As with timers: a step that a signal has taken away cannot be done, polled or not."""
    shop.put(thrower())
    shop.put(waiter())
    case_id = shop.begin("waiter")
    work = shop.step(case_id, "work")
    threw(shop)
    with pytest.raises(TaskNotOpen):
        shop.engine.tasks.complete(shop.actor("officer"), work, {})
    assert shop.waiting(case_id) == ["told"]
    assert shop.broken() == {}


def test_a_timer_that_was_over_before_fires_first(shop: Workshop) -> None:
    shop.put(thrower())
    shop.put(catcher())
    case_id = shop.begin("catcher")
    shop.finish("officer", case_id, "ask")
    shop.clock.advance(timedelta(days=40))
    threw(shop)
    shop.work()
    assert shop.waiting(case_id) == ["remind"]
    assert shop.broken() == {}


@pytest.mark.parametrize("how", ["cancelled", "done"])
def test_a_case_that_no_longer_waits_is_left_alone(shop: Workshop, how: str) -> None:
    shop.put(thrower())
    shop.put(waiter())
    case_id = shop.begin("waiter")
    work = shop.step(case_id, "work")
    if how == "cancelled":
        threw(shop)
        shop.engine.cases.cancel(shop.actor("officer"), case_id, "重复发起")
    else:
        shop.engine.tasks.complete(shop.actor("officer"), work, {})
        assert told(shop, threw(shop)) == [("thrown", "tell", 0)]
    assert shop.rows("SELECT count(*) FROM subscription") == [(0,)]
    shop.work()
    assert shop.waiting(case_id) == []
    assert told(shop, case_id) == []
    assert shop.broken() == {}


def test_a_signal_to_a_wait_that_went_meanwhile_is_put_away(shop: Workshop) -> None:
    """As when the case moved on in the moment the signal was thrown."""
    shop.put(thrower())
    shop.put(waiter())
    case_id, other = shop.begin("waiter"), shop.begin("waiter")
    threw(shop)
    ((token,),) = shop.rows("SELECT token FROM subscription WHERE case_id = :c", c=case_id)
    shop.by_hand("UPDATE job SET token = 'gone' WHERE token = :t", t=token)
    assert shop.broken() == {}
    shop.work()
    assert [(j.kind, j.status) for j in shop.jobs(case_id)] == [("signal", "done")]
    assert shop.waiting(case_id) == ["work"]
    assert shop.waiting(other) == ["told"]
    assert shop.broken() == {}


def test_a_signal_is_no_message(shop: Workshop) -> None:
    shop.put(waiter())
    case_id = shop.begin("waiter")
    with pytest.raises(Exception, match="没有流程接收"):
        shop.engine.messages.send(SYSTEM, "停办", {"x": 1}, {})
    assert shop.engine.messages.awaited(shop.actor("officer"), case_id) == ()
    assert shop.waiting(case_id) == ["work"]


def test_a_wait_the_tables_lost_is_there_again_after_the_next_step(shop: Workshop) -> None:
    body = start() + node("parallelGateway", "F") + step("one") + step("two") + end()
    body += boundary("on", "two", signals("Signal_stop")) + step("told")
    body += line("S", "F", "one", "E") + line("F", "two", "E") + line("on", "told", "E")
    shop.put(drawn("lost", {"officer": "one two told"}, body, STOP))
    case_id = shop.begin("lost")
    shop.by_hand("DELETE FROM subscription")
    assert set(shop.broken()) == {"I4"}
    shop.finish("officer", case_id, "one")
    assert shop.broken() == {}
    ((name, hashed),) = shop.rows("SELECT name, key_hash FROM subscription")
    assert (name, hashed) == ("停办", "signal")


def test_a_signal_that_cannot_be_delivered_is_an_incident_of_that_case_alone(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.put(thrower())
    shop.put(waiter())
    one, other = shop.begin("waiter"), shop.begin("waiter")
    threw(shop)
    state = shop.rows("SELECT state FROM cases WHERE id = :c", c=one)[0][0]
    shop.by_hand("UPDATE cases SET state = :s WHERE id = :c", s=b"broken", c=one)
    for _ in range(4):
        shop.work()
        shop.by_hand("UPDATE job SET locked_until = NULL WHERE status = 'waiting'")
    assert shop.waiting(other) == ["told"]
    shop.by_hand("UPDATE cases SET state = :s WHERE id = :c", s=state, c=one)
    assert shop.status(one) is CaseStatus.INCIDENT
    (failed,) = shop.jobs(one, "failed")
    assert shop.broken() == {}
    shop.engine.jobs.retry(SYSTEM, failed.id)
    shop.work()
    assert shop.waiting(one) == ["told"]
    assert shop.status(one) is CaseStatus.ACTIVE
    assert shop.broken() == {}


def complete(shop: Workshop, task: str) -> Completed:
    return shop.engine.tasks.complete(shop.actor("officer"), task, {})


def test_a_signal_and_a_completion_at_once_are_one_after_the_other(
    shop: Workshop, open_shop: Callable[[], Workshop]
) -> None:
    shop.put(thrower())
    shop.put(waiter())
    other = open_shop()
    for _ in range(4):
        case_id, throwing = shop.begin("waiter"), shop.begin("thrower")
        work, ask = shop.step(case_id, "work"), shop.step(throwing, "ask")
        worked, threw = at_once(partial(complete, shop, work), partial(complete, other, ask))
        shop.work()
        assert isinstance(threw, Completed)
        if isinstance(worked, Completed):
            assert shop.status(case_id) is CaseStatus.COMPLETED
        else:
            assert isinstance(worked, TaskNotOpen)
            assert shop.waiting(case_id) == ["told"]
        assert shop.broken() == {}


def test_two_who_throw_at_once_reach_everybody(
    shop: Workshop, open_shop: Callable[[], Workshop]
) -> None:
    shop.put(thrower())
    shop.put(waiter())
    other = open_shop()
    cases = [shop.begin("waiter") for _ in range(12)]
    throwing = [shop.begin("thrower") for _ in range(2)]
    steps = [shop.step(case_id, "ask") for case_id in throwing]
    pairs = zip((shop, other), steps, strict=True)
    at_once(*(partial(complete, *pair) for pair in pairs))
    reached = [told(shop, case_id)[0][2] for case_id in throwing]
    assert sum(reached) == 12
    assert at_once(shop.work, other.work) == [None, None]
    shop.let_back_off_pass()  # whoever the database was too busy for tries again
    shop.work()
    assert [shop.waiting(case_id) for case_id in cases] == [["told"]] * 12
    assert [told(shop, case_id) for case_id in cases] == [[("heard", "on", None)]] * 12
    assert shop.broken() == {}


def test_timers_do_not_queue_behind_a_signal_to_many(shop: Workshop) -> None:
    shop.put(thrower())
    shop.put(waiter())
    shop.put(catcher())
    for _ in range(30):
        shop.begin("waiter")
    timed = shop.begin("catcher")
    shop.finish("officer", timed, "ask")
    shop.by_hand("DELETE FROM subscription WHERE case_id = :c", c=timed)  # it does not hear it
    threw(shop)
    shop.clock.advance(timedelta(days=40))
    shop.worker().run_once()
    assert shop.waiting(timed) == ["remind"]
    assert len(shop.rows("SELECT id FROM job WHERE kind = 'signal' AND status = 'waiting'")) >= 10


def test_a_signal_on_its_way_survives_the_worker_that_took_it(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken and not delivered: the lease runs out, and another delivers it once."""
    shop.put(thrower())
    shop.put(waiter())
    case_id = shop.begin("waiter")
    threw(shop)
    taken = shop.engine.jobs.take_jobs("killed", 20, timedelta(seconds=30))
    assert [job.kind for job in taken] == ["signal"]
    shop.work()
    assert shop.waiting(case_id) == ["work"]
    shop.by_hand("UPDATE job SET locked_until = '2000-01-01T00:00:00.000000Z'")
    shop.work()
    assert shop.waiting(case_id) == ["told"]
    assert told(shop, case_id) == [("heard", "on", None)]
    assert shop.broken() == {}


def renamed(name: str) -> SourceFile:
    """``waiter`` with the signal called otherwise and its event with another id."""
    content = waiter().content.decode().replace('name="停办"', f'name="{name}"')
    return SourceFile("waiter.bpmn", content.replace('"on"', '"upon"').encode())


def test_a_migration_carries_waits_and_signals_on_their_way(shop: Workshop) -> None:
    shop.put(thrower())
    shop.put(waiter())
    waiting, told_before = shop.begin("waiter"), shop.begin("waiter")
    shop.by_hand("UPDATE subscription SET name = 'x' WHERE case_id = :c", c=waiting)
    threw(shop)  # one is told before the migration, one is not
    shop.by_hand("UPDATE subscription SET name = '停办' WHERE case_id = :c", c=waiting)
    shop.put(renamed("停止"))
    versions, mapped = shop.engine.versions, {"on": "upon"}
    made = versions.begin(SYSTEM, Route("waiter", 2, None, mapped))
    moved = versions.work_off(SYSTEM, made.id, lambda _done, _total: None)
    assert (moved.moved, moved.left) == (2, 0)
    names = shop.rows("SELECT name, element_id, key_hash FROM subscription ORDER BY id")
    assert names == [("停止", "upon", "signal")] * 2
    assert shop.broken() == {}
    shop.work()
    assert (shop.waiting(waiting), shop.waiting(told_before)) == (["work"], ["told"])
    assert told(shop, threw(shop)) == [("thrown", "tell", 0)]  # the old name
    versions.put_back(SYSTEM, made.id, waiting)
    assert shop.broken() == {}
    assert told(shop, threw(shop)) == [("thrown", "tell", 1)]
    shop.work()
    assert shop.waiting(waiting) == ["told"]
    assert shop.broken() == {}


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_that_only_the_new_version_has_hears_from_then_on(
    shop: Workshop, interrupting: bool
) -> None:
    shop.put(thrower())
    plain = start() + step("work") + end() + line("S", "work", "E")
    shop.put(drawn("waiter", {"officer": "work"}, plain))
    case_id = shop.begin("waiter")
    threw(shop)
    shop.put(waiter(interrupting=interrupting))
    made = shop.engine.versions.begin(SYSTEM, Route("waiter", 2, None, {}))
    assert shop.engine.versions.work_off(SYSTEM, made.id, lambda _d, _t: None).moved == 1
    assert shop.broken() == {}
    shop.work()
    assert shop.waiting(case_id) == ["work"]
    threw(shop)
    shop.work()
    assert shop.waiting(case_id) == (["told"] if interrupting else ["told", "work"])
    assert shop.broken() == {}
