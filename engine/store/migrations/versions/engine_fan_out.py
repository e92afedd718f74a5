"""Many cases of one process that are begun from a list (design.md D10)."""

import sqlalchemy as sa
from alembic import op

revision = "engine_fan_out"
down_revision = "engine_waiting"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fan_out",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("definition_id", sa.String(100), nullable=False),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(26), nullable=True),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("wanted", sa.LargeBinary(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("after", sa.String(200), nullable=False),
        sa.Column("asked_at", sa.String(27), nullable=False),
        sa.Column("ended_at", sa.String(27), nullable=True),
        sa.Column("stopped_at", sa.String(27), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["process_version.id"], name="fk_fan_out_definition_id"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_fan_out_case_id"),
        sa.UniqueConstraint("key", name="uq_fan_out_key"),
    )
    op.create_index("ix_fan_out_case", "fan_out", ["case_id"])
    op.create_table(
        "fan_out_refusal",
        sa.Column("fan_out_id", sa.String(16), nullable=False),
        sa.Column("business_key", sa.String(200), nullable=False),
        sa.Column("organisation_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(
            ["fan_out_id"], ["fan_out.id"], name="fk_fan_out_refusal_fan_out_id"
        ),
        sa.PrimaryKeyConstraint("fan_out_id", "business_key", name="pk_fan_out_refusal"),
    )
    op.add_column("cases", sa.Column("fan_out_id", sa.String(16), nullable=True))
    of_a_list = sa.text("fan_out_id IS NOT NULL")
    op.create_index(
        "uq_cases_fan_out",
        "cases",
        ["fan_out_id", "business_key"],
        unique=True,
        sqlite_where=of_a_list,
        postgresql_where=of_a_list,
    )
    still_open = sa.text("fan_out_id IS NOT NULL AND ended_at IS NULL")
    op.create_index(
        "ix_cases_fan_out_open",
        "cases",
        ["fan_out_id"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
