"""The migrations make exactly the tables the code knows, on both databases (D26)."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from engine.errors import SchemaNewer
from engine.store import waiting
from engine.store.database import Database, Tx
from engine.store.migrations.versions import engine_waiting
from engine.store.schema import migrate
from engine.store.tables import metadata
from tests.engine.conftest import Office


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


def test_what_waited_before_the_numbers_were_kept_is_counted(office: Office) -> None:
    office.applied()
    waits = office.start()
    held = office.start()
    office.engine.tasks.claim(office.actor("officer"), f"{held}-1")
    database = office.engine.database
    with database.unit_of_work() as work:
        work.tx.execute(
            text(f"UPDATE task SET due_at = NULL, due_date = NULL WHERE id = '{waits}-1'")
        )
        work.tx.execute(
            text(f"UPDATE task SET by_profile = '|p-officer|p-x|' WHERE id = '{waits}-1'")
        )
        before = waiting.numbers(work.tx)
        for trigger in _triggers(work.tx):
            on = "" if database.is_sqlite else " ON task"
            work.tx.execute(text(f"DROP TRIGGER {trigger}{on}"))
        if not database.is_sqlite:
            work.tx.execute(text("DROP FUNCTION waiting_added, waiting_changed"))
        work.tx.execute(text("DROP TABLE waiting"))
        work.tx.execute(text("DROP TABLE waiting_change"))
        # That step alone: later ones have been taken and stay.
        with Operations.context(MigrationContext.configure(work.tx)):
            engine_waiting.upgrade()
        work.commit()
    with database.look() as tx:
        assert waiting.numbers(tx) == before
        assert sum(n for (_, person, *_), n in before.items() if not person) == 2
        assert sum(n for (_, person, *_), n in before.items() if person) == 3
    office.start()  # and the database counts on


def _triggers(tx: Tx) -> list[str]:
    where = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'task'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'task'::regclass AND NOT tgisinternal",
    }
    return list(tx.execute(text(where[tx.dialect.name])).scalars())
