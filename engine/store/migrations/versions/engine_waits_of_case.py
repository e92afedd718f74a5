"""What a case waits for is found without looking through all it has been through."""

import sqlalchemy as sa
from alembic import op

revision = "engine_waits_of_case"
down_revision = "engine_watching"
branch_labels = None
depends_on = None

_OPEN = sa.text("status = 'open'")
_LIVE = sa.text("status IN ('waiting', 'running', 'failed')")


def upgrade() -> None:
    op.create_index(
        "ix_task_open_of_case", "task", ["case_id"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index(
        "ix_job_live_of_case", "job", ["case_id"], sqlite_where=_LIVE, postgresql_where=_LIVE
    )


def downgrade() -> None:
    op.drop_index("ix_job_live_of_case", "job")
    op.drop_index("ix_task_open_of_case", "task")
