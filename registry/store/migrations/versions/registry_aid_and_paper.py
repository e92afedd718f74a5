"""What households were given, and where their papers stand."""

import sqlalchemy as sa
from alembic import op

revision = "registry_aid_and_paper"
down_revision = "registry_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "help_record",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("file_no", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("given_on", sa.String(length=10), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("goods", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("payer", sa.String(length=100), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("entered_by", sa.String(length=64), nullable=False),
        sa.Column("entered_at", sa.String(length=27), nullable=False),
        sa.Column("counters", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_no"], ["household.file_no"], name=op.f("fk_help_record_file_no")
        ),
        sa.ForeignKeyConstraint(
            ["counters"], ["help_record.id"], name=op.f("fk_help_record_counters")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_record")),
        sa.UniqueConstraint("counters", name=op.f("uq_help_record_counters")),
    )
    op.create_index("ix_help_record_file", "help_record", ["file_no", "given_on"])
    op.create_table(
        "household_paper",
        sa.Column("file_no", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("by_id", sa.String(length=64), nullable=False),
        sa.Column("volume_no", sa.String(length=60), nullable=False),
        sa.Column("box_no", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("received", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_no"], ["household.file_no"], name=op.f("fk_household_paper_file_no")
        ),
        sa.PrimaryKeyConstraint("file_no", "number", name=op.f("pk_household_paper")),
    )
