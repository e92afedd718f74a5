"""What came back of payments (追回), in its table."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, update

from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.tables import person
from registry.budget.model import Entitlement, Payment, PaymentStatus, Recovery
from registry.store.fund_tables import fund_recovery, payment
from registry.store.payments import payment_of


def add(tx: Tx, new: Recovery) -> Recovery:
    """Write that money came back, and how much of the payment has; the same with its id."""
    values = {
        **vars(new),
        "recovered_on": new.recovered_on.isoformat(),
        "entered_at": to_text(new.entered_at),
    }
    del values["id"]
    made = tx.execute(insert(fund_recovery).values(values).returning(fund_recovery.c.id))
    return replace(new, id=made.scalar_one())


def put(tx: Tx, changed: Payment) -> None:
    """Write what of a payment has come back, and what it is since."""
    tx.execute(
        update(payment)
        .where(payment.c.id == changed.id)
        .values(recovered=changed.recovered, status=changed.status.value)
    )


def entered(tx: Tx, entry: str) -> Recovery | None:
    """What was entered on this page."""
    row = tx.execute(select(fund_recovery).where(fund_recovery.c.entry == entry)).first()
    return None if row is None else _recovery(row)


def of_payments(tx: Tx, ids: Collection[int]) -> list[Recovery]:
    """What came back of these, in the order in which it was entered."""
    query = select(fund_recovery).where(fund_recovery.c.payment_id.in_(sorted(ids)))
    return [_recovery(row) for row in tx.execute(query.order_by(fund_recovery.c.id))]


def of_batch(tx: Tx, number: str) -> list[tuple[Recovery, str]]:
    """What came back of a batch, with the names of who entered it."""
    query = (
        select(fund_recovery, func.coalesce(person.c.name, "").label("by_name"))
        .join(payment, payment.c.id == fund_recovery.c.payment_id)
        .outerjoin(person, person.c.id == fund_recovery.c.entered_by)
        .where(payment.c.batch_no == number)
        .order_by(fund_recovery.c.id)
    )
    return [(_recovery(row), row.by_name) for row in tx.execute(query)]


def paid_for(tx: Tx, case_id: str, found: Entitlement | None) -> list[Payment]:
    """What was paid by a case itself, or for what it found; held until the transaction ends."""
    was_paid = payment.c.paid_on.is_not(None)
    wanted = (payment.c.case_id == case_id) & (payment.c.batch_no == "")
    if found is not None:
        wanted = wanted | (
            (payment.c.payee_kind == found.payee.kind.value)
            & (payment.c.payee_key == found.payee.key)
            & (payment.c.beneficiary == found.beneficiary)
            & (payment.c.programme == found.programme)
            & (payment.c.period == found.period)
        )
    query = select(payment).where(was_paid, wanted).order_by(payment.c.id).with_for_update()
    return [payment_of(row) for row in tx.execute(query)]


def that_disagree(tx: Tx) -> list[int]:
    """Payments of which something else came back than is written beside them.

    Nor may a payment have come back before it was paid.
    """
    came = (
        select(
            fund_recovery.c.payment_id,
            func.sum(fund_recovery.c.fen).label("fen"),
            func.min(fund_recovery.c.recovered_on).label("first"),
        )
        .group_by(fund_recovery.c.payment_id)
        .subquery()
    )
    query = (
        select(payment.c.id)
        .outerjoin(came, came.c.payment_id == payment.c.id)
        .where(
            (func.coalesce(came.c.fen, 0) != payment.c.recovered)
            | (came.c.first < payment.c.paid_on)
            | ((payment.c.status == PaymentStatus.RECOVERED.value) & payment.c.paid_on.is_(None))
        )
        .order_by(payment.c.id)
    )
    return list(tx.execute(query).scalars())


def _recovery(row: Any) -> Recovery:
    return Recovery(
        id=row.id,
        payment_id=row.payment_id,
        fen=row.fen,
        recovered_on=date.fromisoformat(row.recovered_on),
        voucher=row.voucher,
        reason=row.reason,
        entered_by=row.entered_by,
        entered_at=from_text(row.entered_at),
        entry=row.entry,
    )
