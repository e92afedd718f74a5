"""Who is named in files, and what the means-check agency answered."""

import sqlalchemy as sa
from alembic import op

revision = "registry_people"
down_revision = "registry_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "household_person",
        sa.Column("file_no", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("birth_date", sa.String(length=10), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("id_hash", sa.String(length=64), nullable=True),
        sa.Column("prefix_hash", sa.String(length=64), nullable=True),
        sa.Column("account_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_no"], ["household.file_no"], name=op.f("fk_household_person_file_no")
        ),
        sa.PrimaryKeyConstraint("file_no", "position", name=op.f("pk_household_person")),
    )
    op.create_index("ix_household_person_id", "household_person", ["id_hash"])
    op.create_index("ix_household_person_prefix", "household_person", ["prefix_hash"])
    op.create_index("ix_household_person_account", "household_person", ["account_hash"])
    op.create_index("ix_household_person_name", "household_person", ["name", "birth_date"])
    op.create_table(
        "means_report",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("report_no", sa.String(length=60), nullable=False),
        sa.Column("report_date", sa.String(length=10), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_means_report")),
    )
    op.create_index("ix_means_report_head", "means_report", ["head_hash", "report_date"])
