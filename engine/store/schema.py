"""Bring a database to this release's schema, or refuse one that is newer (design.md D26).

The engine has its own branch of migrations; a package above it may bring another, with its own
folder, and both run in one transaction under one lock.
"""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from sqlalchemy import inspect, text

from engine.errors import Busy, SchemaNewer
from engine.store.database import Contended, Database, LockTaken, Tx
from engine.store.revisions import read_revisions

_LOCK = 0x62616E6766  # any number, the same for every process that migrates
_LOCK_SECONDS = 2
_PAUSE = (0.2, 1.0)
_TRIES = 60


@dataclass(frozen=True)
class Branch:
    """A package's migrations: a folder of versions."""

    versions: Path


ENGINE = Branch(Path(__file__).parent / "migrations" / "versions")


def migrate(database: Database, branches: Sequence[Branch] = (ENGINE,)) -> None:
    """Run what is missing, in one transaction, also while others work.

    A change of a table on PostgreSQL waits for all who use it, and all who come later wait behind
    it: so it waits briefly, gives way, and tries again. Raises SchemaNewer for revisions we do not
    know, Busy when the tables were in use all the time.
    """
    for _ in range(_TRIES):
        try:
            return _migrate(database, branches)
        except (Contended, LockTaken):
            time.sleep(random.uniform(*_PAUSE))  # noqa: S311 - no secret
    raise Busy(
        "数据库一直有人在用,结构没有升级,未做任何改动。请在办件少的时候再运行一次 bangfu migrate。"
    )


def _migrate(database: Database, branches: Sequence[Branch]) -> None:
    if is_current(database, branches):
        return
    with database.unit_of_work() as work:
        if not database.is_sqlite:
            work.tx.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
            work.tx.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'"))
        folders = [branch.versions for branch in branches]
        if read_revisions(folders).newer(_stored(work.tx)):
            raise SchemaNewer(
                "数据库由更新的版本建立,本版本不能打开,未做任何改动。请升级程序后再启动。"
            )
        # Fetched where it is needed: most starts find nothing to run.
        import_module("engine.store.upgrading").upgrade(work.tx, folders)
        work.commit()


def is_current(database: Database, branches: Sequence[Branch]) -> bool:
    """Whether nothing is missing and nothing is newer."""
    revisions = read_revisions(branch.versions for branch in branches)
    with database.look() as tx:
        stored = _stored(tx)
    return revisions.heads <= stored and not revisions.newer(stored)


def _stored(tx: Tx) -> set[str]:
    if not inspect(tx).has_table("alembic_version"):
        return set()
    return set(tx.execute(text("SELECT version_num FROM alembic_version")).scalars())
