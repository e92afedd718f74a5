"""Separation profiles of small units; why and by whom a written designation was made."""

import sqlalchemy as sa
from alembic import op

revision = "engine_small_posts"
down_revision = "engine_telling"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "separation_profile",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("organisation_id", sa.String(64), nullable=False),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("valid_from", sa.String(10), nullable=False),
        sa.Column("valid_to", sa.String(10), nullable=True),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("set_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_separation_profile_organisation_id",
        ),
    )
    op.create_index(
        "ix_separation_profile_organisation_id", "separation_profile", ["organisation_id"]
    )
    op.add_column("queue", sa.Column("profile_id", sa.BigInteger(), nullable=True))
    op.add_column("task", sa.Column("by_profile", sa.Text(), nullable=False, server_default=""))
    op.add_column("task", sa.Column("profile_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_task_profile",
        "task",
        ["profile_id", "completed_at"],
        sqlite_where=sa.text("profile_id IS NOT NULL"),
        postgresql_where=sa.text("profile_id IS NOT NULL"),
    )
    op.add_column(
        "designation",
        sa.Column("reason", sa.String(500), nullable=False, server_default=""),
    )
    op.add_column("designation", sa.Column("set_by", sa.String(64), nullable=True))
    op.add_column("designation", sa.Column("set_at", sa.String(27), nullable=True))
