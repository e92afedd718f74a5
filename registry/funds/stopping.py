"""Payments that shall not be made any more, wherever they stand."""

from typing import cast

from engine.model.operations import OperationContext
from engine.store.database import Tx
from registry.budget.amounts import in_yuan
from registry.budget.model import Payment
from registry.store import payments


def stop_payments(context: OperationContext, asked: Payment, why: str) -> int:
    """Let nobody be paid this; what was paid stays paid. How many payments wait no longer."""
    tx = cast(Tx, context.tx)
    # A batch that is being paid is waited for: what it pays is paid, what is left is stopped.
    for number in sorted({one.batch_no for one in payments.not_paid_yet(tx, asked)} - {""}):
        payments.batch(tx, number)
    found = payments.not_paid_yet(tx, asked)
    payments.stop(tx, [one.id for one in found], why or "没有写明原因")
    for one in found:
        told = {"payee": one.for_whom, "amount": in_yuan(one.fen), "act": "不再发放"}
        context.reporter("grant", told)
    return len(found)
