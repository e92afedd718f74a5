"""Which item a repeated step is for."""

import sqlalchemy as sa
from alembic import op

revision = "engine_items"
down_revision = "engine_draft_files"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("task", sa.Column("item", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("task") as batch:
        batch.drop_column("item")
