"""What cases found that somebody is to be given, in its table."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from engine.store.cases import insert_or
from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.tables import case
from registry.budget.model import Entitlement, PaymentStatus
from registry.store.fund_tables import entitlement, payment
from registry.store.payments import payee_of


def put(tx: Tx, one: Entitlement) -> None:
    """Write what a case found; the same case again overwrites it."""
    values = {
        "payee_kind": one.payee.kind.value,
        "payee_key": one.payee.key,
        "payee_name": one.payee.name,
        "payee_note": one.payee.note,
        "organisation_id": one.payee.organisation_id,
        "beneficiary": one.beneficiary,
        "beneficiary_name": one.beneficiary_name,
        "programme": one.programme,
        "period": one.period,
        "item": one.item,
        "year": one.year,
        "fen": one.fen,
        "at": to_text(one.at),
        "last_year": one.last_year,
        "remembered": one.remembered,
    }
    writing = insert_or(tx, entitlement).values(case_id=one.case_id, **values)
    tx.execute(writing.on_conflict_do_update(index_elements=["case_id"], set_=values))


def of_case(tx: Tx, case_id: str) -> Entitlement | None:
    """What a case put forward; None before it has."""
    row = tx.execute(select(entitlement).where(entitlement.c.case_id == case_id)).first()
    return None if row is None else entitlement_of(row)


@dataclass(frozen=True)
class Renewal:
    """What was paid in an earlier period, the number of its case and the unit of it."""

    earlier: Entitlement
    number: str
    organisation_id: str


def last_paid(tx: Tx, beneficiary: str, of: Collection[str], before: str) -> Renewal | None:
    """What a child was paid last before a period."""
    return _last(tx, of, before, entitlement.c.beneficiary == beneficiary)


def paid_by_case(tx: Tx, number: str, of: Collection[str], before: str) -> Renewal | None:
    """What was paid before a period as the case of this number found."""
    return _last(tx, of, before, case.c.number == number)


def _last(tx: Tx, of: Collection[str], before: str, which: ColumnElement[bool]) -> Renewal | None:
    query = _paid(of).where(which, entitlement.c.period < before)
    row = tx.execute(query.order_by(entitlement.c.period.desc()).limit(1)).first()
    return None if row is None else _renewal(row)


def count_to_renew(tx: Tx, of: Collection[str], period: str, year: int) -> int:
    """How many children were paid in a period and may be given it again in a year."""
    chosen = _to_renew(of, period, year).subquery()
    return tx.execute(select(func.count()).select_from(chosen)).scalar_one()


def to_renew(
    tx: Tx, of: Collection[str], period: str, year: int, after: str, limit: int
) -> Sequence[Renewal]:
    """The next of them, by their keyed hash."""
    query = _to_renew(of, period, year).where(entitlement.c.beneficiary > after)
    return [
        _renewal(row) for row in tx.execute(query.order_by(entitlement.c.beneficiary).limit(limit))
    ]


def _to_renew(of: Collection[str], period: str, year: int) -> Select[Any]:
    goes_on = or_(entitlement.c.last_year.is_(None), entitlement.c.last_year >= year)
    return _paid(of).where(entitlement.c.period == period, goes_on)


def _renewal(row: Any) -> Renewal:
    return Renewal(entitlement_of(row), row.case_number, row.unit)


def _paid(programmes: Collection[str]) -> Select[Any]:
    is_paid = (
        select(payment.c.id)
        .where(
            payment.c.beneficiary == entitlement.c.beneficiary,
            payment.c.programme == entitlement.c.programme,
            payment.c.period == entitlement.c.period,
            payment.c.status == PaymentStatus.PAID.value,
        )
        .correlate(entitlement)
        .exists()
    )
    return (
        select(
            entitlement, case.c.number.label("case_number"), case.c.organisation_id.label("unit")
        )
        .join(case, case.c.id == entitlement.c.case_id)
        .where(
            entitlement.c.programme.in_(sorted(programmes)),
            entitlement.c.beneficiary != "",
            is_paid,
        )
    )


def entitlement_of(row: Any) -> Entitlement:
    """One from its row."""
    return Entitlement(
        case_id=row.case_id,
        payee=payee_of(row),
        programme=row.programme,
        period=row.period,
        item=row.item,
        year=row.year,
        fen=row.fen,
        beneficiary=row.beneficiary,
        beneficiary_name=row.beneficiary_name,
        at=from_text(row.at),
        last_year=row.last_year,
        remembered=bytes(row.remembered),
    )
