"""Files that lie in drafts are kept as long as these."""

import sqlalchemy as sa
from alembic import op

revision = "engine_draft_files"
down_revision = "engine_version_moves"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("file", sa.Column("draft_of", sa.String(200), nullable=True))
