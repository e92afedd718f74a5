"""What the scenarios of a version showed when it was deployed with them."""

import sqlalchemy as sa
from alembic import op

revision = "engine_scenario_records"
down_revision = "engine_paper_checks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scenario_record",
        sa.Column("definition_id", sa.String(100), primary_key=True),
        sa.Column("deployment_id", sa.String(64), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["definition_id"], ["process_version.id"]),
    )
