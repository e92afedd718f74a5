"""值班表: who is on duty on which day at a union, and every change of it."""

import sqlalchemy as sa
from alembic import op

revision = "registry_duty"
down_revision = "registry_supplements"
branch_labels = None
depends_on = None


def _number() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column("id", kind, autoincrement=True)


def upgrade() -> None:
    op.create_table(
        "duty",
        _number(),
        sa.Column("organisation_id", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("organisation_id", "day", "kind", "person_id", name="uq_duty_day"),
    )
    op.create_table(
        "duty_change",
        _number(),
        sa.Column("organisation_id", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("was_id", sa.String(64), nullable=False),
        sa.Column("now_id", sa.String(64), nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("case_id", sa.String(26), nullable=False),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_change")),
    )
    op.create_index("ix_duty_change_day", "duty_change", ["organisation_id", "day"])
