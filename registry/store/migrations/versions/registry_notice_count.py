"""How the days of a notice are counted: fixed at its posting, by the federation's parameters."""

import sqlalchemy as sa
from alembic import op

revision = "registry_notice_count"
down_revision = "registry_exports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "notice",
        sa.Column("day_kind", sa.String(length=4), nullable=False, server_default="wd"),
    )
    op.add_column(
        "notice",
        sa.Column("first_day", sa.String(length=12), nullable=False, server_default="next_day"),
    )
