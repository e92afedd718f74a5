"""Who of a household a payment is for: each child of it may have its own, and has one."""

import sqlalchemy as sa
from alembic import op

revision = "registry_beneficiary"
down_revision = "registry_exits"
branch_labels = None
depends_on = None

_LIVE = sa.text("status IN ('reserved', 'committed', 'held', 'paid')")
_FOR_ONE = sa.text("beneficiary <> ''")
_LIVE_FOR_ONE = sa.text("beneficiary <> '' AND status IN ('reserved', 'committed', 'held', 'paid')")


def upgrade() -> None:
    for name, length in (("beneficiary", 80), ("beneficiary_name", 100)):
        column = sa.Column(name, sa.String(length), nullable=False, server_default="")
        op.add_column("payment", column)
    op.drop_index("uq_payment_once", "payment")
    op.create_index(
        "uq_payment_once",
        "payment",
        ["payee_kind", "payee_key", "beneficiary", "programme", "period", "item", "level"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_index(
        "uq_payment_beneficiary_once",
        "payment",
        ["beneficiary", "programme", "period"],
        unique=True,
        sqlite_where=_LIVE_FOR_ONE,
        postgresql_where=_LIVE_FOR_ONE,
    )
    op.create_index(
        "ix_payment_beneficiary",
        "payment",
        ["beneficiary", "year"],
        sqlite_where=_FOR_ONE,
        postgresql_where=_FOR_ONE,
    )
