"""Unions by their codes."""

from datetime import date

from sqlalchemy import or_, select

from engine.store.database import Tx
from engine.store.tables import organisation

GRASSROOTS = "grassroots"


def with_code(tx: Tx, code: str, today: date) -> tuple[str, str] | None:
    """(id, name) of the grass-roots union with a code that is not closed; None for none."""
    row = tx.execute(
        select(organisation.c.id, organisation.c.name)
        .where(
            organisation.c.code == code,
            organisation.c.level == GRASSROOTS,
            or_(
                organisation.c.valid_to.is_(None),
                organisation.c.valid_to > today.isoformat(),
            ),
        )
        .limit(1)
    ).first()
    return None if row is None else (row.id, row.name)
