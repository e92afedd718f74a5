"""Cases that earlier releases left half-way are opened and finished by this one."""

import gzip
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from engine import SYSTEM, Options, open_engine
from engine.model.clock import FixedClock
from engine.store.cases import CaseQuestion
from tests.crash.clients import Plan
from tests.engine.saved.make import DOERS, KEY, ROOT, STARTED

RELEASES = sorted((Path(__file__).parent / "saved").glob("*.sql.gz"))


def test_there_is_a_fixture_of_every_release() -> None:
    assert RELEASES


@pytest.mark.parametrize("saved", RELEASES, ids=lambda path: path.name)
def test_cases_of_an_earlier_release_are_finished(saved: Path, tmp_path: Path) -> None:
    path = tmp_path / "saved.db"
    connection = sqlite3.connect(path)
    connection.executescript(gzip.decompress(saved.read_bytes()).decode())
    connection.close()
    clock = FixedClock(STARTED + timedelta(days=30))
    options = Options(clock=clock, data_dir=tmp_path)
    engine = open_engine(f"sqlite:///{path}", key=KEY, options=options)
    plan = Plan.of_scenario(ROOT / "processes/example_request", "passes")
    cases = engine.cases.list(SYSTEM, CaseQuestion())
    assert len(cases) == len(plan.steps) + 1
    for case in cases:
        while engine.cases.view(SYSTEM, case.id).case.status.value == "active":
            open_now = engine.cases.view(SYSTEM, case.id).open_tasks
            if not open_now:
                clock.advance(timedelta(days=9))
                assert engine.jobs.fire_due_of_case(case.id)
                continue
            (step,) = open_now
            actor = engine.directory.actor_named(DOERS[step.role])
            engine.tasks.complete(actor, step.id, plan.steps[step.element_id])
        assert engine.cases.view(SYSTEM, case.id).case.status.value == "completed"
    assert all(invariant.ok for invariant in engine.audit.invariants())
    assert engine.audit.verify().ok
    engine.close()
