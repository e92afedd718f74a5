"""Orders about late steps, and reminders."""

import sqlalchemy as sa
from alembic import op

revision = "engine_supervision"
down_revision = "engine_delay_reasons"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_subject",
        sa.Column("case_id", sa.String(26), nullable=False),
        sa.Column("task_id", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "task_id", name="pk_case_subject"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_subject_case_id"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_case_subject_task_id"),
    )
    op.create_index("ix_case_subject_task", "case_subject", ["task_id"])
    op.create_table(
        "reminder",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("task_id", sa.String(40), nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_reminder_task_id"),
    )
    op.create_index("ix_reminder_task", "reminder", ["task_id", "id"])
