"""What became of a file for the bank and of each line in it."""

import sqlalchemy as sa
from alembic import op

revision = "registry_bank_results"
down_revision = "registry_bank_left_out"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("voided_at", sa.String(length=27), nullable=True),
        sa.Column("voided_by", sa.String(length=64), nullable=True),
        sa.Column("answered_at", sa.String(length=27), nullable=True),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("result_sha256", sa.String(length=64), nullable=True),
        sa.Column("voucher", sa.String(length=60), nullable=True),
        sa.Column("paid_on", sa.String(length=10), nullable=True),
    ):
        op.add_column("bank_sending", column)
    op.add_column("bank_sending_line", sa.Column("fate", sa.String(length=10), nullable=True))
    op.add_column("bank_sending_line", sa.Column("reason", sa.String(length=100), nullable=True))
