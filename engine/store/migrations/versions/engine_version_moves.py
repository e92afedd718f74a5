"""Running cases that are taken over to another version of their process."""

import sqlalchemy as sa
from alembic import op

revision = "engine_version_moves"
down_revision = "engine_scenario_records"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "migration",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("process_key", sa.String(80), nullable=False),
        sa.Column("from_version", sa.Integer(), nullable=True),
        sa.Column("to_version", sa.Integer(), nullable=False),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.String(27), nullable=False),
        sa.Column("ended_at", sa.String(27), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
    )
    op.create_index("ix_migration_process", "migration", ["process_key", "asked_at"])
    op.create_table(
        "case_move",
        sa.Column("migration_id", sa.String(16), nullable=False),
        sa.Column("case_id", sa.String(26), nullable=False),
        sa.Column("from_id", sa.String(100), nullable=False),
        sa.Column("to_id", sa.String(100), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state_hash", sa.String(64), nullable=False),
        sa.Column("snapshot", sa.LargeBinary(), nullable=True),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migration.id"], name="fk_case_move_migration_id"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_move_case_id"),
        sa.ForeignKeyConstraint(["from_id"], ["process_version.id"], name="fk_case_move_from_id"),
        sa.ForeignKeyConstraint(["to_id"], ["process_version.id"], name="fk_case_move_to_id"),
        sa.PrimaryKeyConstraint("migration_id", "case_id", name="pk_case_move"),
    )
    op.create_index("ix_case_move_case", "case_move", ["case_id", "at"])
