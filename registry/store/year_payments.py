"""What was paid in a calendar year, summed one way and another, and the payments behind each sum.

A payment counts in the year of the day it was paid on, whichever year's budget it came from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy import case as when

from engine.store.database import Tx
from engine.store.tables import organisation
from registry.budget.model import PayeeKind, PaymentStatus
from registry.store.fund_tables import budget_line, payment
from registry.store.funds import Places, below


class Cut(StrEnum):
    """By what payments are summed."""

    PROGRAMME = "programme"
    """Of other expenditure its subject."""
    SOURCE = "source"
    UNIT = "unit"
    """Whose budget paid."""
    MONTH = "month"


@dataclass(frozen=True)
class PaidWanted:
    """Payments of a year; what is empty narrows nothing. ``month``: 01 to 12."""

    year: int
    programme: str = ""
    source: str = ""
    unit: str = ""
    month: str = ""


@dataclass(frozen=True)
class PaidSum:
    """So many payments, in fen; the households and the other payees among them, each once."""

    fen: int = 0
    payments: int = 0
    households: int = 0
    others: int = 0


@dataclass(frozen=True)
class PaidLine:
    """A payment as a list shows it. ``batch_no`` is empty for the payment of a case of its own."""

    payee: str
    kind: PayeeKind
    payee_key: str
    payer: str
    programme: str
    source: str
    period: str
    fen: int
    paid_on: date
    voucher: str
    batch_no: str
    case_id: str


def paid_total(tx: Tx, places: Places, wanted: PaidWanted) -> PaidSum:
    """All of it."""
    row = tx.execute(_summed(places, wanted)).one()
    return _sum(row)


def paid_by(tx: Tx, places: Places, wanted: PaidWanted, cut: Cut) -> dict[str, PaidSum]:
    """By programme, source, organisation or month (01 to 12)."""
    column = _COLUMNS[cut].label("cut")
    rows = tx.execute(_summed(places, wanted).add_columns(column).group_by(column))
    return {row.cut: _sum(row) for row in rows}


def paid_listed(tx: Tx, places: Places, wanted: PaidWanted, limit: int) -> Sequence[PaidLine]:
    """The payments, newest first."""
    query = (
        select(
            payment,
            budget_line.c.source,
            organisation.c.name.label("payer"),
        )
        .select_from(_PAID_FROM.join(organisation, organisation.c.id == _COLUMNS[Cut.UNIT]))
        .where(_narrowed(places, wanted))
        .order_by(payment.c.paid_on.desc(), payment.c.id.desc())
        .limit(limit)
    )
    return [
        PaidLine(
            payee=row.payee_name,
            kind=PayeeKind(row.payee_kind),
            payee_key=row.payee_key,
            payer=row.payer,
            programme=row.programme,
            source=row.source,
            period=row.period,
            fen=row.fen,
            paid_on=date.fromisoformat(row.paid_on),
            voucher=row.voucher,
            batch_no=row.batch_no,
            case_id=row.case_id,
        )
        for row in tx.execute(query)
    ]


def years_paid(tx: Tx, places: Places) -> list[int]:
    """The years in which anything was paid."""
    year = func.substr(payment.c.paid_on, 1, 4)
    rows = tx.execute(select(year).select_from(_PAID_FROM).where(_is_paid(places)).distinct())
    return sorted(int(one) for one in rows.scalars())


_PAID_FROM = payment.join(budget_line, budget_line.c.id == payment.c.line_id)
_COLUMNS: dict[Cut, ColumnElement[Any]] = {
    Cut.PROGRAMME: payment.c.programme,
    Cut.SOURCE: budget_line.c.source,
    Cut.UNIT: budget_line.c.organisation_id,
    Cut.MONTH: func.substr(payment.c.paid_on, 6, 2),
}
_IS_HOUSEHOLD = payment.c.payee_kind == PayeeKind.HOUSEHOLD.value
_OTHER = payment.c.payee_kind + ":" + payment.c.payee_key


def _summed(places: Places, wanted: PaidWanted) -> Any:
    return (
        select(
            func.coalesce(func.sum(payment.c.fen), 0).label("fen"),
            func.count().label("payments"),
            func.count(when((_IS_HOUSEHOLD, payment.c.payee_key)).distinct()).label("households"),
            func.count(when((~_IS_HOUSEHOLD, _OTHER)).distinct()).label("others"),
        )
        .select_from(_PAID_FROM)
        .where(_narrowed(places, wanted))
    )


def _is_paid(places: Places) -> ColumnElement[bool]:
    return and_(
        payment.c.status == PaymentStatus.PAID.value,
        payment.c.paid_on.is_not(None),
        below(places),
    )


def _narrowed(places: Places, wanted: PaidWanted) -> ColumnElement[bool]:
    first = f"{wanted.year:04}-{wanted.month or '01'}-01"
    last = f"{wanted.year:04}-{wanted.month or '12'}-31"
    asked = {
        Cut.PROGRAMME: wanted.programme,
        Cut.SOURCE: wanted.source,
        Cut.UNIT: wanted.unit,
    }
    return and_(
        _is_paid(places),
        payment.c.paid_on.between(first, last),
        *(_COLUMNS[cut] == value for cut, value in asked.items() if value),
    )


def _sum(row: Row[Any]) -> PaidSum:
    return PaidSum(int(row.fen), row.payments, row.households, row.others)
