"""What is held on account (挂账) lives as well: nobody is given the same beside it."""

import sqlalchemy as sa
from alembic import op

revision = "registry_held_payments"
down_revision = "registry_bank_results"
branch_labels = None
depends_on = None

_LIVE = sa.text("status IN ('reserved', 'committed', 'held', 'paid')")


def upgrade() -> None:
    op.drop_index("uq_payment_once", "payment")
    op.create_index(
        "uq_payment_once",
        "payment",
        ["payee_kind", "payee_key", "programme", "period", "item", "level"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
