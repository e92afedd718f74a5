"""The benchmark: each figure beside its limit, measured in the same run, in turns with it.

``python -m tests.bench [--json]``. The limit of a completion is the bare SQL that writes as many
rows of the same size with the same durability; the limit of the inbox is its page query alone.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import event, text

from engine import SYSTEM, Engine, Options, Request, open_engine
from engine.definitions.folder import read_folder
from engine.model.clock import FixedClock
from engine.model.once import Once
from engine.model.tasks import InboxFilter
from engine.store.task_lists import TaskQuestion, lines
from tests.support.federation import staffed
from tests.support.postgres import PostgresServer, new_folder

ROOT = Path(__file__).parents[2]
ROUNDS = 5
COMPLETIONS = 60
OPEN_STEPS = 5_000
PAGES = 20
REASON = "班组安全帽到期需要更换。" * 30
FILLED = {"applicant_name": "林模拟", "amount": 1200, "needed_by": "2026-12-20", "reason": REASON}


@dataclass
class Measured:
    """Seconds of each single operation, and of each round of the bare work beside it."""

    work: str
    db: str
    seconds: list[float]
    limit_per_second: float
    statements: float
    commits: float
    cpu_ms: float

    def row(self) -> dict[str, object]:
        """As published by ``--json``."""
        ordered = sorted(self.seconds)
        per_second = len(ordered) / sum(ordered)
        return {
            "work": self.work,
            "db": self.db,
            "n": len(ordered),
            "per_second": round(per_second, 1),
            "p50_ms": round(statistics.median(ordered) * 1000, 2),
            "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1000, 2),
            "limit_per_second": round(self.limit_per_second, 1),
            "of_limit": round(per_second / self.limit_per_second, 3),
            "statements": round(self.statements, 1),
            "commits": round(self.commits, 2),
            "cpu_ms": round(self.cpu_ms, 2),
        }


class Counted:
    """Counts statements and commits while it is open."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.statements = self.commits = 0

    def _note(self, _c: object, _u: object, statement: str, *_rest: object) -> None:
        if statement == "COMMIT":
            self.commits += 1
        elif not statement.startswith(("BEGIN", "ROLLBACK")):
            self.statements += 1

    def __enter__(self) -> "Counted":
        event.listen(self.engine.database.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine.database.engine, "before_cursor_execute", self._note)


def _prepared(url: str, data: Path) -> Engine:
    clock = FixedClock(datetime(2026, 11, 9, 1, tzinfo=UTC))
    engine = staffed(open_engine(url, key=bytes(32), options=Options(clock=clock, data_dir=data)))
    files = read_folder(ROOT / "processes", ROOT / "forms", "example_request").files
    engine.definitions.deploy(SYSTEM, files)
    return engine


def _start(engine: Engine) -> str:
    officer = engine.directory.actor_named("officer")
    request = Request("example_request", "u1", {"subject": "添置安全帽"})
    return engine.cases.start(officer, request).open_task_ids[0]


def measure_complete(engine: Engine, db: str, rounds: int, each: int) -> Measured:
    """The officer's step with its form, durable, answered under an Idempotency-Key."""
    officer = engine.directory.actor_named("officer")
    steps = [_start(engine) for _ in range((rounds + 1) * each)]
    rows = _bare_table(engine)

    def one(step: str) -> None:
        once: Once[object] = Once(f"key-{step}", "complete", "hash", lambda _: REASON.encode())
        engine.tasks.complete(officer, step, FILLED, once=once)  # type: ignore[arg-type]

    for step in steps[:each]:
        one(step)
    seconds: list[float] = []
    limits: list[float] = []
    cpu = 0.0
    with Counted(engine) as counted:
        for number in range(1, rounds + 1):
            spent = time.process_time()
            part = steps[number * each : (number + 1) * each]
            seconds.extend(_timed(one, step) for step in part)
            cpu += time.process_time() - spent
            limits.append(each / sum(_timed(rows, n) for n in range(each)))
        statements, commits = counted.statements, counted.commits
    done = len(seconds)
    # The bare rounds send five statements and a commit each.
    return Measured(
        "complete",
        db,
        seconds,
        statistics.median(limits),
        statements / done - BARE_STATEMENTS,
        commits / done - 1,
        cpu / done * 1000,
    )


