"""Which cases a timer has begun: one of a process, unit and day."""

import sqlalchemy as sa
from alembic import op

revision = "engine_timed_starts"
down_revision = "engine_joined_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "timed_start",
        sa.Column("process_key", sa.String(80), primary_key=True),
        sa.Column("organisation_id", sa.String(64), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("case_id", sa.String(26)),
        sa.Column("at", sa.String(27), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("timed_start")
