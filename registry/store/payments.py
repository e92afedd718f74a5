"""Payments and their batches in the tables."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from engine.model.actors import Actor
from engine.store.cases import insert_or
from engine.store.database import Tx, savepoint
from engine.store.instants import from_text, from_text_or_none, to_text, to_text_or_none
from engine.store.tables import case, counter, organisation, person
from registry.budget.model import (
    LIVE,
    Batch,
    BatchStatus,
    Kind,
    Payee,
    PayeeKind,
    Payment,
    PaymentStatus,
)
from registry.store.fund_tables import budget_line, fund_movement, payment, payment_batch
from registry.store.funds import Places, below, day_of
from registry.store.numbers import county_code
from registry.store.sight import of_a_visible_case

_LIVE = [status.value for status in LIVE]
_NOT_PAID = [
    status.value
    for status in (
        PaymentStatus.LISTED,
        PaymentStatus.RESERVED,
        PaymentStatus.COMMITTED,
        PaymentStatus.HELD,
    )
]
_LONGEST_WHY = 300
_BATCH_OF_QUERY = 400
_MOST_ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class BatchLine:
    """A batch in a list: how many lines, what they come to, where, by whom, its case."""

    batch: Batch
    lines: int
    fen: int
    unit: str
    made_by: str
    case_number: str


def next_batch_number(tx: Tx, organisation_id: str, year: int) -> str:
    """``发-350602-2026-000012``: by county and year, taken inside the transaction."""
    code = county_code(tx, organisation_id)
    taking = insert_or(tx, counter).values(name=f"payment batch {code} {year}", value=1)
    number: int = tx.execute(
        taking.on_conflict_do_update(
            index_elements=["name"], set_={"value": counter.c.value + 1}
        ).returning(counter.c.value)
    ).scalar_one()
    return f"发-{code}-{year}-{number:06d}"


# Batches --------------------------------------------------------------------------------------


def add_batch(tx: Tx, new: Batch) -> None:
    """Write a batch."""
    tx.execute(insert(payment_batch).values(_batch_values(new)))


def save_batch(tx: Tx, changed: Batch) -> None:
    """Write a batch back."""
    values = _batch_values(changed)
    del values["number"]
    tx.execute(update(payment_batch).where(payment_batch.c.number == changed.number).values(values))


def batch(tx: Tx, number: str) -> Batch | None:
    """A batch, held until the transaction ends."""
    row = tx.execute(
        select(payment_batch).where(payment_batch.c.number == number).with_for_update()
    ).first()
    return None if row is None else _batch(row)


def batch_lines(
    tx: Tx, actor: Actor, places: Places, statuses: Collection[str], limit: int
) -> list[BatchLine]:
    """Batches below these places and those of cases she sees, newest first."""
    chosen = (
        payment_batch.c.status.in_(list(statuses)) if statuses else payment_batch.c.number != ""
    )
    return _batch_lines(tx, and_(chosen, _seen(actor, places)), limit)


def batch_line(tx: Tx, actor: Actor, places: Places, number: str) -> BatchLine | None:
    """One of them."""
    found = _batch_lines(tx, and_(payment_batch.c.number == number, _seen(actor, places)), 1)
    return found[0] if found else None


def statuses(tx: Tx, actor: Actor, places: Places) -> dict[str, int]:
    """How many batches there are of each status."""
    query = (
        select(payment_batch.c.status, func.count())
        .select_from(payment_batch.join(budget_line, budget_line.c.id == payment_batch.c.line_id))
        .where(_seen(actor, places))
        .group_by(payment_batch.c.status)
    )
    return {row[0]: row[1] for row in tx.execute(query)}


def _seen(actor: Actor, places: Places) -> Any:
    mine = of_a_visible_case(actor, payment_batch.c.case_id)
    return or_(below(places), and_(payment_batch.c.case_id != "", mine))


def _batch_lines(tx: Tx, wanted: Any, limit: int) -> list[BatchLine]:
    newest = (payment_batch.c.made_at.desc(), payment_batch.c.number.desc())
    chosen = (
        select(payment_batch.c.number)
        .select_from(payment_batch.join(budget_line, budget_line.c.id == payment_batch.c.line_id))
        .where(wanted)
        .order_by(*newest)
        .limit(limit)
        .subquery()
    )
    query = (
        select(
            payment_batch,
            _of_its_payments(func.count()).label("n"),
            _of_its_payments(func.coalesce(func.sum(payment.c.fen), 0)).label("fen"),
            organisation.c.name.label("unit"),
            func.coalesce(person.c.name, "").label("made_by_name"),
            func.coalesce(case.c.number, "").label("case_number"),
        )
        .select_from(
            payment_batch.join(chosen, chosen.c.number == payment_batch.c.number)
            .join(organisation, organisation.c.id == payment_batch.c.organisation_id)
            .outerjoin(person, person.c.id == payment_batch.c.made_by)
            .outerjoin(case, case.c.id == payment_batch.c.case_id)
        )
        .order_by(*newest)
    )
    return [
        BatchLine(
            batch=_batch(row),
            lines=row.n,
            fen=int(row.fen),
            unit=row.unit,
            made_by=row.made_by_name,
            case_number=row.case_number,
        )
        for row in tx.execute(query)
    ]


def _of_its_payments(what: ColumnElement[int]) -> ScalarSelect[int]:
    """Of each batch that is shown alone: all payments there ever were are many."""
    return select(what).where(payment.c.batch_no == payment_batch.c.number).scalar_subquery()


def batches_of_case(tx: Tx, case_id: str) -> list[str]:
    """The batches that were submitted in a case, the newest first: it is that one it decides on."""
    query = (
        select(payment_batch.c.number)
        .where(payment_batch.c.case_id == case_id)
        .order_by(payment_batch.c.submitted_at.desc(), payment_batch.c.number.desc())
    )
    return list(tx.execute(query).scalars())


def granted_by(tx: Tx, number: str, person_id: str) -> bool:
    """Whether she granted this batch."""
    query = (
        select(fund_movement.c.id)
        .join(payment, payment.c.id == fund_movement.c.payment_id)
        .where(
            payment.c.batch_no == number,
            fund_movement.c.kind == Kind.COMMIT.value,
            fund_movement.c.by_id == person_id,
        )
        .limit(1)
    )
    return tx.execute(query).first() is not None


# Payments -------------------------------------------------------------------------------------


def add(tx: Tx, new: Payment) -> int | None:
    """Write a payment; its id, or None where the payee has one for the same already."""
    try:
        with savepoint(tx):
            made = tx.execute(insert(payment).values(_values(new)).returning(payment.c.id))
            found: int = made.scalar_one()
            return found
    except IntegrityError:
        return None


def add_many(tx: Tx, new: Sequence[Payment]) -> None:
    """Write lines of a draft: nothing of them is given yet."""
    if new:
        tx.execute(insert(payment), [_values(one) for one in new])


def of_batch(tx: Tx, number: str) -> list[Payment]:
    """The lines of a batch in their order."""
    query = select(payment).where(payment.c.batch_no == number).order_by(payment.c.number)
    return [payment_of(row) for row in tx.execute(query)]


def numbered(tx: Tx, payment_id: int) -> Payment | None:
    """One payment, held until the transaction ends."""
    row = tx.execute(select(payment).where(payment.c.id == payment_id).with_for_update()).first()
    return None if row is None else payment_of(row)


def of_case(tx: Tx, case_id: str) -> list[Payment]:
    """The payments of a case of their own, held until the transaction ends."""
    query = (
        select(payment)
        .where(payment.c.case_id == case_id, payment.c.batch_no == "")
        .order_by(payment.c.id)
        .with_for_update()
    )
    return [payment_of(row) for row in tx.execute(query)]


def rewrite(tx: Tx, changed: Sequence[Payment]) -> None:
    """Write how much lines of a draft come to, and why they may pass a cap."""
    if not changed:
        return
    query = (
        update(payment)
        .where(
            payment.c.id == bindparam("of_id"),
            payment.c.status == PaymentStatus.LISTED.value,
        )
        .values(fen=bindparam("new_fen"), exception=bindparam("new_exception"))
    )
    given = [{"of_id": o.id, "new_fen": o.fen, "new_exception": o.exception} for o in changed]
    tx.execute(query, given)


def take_out(tx: Tx, number: str, ids: Sequence[int]) -> int:
    """Take lines out of a draft; how many were in it."""
    count = 0
    for first in range(0, len(ids), _MOST_ROWS_AT_ONCE):
        gone = tx.execute(
            delete(payment).where(
                payment.c.id.in_(ids[first : first + _MOST_ROWS_AT_ONCE]),
                payment.c.batch_no == number,
                payment.c.status == PaymentStatus.LISTED.value,
            )
        )
        count += gone.rowcount
    return count


def set_status(tx: Tx, ids: Sequence[int], status: PaymentStatus, **more: str | None) -> bool:
    """Write how far payments are; False where one would be given to a payee twice."""
    try:
        with savepoint(tx):
            for first in range(0, len(ids), _MOST_ROWS_AT_ONCE):
                tx.execute(
                    update(payment)
                    .where(payment.c.id.in_(list(ids[first : first + _MOST_ROWS_AT_ONCE])))
                    .values(status=status.value, **more)
                )
    except IntegrityError:
        return False
    return True


def not_paid_yet(tx: Tx, asked: Payment) -> list[Payment]:
    """What is on a roster or granted to a payee for the same, and not paid."""
    query = select(payment).where(
        payment.c.payee_kind == asked.payee.kind.value,
        payment.c.payee_key == asked.payee.key,
        payment.c.beneficiary == asked.beneficiary,
        payment.c.programme == asked.programme,
        payment.c.period == asked.period,
        payment.c.item == asked.item,
        payment.c.status.in_(_NOT_PAID),
    )
    return [payment_of(row) for row in tx.execute(query.order_by(payment.c.id))]


def stop(tx: Tx, ids: Sequence[int], why: str) -> None:
    """Let nobody be paid these any more."""
    tx.execute(
        update(payment)
        .where(payment.c.id.in_(ids), payment.c.status.in_(_NOT_PAID))
        .values(stopped=why[:_LONGEST_WHY])
    )


def given_in_year(tx: Tx, year: int, keys: Collection[tuple[str, str]]) -> list[Payment]:
    """All that lives of these payees in a year, whichever county or level pays."""
    found: list[Payment] = []
    for kind in sorted({kind for kind, _ in keys}):
        wanted = sorted({key for of_kind, key in keys if of_kind == kind})
        for first in range(0, len(wanted), _BATCH_OF_QUERY):
            query = select(payment).where(
                payment.c.payee_kind == kind,
                payment.c.payee_key.in_(wanted[first : first + _BATCH_OF_QUERY]),
                payment.c.year == year,
                payment.c.status.in_(_LIVE),
            )
            found += [payment_of(row) for row in tx.execute(query)]
    return found


def live_sums(tx: Tx) -> dict[tuple[int, str], int]:
    """What payments come to by line and status, less what came back, for the invariants."""
    rows = tx.execute(
        select(
            payment.c.line_id,
            payment.c.status,
            func.sum(payment.c.fen - payment.c.recovered),
        )
        .where(payment.c.status.in_(_LIVE))
        .group_by(payment.c.line_id, payment.c.status)
    )
    return {(line_id, status): int(fen) for line_id, status, fen in rows}


# ----------------------------------------------------------------------------------------------


def _values(one: Payment) -> dict[str, object]:
    return {
        "line_id": one.line_id,
        "payee_kind": one.payee.kind.value,
        "payee_key": one.payee.key,
        "payee_name": one.payee.name,
        "payee_note": one.payee.note,
        "organisation_id": one.payee.organisation_id,
        "programme": one.programme,
        "period": one.period,
        "item": one.item,
        "level": one.level,
        "year": one.year,
        "fen": one.fen,
        "status": one.status.value,
        "batch_no": one.batch_no,
        "case_id": one.case_id,
        "number": one.number,
        "exception": one.exception,
        "reason": one.reason,
        "paid_on": _day_text(one.paid_on),
        "voucher": one.voucher,
        "beneficiary": one.beneficiary,
        "beneficiary_name": one.beneficiary_name,
        "stopped": one.stopped,
        "recovered": one.recovered,
    }


def payee_of(row: Any) -> Payee:
    """Whom a row is about."""
    return Payee(
        PayeeKind(row.payee_kind),
        row.payee_key,
        row.payee_name,
        row.payee_note,
        row.organisation_id,
    )


def payment_of(row: Any) -> Payment:
    """A payment from its row."""
    return Payment(
        id=row.id,
        line_id=row.line_id,
        payee=payee_of(row),
        programme=row.programme,
        period=row.period,
        item=row.item,
        level=row.level,
        year=row.year,
        fen=row.fen,
        status=PaymentStatus(row.status),
        batch_no=row.batch_no,
        case_id=row.case_id,
        number=row.number,
        exception=row.exception,
        reason=row.reason,
        paid_on=day_of(row.paid_on),
        voucher=row.voucher,
        beneficiary=row.beneficiary,
        beneficiary_name=row.beneficiary_name,
        stopped=row.stopped,
        recovered=row.recovered,
    )


def _batch_values(one: Batch) -> dict[str, object]:
    return {
        **vars(one),
        "made_at": to_text(one.made_at),
        "submitted_at": to_text_or_none(one.submitted_at),
        "status": one.status.value,
        "paid_on": _day_text(one.paid_on),
    }


def _batch(row: Any) -> Batch:
    return Batch(
        number=row.number,
        title=row.title,
        organisation_id=row.organisation_id,
        line_id=row.line_id,
        programme=row.programme,
        period=row.period,
        item=row.item,
        made_by=row.made_by,
        made_at=from_text(row.made_at),
        status=BatchStatus(row.status),
        case_id=row.case_id,
        submitted_at=from_text_or_none(row.submitted_at),
        reason=row.reason,
        voucher=row.voucher,
        paid_on=day_of(row.paid_on),
    )


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
