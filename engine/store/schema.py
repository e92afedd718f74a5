"""Bring a database to this release's schema, or refuse one that is newer (design.md D26).

The engine has its own branch of migrations; a package above it may bring another, with its own
folder, and both run in one transaction under one lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import inspect, text

from engine.errors import SchemaNewer
from engine.store.database import Database, Tx

_HERE = Path(__file__).parent / "migrations"
_DIGITS = "0123456789"
_LOCK = 0x62616E6766  # any number, the same for every process that migrates


@dataclass(frozen=True)
class Branch:
    """A package's migrations: a folder of versions."""

    versions: Path


ENGINE = Branch(_HERE / "versions")


def _config(tx: Tx, branches: Sequence[Branch]) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("path_separator", "newline")
    folders = "\n".join(str(branch.versions) for branch in branches)
    config.set_main_option("version_locations", folders)
    config.attributes["connection"] = tx
    return config


def migrate(database: Database, branches: Sequence[Branch] = (ENGINE,)) -> None:
    """Run what is missing, in one transaction; SchemaNewer for revisions we do not know."""
    if is_current(database, branches):
        return
    with database.unit_of_work() as work:
        if not database.is_sqlite:
            work.tx.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
            work.tx.execute(text("SET LOCAL lock_timeout = '10s'"))
        config = _config(work.tx, branches)
        _refuse_newer(work.tx, config)
        command.upgrade(config, "heads")
        work.commit()


def is_current(database: Database, branches: Sequence[Branch]) -> bool:
    """Whether nothing is missing and nothing is newer."""
    with database.look() as tx:
        config = _config(tx, branches)
        heads = set(ScriptDirectory.from_config(config).get_heads())
        current = set(_revisions(tx))
        return heads <= current and not _newer(config, current)


def _revisions(tx: Tx) -> tuple[str, ...]:
    if not inspect(tx).has_table("alembic_version"):
        return ()
    return tuple(MigrationContext.configure(tx).get_current_heads())


def _unknown(config: Config, revisions: set[str]) -> set[str]:
    scripts = ScriptDirectory.from_config(config)
    unknown = set()
    for revision in revisions:
        try:
            scripts.get_revision(revision)
        except CommandError:
            unknown.add(revision)
    return unknown


def _refuse_newer(tx: Tx, config: Config) -> None:
    if _newer(config, set(_revisions(tx))):
        raise SchemaNewer(
            "数据库由更新的版本建立,本版本不能打开,未做任何改动。请升级程序后再启动。"
        )


def _newer(config: Config, revisions: set[str]) -> set[str]:
    """Unknown revisions of loaded branches; another package's are not ours to judge."""
    known = ScriptDirectory.from_config(config).walk_revisions()
    prefixes = tuple({script.revision.rstrip(_DIGITS) for script in known})
    return {r for r in _unknown(config, revisions) if r.startswith(prefixes)}
