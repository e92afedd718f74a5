"""The first schema of the register."""

import sqlalchemy as sa
from alembic import op

revision = "registry0001"
down_revision = None
branch_labels = ("registry",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "household",
        sa.Column("file_no", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=64), nullable=False),
        sa.Column("head_name", sa.String(length=60), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.Column("head_last4", sa.String(length=4), nullable=False),
        sa.Column("mobile_hash", sa.String(length=64), nullable=True),
        sa.Column("mobile_last4", sa.String(length=4), nullable=True),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("archive_level", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("national_no", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.String(length=10), nullable=False),
        sa.Column("changed_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("file_no", name=op.f("pk_household")),
        sa.UniqueConstraint("head_hash", name=op.f("uq_household_head_hash")),
    )
    op.create_index("ix_household_changed", "household", ["changed_at", "file_no"])
    op.create_index("ix_household_organisation", "household", ["organisation_id", "changed_at"])
    op.create_table(
        "household_version",
        sa.Column("file_no", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("by_id", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_no"], ["household.file_no"], name=op.f("fk_household_version_file_no")
        ),
        sa.PrimaryKeyConstraint("file_no", "number", name=op.f("pk_household_version")),
    )
    op.create_index("ix_household_version_case", "household_version", ["case_id", "act"])
    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("full_name", sa.LargeBinary(), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("household_size", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("archive_level", sa.String(length=40), nullable=False),
        sa.Column("places", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("on_web", sa.Boolean(), nullable=False),
        sa.Column("posted_at", sa.String(length=27), nullable=False),
        sa.Column("posted_on", sa.String(length=10), nullable=False),
        sa.Column("ends_on", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("suspended_on", sa.String(length=10), nullable=True),
        sa.Column("days_left", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("closed_on", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_case", "notice", ["case_id"])
    op.create_index("ix_notice_posted", "notice", ["posted_at", "id"])
