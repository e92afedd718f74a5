"""A row that somebody edited by SQL, or a disk spoilt: it is named, and nothing else stops."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from engine import SYSTEM, Engine, Options, open_engine
from engine.jobs.executor import Pace
from engine.model.clock import FixedClock
from engine.model.tasks import InboxFilter
from engine.store.cases import CaseQuestion
from engine.store.database import Tx
from tests.crash.installation import DOERS, KEY
from tests.crash.one_command import MORNING, files
from tests.crash.test_lease_and_clock import begun
from tests.support.federation import staffed

SPOILT = {
    "cases": {
        "state": b"cut",
        "data_key": b"another",
        "chain_head": "0" * 64,
        "event_count": 1,
        "status": "nonsense",
        "rev": 0,
        "next_task_no": 1,
    },
    "task": {
        "status": "open",
        "completed_by": "nobody",
    },
    "job": {
        "token": "nobody",
        "kind": "nonsense",
        "status": "nonsense",
        "element_id": "no_such_step",
        "process_key": "no_such_process",
        "due_at": "2020-99-99T99:99:99.000000Z",
    },
    "subscription": {"token": "nobody", "key_hash": "another", "name": "another"},
    "event": {"kind": "nonsense", "actor": "p-city", "hash": "0" * 64, "payload": b"cut"},
}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MORNING)


@pytest.fixture
def engine(database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Engine]:
    options = Options(clock=clock, data_dir=tmp_path)
    opened = staffed(open_engine(database_url, key=KEY, options=options))
    opened.definitions.deploy(SYSTEM, files())
    yield opened
    opened.close()


def named_in(engine: Engine, case_id: str) -> bool:
    """Whether an incident, an invariant or the audit tells of what is wrong with this case.

    Invariants name a case by its id, the id of a step of it, or the number of its job.
    """

    def question(tx: Tx) -> tuple[str, list[int]]:
        status = text("SELECT status FROM cases WHERE id = :id")
        jobs = text("SELECT id FROM job WHERE case_id = :id")
        return (
            tx.execute(status, {"id": case_id}).scalar_one(),
            list(tx.execute(jobs, {"id": case_id}).scalars()),
        )

    status, jobs = engine.ask(question)
    if status == "incident":
        return True
    told = [said for one in engine.audit.invariants() for said in one.broken]
    if any(case_id in said or said in {f"job {n} is late" for n in jobs} for said in told):
        return True
    return not engine.audit.verify().ok


def works(engine: Engine, case_id: str) -> None:
    """A case goes on to its end: its timer fired, its people do their steps."""
    for data in ({"decision": "agree"}, {"record_number": "登记-1"}):
        (step,) = engine.cases.view(SYSTEM, case_id).open_tasks
        doer = engine.directory.actor_named(DOERS[step.role])
        assert step.id in {line.id for line in engine.tasks.inbox(doer, InboxFilter()).lines}
        engine.tasks.complete(doer, step.id, data)
    assert engine.cases.view(SYSTEM, case_id).case.status.value == "completed"


@pytest.mark.parametrize("table", SPOILT)
def test_a_spoilt_row_is_named_and_stops_nothing_else(
    engine: Engine, clock: FixedClock, table: str
) -> None:
    columns = SPOILT[table]
    spoilt = begun(engine, len(columns))
    (whole,) = begun(engine, 1)
    for case_id, (column, value) in zip(spoilt, columns.items(), strict=True):
        of_case = "id" if table == "cases" else "case_id"
        statement = f"UPDATE {table} SET {column} = :value WHERE {of_case} = :id"
        engine.execute(
            lambda tx, s=statement, v=value, i=case_id: tx.execute(text(s), {"value": v, "id": i})  # type: ignore[misc]
        )
    before = {case_id for case_id in spoilt if named_in(engine, case_id)}
    clock.advance(timedelta(days=15))
    worker = engine.jobs.executor(Pace())
    for _ in range(5):
        worker.run_once()
        engine.execute(lambda tx: tx.execute(text("UPDATE job SET locked_until = NULL")))
    works(engine, whole)
    assert len(engine.cases.list(SYSTEM, CaseQuestion())) == len(spoilt) + 1
    for case_id, column in zip(spoilt, columns, strict=True):
        assert case_id in before or named_in(engine, case_id), column
