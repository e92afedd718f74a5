"""Write ``saved/RELEASE.sql.gz``: cases of this release standing at every step of the example.

Run once for each release, before it goes out: ``python -m tests.engine.saved.make 0.1.0``. Later
releases must open these cases and finish them.
"""

import gzip
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine import SYSTEM, Options, Request, open_engine
from engine.definitions.folder import read_folder
from engine.model.clock import FixedClock
from tests.crash.clients import Plan
from tests.support.federation import staffed

ROOT = Path(__file__).parents[3]
KEY = bytes(range(32))
STARTED = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)
DOERS = {
    "officer": "officer",
    "county_reviewer": "reviewer",
    "county_approver": "approver",
    "data_entry": "entry",
}


def main(release: str) -> None:
    """Drive one case to each step and dump the database."""
    folder = ROOT / "processes/example_request"
    plan = Plan.of_scenario(folder, "passes")
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "saved.db"
        clock = FixedClock(STARTED)
        engine = staffed(
            open_engine(
                f"sqlite:///{path}", key=KEY, options=Options(clock=clock, data_dir=Path(place))
            )
        )
        files = read_folder(ROOT / "processes", ROOT / "forms", "example_request").files
        engine.definitions.deploy(SYSTEM, files)
        for stop in range(len(plan.steps) + 1):
            clock.advance(timedelta(minutes=1))
            officer = engine.directory.actor_named("officer")
            request = Request(
                "example_request", "u1", dict(plan.start), business_key=f"stop-{stop}"
            )
            case_id = engine.cases.start(officer, request).case_id
            for _ in range(stop):
                open_now = engine.cases.view(SYSTEM, case_id).open_tasks
                if not open_now:
                    clock.advance(timedelta(days=9))
                    engine.jobs.fire_due_of_case(case_id)
                    open_now = engine.cases.view(SYSTEM, case_id).open_tasks
                (step,) = open_now
                actor = engine.directory.actor_named(DOERS[step.role])
                engine.tasks.complete(actor, step.id, plan.steps[step.element_id])
        engine.audit.seal()
        engine.close()
        dump = "\n".join(sqlite3.connect(path).iterdump())
    target = Path(__file__).with_name(f"{release}.sql.gz")
    target.write_bytes(gzip.compress(dump.encode(), mtime=0))


if __name__ == "__main__":
    main(sys.argv[1])
