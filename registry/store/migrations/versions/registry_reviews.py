"""Plans of leaving, and which of the unchanged files are looked at again (动态管理)."""

import sqlalchemy as sa
from alembic import op

revision = "registry_reviews"
down_revision = "registry_entitlements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exit_plan",
        sa.Column("file_no", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("exit_by", sa.String(length=10), nullable=False),
        sa.Column("plan", sa.String(length=300), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("by_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_no"], ["household.file_no"], name=op.f("fk_exit_plan_file_no")
        ),
        sa.PrimaryKeyConstraint("file_no", "number", name=op.f("pk_exit_plan")),
    )
    op.create_table(
        "review_sample",
        sa.Column("county_id", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "year", name=op.f("pk_review_sample")),
    )
