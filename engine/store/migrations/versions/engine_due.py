"""What is due is found without looking through all that is open."""

import sqlalchemy as sa
from alembic import op

revision = "engine_due"
down_revision = "engine_published_figures"
branch_labels = None
depends_on = None

_OPEN = sa.text("status = 'open' AND due_at IS NOT NULL")
_RUNS = sa.text("total_due_at IS NOT NULL AND ended_at IS NULL")


def upgrade() -> None:
    op.create_index("ix_task_due", "task", ["due_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index(
        "ix_cases_total_due", "cases", ["total_due_at"], sqlite_where=_RUNS, postgresql_where=_RUNS
    )


def downgrade() -> None:
    op.drop_index("ix_cases_total_due", "cases")
    op.drop_index("ix_task_due", "task")
