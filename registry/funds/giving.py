"""What happens to a whole batch: submitted, granted, paid, given back. Inside a transaction.

For the desk and for processes alike. What is done already is done once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from engine.errors import Conflict, Invalid, NotFound
from engine.model.operations import Cancelled
from engine.store.database import Tx
from engine.work.federation_settings import Ask
from registry.budget.model import (
    WAS_PAID,
    Batch,
    BatchStatus,
    PayeeKind,
    Payment,
    PaymentStatus,
    Recovery,
    Stamp,
    TransferStatus,
)
from registry.budget.programmes import GOODS, programmes, sources
from registry.funds import ledger
from registry.funds.checking import faults_of, not_to_be_paid
from registry.funds.ledger import Shortage
from registry.help_record import HelpRecord, entry_of_payment, entry_of_recovery
from registry.store import bank_sendings, funds, help_records, payments

_MOST_TOLD = 5
_LONGEST_NOTE = 300


@dataclass(frozen=True)
class Submitted:
    """What submitting a batch came to: ``refusal`` where nothing was reserved."""

    batch: Batch
    fen: int
    lines: int
    available: int
    refusal: str = ""


@dataclass(frozen=True)
class PaidOut:
    """What was paid when a batch was closed, and what went on account instead."""

    paid: Sequence[Payment] = ()
    held: Sequence[Payment] = ()


def submit(tx: Tx, stamp: Stamp, ask: Ask, number: str) -> Submitted:
    """Check a draft as a whole and reserve its money: all of it, or nothing."""
    batch = must_be(tx, number, BatchStatus.DRAFT, "这一批已经提交过,没有重复提交。")
    listed = payments.of_batch(tx, number)
    fen = sum(one.fen for one in listed)
    if not listed:
        return Submitted(batch, 0, 0, 0, "名单是空的,没有提交。请先加入收款人。")
    found = faults_of(tx, ask, listed, batch.organisation_id, hold=True)
    faults = [fault for fault in found if not fault.is_allowed]
    line = ledger.held_line(tx, batch.line_id)
    answer = Submitted(batch, fen, len(listed), line.available)
    if fen > line.available:
        return replace(answer, refusal=Shortage(fen, line.available).sentence)
    if faults:
        told = "".join(fault.sentence for fault in faults[:_MOST_TOLD])
        more = f"另有 {len(faults) - _MOST_TOLD} 处。" if len(faults) > _MOST_TOLD else ""
        return replace(
            answer, refusal=f"名单有 {len(faults)} 处不能发放,未提交、未占用资金。{told}{more}"
        )
    short = ledger.reserve(tx, stamp, listed)
    if short is not None:
        return replace(answer, refusal=short.sentence)
    submitted = replace(
        batch, status=BatchStatus.SUBMITTED, case_id=stamp.case_id, submitted_at=stamp.at
    )
    payments.save_batch(tx, submitted)
    return replace(answer, batch=submitted, available=line.available - fen)


def grant(tx: Tx, stamp: Stamp, number: str) -> Batch:
    """Grant a batch that was submitted. Raises Conflict for who rostered it."""
    batch = must_be(
        tx, number, BatchStatus.SUBMITTED, "这一批不在待审批,没有批准。", BatchStatus.APPROVED
    )
    if batch.status is BatchStatus.APPROVED:
        return batch
    if stamp.by_id == batch.made_by:
        raise Conflict("这一批是您制单的,按规定不能由您审批,没有批准。")
    ledger.grant(tx, stamp, payments.of_batch(tx, number))
    return _save(tx, replace(batch, status=BatchStatus.APPROVED))


def pay_out(tx: Tx, stamp: Stamp, number: str, voucher: str, note: str = "") -> PaidOut:
    """Write down that what the bank has not paid of a granted batch was paid by voucher.

    Each household's file says so at once; ``note`` says how, where it was in cash. What nobody may
    be paid any more goes on account instead (挂账). The batch is closed. Nothing is done where it
    was closed before. Raises Conflict for who rostered or granted it.
    """
    batch = _to_close(tx, number)
    if batch.status is BatchStatus.PAID:
        return PaidOut()
    if stamp.by_id == batch.made_by:
        raise Conflict("这一批是您制单的,按规定由别人付款,没有登记付款。")
    if payments.granted_by(tx, number, stamp.by_id):
        raise Conflict("这一批是您审批的,按规定由别人付款,没有登记付款。")
    left = unpaid(tx, number)
    stopped = not_to_be_paid(tx, left, hold=True)
    held = [one for one in left if one.id in stopped]
    ledger.hold(tx, stamp, held)
    rest = [one for one in left if one.id not in stopped]
    if rest and not voucher:
        raise Invalid("没有写明记账凭证号,没有登记付款。")
    ledger.pay(tx, stamp, rest, voucher, note)
    record_help(tx, stamp, rest, f"发放批次 {number}")
    if rest:
        batch = replace(batch, voucher=voucher, paid_on=stamp.on)
    _save(tx, replace(_as_the_bank_paid(tx, batch), status=BatchStatus.PAID))
    return PaidOut(rest, held)


def hold_rest(tx: Tx, stamp: Stamp, number: str) -> list[Payment]:
    """挂账 of what the bank has not paid of a granted batch, which is closed; what that was."""
    batch = _to_close(tx, number)
    if batch.status is BatchStatus.PAID:
        return []
    rest = unpaid(tx, number)
    ledger.hold(tx, stamp, rest)
    _save(tx, replace(_as_the_bank_paid(tx, batch), status=BatchStatus.PAID))
    return rest


def unpaid(tx: Tx, number: str) -> list[Payment]:
    """What of a batch is granted and not paid."""
    listed = payments.of_batch(tx, number)
    return [one for one in listed if one.status is PaymentStatus.COMMITTED]


def waits_for_bank(tx: Tx, number: str) -> str:
    """Why a batch cannot be closed yet, in words; empty where no file waits for its result."""
    waiting = bank_sendings.waiting_of(tx, number)
    if not waiting:
        return ""
    return (
        f"银行文件 {'、'.join(waiting)} 还在等待银行结果。"
        "请先在批次的“银行文件”页导入结果;没有交给银行的,先作废。"
    )


def give_back(tx: Tx, stamp: Stamp, number: str, reason: str, *, withdrawn: bool) -> Batch:
    """Release what a batch reserved that was refused or withdrawn; never what was paid.

    Raises Conflict while a file of it waits for the bank's result.
    """
    after = BatchStatus.WITHDRAWN if withdrawn else BatchStatus.REFUSED
    batch = payments.batch(tx, number)
    if batch is None:
        raise NotFound("没有找到这一批。请核对批次编号。")
    if batch.status is after:
        return batch
    if batch.status not in (BatchStatus.SUBMITTED, BatchStatus.APPROVED):
        raise Conflict("这一批没有占用资金,没有改动。")
    _must_not_wait(tx, number)
    listed = payments.of_batch(tx, number)
    left = [one for one in listed if one.status not in WAS_PAID]
    ledger.release(tx, stamp, left, reason)
    if len(left) < len(listed):
        # What the bank has paid was paid, whatever becomes of the case.
        batch, after = _as_the_bank_paid(tx, batch), BatchStatus.PAID
    return _save(tx, replace(batch, status=after, reason=reason[:300]))


def record_help(tx: Tx, stamp: Stamp, paid: Sequence[Payment], note: str) -> None:
    """即帮即录: a paid line becomes an entry in its household's file, once."""
    given = [one for one in paid if one.payee.kind is PayeeKind.HOUSEHOLD]
    lines = funds.numbered(tx, None, {one.line_id for one in given})
    records = []
    for one in given:
        payer = lines[one.line_id]
        programme = programmes().get(one.programme)
        if programme is None:
            continue
        source = sources().get(payer.line.key.source)
        is_goods = one.item == GOODS
        records.append(
            HelpRecord(
                id=entry_of_payment(one.id),
                file_no=one.payee.key,
                kind=programme.help,
                given_on=stamp.on,
                cents=one.fen,
                goods=programme.items[one.item] if is_goods else "",
                source="own" if source is None else source.help,
                level=one.level,
                payer=payer.unit,
                note=f"{programme.title} {one.period};{_whose(one)}{note}",
                entered_by=stamp.by_id,
                entered_at=stamp.at,
            )
        )
    help_records.add_many(tx, records)


