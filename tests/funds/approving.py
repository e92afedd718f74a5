"""One process of several that approve at the same moment: ``python -m`` URL FOLDER TASK…"""

import sys
from pathlib import Path

import registry
from engine import Options, open_engine
from engine.model.clock import FixedClock
from tests.registry.town import MONDAY_MORNING
from tests.support.at_once import at_once


def main(url: str, folder: str, *tasks: str) -> None:
    """Approve all of them at once on an engine of its own."""
    options = Options(
        clock=FixedClock(MONDAY_MORNING),
        data_dir=Path(folder) / "data",
        operations=registry.OPERATIONS,
        branches=(registry.BRANCH,),
        panels=registry.PANELS,
        starts=registry.STARTS,
    )
    engine = open_engine(url, key=bytes(range(32)), options=options)
    approver = engine.directory.actor_named("approver")
    agreed = {"decision": "agree"}
    done = at_once(
        *(lambda task=task: engine.tasks.complete(approver, task, agreed) for task in tasks)
    )
    engine.close()
    sys.exit(any(isinstance(one, Exception) for one in done))


if __name__ == "__main__":
    main(*sys.argv[1:])
