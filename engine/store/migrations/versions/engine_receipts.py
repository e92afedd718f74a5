"""Receipts: what an applicant without an account holds of her case."""

import sqlalchemy as sa
from alembic import op

revision = "engine_receipts"
down_revision = "engine0003_parameter_reasons"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.String(length=27), nullable=False),
        sa.Column("issued_by", sa.String(length=64), nullable=False),
        sa.Column("revoked_at", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_receipt_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_receipt_code_hash")),
    )
    op.create_index(op.f("ix_receipt_case_id"), "receipt", ["case_id"], unique=False)
    op.create_index(
        "ix_receipt_live",
        "receipt",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "guest_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.String(length=27), nullable=False),
        sa.Column("expires_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_guest_session_receipt_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_guest_session")),
    )
    op.create_index(
        op.f("ix_guest_session_receipt_id"), "guest_session", ["receipt_id"], unique=False
    )
    op.create_table(
        "guest_draft",
        sa.Column("task_id", sa.String(length=40), nullable=False),
        sa.Column("draft", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_guest_draft_task_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_guest_draft")),
    )
