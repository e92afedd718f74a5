"""Other expenditure in the tables."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from registry.store.year_payments import Cut


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


@dataclass(frozen=True)
class ExpensesWanted:
    """Entries of a year; what is empty narrows nothing. ``month``: 01 to 12."""

    year: int
    unit: str = ""
    subject: str = ""
    source: str = ""
    month: str = ""


@dataclass(frozen=True)
class ExpenseSum:
    """So many entries and what they come to, in fen."""

    fen: int = 0
    entries: int = 0


def listed(
    tx: Tx, places: Places, wanted: ExpensesWanted, limit: int
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
        .where(_narrowed(places, wanted))
        .order_by(other_expense.c.spent_on.desc(), other_expense.c.entered_at.desc())
        .limit(limit)
    )
    return [(_expense(row), row.unit, row.by_name) for row in tx.execute(query)]


def total(tx: Tx, places: Places, wanted: ExpensesWanted) -> ExpenseSum:
    """What the entries come to."""
    row = tx.execute(_summed(places, wanted)).one()
    return ExpenseSum(int(row.fen), row.entries)


def by(tx: Tx, places: Places, wanted: ExpensesWanted, cut: Cut) -> dict[str, ExpenseSum]:
    """What they come to by subject, source, organisation or month (01 to 12)."""
    column = _COLUMNS[cut].label("cut")
    rows = tx.execute(_summed(places, wanted).add_columns(column).group_by(column))
    return {row.cut: ExpenseSum(int(row.fen), row.entries) for row in rows}


def years(tx: Tx, places: Places) -> list[int]:
    """The years with entries."""
    query = select(other_expense.c.year).where(_seen(places)).distinct()
    return sorted(tx.execute(query).scalars())


_COLUMNS: dict[Cut, ColumnElement[Any]] = {
    Cut.PROGRAMME: other_expense.c.subject,
    Cut.SOURCE: other_expense.c.source,
    Cut.UNIT: other_expense.c.organisation_id,
    Cut.MONTH: func.substr(other_expense.c.spent_on, 6, 2),
}


def _summed(places: Places, wanted: ExpensesWanted) -> Any:
    return select(
        func.coalesce(func.sum(other_expense.c.fen), 0).label("fen"),
        func.count().label("entries"),
    ).where(_narrowed(places, wanted))


def _seen(places: Places) -> ColumnElement[bool]:
    return true() if places is None else lies_below(other_expense.c.organisation_id, places)


def _narrowed(places: Places, wanted: ExpensesWanted) -> ColumnElement[bool]:
    asked = {
        Cut.PROGRAMME: wanted.subject,
        Cut.SOURCE: wanted.source,
        Cut.UNIT: wanted.unit,
        Cut.MONTH: wanted.month,
    }
    return and_(
        _seen(places),
        other_expense.c.year == wanted.year,
        *(_COLUMNS[cut] == value for cut, value in asked.items() if value),
    )


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
