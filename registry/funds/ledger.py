"""The one place where money moves: inside the caller's transaction, on lines that are held.

A line is held (row lock) before it is read, every movement is written beside the new sums, and
what is free is judged on the line as all movements of the transaction before have left it. So
many reservations at once, or several steps of one transaction, never give more than there is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.errors import Conflict, Invalid, NotFound
from engine.store.database import Tx
from registry.budget.amounts import in_wan, in_wan_upwards, in_yuan
from registry.budget.model import (
    WAS_PAID,
    BudgetLine,
    Kind,
    LineKey,
    Movement,
    Payment,
    PaymentStatus,
    Recovery,
    Stamp,
    Transfer,
    TransferStatus,
)
from registry.store import funds, payments, recoveries

_PAID_TWICE = (
    "名单中有人已在其他批次安排了同一项目、同一期间的发放,未提交、未占用资金。请重新核对名单。"
)


@dataclass(frozen=True)
class Shortage:
    """A sum that is more than there is: nothing was reserved."""

    fen: int
    available: int

    @property
    def sentence(self) -> str:
        """What people are told of a batch (product.md §4, sentence 9)."""
        over = self.fen - self.available
        return (
            f"本批合计 {in_wan(self.fen)},超过可用指标 {in_wan_upwards(over)},"
            "未提交、未占用资金。请减少名单或申请调剂。"
        )


# What is given and taken away ------------------------------------------------------------------


def allocate(tx: Tx, stamp: Stamp, key: LineKey, fen: int, document: str, note: str) -> BudgetLine:
    """下达: money comes onto the line, which is made where there is none."""
    line_id = funds.line_of(tx, key).id
    return _move(tx, stamp, line_id, Kind.ALLOCATE, fen, _Said(document, note))


def reduce(tx: Tx, stamp: Stamp, key: LineKey, fen: int, document: str, note: str) -> BudgetLine:
    """核减: money is taken back, never more than is free. Raises Conflict."""
    line = held_line(tx, funds.line_of(tx, key).id)
    if fen > line.available:
        raise Conflict(
            f"这条指标已占用、已批、已付 {in_yuan(line.used)},结余只有 {in_yuan(line.available)},"
            f"不能核减 {in_yuan(fen)},没有登记。请先退回占用的批次,或减少核减金额。"
        )
    return _move(tx, stamp, line.id, Kind.REDUCE, fen, _Said(document, note))


def carry_over(tx: Tx, stamp: Stamp, line_id: int, document: str) -> BudgetLine:
    """结转: what is free on a line goes to the same line of the next year. Raises Conflict."""
    old = held_line(tx, line_id)
    if not old.available:
        raise Conflict("这条指标没有结余,没有结转。")
    new = funds.line_of(tx, replace(old.key, year=old.key.year + 1))
    fen = old.available
    note = f"{old.key.year} 年结转 {new.key.year} 年"
    _move(tx, stamp, old.id, Kind.CARRY_OUT, fen, _Said(document, note, other_line=new.id))
    return _move(tx, stamp, new.id, Kind.CARRY_IN, fen, _Said(document, note, other_line=old.id))


# Transfers -------------------------------------------------------------------------------------


def ask_transfer(tx: Tx, stamp: Stamp, asked: Transfer) -> Transfer:
    """Hold the money on the first line until somebody else decides. Raises Conflict, Invalid."""
    if asked.from_line == asked.to_line:
        raise Invalid("调出和调入是同一条指标,没有申请。请另选一条。")
    lines = funds.held(tx, (asked.from_line, asked.to_line))
    source = lines[asked.from_line]
    if asked.fen > source.available:
        raise Conflict(
            f"调出指标的结余只有 {in_yuan(source.available)},不能调剂 {in_yuan(asked.fen)},"
            "没有申请。请减少金额或另选指标。"
        )
    new = funds.add_transfer(tx, asked)
    said = _Said("", asked.reason, new.id, asked.to_line)
    _move(tx, stamp, source.id, Kind.HOLD, asked.fen, said)
    return new


def settle_transfer(
    tx: Tx, stamp: Stamp, transfer_id: int, *, agreed: bool, document: str = ""
) -> Transfer:
    """Move what was held, or give it back; what is settled already stays as it is."""
    asked = funds.transfer(tx, transfer_id)
    if asked is None:
        raise NotFound("没有这一笔调剂,没有办理。请核对流程。")
    wanted = TransferStatus.DONE if agreed else TransferStatus.REFUSED
    if asked.status is wanted:
        return asked
    if asked.status is not TransferStatus.PENDING:
        raise Conflict("这一笔调剂已经办结,没有改动。")
    if agreed and asked.asked_by == stamp.by_id:
        raise Conflict("调剂须由申请人以外的人审批,没有调剂。")
    funds.held(tx, (asked.from_line, asked.to_line))
    ends: tuple[tuple[int, int, Kind], ...] = ((asked.from_line, asked.to_line, Kind.UNHOLD),)
    if agreed:
        ends = (
            (asked.from_line, asked.to_line, Kind.TRANSFER_OUT),
            (asked.to_line, asked.from_line, Kind.TRANSFER_IN),
        )
    for line_id, other, kind in ends:
        said = _Said(document, asked.reason, asked.id, other)
        _move(tx, stamp, line_id, kind, asked.fen, said)
    settled = replace(asked, status=wanted, document=document)
    funds.save_transfer(tx, settled)
    return settled


# Payments --------------------------------------------------------------------------------------


def reserve(tx: Tx, stamp: Stamp, listed: Sequence[Payment]) -> Shortage | None:
    """占用: all of these lines of a draft together, or none of them.

    They draw on one budget line. Raises Conflict where a payee is paid for the same elsewhere.
    """
    line = held_line(tx, listed[0].line_id)
    fen = sum(one.fen for one in listed)
    if fen > line.available:
        return Shortage(fen, line.available)
    ids = [one.id for one in listed]
    if not payments.set_status(tx, ids, PaymentStatus.RESERVED, case_id=stamp.case_id):
        raise Conflict(_PAID_TWICE)
    _step(tx, stamp, line, Kind.RESERVE, listed)
    return None


def reserve_one(tx: Tx, stamp: Stamp, new: Payment) -> int | Shortage | None:
    """占用 for one payee of a case of its own: the payment's id.

    A Shortage where the line has less, None where the payee is paid for the same already.
    """
    line = held_line(tx, new.line_id)
    if new.fen > line.available:
        return Shortage(new.fen, line.available)
    reserved = replace(new, status=PaymentStatus.RESERVED, case_id=stamp.case_id)
    made = payments.add(tx, reserved)
    if made is not None:
        _step(tx, stamp, line, Kind.RESERVE, [replace(reserved, id=made)])
    return made


def grant(tx: Tx, stamp: Stamp, reserved: Sequence[Payment], document: str = "") -> None:
    """已批: what was reserved is granted; what is granted already stays so. Raises Conflict."""
    _advance(tx, stamp, reserved, Kind.COMMIT, document)


def pay(tx: Tx, stamp: Stamp, committed: Sequence[Payment], voucher: str, note: str = "") -> None:
    """已付: what was granted has left the account on the stamp's day, under a voucher.

    ``note`` says how, where it was not by transfer.
    """
    _advance(tx, stamp, committed, Kind.PAY, voucher, note)


def hold(tx: Tx, stamp: Stamp, committed: Sequence[Payment]) -> None:
    """挂账: what was granted and could not be paid waits; its money stays committed."""
    if any(one.status is not PaymentStatus.COMMITTED for one in committed):
        raise Conflict("其中有没有批准的,没有挂账。请核对批次。")
    payments.set_status(
        tx, [one.id for one in committed], PaymentStatus.HELD, reason=f"{stamp.on} 挂账"
    )


def release(tx: Tx, stamp: Stamp, live: Sequence[Payment], reason: str) -> None:
    """Give back what was reserved or granted and not paid. Raises Conflict for what was paid."""
    for kind in (Kind.RELEASE, Kind.REVOKE):
        found = [one for one in live if one.status in _STEPS[kind][0]]
        _advance(tx, stamp, found, kind, reason)
    if any(one.status in WAS_PAID for one in live):
        raise Conflict("其中有已经付款的,不能释放占用,没有改动。")


def recover(tx: Tx, stamp: Stamp, paid: Payment, asked: Recovery) -> tuple[Payment, Recovery]:
    """追回: so much of a payment came back, and is free again on the line it was paid from.

    The payment, held by the caller, as it is then, and what was written down. Of a line of a year
    that is over it is 结余, to be carried over. Raises Conflict for more than was paid and kept.
    """
    if paid.status is not PaymentStatus.PAID or asked.fen > paid.kept:
        raise Conflict(too_much_back(paid.fen, paid.recovered, asked.fen))
    line = held_line(tx, paid.line_id)
    changed = replace(paid, recovered=paid.recovered + asked.fen)
    if not changed.kept:
        changed = replace(changed, status=PaymentStatus.RECOVERED)
    recoveries.put(tx, changed)
    written = recoveries.add(tx, asked)
    movement = Movement(
        line_id=line.id,
        kind=Kind.RECOVER,
        fen=asked.fen,
        at=stamp.at,
        by_id=stamp.by_id,
        document=asked.voucher,
        note=asked.reason,
        batch_no=paid.batch_no,
        payment_id=paid.id,
        case_id=stamp.case_id or paid.case_id,
    )
    _write(tx, line, Kind.RECOVER, [movement])
    return changed, written


def too_much_back(paid: int, recovered: int, asked: int) -> str:
    """That more is said to have come back than was paid and not yet recovered."""
    before = f",已追回 {in_yuan(recovered)}" if recovered else ""
    return (
        f"已付 {in_yuan(paid)}{before},最多还能追回 {in_yuan(paid - recovered)},"
        f"不能登记追回 {in_yuan(asked)},没有登记。请核对金额。"
    )


_GRANTED = frozenset({PaymentStatus.COMMITTED, PaymentStatus.HELD})
_STEPS = {
    Kind.COMMIT: (frozenset({PaymentStatus.RESERVED}), PaymentStatus.COMMITTED),
    Kind.PAY: (_GRANTED, PaymentStatus.PAID),
    Kind.RELEASE: (frozenset({PaymentStatus.RESERVED}), PaymentStatus.RELEASED),
    Kind.REVOKE: (_GRANTED, PaymentStatus.RELEASED),
}
_BY_HAND = frozenset({Kind.ALLOCATE, Kind.REDUCE, Kind.HOLD})
_NOT_SO_FAR = {
    Kind.COMMIT: "其中有没有占用资金的,没有批准。请核对批次。",
    Kind.PAY: "其中有没有批准的,没有登记付款。请核对批次。",
}


def _advance(
    tx: Tx,
    stamp: Stamp,
    found: Sequence[Payment],
    kind: Kind,
    document: str,
    note: str = "",
) -> None:
    before, after = _STEPS[kind]
    waiting = [one for one in found if one.status is not after]
    if any(one.status not in before for one in waiting):
        raise Conflict(_NOT_SO_FAR[kind])
    if not waiting:
        return
    more: dict[str, str | None] = {}
    if kind is Kind.PAY:
        more = {"voucher": document, "paid_on": stamp.on.isoformat()}
    elif after is PaymentStatus.RELEASED:
        more = {"reason": document}
    lines = funds.held(tx, {one.line_id for one in waiting})
    payments.set_status(tx, [one.id for one in waiting], after, **more)
    for line_id, line in lines.items():
        of_line = [one for one in waiting if one.line_id == line_id]
        _step(tx, stamp, line, kind, of_line, document, note)


def _step(
    tx: Tx,
    stamp: Stamp,
    line: BudgetLine,
    kind: Kind,
    found: Iterable[Payment],
    document: str = "",
    note: str = "",
) -> None:
    """Move the money of payments, each with a movement of its own."""
    written = [
        Movement(
            line_id=line.id,
            kind=kind,
            fen=one.fen,
            at=stamp.at,
            by_id=stamp.by_id,
            document=document[:60] if kind is Kind.PAY else "",
            note=note[:300] if kind is Kind.PAY else document[:300],
            batch_no=one.batch_no,
            payment_id=one.id,
            case_id=stamp.case_id or one.case_id,
        )
        for one in found
    ]
    _write(tx, line, kind, written)


@dataclass(frozen=True)
class _Said:
    """What is written beside a movement that is no payment's."""

    document: str = ""
    note: str = ""
    transfer_id: int | None = None
    other_line: int | None = None


def _move(tx: Tx, stamp: Stamp, line_id: int, kind: Kind, fen: int, said: _Said) -> BudgetLine:
    movement = Movement(
        line_id=line_id,
        kind=kind,
        fen=fen,
        at=stamp.at,
        by_id=stamp.by_id,
        case_id=stamp.case_id,
        entry=stamp.entry if kind in _BY_HAND else None,
        **vars(said),
    )
    return _write(tx, held_line(tx, line_id), kind, [movement])


def _write(tx: Tx, line: BudgetLine, kind: Kind, written: Sequence[Movement]) -> BudgetLine:
    changed = line.moved(kind, sum(one.fen for one in written))
    if not changed.is_possible:
        raise Conflict("这条指标的结余不够,没有办理。请刷新指标台账后重试。")
    funds.add_movements(tx, written)
    funds.save(tx, changed)
    return changed


def held_line(tx: Tx, line_id: int) -> BudgetLine:
    """A line, held until the transaction ends. Raises NotFound."""
    found = funds.held(tx, (line_id,))
    if line_id not in found:
        raise NotFound("没有找到这条指标。请返回指标台账重新选择。")
    return found[line_id]
