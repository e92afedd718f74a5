"""From when and whose the limit of a step is; which element reached a milestone."""

import sqlalchemy as sa
from alembic import op

revision = "engine_clocks"
down_revision = "engine_organisation_level"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("task", sa.Column("counted_from", sa.String(10), nullable=True))
    op.add_column("task", sa.Column("limit_of", sa.String(8), nullable=True))
    op.add_column("task", sa.Column("paused", sa.Text(), nullable=True))
    op.add_column("milestone", sa.Column("process_key", sa.String(80), nullable=True))
    op.add_column("milestone", sa.Column("element_id", sa.String(100), nullable=True))


def downgrade() -> None:
    # No batch: copying the table would lose the triggers that count its rows.
    op.drop_column("milestone", "element_id")
    op.drop_column("milestone", "process_key")
    op.drop_column("task", "paused")
    op.drop_column("task", "limit_of")
    op.drop_column("task", "counted_from")
