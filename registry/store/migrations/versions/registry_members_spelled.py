"""Members are found by pinyin too; the names are spelled when their files are indexed anew."""

import sqlalchemy as sa
from alembic import op

revision = "registry_members_spelled"
down_revision = "registry_since"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("spelled", sa.String(length=200), nullable=False, server_default="")
    op.add_column("household_person", column)
