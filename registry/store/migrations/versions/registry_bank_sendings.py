"""Files for banks: which were made of a batch, with which lines."""

import sqlalchemy as sa
from alembic import op

revision = "registry_bank_sendings"
down_revision = "registry_national_no"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_sending",
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("batch_no", sa.String(length=40), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("made_at", sa.String(length=27), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_no"], ["payment_batch.number"], name=op.f("fk_bank_sending_batch_no")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_bank_sending")),
    )
    op.create_index("ix_bank_sending_batch", "bank_sending", ["batch_no", "made_at"])
    op.create_table(
        "bank_sending_line",
        sa.Column("sending", sa.String(length=24), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("account_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_bank_sending_line_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["sending"], ["bank_sending.number"], name=op.f("fk_bank_sending_line_sending")
        ),
        sa.PrimaryKeyConstraint("sending", "payment_id", name=op.f("pk_bank_sending_line")),
    )
    op.create_index("ix_bank_sending_line_payment", "bank_sending_line", ["payment_id"])
