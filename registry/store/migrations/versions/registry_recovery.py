"""追回: what came back of payments, and that it is never more than was paid."""

import sqlalchemy as sa
from alembic import op

revision = "registry_recovery"
down_revision = "registry_bank_numbers"
branch_labels = None
depends_on = None

# In one statement with its check, as both databases take it: SQLite adds no check to a table.
_RECOVERED = """
ALTER TABLE payment ADD COLUMN recovered BIGINT DEFAULT 0 NOT NULL
CONSTRAINT ck_payment_recovered CHECK (
    recovered >= 0 AND recovered <= fen
    AND (recovered = 0 OR status IN ('paid', 'recovered'))
    AND (status = 'recovered') = (recovered = fen)
)
"""


def upgrade() -> None:
    op.execute(_RECOVERED)
    op.create_table(
        "fund_recovery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True),
        sa.Column("payment_id", sa.BigInteger, nullable=False),
        sa.Column("fen", sa.BigInteger, nullable=False),
        sa.Column("recovered_on", sa.String(10), nullable=False),
        sa.Column("voucher", sa.String(60), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("entered_by", sa.String(64), nullable=False),
        sa.Column("entered_at", sa.String(27), nullable=False),
        sa.Column("entry", sa.String(16)),
        sa.CheckConstraint("fen > 0", name="ck_fund_recovery_positive"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_fund_recovery_payment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_fund_recovery"),
        sa.UniqueConstraint("entry", name="uq_fund_recovery_entry"),
    )
    op.create_index("ix_fund_recovery_payment", "fund_recovery", ["payment_id"])
    op.create_index("ix_fund_recovery_day", "fund_recovery", ["recovered_on"])
