"""What was paid in a calendar year, summed one way and another, and the payments behind each sum.

A payment counts in the year of the day it was paid on, whichever year's budget it came from; what
came back (追回) is taken off in the year, and the month, in which it did. Who was paid and gave all
of it back within the year is none of those that were helped in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, null, select, union_all
from sqlalchemy import case as when

from engine.store.database import Tx
from engine.store.tables import organisation
from registry.budget.model import WAS_PAID, PayeeKind, PaymentStatus
from registry.store.fund_tables import budget_line, fund_recovery, payment
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
    """So many payments, in fen; the households and the other payees among them, each once.

    ``fen`` is less what came back, which was ``recovered`` in so many ``recoveries``.
    """

    fen: int = 0
    payments: int = 0
    households: int = 0
    others: int = 0
    recovered: int = 0
    recoveries: int = 0

    @property
    def lines(self) -> int:
        """How many lines the list behind it has."""
        return self.payments + self.recoveries


@dataclass(frozen=True)
class PaidLine:
    """A payment as a list shows it. ``batch_no`` is empty for the payment of a case of its own.

    ``is_recovery``: what came back of one, below zero, on its day and under its voucher.
    """

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
    is_recovery: bool = False


def paid_total(tx: Tx, places: Places, wanted: PaidWanted) -> PaidSum:
    """All of it."""
    return _sum(tx.execute(_summed(_lines(places, wanted).subquery())).one())


def paid_by(tx: Tx, places: Places, wanted: PaidWanted, cut: Cut) -> dict[str, PaidSum]:
    """By programme, source, organisation or month (01 to 12)."""
    lines = _lines(places, wanted).subquery()
    column = lines.c[cut.value].label("cut")
    rows = tx.execute(_summed(lines).add_columns(column).group_by(column))
    return {row.cut: _sum(row) for row in rows}


def paid_listed(tx: Tx, places: Places, wanted: PaidWanted, limit: int) -> Sequence[PaidLine]:
    """The payments and what came back, newest first."""
    lines = _lines(places, wanted).subquery()
    query = (
        select(lines, organisation.c.name.label("payer"))
        .join(organisation, organisation.c.id == lines.c.unit)
        .order_by(lines.c.on.desc(), lines.c.payment_id.desc(), lines.c.recovery_id.desc())
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
            paid_on=date.fromisoformat(row.on),
            voucher=row.voucher,
            batch_no=row.batch_no,
            case_id=row.case_id,
            is_recovery=row.recovery_id > 0,
        )
        for row in tx.execute(query)
    ]


def years_paid(tx: Tx, places: Places) -> list[int]:
    """The years in which anything was paid, or came back."""
    found: set[int] = set()
    for day, rows in ((payment.c.paid_on, _PAID_FROM), (fund_recovery.c.recovered_on, _BACK_FROM)):
        year = func.substr(day, 1, 4)
        query = select(year).select_from(rows).where(_was_paid(places)).distinct()
        found |= {int(one) for one in tx.execute(query).scalars()}
    return sorted(found)


_PAID_FROM = payment.join(budget_line, budget_line.c.id == payment.c.line_id)
_BACK_FROM = _PAID_FROM.join(fund_recovery, fund_recovery.c.payment_id == payment.c.id)
_COLUMNS: dict[Cut, ColumnElement[Any]] = {
    Cut.PROGRAMME: payment.c.programme,
    Cut.SOURCE: budget_line.c.source,
    Cut.UNIT: budget_line.c.organisation_id,
}


def _lines(places: Places, wanted: PaidWanted) -> Any:
    """Payments and what came back, each by its own day, with what they are cut by."""
    made, back = payment.c.paid_on, fund_recovery.c.recovered_on
    paid = (
        _line(made, payment.c.fen, payment.c.voucher, literal(0))
        .add_columns(_helped_in(wanted.year).label("helps"))
        .select_from(_PAID_FROM)
        .where(_narrowed(places, wanted, made))
    )
    recovered = (
        _line(back, -fund_recovery.c.fen, fund_recovery.c.voucher, fund_recovery.c.id)
        .add_columns(literal(0).label("helps"))
        .select_from(_BACK_FROM)
        .where(_narrowed(places, wanted, back))
    )
    return union_all(paid, recovered)


def _line(
    day: ColumnElement[Any],
    fen: ColumnElement[Any],
    voucher: ColumnElement[Any],
    recovery_id: ColumnElement[Any],
) -> Select[Any]:
    return select(
        payment.c.id.label("payment_id"),
        recovery_id.label("recovery_id"),
        *(column.label(cut.value) for cut, column in _COLUMNS.items()),
        func.substr(day, 6, 2).label(Cut.MONTH.value),
        day.label("on"),
        fen.label("fen"),
        voucher.label("voucher"),
        payment.c.payee_kind,
        payment.c.payee_key,
        payment.c.payee_name,
        payment.c.period,
        payment.c.batch_no,
        payment.c.case_id,
    )


def _helped_in(year: int) -> ColumnElement[int]:
    """1 for a payment of which something was left at the end of the year, else 0."""
    came_back = (
        select(func.coalesce(func.sum(fund_recovery.c.fen), 0))
        .where(
            fund_recovery.c.payment_id == payment.c.id,
            fund_recovery.c.recovered_on <= f"{year:04}-12-31",
        )
        .correlate(payment)
        .scalar_subquery()
    )
    # Hardly any came back whole: only of those is it asked when.
    all_back = and_(payment.c.status == PaymentStatus.RECOVERED.value, came_back >= payment.c.fen)
    return when((all_back, 0), else_=1)


def _summed(lines: Any) -> Select[Any]:
    is_recovery = lines.c.recovery_id > 0
    is_household = lines.c.payee_kind == PayeeKind.HOUSEHOLD.value
    other = lines.c.payee_kind + ":" + lines.c.payee_key
    helps = lines.c.helps == 1
    households = when((and_(helps, is_household), lines.c.payee_key), else_=null())
    others = when((and_(helps, ~is_household), other), else_=null())
    return select(
        func.coalesce(func.sum(lines.c.fen), 0).label("fen"),
        func.count(when((~is_recovery, 1))).label("payments"),
        func.count(households.distinct()).label("households"),
        func.count(others.distinct()).label("others"),
        func.coalesce(func.sum(when((is_recovery, -lines.c.fen), else_=0)), 0).label("recovered"),
        func.count(when((is_recovery, 1))).label("recoveries"),
    )


def _was_paid(places: Places) -> ColumnElement[bool]:
    return and_(
        payment.c.status.in_([status.value for status in WAS_PAID]),
        payment.c.paid_on.is_not(None),
        below(places),
    )


def _narrowed(places: Places, wanted: PaidWanted, day: ColumnElement[Any]) -> ColumnElement[bool]:
    first = f"{wanted.year:04}-{wanted.month or '01'}-01"
    last = f"{wanted.year:04}-{wanted.month or '12'}-31"
    asked = {
        Cut.PROGRAMME: wanted.programme,
        Cut.SOURCE: wanted.source,
        Cut.UNIT: wanted.unit,
    }
    return and_(
        _was_paid(places),
        day.between(first, last),
        *(_COLUMNS[cut] == value for cut, value in asked.items() if value),
    )


def _sum(row: Row[Any]) -> PaidSum:
    return PaidSum(
        int(row.fen),
        row.payments,
        row.households,
        row.others,
        int(row.recovered),
        row.recoveries,
    )
