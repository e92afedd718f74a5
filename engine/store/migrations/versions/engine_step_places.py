"""A step says where its case was begun: what is due in an area is counted out of one index.

By triggers, so that it holds whoever writes a step or a case: this release, an older one that
still runs beside it, a person at a database prompt. A step of a case that not everybody sees who
sees what lies there (sealed, or somebody is kept away from it) says no place: its case is asked.

On SQLite a migration that makes the table ``task`` or ``cases`` anew loses its triggers.
"""

import sqlalchemy as sa
from alembic import op

revision = "engine_step_places"
down_revision = "engine_due_covered"
branch_labels = None
depends_on = None

_DUE = sa.text("status = 'open' AND due_at IS NOT NULL")
_RUNS = sa.text("ended_at IS NULL")
_PLACE = ["id", "case_id", "process_key", "element_id"]

_OF_CASE = """
    SELECT CASE WHEN confidentiality < 2 AND NOT excludes THEN organisation_id END, definition_id
    FROM cases WHERE id = {row}.case_id
"""
_CHANGED = ("confidentiality", "excludes", "definition_id", "organisation_id")

_SQLITE = (
    f"""
    CREATE TRIGGER task_place_added AFTER INSERT ON task BEGIN
        UPDATE task SET (place_id, definition_id) = ({_OF_CASE.format(row="NEW")})
        WHERE id = NEW.id;
    END
    """,
    f"""
    CREATE TRIGGER task_place_changed AFTER UPDATE OF {", ".join(_CHANGED)} ON cases
    WHEN {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _CHANGED)} BEGIN
        UPDATE task SET (place_id, definition_id) = ({_OF_CASE.format(row="task")})
        WHERE case_id = NEW.id;
    END
    """,
)
_POSTGRES = (
    f"""
    CREATE OR REPLACE FUNCTION task_place_added() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
    BEGIN
        {_OF_CASE.format(row="NEW").replace("FROM", "INTO NEW.place_id, NEW.definition_id FROM")};
        RETURN NEW;
    END
    $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION task_place_changed() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
    BEGIN
        UPDATE task SET (place_id, definition_id) = ({_OF_CASE.format(row="task")})
        WHERE case_id = NEW.id;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER task_place_added BEFORE INSERT ON task
    FOR EACH ROW EXECUTE FUNCTION task_place_added()
    """,
    f"""
    CREATE TRIGGER task_place_changed AFTER UPDATE OF {", ".join(_CHANGED)} ON cases FOR EACH ROW
    WHEN ({" OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _CHANGED)})
    EXECUTE FUNCTION task_place_changed()
    """,
)


def upgrade() -> None:
    op.add_column("task", sa.Column("place_id", sa.String(64)))
    op.add_column("task", sa.Column("definition_id", sa.String(100)))
    op.drop_index("ix_task_due", table_name="task")
    # Triggers first: what an older release commits meanwhile is told by them or read afterwards.
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRES:
        op.execute(sa.text(statement))
    op.execute(
        f"UPDATE task SET (place_id, definition_id) = ({_OF_CASE.format(row='task')})"
        " WHERE status = 'open'"
    )
    _make("ix_task_due", "task", ["due_at", *_PLACE, "place_id", "definition_id"], _DUE)
    _make("ix_cases_started_by", "cases", ["started_by", "id"], _RUNS)


def downgrade() -> None:
    op.drop_index("ix_cases_started_by", table_name="cases")
    op.drop_index("ix_task_due", table_name="task")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER task_place_changed")
        op.execute("DROP TRIGGER task_place_added")
    else:
        op.execute("DROP TRIGGER task_place_changed ON cases")
        op.execute("DROP TRIGGER task_place_added ON task")
        op.execute("DROP FUNCTION task_place_changed()")
        op.execute("DROP FUNCTION task_place_added()")
    op.drop_column("task", "definition_id")
    op.drop_column("task", "place_id")
    _make("ix_task_due", "task", ["due_at", *_PLACE], _DUE)


def _make(name: str, table: str, columns: list[str], rows: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=rows, postgresql_where=rows)
