"""追回: what was paid wrongly comes back, by a case or by who pays, and is free again on its line.

The household's file says so at the same moment. What came back whole was no payment: the payee,
or whoever should have had it, may be paid for the same again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from engine.errors import Conflict, Invalid, NotFound
from engine.model.clock import local_date
from engine.model.operations import Operation, OperationContext
from engine.store.database import Tx
from registry.budget.amounts import fen_of, in_yuan, yuan
from registry.budget.model import Payment, PaymentStatus, Recovery, Stamp
from registry.funds import giving, ledger
from registry.funds.typed import instant_on
from registry.household import text
from registry.store import entitlements, recoveries

Inputs = Mapping[str, object]

LONGEST_VOUCHER = 60
LONGEST_REASON = 200
UNDONE = "没有登记追回。"


def recover(tx: Tx, stamp: Stamp, paid: Payment, asked: Recovery) -> Payment:
    """So much of a payment came back; the payment as it is then.

    Raises Conflict for more than was paid and kept, Invalid for a day before it was paid.
    """
    if paid.paid_on is not None and asked.recovered_on < paid.paid_on:
        raise Invalid(f"收回日期 {asked.recovered_on} 早于付款日期 {paid.paid_on},{UNDONE}请核对。")
    changed, came = ledger.recover(tx, stamp, paid, asked)
    giving.record_recovery(tx, changed, came)
    return changed


def may_come_back(one: Payment) -> bool:
    """Whether there is anything of it that could."""
    return one.status is PaymentStatus.PAID and one.kept > 0


# By a case -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Paid:
    """What a case was paid in all, and what of it has come back."""

    payments: Sequence[Payment]

    @property
    def fen(self) -> int:
        return sum(one.fen for one in self.payments)

    @property
    def recovered(self) -> int:
        return sum(one.recovered for one in self.payments)


def _recover(context: OperationContext, inputs: Inputs) -> Inputs:
    """Take back what the case was paid, or what was paid for its entitlement; the earliest first.

    The same amount under the same voucher is written down once, whoever did. Raises NotFound where
    nothing was paid, Conflict for more than was paid and not yet recovered.
    """
    tx, fen = cast(Tx, context.tx), fen_of(inputs.get("amount"), "追回金额")
    voucher = text(inputs.get("voucher_no"))[:LONGEST_VOUCHER]
    if not voucher:
        raise Invalid(f"没有写明收款凭证号,{UNDONE}")
    found = _paid(tx, context, inputs)
    before = [
        one
        for one in recoveries.of_payments(tx, [one.id for one in found.payments])
        if one.voucher == voucher
    ]
    if sum(one.fen for one in before) == fen:
        return _answer(found, {one.payment_id for one in before}, fen)
    left = found.fen - found.recovered
    if fen > left:
        raise Conflict(ledger.too_much_back(found.fen, found.recovered, fen))
    day = _day(context, inputs.get("recovered_on"))
    stamp = Stamp(instant_on(day, context.now), context.actor_id, context.case_id)
    asked = Recovery(
        id=0,
        payment_id=0,
        fen=fen,
        recovered_on=day,
        voucher=voucher,
        reason=text(inputs.get("reason"))[:LONGEST_REASON],
        entered_by=context.actor_id,
        entered_at=context.now,
    )
    changed = _shared(tx, stamp, [one for one in found.payments if one.kept], asked)
    for one, part in changed:
        told = {"payee": one.for_whom, "amount": in_yuan(part), "act": "追回"}
        context.reporter("grant", told)
    ids = {one.id for one, _ in changed}
    now = [one for one, _ in changed] + [one for one in found.payments if one.id not in ids]
    return _answer(_Paid(now), ids, fen)


def _paid(tx: Tx, context: OperationContext, inputs: Inputs) -> _Paid:
    found = recoveries.paid_for(tx, context.case_id, entitlements.of_case(tx, context.case_id))
    asked = inputs.get("payment_id")
    if asked is not None:
        found = [one for one in found if one.id == int(str(asked))]
    if not found:
        raise NotFound(f"本办件没有付过款,{UNDONE}请核对流程。")
    return _Paid(found)


def _shared(
    tx: Tx, stamp: Stamp, kept: Sequence[Payment], asked: Recovery
) -> list[tuple[Payment, int]]:
    """What comes back, over payments in their order; each as it is then, with its part."""
    changed, left = [], asked.fen
    for one in kept:
        part = min(one.kept, left)
        if part:
            asked_of_it = replace(asked, payment_id=one.id, fen=part)
            changed.append((recover(tx, stamp, one, asked_of_it), part))
            left -= part
    return changed


def _day(context: OperationContext, said: object) -> date:
    """Today, or the day that was written down."""
    today = local_date(context.now)
    if not text(said):
        return today
    day = date.fromisoformat(text(said)[:10])
    if day > today:
        raise Invalid(f"收回日期 {day} 还没有到,{UNDONE}")
    return day


def _answer(found: _Paid, changed: set[int], fen: int) -> Inputs:
    return {
        "payments": len(changed),
        "amount": yuan(fen),
        "kept": yuan(found.fen - found.recovered),
    }


_TEXT_OR_NOTHING = {"type": ["string", "null"]}
_YUAN = {"type": "number", "minimum": 0}

RECOVERY_OPERATIONS = (
    Operation(
        name="funds.recover",
        title="登记追回",
        run=_recover,
        inputs={
            "payment_id": {"type": ["integer", "null"]},
            "amount": {"type": ["number", "string"]},
            "voucher_no": {"type": "string"},
            "recovered_on": {"type": ["string", "null"], "format": "date"},
            "reason": _TEXT_OR_NOTHING,
        },
        required=frozenset({"amount", "voucher_no"}),
        outputs={
            "payments": {"type": "integer", "minimum": 0},
            "amount": _YUAN,
            "kept": _YUAN,
        },
    ),
)
"""All of them."""
