"""Which case has begun which."""

import sqlalchemy as sa
from alembic import op

revision = "engine_case_links"
down_revision = "engine_timed_starts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_link",
        sa.Column("from_id", sa.String(26), nullable=False),
        sa.Column("case_id", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key_hash", sa.String(64)),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("from_id", "case_id", name="pk_case_link"),
        sa.ForeignKeyConstraint(["from_id"], ["cases.id"], name="fk_case_link_from_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_link_case_id"),
        sa.UniqueConstraint("from_id", "key_hash", name="uq_case_link_from_id_key_hash"),
    )
    op.create_index("ix_case_link_case", "case_link", ["case_id"])


def downgrade() -> None:
    op.drop_table("case_link")
