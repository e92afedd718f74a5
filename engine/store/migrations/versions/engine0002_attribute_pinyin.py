"""Names of cases are found by their pinyin."""

import sqlalchemy as sa
from alembic import op

from engine.model.pinyin import search_text

revision = "engine0002_attribute_pinyin"
down_revision = "engine0001"
branch_labels = None
depends_on = None

_BATCH = 500


def upgrade() -> None:
    op.add_column("case_attribute", sa.Column("pinyin", sa.String(length=200), nullable=True))
    _spell_what_is_there()


def _spell_what_is_there() -> None:
    tx = op.get_bind()
    table = sa.table(
        "case_attribute", *(sa.column(c) for c in ("case_id", "name", "text", "pinyin"))
    )
    rows = tx.execute(sa.select(table.c.case_id, table.c.name, table.c.text)).all()
    spelled = [
        {"of_case": row.case_id, "of_name": row.name, "pinyin": pinyin}
        for row in rows
        if (pinyin := search_text(row.text or ""))
    ]
    change = (
        sa.update(table)
        .where(table.c.case_id == sa.bindparam("of_case"), table.c.name == sa.bindparam("of_name"))
        .values(pinyin=sa.bindparam("pinyin"))
    )
    for begin in range(0, len(spelled), _BATCH):
        tx.execute(change, spelled[begin : begin + _BATCH])
