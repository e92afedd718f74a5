"""How closely a case is kept, and who is kept away from it."""

import sqlalchemy as sa
from alembic import op

revision = "engine_confidentiality"
down_revision = "engine_case_links"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "cases",
        sa.Column("confidentiality", sa.Integer(), nullable=False, server_default="0"),
    )
    op.add_column("cases", sa.Column("sealed_role", sa.String(40), nullable=True))
    op.add_column(
        "cases",
        sa.Column("excludes", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index(
        "ix_cases_excludes",
        "cases",
        ["id"],
        sqlite_where=sa.text("excludes"),
        postgresql_where=sa.text("excludes"),
    )
    op.create_table(
        "case_exclusion",
        sa.Column("case_id", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("ref", sa.String(64), nullable=False),
        sa.Column("superiors", sa.String(80), nullable=False, server_default=""),
        sa.Column("since", sa.String(27), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_exclusion_case_id")),
        sa.PrimaryKeyConstraint("case_id", "kind", "ref", name=op.f("pk_case_exclusion")),
    )


def downgrade() -> None:
    op.drop_table("case_exclusion")
    op.drop_index("ix_cases_excludes", table_name="cases")
    op.drop_column("cases", "excludes")
    op.drop_column("cases", "sealed_role")
    op.drop_column("cases", "confidentiality")
