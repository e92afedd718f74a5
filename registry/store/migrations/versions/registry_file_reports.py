"""A file can be struck off, and what is said against one is a record of its own."""

import sqlalchemy as sa
from alembic import op

revision = "registry_file_reports"
down_revision = "registry_notice_count"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, length in (("closed_on", 10), ("closed_reason", 20)):
        column = sa.Column(name, sa.String(length=length), nullable=False, server_default="")
        op.add_column("household", column)
    op.create_table(
        "file_report",
        sa.Column("receipt", sa.String(length=40), nullable=False),
        sa.Column("file_no", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("notice_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("said_on", sa.String(length=10), nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=False),
        sa.Column("reachable", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("replied_on", sa.String(length=10), nullable=True),
        sa.Column("reply_way", sa.String(length=20), nullable=False),
        sa.Column("reply", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_no"], ["household.file_no"], name=op.f("fk_file_report_file_no")
        ),
        sa.PrimaryKeyConstraint("receipt", name=op.f("pk_file_report")),
    )
    op.create_index("ix_file_report_file", "file_report", ["file_no", "at"])
    op.create_index("ix_file_report_case", "file_report", ["case_id"])
