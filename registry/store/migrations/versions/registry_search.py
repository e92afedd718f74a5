"""What files are found by, and what of them has been copied into the national system."""

import sqlalchemy as sa
from alembic import op

revision = "registry_search"
down_revision = "registry_aid_and_paper"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_household_status", "household", ["status", "opened_on", "file_no"])
    op.create_index("ix_household_opened", "household", ["opened_on", "file_no"])
    op.create_table(
        "household_index",
        sa.Column("file_no", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("spelled", sa.String(length=200), nullable=False),
        sa.Column("cause", sa.String(length=10), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_no"], ["household.file_no"], name=op.f("fk_household_index_file_no")
        ),
        sa.PrimaryKeyConstraint("file_no", name=op.f("pk_household_index")),
    )
    op.create_index(op.f("ix_household_index_edition"), "household_index", ["edition"])
    op.create_index(op.f("ix_household_index_address_hash"), "household_index", ["address_hash"])
    op.create_table(
        "copy_tick",
        sa.Column("file_no", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("value_hash", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_no"], ["household.file_no"], name=op.f("fk_copy_tick_file_no")
        ),
        sa.PrimaryKeyConstraint("file_no", "field", name=op.f("pk_copy_tick")),
    )
