"""What is due is counted out of indexes alone, without a look at each step and each case."""

import sqlalchemy as sa
from alembic import op

revision = "engine_due_covered"
down_revision = "engine_kept_cases"
branch_labels = None
depends_on = None

_DUE = sa.text("status = 'open' AND due_at IS NOT NULL")
_OPEN = sa.text("status = 'open'")
_TOTAL = sa.text("total_due_at IS NOT NULL AND ended_at IS NULL")
_RUNS = sa.text("ended_at IS NULL")

_SIGHT = [
    *("id", "organisation_id", "definition_id", "confidentiality", "excludes"),
    *("started_by", "sealed_role", "ended_at"),
]


def upgrade() -> None:
    _make("ix_cases_sight", "cases", _SIGHT, _RUNS)
    _make_anew("ix_cases_total_due", "cases", ["total_due_at", "id", "paused_since"], _TOTAL)
    _make_anew("ix_task_open_of_case", "task", ["case_id", "queue_id"], _OPEN)
    place = ["id", "case_id", "process_key", "element_id"]
    _make_anew("ix_task_due", "task", ["due_at", *place], _DUE)


def downgrade() -> None:
    _make_anew("ix_task_due", "task", ["due_at"], _DUE)
    _make_anew("ix_task_open_of_case", "task", ["case_id"], _OPEN)
    _make_anew("ix_cases_total_due", "cases", ["total_due_at"], _TOTAL)
    op.drop_index("ix_cases_sight", table_name="cases")


def _make_anew(name: str, table: str, columns: list[str], rows: sa.TextClause) -> None:
    op.drop_index(name, table_name=table)
    _make(name, table, columns, rows)


def _make(name: str, table: str, columns: list[str], rows: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=rows, postgresql_where=rows)
