"""The money behind the programmes: budget lines, what moves money on them, who is paid."""

import sqlalchemy as sa
from alembic import op

revision = "registry_funds"
down_revision = "registry_members_spelled"
branch_labels = None
depends_on = None

_LIVE = sa.text("status IN ('reserved', 'committed', 'paid')")


def upgrade() -> None:
    op.create_table(
        "budget_line",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.String(length=64), nullable=False),
        sa.Column("programme", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("allocated", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("committed", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "reserved >= 0 AND committed >= 0 AND paid >= 0 "
            "AND reserved + committed + paid <= allocated",
            name="ck_budget_line_never_overdrawn",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_line")),
    )
    op.create_index(
        "uq_budget_line_key",
        "budget_line",
        ["year", "organisation_id", "programme", "source"],
        unique=True,
    )
    op.create_table(
        "other_expense",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("payee", sa.String(length=100), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("spent_on", sa.String(length=10), nullable=False),
        sa.Column("voucher", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("entered_by", sa.String(length=64), nullable=False),
        sa.Column("entered_at", sa.String(length=27), nullable=False),
        sa.Column("counters", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["counters"], ["other_expense.id"], name=op.f("fk_other_expense_counters")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_expense")),
        sa.UniqueConstraint("counters", name=op.f("uq_other_expense_counters")),
    )
    op.create_index(
        "ix_other_expense_year",
        "other_expense",
        ["year", "organisation_id", "spent_on"],
        unique=False,
    )
    op.create_table(
        "fund_transfer",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("from_line", sa.BigInteger(), nullable=False),
        sa.Column("to_line", sa.BigInteger(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.String(length=27), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_line"], ["budget_line.id"], name=op.f("fk_fund_transfer_from_line")
        ),
        sa.ForeignKeyConstraint(
            ["to_line"], ["budget_line.id"], name=op.f("fk_fund_transfer_to_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_transfer")),
    )
    op.create_index("ix_fund_transfer_case", "fund_transfer", ["case_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("payee_kind", sa.String(length=20), nullable=False),
        sa.Column("payee_key", sa.String(length=80), nullable=False),
        sa.Column("payee_name", sa.String(length=100), nullable=False),
        sa.Column("payee_note", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.String(length=64), nullable=False),
        sa.Column("programme", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("batch_no", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("exception", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("paid_on", sa.String(length=10), nullable=True),
        sa.Column("voucher", sa.String(length=60), nullable=False),
        sa.CheckConstraint("fen > 0", name="ck_payment_positive"),
        sa.ForeignKeyConstraint(["line_id"], ["budget_line.id"], name=op.f("fk_payment_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
    )
    op.create_index("ix_payment_batch", "payment", ["batch_no", "number"], unique=False)
    op.create_index("ix_payment_case", "payment", ["case_id"], unique=False)
    op.create_index(
        "ix_payment_payee", "payment", ["payee_kind", "payee_key", "year"], unique=False
    )
    op.create_index(
        "uq_payment_once",
        "payment",
        ["payee_kind", "payee_key", "programme", "period", "item", "level"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_table(
        "payment_batch",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("programme", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.String(length=27), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("submitted_at", sa.String(length=27), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("voucher", sa.String(length=60), nullable=False),
        sa.Column("paid_on", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["line_id"], ["budget_line.id"], name=op.f("fk_payment_batch_line_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_payment_batch")),
    )
    op.create_index("ix_payment_batch_case", "payment_batch", ["case_id"], unique=False)
    op.create_index(
        "ix_payment_batch_organisation",
        "payment_batch",
        ["organisation_id", "made_at"],
        unique=False,
    )
    op.create_table(
        "fund_movement",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("by_id", sa.String(length=64), nullable=False),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("batch_no", sa.String(length=40), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=True),
        sa.Column("transfer_id", sa.BigInteger(), nullable=True),
        sa.Column("other_line", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("entry", sa.String(length=16), nullable=True),
        sa.CheckConstraint("fen > 0", name="ck_fund_movement_positive"),
        sa.ForeignKeyConstraint(
            ["line_id"], ["budget_line.id"], name=op.f("fk_fund_movement_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["other_line"], ["budget_line.id"], name=op.f("fk_fund_movement_other_line")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_fund_movement_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["fund_transfer.id"], name=op.f("fk_fund_movement_transfer_id")
        ),
        sa.UniqueConstraint("entry", name=op.f("uq_fund_movement_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_movement")),
    )
    op.create_index("ix_fund_movement_line", "fund_movement", ["line_id", "at", "id"], unique=False)
    op.create_index("ix_fund_movement_payment", "fund_movement", ["payment_id"], unique=False)
