"""What a notice showed is kept as it was, and objections to it are records of their own."""

import sqlalchemy as sa
from alembic import op

revision = "registry_notices"
down_revision = "registry_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    no = sa.false()
    for column in (
        sa.Column("on_board", sa.Boolean(), nullable=False, server_default=no),
        sa.Column("posted_by", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("counted_from", sa.String(length=10), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False, server_default=no),
        sa.Column("photo_start", sa.Boolean(), nullable=True),
        sa.Column("photo_end", sa.Boolean(), nullable=True),
        sa.Column("snapshots", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("notice", column)
    op.create_index("ix_notice_organisation", "notice", ["organisation_id", "status"])
    op.create_table(
        "notice_snapshot",
        sa.Column("notice_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("layer", sa.String(length=5), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("ends_on", sa.String(length=10), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_snapshot_notice_id")
        ),
        sa.PrimaryKeyConstraint("notice_id", "number", "layer", name=op.f("pk_notice_snapshot")),
    )
    op.create_table(
        "notice_objection",
        sa.Column("receipt", sa.String(length=40), nullable=False),
        sa.Column("notice_id", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("said_on", sa.String(length=10), nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("replied_on", sa.String(length=10), nullable=True),
        sa.Column("reply_way", sa.String(length=20), nullable=False),
        sa.Column("reply", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_objection_notice_id")
        ),
        sa.PrimaryKeyConstraint("receipt", name=op.f("pk_notice_objection")),
    )
    op.create_index("ix_notice_objection_notice", "notice_objection", ["notice_id", "at"])