def record_recovery(tx: Tx, changed: Payment, came: Recovery) -> None:
    """The same when some of it came back (追回): an entry below zero, on the day it did.

    The last part takes the payment's entry back. Whoever has no entry of it, or whose entry was
    taken back by hand, was given nothing that could come back.
    """
    if changed.payee.kind is not PayeeKind.HOUSEHOLD:
        return
    given = help_records.numbered(tx, changed.payee.key, entry_of_payment(changed.id))
    if given is None or help_records.is_countered(tx, given.id):
        return
    why = f"{came.reason};" if came.reason else ""
    help_records.add(
        tx,
        replace(
            given,
            id=entry_of_recovery(came.id),
            given_on=came.recovered_on,
            cents=-came.fen,
            note=f"追回,凭证 {came.voucher};{why}{given.note}"[:_LONGEST_NOTE],
            entered_by=came.entered_by,
            entered_at=came.entered_at,
            counters=None if changed.kept else given.id,
        ),
    )


def _whose(one: Payment) -> str:
    return f"学生{one.beneficiary_name};" if one.beneficiary_name else ""


def must_be(
    tx: Tx, number: str, wanted: BatchStatus, refusal: str, also: BatchStatus | None = None
) -> Batch:
    """The batch, held, in one of these states. Raises NotFound, Conflict."""
    batch = payments.batch(tx, number)
    if batch is None:
        raise NotFound("没有找到这一批。请核对批次编号。")
    if batch.status not in (wanted, also):
        raise Conflict(refusal)
    return batch


