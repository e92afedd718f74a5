"""How many steps wait, held by nobody: counted by the database itself as the rows change.

By triggers, so that the numbers hold whoever writes a step: this release, an older one that still
runs beside it, a person at a database prompt. On SQLite, where one writes at a time, a number is
changed in its place. On PostgreSQL each change is a row of its own, for which no transaction
waits, and a worker adds the changes up (engine.store.waiting).

On SQLite a migration that makes the table ``task`` anew loses its triggers. It must make them
again with :func:`make_triggers`.
"""

import sqlalchemy as sa
from alembic import op

revision = "engine_waiting"
down_revision = "engine_given_up"
branch_labels = None
depends_on = None

_CELL = ("queue_id", "person_id", "due_at", "process", "why")
_CELLS = ", ".join(_CELL)
_READ = "status, assignee, queue_id, case_process, due_at, barred, by_profile"


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("queue_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("due_at", sa.String(27), nullable=False),
        sa.Column("process", sa.String(80), nullable=False),
        sa.Column("why", sa.String(10), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "waiting",
        *_columns(),
        sa.PrimaryKeyConstraint(*_CELL, name="pk_waiting"),
        sqlite_with_rowid=False,
    )
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "waiting_change",
        sa.Column("id", number, nullable=False),
        *_columns(),
        sa.PrimaryKeyConstraint("id", name="pk_waiting_change"),
    )
    op.create_index("ix_waiting_change_queue", "waiting_change", ["queue_id", "person_id"])
    _order_index_as_the_inbox()
    make_triggers()
    for statement in _count():
        op.execute(statement)


