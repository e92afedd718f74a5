"""The migrations make exactly the tables the code knows, on both databases (D26)."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from engine.errors import SchemaNewer
from engine.store.database import Database
from engine.store.schema import migrate
from engine.store.tables import metadata


def test_the_migrated_schema_is_the_one_in_the_code(database_url: str) -> None:
    database = Database(database_url)
    migrate(database)
    with database.look() as tx:
        context = MigrationContext.configure(
            # SQLite gives an empty text as default back in another spelling.
            tx,
            opts={"compare_type": True, "compare_server_default": not database.is_sqlite},
        )
        assert compare_metadata(context, metadata) == []
    database.close()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    database = Database(database_url)
    migrate(database)
    migrate(database)
    with database.look() as tx:
        assert tx.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
    database.close()


def test_a_newer_schema_is_refused_and_left_alone(database_url: str) -> None:
    database = Database(database_url)
    migrate(database)
    with database.unit_of_work() as work:
        work.tx.execute(text("UPDATE alembic_version SET version_num = 'engine9999'"))
        work.commit()
    with pytest.raises(SchemaNewer, match="更新的版本"):
        migrate(database)
    database.close()
