"""Which request wrote a row of the audit; failed jobs found without reading every job ever done."""

import sqlalchemy as sa
from alembic import op

revision = "engine_watching"
down_revision = "engine_fan_out"
branch_labels = None
depends_on = None

_FAILED = sa.text("status = 'failed'")


def upgrade() -> None:
    op.add_column("event", sa.Column("request_id", sa.String(64)))
    op.add_column("access_event", sa.Column("request_id", sa.String(64)))
    op.create_index("ix_job_failed", "job", ["id"], sqlite_where=_FAILED, postgresql_where=_FAILED)


def downgrade() -> None:
    op.drop_index("ix_job_failed", "job")
    op.drop_column("access_event", "request_id")
    op.drop_column("event", "request_id")
