"""Work that somebody asked for and waits for."""

import sqlalchemy as sa
from alembic import op

revision = "engine_errands"
down_revision = "engine_small_posts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "errand",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("wanted", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("told", sa.String(300), nullable=False),
        sa.Column("file_id", sa.String(64), nullable=True),
        sa.Column("asked_at", sa.String(27), nullable=False),
        sa.Column("ended_at", sa.String(27), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.String(27), nullable=True),
        sa.Column("locked_by", sa.String(64), nullable=True),
    )
    op.create_index("ix_errand_status", "errand", ["status", "asked_at"])
    op.create_index("ix_errand_subject", "errand", ["kind", "subject"])
    op.create_index("ix_errand_person", "errand", ["by_id", "asked_at"])
