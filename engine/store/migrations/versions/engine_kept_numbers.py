"""By what the person of a case that is kept close is known."""

import sqlalchemy as sa
from alembic import op

revision = "engine_kept_numbers"
down_revision = "engine_due"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_number",
        sa.Column("case_id", sa.String(26), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_kept_number_case_id")),
        sa.PrimaryKeyConstraint("case_id", "name", name=op.f("pk_kept_number")),
    )
    op.create_index("ix_kept_number_hash", "kept_number", ["key_hash"])


def downgrade() -> None:
    op.drop_table("kept_number")
