"""Why nobody may be paid a payment any more, whatever was granted."""

import sqlalchemy as sa
from alembic import op

revision = "registry_stopped"
down_revision = "registry_reviews"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("stopped", sa.String(300), nullable=False, server_default="")
    op.add_column("payment", column)
