"""Bring a database to this release's schema, or refuse one that is newer (design.md D26).

The engine has its own branch of migrations; a package above it may bring another, with its own
folder, and both run in one transaction under one lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from sqlalchemy import inspect, text

from engine.errors import SchemaNewer
from engine.store.database import Database, Tx
from engine.store.revisions import read_revisions

_LOCK = 0x62616E6766  # any number, the same for every process that migrates


@dataclass(frozen=True)
class Branch:
    """A package's migrations: a folder of versions."""

    versions: Path


ENGINE = Branch(Path(__file__).parent / "migrations" / "versions")


def migrate(database: Database, branches: Sequence[Branch] = (ENGINE,)) -> None:
    """Run what is missing, in one transaction; SchemaNewer for revisions we do not know."""
    if is_current(database, branches):
        return
    with database.unit_of_work() as work:
        if not database.is_sqlite:
            work.tx.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
            work.tx.execute(text("SET LOCAL lock_timeout = '10s'"))
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
