"""The list of open steps is read out of their own index, however many were done before."""

import sqlalchemy as sa
from alembic import op

revision = "engine_open_steps"
down_revision = "engine_step_places"
branch_labels = None
depends_on = None

_OPEN = sa.text("status = 'open' AND id > ''")


def upgrade() -> None:
    op.create_index("ix_task_open", "task", ["id"], sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    op.drop_index("ix_task_open", table_name="task")
