"""Figures of a year as they were made public."""

import sqlalchemy as sa
from alembic import op

revision = "engine_published_figures"
down_revision = "engine_clocks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "published_figures",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("published_at", sa.String(27), nullable=False),
        sa.Column("published_by", sa.String(64), nullable=False),
        sa.Column("withdrawn_at", sa.String(27)),
        sa.Column("withdrawn_by", sa.String(64)),
        sa.Column("reason", sa.String(200), nullable=False, server_default=""),
    )


def downgrade() -> None:
    op.drop_table("published_figures")
