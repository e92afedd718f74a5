"""Which files left the register as a workbook."""

import sqlalchemy as sa
from alembic import op

revision = "registry_exports"
down_revision = "registry_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "register_export",
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("by_id", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.String(length=64), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("withheld", sa.Integer(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("narrowed", sa.String(length=300), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_register_export")),
    )
    op.create_index("ix_register_export_at", "register_export", ["at", "number"])
    op.create_index("ix_register_export_by", "register_export", ["by_id", "at"])
