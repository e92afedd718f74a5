"""Which lines of a batch a file for the bank was made without, and why."""

import sqlalchemy as sa
from alembic import op

revision = "registry_bank_left_out"
down_revision = "registry_bank_sendings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_left_out",
        sa.Column("sending", sa.String(length=24), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_bank_left_out_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["sending"], ["bank_sending.number"], name=op.f("fk_bank_left_out_sending")
        ),
        sa.PrimaryKeyConstraint("sending", "payment_id", name=op.f("pk_bank_left_out")),
    )