BARE_STATEMENTS = 8


def _bare_table(engine: Engine) -> Callable[[int], None]:
    """What writes as many rows as a completion, of the same size, in one durable transaction."""
    blob = "BLOB" if engine.database.is_sqlite else "BYTEA"
    with engine.database.unit_of_work() as work:
        work.tx.execute(text(f"CREATE TABLE bare (id VARCHAR(60) PRIMARY KEY, body {blob})"))
        work.tx.execute(text("INSERT INTO bare VALUES ('case', :b)"), {"b": bytes(900)})
        work.commit()
    serial = iter(range(10**9))

    def write(_: int) -> None:
        with engine.database.look() as tx:
            tx.execute(text("SELECT * FROM bare WHERE id = 'case'")).all()
        with engine.database.unit_of_work() as work:
            for _number in range(6):
                work.tx.execute(
                    text("INSERT INTO bare VALUES (:i, :b)"),
                    {"i": f"row-{next(serial)}", "b": bytes(500)},
                )
            work.tx.execute(text("UPDATE bare SET body = :b WHERE id = 'case'"), {"b": bytes(900)})
            work.commit()

    return write


def measure_inbox(engine: Engine, db: str, open_steps: int, pages: int) -> Measured:
    """A page of fifty with its exact counts, of a reviewer before many open steps."""
    officer = engine.directory.actor_named("officer")
    for _ in range(open_steps):
        engine.tasks.complete(officer, _start(engine), FILLED)
    reviewer = engine.directory.actor_named("reviewer")

    def page(_: int) -> None:
        engine.tasks.inbox(reviewer, InboxFilter())

    def bare(_: int) -> None:
        engine.ask(lambda tx: lines(tx, SYSTEM, TaskQuestion(status="open", limit=50)))

    page(0)
    seconds: list[float] = []
    limits: list[float] = []
    cpu = 0.0
    for number in range(pages):
        spent = time.process_time()
        seconds.append(_timed(page, number))
        cpu += time.process_time() - spent
        limits.append(_timed(bare, number))
    with Counted(engine) as counted:
        page(0)
    limit = 1 / statistics.median(limits)
    work = f"inbox_{open_steps // 1000}k"
    return Measured(work, db, seconds, limit, counted.statements, 0, cpu / pages * 1000)


def _timed(action: Callable[..., None], argument: object) -> float:
    begun = time.perf_counter()
    action(argument)
    return time.perf_counter() - begun


def measure(kinds: Sequence[str], rounds: int, each: int, open_steps: int) -> list[Measured]:
    """Everything, on each kind of database."""
    found: list[Measured] = []
    for db in kinds:
        with tempfile.TemporaryDirectory() as place:
            server = PostgresServer(new_folder()) if db == "postgres" else None
            if server is not None:
                server.ensure_started()
            try:
                url = (
                    f"sqlite:///{place}/bench.db"
                    if server is None
                    else server.url(server.create_database())
                )
                engine = _prepared(url, Path(place))
                found.append(measure_complete(engine, db, rounds, each))
                found.append(measure_inbox(engine, db, open_steps, PAGES))
                engine.close()
            finally:
                if server is not None:
                    server.remove()
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bangfu bench")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--db", choices=("sqlite", "postgres"))
    words = parser.parse_args(argv)
    kinds = [words.db] if words.db else ["sqlite", "postgres"]
    rows = [one.row() for one in measure(kinds, ROUNDS, COMPLETIONS, OPEN_STEPS)]
    if words.json:
        print(json.dumps(rows))
    else:
        print("  ".join(f"{name:>16}" for name in rows[0]))
        for row in rows:
            print("  ".join(f"{value!s:>16}" for value in row.values()))
    return 0
