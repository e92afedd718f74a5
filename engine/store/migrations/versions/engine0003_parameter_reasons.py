"""Why, by whom and when a business parameter was set."""

import sqlalchemy as sa
from alembic import op

revision = "engine0003_parameter_reasons"
down_revision = "engine0002_attribute_pinyin"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "parameter", sa.Column("reason", sa.String(500), nullable=False, server_default="")
    )
    op.add_column("parameter", sa.Column("set_by", sa.String(64), nullable=True))
    op.add_column("parameter", sa.Column("set_at", sa.String(27), nullable=True))
    op.add_column(
        "parameter",
        sa.Column("to_running", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
