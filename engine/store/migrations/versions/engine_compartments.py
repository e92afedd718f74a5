"""Who asked to read a compartment of a case, and who let her in."""

import sqlalchemy as sa
from alembic import op

revision = "engine_compartments"
down_revision = "engine_confidentiality"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "compartment_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.String(26), nullable=False),
        sa.Column("compartment", sa.String(40), nullable=False),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("answered_by", sa.String(64), nullable=True),
        sa.Column("answered_at", sa.String(27), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("until", sa.String(27), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_compartment_request_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compartment_request")),
    )
    op.create_index(op.f("ix_compartment_request_case_id"), "compartment_request", ["case_id"])


def downgrade() -> None:
    op.drop_table("compartment_request")