def _order_index_as_the_inbox() -> None:
    """Of a queue first the steps that nobody holds, by their limits."""
    is_open = sa.text("status = 'open'")
    op.drop_index("ix_task_inbox", table_name="task")
    op.create_index(
        "ix_task_inbox",
        "task",
        ["queue_id", "assignee", "due_at", "id"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def make_triggers() -> None:
    """Let the database count."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite_triggers() if is_sqlite else _POSTGRES_TRIGGERS:
        op.execute(sa.text(statement.replace(":", r"\:")))


def _sqlite_people(column: str) -> str:
    """The people of ``|person|person|`` as rows with one ``value``; of an empty text one too."""
    text = f"trim({column}, '|')"
    for character, written in (("\\", "\\\\"), ('"', '\\"'), ("|", '","')):
        text = f"replace({text}, '{character}', '{written}')"
    return f"""json_each('["' || {text} || '"]')"""


def _sqlite_cells(row: str, n: str, source: str = "") -> list[str]:
    """What a step counts for: for everybody, and against those who may not do it."""
    rest = f"coalesce({row}.due_at, ''), {row}.case_process"
    table = f"{source}, " if source else ""
    barred, by_profile = (_sqlite_people(f"{row}.{name}") for name in ("barred", "by_profile"))
    return [
        f"""
        SELECT {row}.queue_id, '', {rest}, '', {n} {"FROM " + source if source else ""}
        WHERE true
        """,
        f"""
        SELECT {row}.queue_id, value, {rest}, 'barred', {n} FROM {table}{barred}
        WHERE {row}.barred <> ''
        """,
        f"""
        SELECT {row}.queue_id, value, {rest}, 'profile', {n} FROM {table}{by_profile}
        WHERE {row}.by_profile <> '' AND instr({row}.barred, '|' || value || '|') = 0
        """,
    ]


def _is_counted(row: str) -> str:
    return f"{row}.status = 'open' AND {row}.assignee IS NULL"


def _is_same() -> str:
    names = ("queue_id", "case_process", "due_at", "barred", "by_profile")
    return " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in names)


def _sqlite_triggers() -> list[str]:
    same = _is_same().replace("IS NOT DISTINCT FROM", "IS")

    def body(row: str, n: str) -> str:
        changes = [
            f"""
            INSERT INTO waiting ({_CELLS}, n) {cells}
            ON CONFLICT ({_CELLS}) DO UPDATE SET n = n + excluded.n;
            """
            for cells in _sqlite_cells(row, n)
        ]
        if n == "-1":
            people = "".join(
                f"OR person_id IN (SELECT value FROM {_sqlite_people(f'{row}.{name}')})"
                for name in ("barred", "by_profile")
            )
            changes.append(
                f"""
                DELETE FROM waiting
                WHERE queue_id = {row}.queue_id AND (person_id = '' {people})
                AND due_at = coalesce({row}.due_at, '') AND process = {row}.case_process AND n = 0;
                """
            )
        return f"BEGIN {' '.join(changes)} END"

    old, new = _is_counted("OLD"), _is_counted("NEW")
    changed = f"AFTER UPDATE OF {_READ} ON task WHEN"
    come, gone = body("NEW", "1"), body("OLD", "-1")
    return [
        f"CREATE TRIGGER waiting_added AFTER INSERT ON task WHEN {new} {come}",
        f"CREATE TRIGGER waiting_come {changed} {new} AND NOT ({old} AND {same}) {come}",
        f"CREATE TRIGGER waiting_gone {changed} {old} AND NOT ({new} AND {same}) {gone}",
        f"CREATE TRIGGER waiting_removed AFTER DELETE ON task WHEN {old} {gone}",
    ]


def _postgres_cells(row: str) -> str:
    return f"""(
        SELECT '' AS person_id, '' AS why
        UNION ALL
        SELECT one, 'barred' FROM unnest(string_to_array(trim(both '|' from {row}.barred), '|')) one
        WHERE {row}.barred <> ''
        UNION ALL
        SELECT one, 'profile'
        FROM unnest(string_to_array(trim(both '|' from {row}.by_profile), '|')) one
        WHERE {row}.by_profile <> '' AND strpos({row}.barred, '|' || one || '|') = 0
    ) AS cell"""


def _postgres_change(row: str, n: int) -> str:
    return f"""
        INSERT INTO waiting_change ({_CELLS}, n)
        SELECT {row}.queue_id, cell.person_id, coalesce({row}.due_at, ''), {row}.case_process,
            cell.why, {n}
        FROM {_postgres_cells(row)};
    """


_POSTGRES_TRIGGERS = (
    f"""
    CREATE FUNCTION waiting_added() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT
    AS $$
    BEGIN
        INSERT INTO waiting_change ({_CELLS}, n)
        SELECT step.queue_id, cell.person_id, coalesce(step.due_at, ''), step.case_process,
            cell.why, count(*)
        FROM added AS step CROSS JOIN LATERAL {_postgres_cells("step")}
        WHERE {_is_counted("step")}
        GROUP BY 1, 2, 3, 4, 5;
        RETURN NULL;
    END
    $$
    """,
    f"""
    CREATE FUNCTION waiting_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT
    AS $$
    BEGIN
        IF {_is_counted("OLD")} THEN
            {_postgres_change("OLD", -1)}
        END IF;
        IF TG_OP = 'UPDATE' THEN
            IF {_is_counted("NEW")} THEN
                {_postgres_change("NEW", 1)}
            END IF;
        END IF;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER waiting_added AFTER INSERT ON task REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION waiting_added()
    """,
    f"""
    CREATE TRIGGER waiting_changed AFTER UPDATE OF {_READ} ON task FOR EACH ROW
    WHEN (({_is_counted("OLD")} OR {_is_counted("NEW")})
        AND NOT ({_is_counted("OLD")} AND {_is_counted("NEW")} AND {_is_same()}))
    EXECUTE FUNCTION waiting_changed()
    """,
    f"""
    CREATE TRIGGER waiting_removed AFTER DELETE ON task FOR EACH ROW
    WHEN ({_is_counted("OLD")})
    EXECUTE FUNCTION waiting_changed()
    """,
)


def _count() -> list[str]:
    """Every step that waits now."""
    waits = f"(SELECT {_READ} FROM task AS step WHERE {_is_counted('step')}) AS step"
    if op.get_bind().dialect.name == "sqlite":
        cells = _sqlite_cells("step", "count(*)", waits)
        return [f"INSERT INTO waiting ({_CELLS}, n) {one} GROUP BY 1, 2, 3, 4, 5" for one in cells]
    return [
        f"""
        INSERT INTO waiting ({_CELLS}, n)
        SELECT step.queue_id, cell.person_id, coalesce(step.due_at, ''), step.case_process,
            cell.why, count(*)
        FROM {waits} CROSS JOIN LATERAL {_postgres_cells("step")}
        GROUP BY 1, 2, 3, 4, 5
        """
    ]
