"""Files that were taken over from earlier records are marked."""

import sqlalchemy as sa
from alembic import op

revision = "registry_imports"
down_revision = "registry0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The default keeps the release before this one writing files while both run.
    op.add_column(
        "household",
        sa.Column("origin", sa.String(length=20), nullable=False, server_default=""),
    )
