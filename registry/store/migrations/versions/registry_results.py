"""What of a paid batch is made public, as it was published."""

import sqlalchemy as sa
from alembic import op

revision = "registry_results"
down_revision = "registry_stopped"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "result_notice",
        sa.Column(
            "batch_no", sa.String(40), sa.ForeignKey("payment_batch.number"), primary_key=True
        ),
        sa.Column("organisation_id", sa.String(64), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("fen", sa.BigInteger, nullable=False),
        sa.Column("phone", sa.String(60), nullable=False),
        sa.Column("published_on", sa.String(10), nullable=False),
        sa.Column("ends_on", sa.String(10), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
    )
    op.create_index("ix_result_notice_ends", "result_notice", ["ends_on"])
