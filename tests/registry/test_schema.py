"""The register's migrations make exactly its tables, beside the engine's and never in its way."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import registry
from engine.store.database import Database
from engine.store.revisions import read_revisions
from engine.store.schema import ENGINE, is_current, migrate
from engine.store.tables import metadata as engine_metadata
from registry import store
from registry.store.tables import metadata

for _module in iter_modules(store.__path__, f"{store.__name__}."):
    import_module(_module.name)  # some bring tables of their own, whoever else asks for them

OURS = {table.name for table in metadata.tables.values()}


def test_the_migrated_schema_is_the_one_in_the_code(database_url: str) -> None:
    database = Database(database_url)
    migrate(database, (ENGINE, registry.BRANCH))
    with database.look() as tx:
        context = MigrationContext.configure(
            tx,
            opts={
                "compare_type": True,
                "compare_server_default": not database.is_sqlite,
                "include_name": lambda name, kind, _: kind != "table" or name in OURS,
            },
        )
        assert compare_metadata(context, metadata) == []
    assert is_current(database, (ENGINE, registry.BRANCH))
    database.close()


def test_the_engine_migrates_without_the_register(database_url: str) -> None:
    database = Database(database_url)
    migrate(database)
    with database.look() as tx:
        names = set(inspect(tx).get_table_names())
    assert OURS.isdisjoint(names)
    assert {table.name for table in engine_metadata.tables.values()} <= names
    database.close()


def test_the_register_can_join_a_database_of_the_engine_alone(database_url: str) -> None:
    database = Database(database_url)
    migrate(database)
    migrate(database, (ENGINE, registry.BRANCH))
    with database.look() as tx:
        assert set(inspect(tx).get_table_names()) >= OURS
    database.close()


def test_the_engine_alone_leaves_a_database_with_a_register_as_it_is(database_url: str) -> None:
    database = Database(database_url)
    migrate(database, (ENGINE, registry.BRANCH))
    migrate(database)
    with database.look() as tx:
        assert set(inspect(tx).get_table_names()) >= OURS
    database.close()


def test_the_files_name_the_revisions_that_alembic_reads() -> None:
    folders = [ENGINE.versions, registry.BRANCH.versions]
    config = Config()
    config.set_main_option("script_location", str(ENGINE.versions.parent))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, folders)))
    scripts = ScriptDirectory.from_config(config)
    revisions = read_revisions(folders)
    assert revisions.heads == set(scripts.get_heads())
    assert revisions.known == {script.revision for script in scripts.walk_revisions()}


def test_a_migration_that_does_not_name_its_revision_is_told(tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text("revision = 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"odd\.py"):
        read_revisions([tmp_path])