def _to_close(tx: Tx, number: str) -> Batch:
    """A granted batch no file of which is under way, or one that is closed."""
    batch = must_be(
        tx, number, BatchStatus.APPROVED, "这一批还没有批准,没有登记付款。", BatchStatus.PAID
    )
    if batch.status is BatchStatus.APPROVED:
        _must_not_wait(tx, number)
    return batch


def _must_not_wait(tx: Tx, number: str) -> None:
    told = waits_for_bank(tx, number)
    if told:
        raise Conflict(f"{told}没有办理。")


def _as_the_bank_paid(tx: Tx, batch: Batch) -> Batch:
    """With voucher and day of the newest result, where none of its own is written down."""
    told = [one.sending.answer for one in bank_sendings.of_batch(tx, batch.number) if one.paid]
    if batch.voucher or not told or told[0] is None:
        return batch
    return replace(batch, voucher=told[0].voucher, paid_on=told[0].paid_on)


def _save(tx: Tx, changed: Batch) -> Batch:
    payments.save_batch(tx, changed)
    return changed


def give_back_of_cancelled(cancelled: Cancelled) -> None:
    """作废: what a case had reserved and not paid is free again, its transfer given back."""
    tx = cast(Tx, cancelled.tx)
    stamp = Stamp(cancelled.now, cancelled.actor_id, cancelled.case_id)
    told = f"办件作废:{cancelled.reason}"
    for number in payments.batches_of_case(tx, cancelled.case_id):
        batch = payments.batch(tx, number)
        if batch is not None and batch.status in (BatchStatus.SUBMITTED, BatchStatus.APPROVED):
            give_back(tx, stamp, number, told, withdrawn=True)
    unpaid = [
        one
        for one in payments.of_case(tx, cancelled.case_id)
        if one.status in (PaymentStatus.RESERVED, PaymentStatus.COMMITTED)
    ]
    ledger.release(tx, stamp, unpaid, told)
    asked = funds.transfer_of_case(tx, cancelled.case_id)
    if asked is not None and asked.status is TransferStatus.PENDING:
        ledger.settle_transfer(tx, stamp, asked.id, agreed=False)
