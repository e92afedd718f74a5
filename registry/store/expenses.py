"""Other expenditure in the tables."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, select, true

from engine.store.areas import lies_below
from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.tables import organisation, person
from registry.budget.model import Expense
from registry.store.fund_tables import other_expense
from registry.store.funds import Places


def add(tx: Tx, new: Expense) -> None:
    """Write an entry."""
    values = {
        **vars(new),
        "spent_on": new.spent_on.isoformat(),
        "entered_at": to_text(new.entered_at),
    }
    tx.execute(insert(other_expense).values(values))


def numbered(tx: Tx, expense_id: str) -> Expense | None:
    """One entry."""
    row = tx.execute(select(other_expense).where(other_expense.c.id == expense_id)).first()
    return None if row is None else _expense(row)


def is_countered(tx: Tx, expense_id: str) -> bool:
    """Whether it has been taken back."""
    query = select(other_expense.c.id).where(other_expense.c.counters == expense_id)
    return tx.execute(query).first() is not None


def listed(
    tx: Tx, places: Places, year: int, unit: str, limit: int
) -> Sequence[tuple[Expense, str, str]]:
    """Entries of a year with their unit and who entered them, newest first."""
    query = (
        select(
            other_expense,
            organisation.c.name.label("unit"),
            func.coalesce(person.c.name, "").label("by_name"),
        )
        .join(organisation, organisation.c.id == other_expense.c.organisation_id)
        .outerjoin(person, person.c.id == other_expense.c.entered_by)
        .where(_narrowed(places, year, unit))
        .order_by(other_expense.c.spent_on.desc(), other_expense.c.entered_at.desc())
        .limit(limit)
    )
    return [(_expense(row), row.unit, row.by_name) for row in tx.execute(query)]


def sums(tx: Tx, places: Places, year: int, unit: str = "") -> dict[str, int]:
    """What the entries of a year come to by organisation, in fen."""
    rows = tx.execute(
        select(other_expense.c.organisation_id, func.sum(other_expense.c.fen))
        .where(_narrowed(places, year, unit))
        .group_by(other_expense.c.organisation_id)
    )
    return {unit_id: int(fen) for unit_id, fen in rows}


def _narrowed(places: Places, year: int, unit: str) -> ColumnElement[bool]:
    area = true() if places is None else lies_below(other_expense.c.organisation_id, places)
    of_unit = other_expense.c.organisation_id == unit if unit else true()
    return and_(area, other_expense.c.year == year, of_unit)


def _expense(row: Any) -> Expense:
    return Expense(
        id=row.id,
        year=row.year,
        organisation_id=row.organisation_id,
        subject=row.subject,
        source=row.source,
        payee=row.payee,
        fen=row.fen,
        spent_on=date.fromisoformat(row.spent_on),
        voucher=row.voucher,
        note=row.note,
        entered_by=row.entered_by,
        entered_at=from_text(row.entered_at),
        counters=row.counters,
    )
