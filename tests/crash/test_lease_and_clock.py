"""Workers that stop for longer than their lease, and clocks that jump: each timer fires once."""

import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from engine import SYSTEM, Engine, Options, Request, open_engine
from engine.jobs.executor import LEASE
from engine.model.cases import EventKind
from engine.store.cases import CaseQuestion
from tests.crash.installation import DOERS, KEY, PROCESS, Installation, prepare
from tests.crash.one_command import FILLED, whole
from tests.crash.scale import IS_TORTURE, kind_of, note, times
from tests.support.waiting import until

FAKETIME = [
    *Path("/usr/lib").glob("*/faketime/libfaketime.so.1"),
    *Path("/usr").glob("l*/faketime/libfaketime.so.1"),
    *Path("/usr/local/lib").glob("**/libfaketime.so.1"),
]
CASES = times(30, 400)


def begun(engine: Engine, how_many: int) -> list[str]:
    """Cases in their notice, each waiting for its timer."""
    who = engine.directory.actor_named
    cases = []
    for number in range(how_many):
        request = Request(PROCESS, "u1", {"subject": f"第 {number} 件"})
        case_id = engine.cases.start(who("officer"), request).case_id
        for data in (FILLED, {"decision": "agree"}, {"notice_place": "公示栏"}):
            (step,) = engine.cases.view(SYSTEM, case_id).open_tasks
            engine.tasks.complete(who(DOERS[step.role]), step.id, data)
        cases.append(case_id)
    return cases


def fired(engine: Engine) -> list[int]:
    """How often the timer of each case fired."""
    return [
        sum(e.kind is EventKind.TIMER_FIRED for e in engine.cases.history(SYSTEM, case.id))
        for case in engine.cases.list(SYSTEM, CaseQuestion(limit=10_000))
    ]


def waiting(engine: Engine) -> int:
    question = "SELECT count(*) FROM job WHERE kind = 'timer' AND status <> 'done'"
    return int(engine.ask(lambda tx: tx.execute(text(question)).scalar_one()))


def make_due(engine: Engine, how_many: int) -> None:
    """So many of the timers that wait, of those that were made first."""
    first = "SELECT id FROM job WHERE kind = 'timer' AND due_at > '2021' ORDER BY id LIMIT :most"
    now = text(f"UPDATE job SET due_at = '2020-01-01T00:00:00' WHERE id IN ({first})")
    engine.execute(lambda tx: tx.execute(now, {"most": how_many}))


@pytest.fixture
def installed(database_url: str, tmp_path: Path) -> Iterator[tuple[Installation, Engine]]:
    prepare(database_url, tmp_path, PROCESS)
    installation = Installation(database_url, tmp_path, clock_speed=1)
    engine = open_engine(database_url, key=KEY, options=Options(data_dir=tmp_path, clock_speed=1))
    yield installation, engine
    engine.close()
    installation.stop()


def test_a_worker_that_stops_past_its_lease_writes_nothing_late(
    installed: tuple[Installation, Engine],
) -> None:
    installation, engine = installed
    begun(engine, CASES)
    installation.start(webs=0, workers=2)
    chance, rounds, held = random.Random(7), times(4, 50), 0
    for number in range(rounds):
        left = CASES - CASES * (number + 1) // rounds
        make_due(engine, waiting(engine) - left)
        pid = _stopped_at_work(engine, left, chance.uniform(0, 0.02))
        if pid is not None:
            try:
                if IS_TORTURE and number < 2:
                    time.sleep(2 * LEASE.total_seconds())
                else:  # as if the leases had run out; one that stopped with the lock keeps it
                    held += _run_out(installation.url, pid)
                    time.sleep(1)
            finally:
                os.kill(pid, signal.SIGCONT)
        until(lambda most=left: waiting(engine) <= most, "timers")  # type: ignore[misc]
    assert fired(engine) == [1] * CASES
    if IS_TORTURE and not engine.database.is_sqlite:  # there he mostly stops with the lock
        assert held, "nobody was ever stopped while others could take over"
    whole(engine)
    note(
        "worker stopped past its lease",
        installation.url,
        rounds=rounds,
        timers=CASES,
        leases_run_out=held,
    )


def _stopped_at_work(engine: Engine, left: int, moment: float) -> int | None:
    """Stop whoever holds leases, a moment after he took them; None where all was done before."""
    question = "SELECT locked_by FROM job WHERE status = 'running' LIMIT 1"
    while waiting(engine) > left:
        holder = engine.ask(lambda tx: tx.execute(text(question)).scalar())
        if holder is not None:
            time.sleep(moment)
            pid = int(holder.partition("-")[0])
            os.kill(pid, signal.SIGSTOP)
            return pid
    return None


def _run_out(url: str, pid: int) -> int:
    """Let the leases of a process end that it is not writing about; how many ended."""
    gone = (
        "UPDATE job SET locked_until = '2020-01-01T00:00:00' WHERE id IN"
        f" (SELECT id FROM job WHERE status = 'running' AND locked_by LIKE '{pid}-%'"
    )
    if kind_of(url) == "sqlite":  # at the file itself: not at the end of our writers' own queue
        with closing(sqlite3.connect(make_url(url).database or "", timeout=0.2)) as file:
            try:
                with file:
                    return file.execute(f"{gone})").rowcount
            except sqlite3.OperationalError:
                return 0  # it stopped with the lock
    address = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(address) as connection:
        return connection.execute(f"{gone} FOR UPDATE SKIP LOCKED)".encode()).rowcount


@pytest.mark.clock
def test_timers_fire_once_when_the_clock_of_the_machine_jumps(
    installed: tuple[Installation, Engine], tmp_path: Path
) -> None:
    if not FAKETIME:
        pytest.skip("no libfaketime here: make setup as root, or apt-get install libfaketime")
    installation, engine = installed
    begun(engine, CASES)
    # a third each is due before, at and after the jumps; nobody sees a working day pass here
    now = engine.clock.now()
    dues = [now + timedelta(minutes=m) for m in (-1, 50, 60 * 20)]
    ids = engine.ask(lambda tx: list(tx.execute(text("SELECT id FROM job ORDER BY id")).scalars()))
    for number, job_id in enumerate(ids):
        due = dues[number % 3].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        engine.execute(
            lambda tx, d=due, j=job_id: tx.execute(  # type: ignore[misc]
                text("UPDATE job SET due_at = :due WHERE id = :id"), {"due": d, "id": j}
            )
        )
    offset = tmp_path / "offset"
    offset.write_text("+0\n")
    installation.surroundings = {
        "LD_PRELOAD": str(FAKETIME[0]),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "TZ": "Europe/Berlin",  # a host with summer time
    }
    installation.start(webs=0, workers=2)
    third = CASES // 3
    until(lambda: waiting(engine) <= CASES - third, "what was due before")
    jumps = ["+1h", "-1h", "+0", "+1h", "-1h"] * times(1, 2) + ["+1d", "-1d", "+1d"]
    for jump in jumps:
        beside = tmp_path / "offset.new"
        beside.write_text(f"{jump}\n")
        beside.replace(offset)
        time.sleep(1.5)
    until(lambda: waiting(engine) == 0, "the last timer")
    assert Counter(fired(engine)) == {1: CASES}
    whole(engine)
    note("the clock jumps", installation.url, jumps=len(jumps), timers=CASES)
