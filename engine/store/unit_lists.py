"""Organisations of one level as a list, page by page."""

from datetime import date

from sqlalchemy import Select, func, select

from engine.store.database import Tx
from engine.store.dated import valid
from engine.store.tables import organisation, organisation_closure


def count_at(tx: Tx, level: str, below: str, today: date) -> int:
    """How many organisations of a level there are, everywhere or in the area of one."""
    chosen = _chosen(level, below, today).subquery()
    return tx.execute(select(func.count()).select_from(chosen)).scalar_one()


def ids_at(tx: Tx, level: str, below: str, today: date, after: str, limit: int) -> list[str]:
    """Their ids behind one, in order."""
    query = _chosen(level, below, today).where(organisation.c.id > after)
    return list(tx.execute(query.order_by(organisation.c.id).limit(limit)).scalars())


def _chosen(level: str, below: str, today: date) -> Select[str]:
    query = select(organisation.c.id).where(
        organisation.c.level == level, valid(organisation, today)
    )
    if not below:
        return query
    return query.join(
        organisation_closure, organisation_closure.c.descendant_id == organisation.c.id
    ).where(organisation_closure.c.ancestor_id == below, organisation_closure.c.kind == "area")
