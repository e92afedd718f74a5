"""Questions of the money's invariants."""

from typing import Any

from sqlalchemy import and_, func, or_, select

from engine.store.database import Tx
from engine.store.tables import case
from registry.budget.model import LIVE, WAS_PAID, BatchStatus, Kind, PaymentStatus
from registry.store.fund_tables import fund_movement, payment, payment_batch

_LIVE = [status.value for status in LIVE]
_STATUSES_IN: dict[BatchStatus, frozenset[PaymentStatus]] = {
    BatchStatus.DRAFT: frozenset({PaymentStatus.LISTED}),
    BatchStatus.SUBMITTED: frozenset({PaymentStatus.RESERVED}),
    # The bank may have paid some already.
    BatchStatus.APPROVED: frozenset({PaymentStatus.COMMITTED, PaymentStatus.HELD, *WAS_PAID}),
    # What could not be paid is held on account, or given back later.
    BatchStatus.PAID: frozenset({PaymentStatus.HELD, PaymentStatus.RELEASED, *WAS_PAID}),
    BatchStatus.REFUSED: frozenset({PaymentStatus.RELEASED}),
    BatchStatus.WITHDRAWN: frozenset({PaymentStatus.RELEASED}),
}


def paid_twice(tx: Tx) -> list[str]:
    """Payees and children with two live payments of one kind: the database lets none be."""
    same = (
        payment.c.payee_kind,
        payment.c.payee_key,
        payment.c.beneficiary,
        payment.c.programme,
        payment.c.period,
        payment.c.item,
        payment.c.level,
    )
    query = (
        select(func.min(payment.c.id))
        .where(payment.c.status.in_(_LIVE))
        .group_by(*same)
        .having(func.count() > 1)
    )
    to_children = (
        select(func.min(payment.c.id))
        .where(payment.c.status.in_(_LIVE), payment.c.beneficiary != "")
        .group_by(payment.c.beneficiary, payment.c.programme, payment.c.period)
        .having(func.count() > 1)
    )
    found = {*tx.execute(query).scalars(), *tx.execute(to_children).scalars()}
    return [str(one) for one in sorted(found)]


def batches_that_disagree(tx: Tx) -> list[tuple[str, str, str]]:
    """Batches that wait although their case is over, or are decided without one."""
    waits = payment_batch.c.status.in_([BatchStatus.SUBMITTED.value, BatchStatus.APPROVED.value])
    query = (
        select(payment_batch.c.number, payment_batch.c.status, case.c.status.label("case_status"))
        .select_from(payment_batch.outerjoin(case, case.c.id == payment_batch.c.case_id))
        .where(
            or_(
                and_(payment_batch.c.status != BatchStatus.DRAFT.value, case.c.id.is_(None)),
                and_(waits, case.c.status.in_(["completed", "cancelled"])),
            )
        )
    )
    return [(row.number, row.status, row.case_status or "") for row in tx.execute(query)]


def payments_that_disagree(tx: Tx) -> list[tuple[int, str, str]]:
    """Payments that are not as far as their batch."""
    fits = or_(
        *(
            and_(
                payment_batch.c.status == batch.value,
                payment.c.status.in_([one.value for one in statuses]),
            )
            for batch, statuses in _STATUSES_IN.items()
        )
    )
    query: Any = (
        select(payment.c.id, payment.c.status, payment_batch.c.status.label("batch_status"))
        .join(payment_batch, payment_batch.c.number == payment.c.batch_no)
        .where(~fits)
    )
    return [(row.id, row.status, row.batch_status) for row in tx.execute(query)]


def recovered_otherwise(tx: Tx) -> list[int]:
    """Payments of which the movements say that something else came back (追回)."""
    moved = (
        select(fund_movement.c.payment_id, func.sum(fund_movement.c.fen).label("fen"))
        .where(fund_movement.c.kind == Kind.RECOVER.value)
        .group_by(fund_movement.c.payment_id)
        .subquery()
    )
    query = (
        select(payment.c.id)
        .outerjoin(moved, moved.c.payment_id == payment.c.id)
        .where(func.coalesce(moved.c.fen, 0) != payment.c.recovered)
        .order_by(payment.c.id)
    )
    return list(tx.execute(query).scalars())


def granted_by_who_rostered(tx: Tx) -> list[str]:
    """Batches somebody granted who made them."""
    query = (
        select(payment_batch.c.number)
        .join(fund_movement, fund_movement.c.batch_no == payment_batch.c.number)
        .where(
            fund_movement.c.kind == Kind.COMMIT.value,
            fund_movement.c.by_id == payment_batch.c.made_by,
        )
        .distinct()
    )
    return list(tx.execute(query).scalars())


def paid_by_who_rostered_or_granted(tx: Tx) -> list[str]:
    """Batches somebody paid of who made or granted them."""
    granted = fund_movement.alias("granted")
    query = (
        select(payment_batch.c.number)
        .join(fund_movement, fund_movement.c.batch_no == payment_batch.c.number)
        .outerjoin(
            granted,
            and_(
                granted.c.payment_id == fund_movement.c.payment_id,
                granted.c.kind == Kind.COMMIT.value,
            ),
        )
        .where(
            fund_movement.c.kind == Kind.PAY.value,
            or_(
                fund_movement.c.by_id == payment_batch.c.made_by,
                fund_movement.c.by_id == granted.c.by_id,
            ),
        )
        .distinct()
    )
    return list(tx.execute(query).scalars())
