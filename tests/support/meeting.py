"""Two commands that meet on PostgreSQL: the first is not committed before the other waits for it.

SQLite has one writer at a time; there the second would wait before it has begun.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import text

from engine import Engine
from engine.store.database import Tx
from tests.support.waiting import until

WAITED_FOR = (
    "SELECT count(DISTINCT pid) FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)
TABLES_OF_WHO_WAITS = """
    SELECT relation::regclass::text FROM pg_locks
    WHERE relation IS NOT NULL AND pid IN (
        SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
    )
"""


def _nothing(_: Tx) -> None:
    """Nothing more is done while the other waits."""


def meet(
    engine: Engine,
    first: Callable[[Tx], object],
    second: Callable[[], object],
    meanwhile: Callable[[Tx], object] = _nothing,
) -> Future[object]:
    """Do the second while the first is done and not committed; how the second ended.

    ``meanwhile``: what is looked at once the second waits for the first, or is through.
    """
    with ThreadPoolExecutor(1) as pool:
        others: list[Future[object]] = []

        def meeting(tx: Tx) -> None:
            first(tx)
            others.append(pool.submit(second))
            until(
                lambda: others[-1].done() or bool(tx.execute(text(WAITED_FOR)).scalar()),
                "it ends or comes to wait",
            )
            meanwhile(tx)

        engine.execute(meeting)
    return others[-1]


@dataclass
class Interrupted:
    """An engine each of whose commands is not committed before another waits for it."""

    engine: Engine
    other: Callable[[], object]
    others: list[Future[object]] = field(default_factory=list)

    @property
    def as_engine(self) -> Engine:
        return cast(Engine, self)

    def execute(self, command: Callable[[Tx], object]) -> object:
        done: list[object] = []
        self.others.append(meet(self.engine, lambda tx: done.append(command(tx)), self.other))
        return done[-1]

    def __getattr__(self, name: str) -> object:
        return getattr(self.engine, name)
