"""Which file bears a number of the national system is asked whenever one is entered."""

from alembic import op

revision = "registry_national_no"
down_revision = "registry_funds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_household_national_no", "household", ["national_no"])
