"""Each time a file left the register, and came back: what the yearly figures count.

Files that are out now are written down as they stand. That a file was struck off and opened again
before is in its versions; the figures begin with this release.
"""

import sqlalchemy as sa
from alembic import op

revision = "registry_exits"
down_revision = "registry_held_payments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "household_exit",
        sa.Column("file_no", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("on", sa.String(length=10), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("fell_back_on", sa.String(length=10), nullable=False),
        sa.Column("back_on", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_no"], ["household.file_no"], name=op.f("fk_household_exit_file_no")
        ),
        sa.PrimaryKeyConstraint("file_no", "number", name=op.f("pk_household_exit")),
    )
    op.create_index("ix_household_exit_on", "household_exit", ["on", "kind"])
    household = sa.table(
        "household",
        *(sa.column(name) for name in ("file_no", "status", "closed_on", "closed_reason")),
    )
    out = sa.select(
        household.c.file_no,
        sa.literal(1),
        sa.literal("closed"),
        household.c.closed_reason,
        household.c.closed_on,
        sa.literal(""),
        sa.literal(""),
        sa.literal(""),
    ).where(household.c.status == "closed")
    op.execute(table.insert().from_select([column.name for column in table.columns], out))
