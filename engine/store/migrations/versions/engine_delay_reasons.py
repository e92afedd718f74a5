"""Why steps are late."""

import sqlalchemy as sa
from alembic import op

revision = "engine_delay_reasons"
down_revision = "engine_organisation_names"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delay_reason",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("task_id", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(30), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_delay_reason_task_id"),
    )
    op.create_index("ix_delay_reason_task", "delay_reason", ["task_id", "id"])
