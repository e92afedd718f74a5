"""The units of a level are found without looking at every unit there is."""

from alembic import op

revision = "engine_organisation_level"
down_revision = "engine_compartments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_organisation_level", "organisation", ["level", "name"])


def downgrade() -> None:
    op.drop_index("ix_organisation_level", "organisation")
