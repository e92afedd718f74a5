"""Drafts of steps that need not be done any more: found by when that was."""

import sqlalchemy as sa
from alembic import op

revision = "engine_given_up"
down_revision = "engine_items"
branch_labels = None
depends_on = None

_WHICH = sa.text("status = 'cancelled' AND draft_by IS NOT NULL")


def upgrade() -> None:
    op.execute(
        "UPDATE task SET draft_by = NULL, draft_at = NULL "
        "WHERE status = 'cancelled' AND draft_by IS NOT NULL"
    )
    op.create_index(
        "ix_task_given_up",
        "task",
        ["completed_at"],
        sqlite_where=_WHICH,
        postgresql_where=_WHICH,
    )


def downgrade() -> None:
    op.drop_index("ix_task_given_up", "task")
