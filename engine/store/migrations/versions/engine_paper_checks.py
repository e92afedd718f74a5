"""Papers ticked off as checked at a step, and half-filled forms of cases not yet begun."""

import sqlalchemy as sa
from alembic import op

revision = "engine_paper_checks"
down_revision = "engine_errands"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_check",
        sa.Column("task_id", sa.String(40), primary_key=True),
        sa.Column("file_id", sa.String(64), primary_key=True),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
    )
    op.create_table(
        "start_draft",
        sa.Column("person_id", sa.String(64), primary_key=True),
        sa.Column("process_key", sa.String(80), primary_key=True),
        sa.Column("organisation_id", sa.String(64), primary_key=True),
        sa.Column("draft", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.String(27), nullable=False),
    )
