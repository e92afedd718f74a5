"""What cases found that somebody is to be given, before it is put on a roster."""

import sqlalchemy as sa
from alembic import op

revision = "registry_entitlements"
down_revision = "registry_beneficiary"
branch_labels = None
depends_on = None


def _text(name: str, length: int) -> "sa.Column[str]":
    return sa.Column(name, sa.String(length), nullable=False)


def upgrade() -> None:
    op.create_table(
        "entitlement",
        _text("case_id", 26),
        _text("payee_kind", 20),
        _text("payee_key", 80),
        _text("payee_name", 100),
        _text("payee_note", 100),
        _text("organisation_id", 64),
        _text("beneficiary", 80),
        _text("beneficiary_name", 100),
        _text("programme", 40),
        _text("period", 20),
        _text("item", 40),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        _text("at", 27),
        sa.Column("last_year", sa.Integer()),
        sa.Column("remembered", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("fen > 0", name=op.f("ck_entitlement_positive")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_entitlement")),
    )
    op.create_index(
        "ix_entitlement_beneficiary", "entitlement", ["beneficiary", "programme", "period"]
    )
    op.create_index("ix_entitlement_period", "entitlement", ["programme", "period", "beneficiary"])
