"""Until when cases that somebody begins belong to a list that is gone through."""

import sqlalchemy as sa
from alembic import op

revision = "engine_joined_lists"
down_revision = "engine_waits_of_case"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("fan_out", sa.Column("joins_until", sa.String(10)))


def downgrade() -> None:
    op.drop_column("fan_out", "joins_until")
