"""The race for a budget, again and again: fifty approvals at once over money for ten grant ten.

``python -m tests.load.race [--times 1000] [--db sqlite|postgres]`` plays it on a new database, looks
at the line after each race and at every promise at the end. The suite plays it once.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import registry
from engine import Engine, Request
from engine.model.clock import FixedClock
from tests.funds.conftest import opened, with_money
from tests.funds.purse import Purse
from tests.funds.test_race import APPROVALS, MONEY_FOR, deploy_race
from tests.load.asked import HowMuch, run_as_asked
from tests.registry.town import MONDAY_MORNING
from tests.support.at_once import at_once
from tests.support.waiting import WAITED

_EACH, _LEFT = 1000, 999
_TOLD_EVERY = 50


def run(url: str, folder: Path, times: int) -> None:
    """So many races on one line: money for ten comes before each, 999 yuan are always left."""
    engine = with_money(opened(url, folder, FixedClock(MONDAY_MORNING)))
    engine.database.engine.pool._timeout = WAITED  # more people than connections
    try:
        purse = Purse(engine, registry.Registry(engine), FixedClock(MONDAY_MORNING))
        deploy_race(engine)
        purse.allocate(amount=str(_LEFT))
        began = time.perf_counter()
        for race in range(1, times + 1):
            _race(purse, race)
            if race % _TOLD_EVERY == 0:
                print(f"{race} races, {time.perf_counter() - began:.0f} s", flush=True)
        purse.must_hold()
        took = time.perf_counter() - began
        print(f"{times} races of {APPROVALS} approvals, each granted {MONEY_FOR}; {took:.0f} s")
    finally:
        engine.close()


def _race(purse: Purse, race: int) -> None:
    engine: Engine = purse.engine
    line = purse.allocate(amount=str(MONEY_FOR * _EACH))
    officer, approver = purse.actor("officer"), purse.actor("approver")
    tasks = [
        task_id
        for number in range(APPROVALS)
        for task_id in engine.cases.start(
            officer, Request("race", "u1", {"village": f"村{race}-{number}"})
        ).open_task_ids
    ]
    done = at_once(
        *(
            lambda task=task: engine.tasks.complete(approver, task, {"decision": "agree"})
            for task in tasks
        )
    )
    assert [one for one in done if isinstance(one, Exception)] == []
    granted = race * MONEY_FOR * _EACH
    assert purse.sums(line.id) == (granted + _LEFT, 0, granted, 0, _LEFT), f"race {race}"


def main(words: Sequence[str]) -> None:
    """Play it on a new database."""
    run_as_asked("race", words, HowMuch("--times", int, 1000), run)


if __name__ == "__main__":
    main(sys.argv[1:])
