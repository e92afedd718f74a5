"""Files are compared by the head's mobile number."""

from alembic import op

revision = "registry_likeness"
down_revision = "registry_notices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_household_mobile", "household", ["mobile_hash"])
