"""The few cases that are kept from some are found without looking at all."""

import sqlalchemy as sa
from alembic import op

revision = "engine_kept_cases"
down_revision = "engine_kept_numbers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_cases_kept",
        "cases",
        ["id"],
        sqlite_where=sa.text("excludes OR confidentiality >= 2"),
        postgresql_where=sa.text("excludes OR confidentiality >= 2"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_kept", table_name="cases")
