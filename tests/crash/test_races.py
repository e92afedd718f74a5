"""Two at one case at the same moment: one outcome, whoever wins (1,000 of each in ``make torture``).

Each side has an engine of its own, as two processes have; the sides meet at a gate and begin
together.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from engine import SYSTEM, Engine, Options, Request, open_engine
from engine.errors import BangfuError, Broken, Busy
from engine.jobs.executor import Pace
from engine.model.clock import FixedClock
from engine.model.once import Once, Replayed
from engine.model.version_moves import Route
from engine.store.cases import CaseQuestion
from engine.work.complete import Completed
from tests.crash.installation import DOERS, KEY, PROCESS
from tests.crash.one_command import FILLED, MORNING, files, whole
from tests.crash.scale import note, times
from tests.support.at_once import at_once
from tests.support.federation import staffed

RACES = times(8, 1000)
AGREE, REJECT = {"decision": "agree"}, {"decision": "reject", "reason": "材料不符"}


@dataclass
class Two:
    """One database, an engine for each side."""

    one: Engine
    other: Engine
    clock: FixedClock
    begun: int = 0

    def applied(self) -> tuple[str, str]:
        """A case that waits for its review, and the step."""
        self.begun += 1
        officer = self.one.directory.actor_named("officer")
        request = Request(PROCESS, "u1", {"subject": f"第 {self.begun} 件"}, f"race-{self.begun}")
        case_id = self.one.cases.start(officer, request).case_id
        self.do(case_id, FILLED)
        return case_id, self.step(case_id)

    def step(self, case_id: str) -> str:
        (step,) = self.one.cases.view(SYSTEM, case_id).open_tasks
        return step.id

    def do(self, case_id: str, data: dict[str, object]) -> None:
        (step,) = self.one.cases.view(SYSTEM, case_id).open_tasks
        doer = self.one.directory.actor_named(DOERS[step.role])
        self.one.tasks.complete(doer, step.id, data)

    def noticed(self) -> str:
        """A case in its notice, where a timer and a message wait."""
        case_id, _ = self.applied()
        self.do(case_id, AGREE)
        self.do(case_id, {"notice_place": "公示栏"})
        return case_id

    def kinds(self, case_id: str) -> Counter[str]:
        return Counter(e.kind.value for e in self.one.cases.history(SYSTEM, case_id))


@pytest.fixture
def two(database_url: str, tmp_path: Path) -> Iterator[Two]:
    clock = FixedClock(MORNING)
    options = Options(clock=clock, data_dir=tmp_path)
    one = staffed(open_engine(database_url, key=KEY, options=options))
    one.definitions.deploy(SYSTEM, files())
    other = open_engine(database_url, key=KEY, options=options)
    yield Two(one, other, clock)
    other.close()
    one.close()


def race(two: Two, name: str, one_race: Callable[[], str]) -> Counter[str]:
    """Run the race as often as it is to be; the database is whole, nobody met a fault of ours."""
    began, ended = time.monotonic(), Counter[str]()
    for _ in range(RACES):
        ended[one_race()] += 1
    whole(two.one)
    seconds = round(time.monotonic() - began)
    note(f"race: {name}", two.one.database.url.render_as_string(), seconds=seconds, **ended)
    return ended


def met(*actions: Callable[[], object]) -> list[object]:
    """What each gave or raised; a little apart, so that each may be the first."""

    def late(action: Callable[[], object], wait: float) -> object:
        time.sleep(wait)
        return action()

    waits = [random.uniform(0, 0.01) if random.random() < 0.5 else 0.0 for _ in actions]
    results = at_once(*(partial(late, *pair) for pair in zip(actions, waits, strict=True)))
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, Replayed):
            assert isinstance(result, BangfuError), result
            assert not isinstance(result, Broken) or isinstance(result, Busy), result
    return results


def said(result: object) -> str:
    return type(result).__name__


def test_two_callers_at_one_step(two: Two) -> None:
    def opposite() -> str:
        case_id, step = two.applied()
        results = met(
            partial(two.one.tasks.complete, two.one.directory.actor_named("reviewer"), step, AGREE),
            partial(
                two.other.tasks.complete, two.other.directory.actor_named("reviewer2"), step, AGREE
            ),
        )
        assert sum(isinstance(r, Completed) for r in results) == 1, results
        assert two.kinds(case_id)["task_completed"] == 2
        return " and ".join(map(said, results))

    race(two, "two callers at one step", opposite)


def test_a_double_click(two: Two) -> None:
    def twice() -> str:
        case_id, step = two.applied()
        reviewer = two.one.directory.actor_named("reviewer")
        once = Once[Completed](f"key-{step}", "complete", "same", lambda done: b"done")
        results = met(
            partial(two.one.tasks.complete, reviewer, step, AGREE, None, once),
            partial(two.other.tasks.complete, reviewer, step, AGREE, None, once),
        )
        assert sorted(map(said, results)) == ["Completed", "Replayed"], results
        assert two.kinds(case_id)["task_completed"] == 2
        return "once"

    race(two, "double click", twice)


def test_a_replayed_key_starts_one_case(two: Two) -> None:
    officer = two.one.directory.actor_named("officer")

    def twice() -> str:
        two.begun += 1
        key = f"begun-{two.begun}"
        request = Request(PROCESS, "u1", {"subject": key}, key)
        once: Once[object] = Once(key, "start", "same", lambda done: b"done")
        results = met(
            partial(two.one.cases.start, officer, request, once),  # type: ignore[arg-type]
            partial(two.other.cases.start, officer, request, once),  # type: ignore[arg-type]
        )
        assert sorted(map(said, results)) == ["Replayed", "Started"], results
        found = two.one.cases.list(SYSTEM, CaseQuestion(text=key))
        assert sum(one.business_key == key for one in found) <= 1
        return "once"

    race(two, "replayed key of a start", twice)


def test_complete_against_cancel(two: Two) -> None:
    def against() -> str:
        case_id, step = two.applied()
        completed, cancelled = met(
            partial(two.one.tasks.complete, two.one.directory.actor_named("reviewer"), step, AGREE),
            partial(
                two.other.cases.cancel,
                two.other.directory.actor_named("officer"),
                case_id,
                "重复登记",
            ),
        )
        kinds = two.kinds(case_id)
        was_done = isinstance(completed, Completed)
        assert was_done is (kinds["task_completed"] == 2)
        assert isinstance(cancelled, int | Busy), (
            cancelled
        )  # refused for what it says, it races nobody
        assert isinstance(cancelled, int) is (kinds["cancelled"] == 1), (cancelled, kinds)
        view = two.one.cases.view(SYSTEM, case_id)
        assert view.case.status.value == "cancelled" or was_done
        return f"{said(completed)} against {said(cancelled)}"

    race(two, "complete against cancel", against)


def test_complete_against_migration(two: Two) -> None:
    two.one.definitions.deploy(SYSTEM, files("复审"))
    designer = two.one.directory.actor_named("designer")

    def against() -> str:
        # cases start on the newest version: each race deploys nothing, but moves to and fro
        case_id, step = two.applied()
        target = 1 if two.one.cases.view(SYSTEM, case_id).case.version == 2 else 2
        migration = two.one.versions.begin(designer, Route(PROCESS, target))
        completed, migrated = met(
            partial(two.one.tasks.complete, two.one.directory.actor_named("reviewer"), step, AGREE),
            partial(two.other.versions.work_off, designer, migration.id, lambda _d, _t: None),
        )
        assert not isinstance(migrated, Exception), migrated
        assert isinstance(completed, Completed) or said(completed) == "Stale", completed
        assert two.kinds(case_id)["task_completed"] == 1 + isinstance(completed, Completed)
        version = two.one.cases.view(SYSTEM, case_id).case.version
        officer = two.one.directory.actor_named("officer")
        two.one.cases.cancel(officer, case_id, "比赛结束")  # the next migration has one case
        return f"{said(completed)}, {'moved' if version == target else 'left'}"

    race(two, "complete against migration", against)


def test_a_message_against_its_timer(two: Two) -> None:
    def against() -> str:
        case_id = two.noticed()
        two.clock.advance(timedelta(days=15))
        sender = two.other.directory.actor_named("reviewer")
        worked, told = met(
            two.one.jobs.executor(Pace()).run_once,
            partial(
                two.other.messages.send,
                sender,
                "example_objection",
                {"case": case_id},
                {"text": "有异议"},
            ),
        )
        kinds = two.kinds(case_id)
        assert kinds["timer_fired"] == 1, (worked, told, kinds)  # due by the clock comes first
        assert told == 0 or isinstance(told, Busy), told
        two.one.cases.cancel(two.one.directory.actor_named("officer"), case_id, "比赛结束")
        return f"timer fired, message taken by {told if isinstance(told, int) else said(told)}"

    race(two, "message against its timer", against)


def test_two_workers_at_one_timer(two: Two) -> None:
    def against() -> str:
        cases = [two.noticed() for _ in range(4)]
        two.clock.advance(timedelta(days=15))
        met(
            two.one.jobs.executor(Pace()).run_once,
            two.other.jobs.executor(Pace()).run_once,
        )
        fired = [two.kinds(case_id)["timer_fired"] for case_id in cases]
        if fired != [1] * 4:  # left to the next round by one who found the other at it
            two.one.jobs.executor(Pace()).run_once()
            fired = [two.kinds(case_id)["timer_fired"] for case_id in cases]
        assert fired == [1] * 4
        return "once each"

    race(two, "two workers at four timers", against)
