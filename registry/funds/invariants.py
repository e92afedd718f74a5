"""I5: no budget overdrawn, every yuan accounted for, nobody paid twice (reliability.md §2d)."""

from collections.abc import Iterator, Mapping

from engine.store.database import Tx
from registry.budget.model import BudgetLine, Kind, PaymentStatus
from registry.store import fund_checks, funds, payments, recoveries

Findings = Iterator[str | None]
"""For each thing that was looked at: what is wrong with it, or None."""

_STATUSES_OF = {
    "reserved": (PaymentStatus.RESERVED,),
    "committed": (PaymentStatus.COMMITTED, PaymentStatus.HELD),
    "paid": (PaymentStatus.PAID,),
}
"""Of each column of a line: which payments stand in it."""


def findings(tx: Tx) -> Findings:
    """Every line, what its movements and payments come to, and what no line shows."""
    by_line, given = funds.sums_of_movements(tx), payments.live_sums(tx)
    held = funds.held_for_transfers(tx)
    elsewhere = 0
    for line in funds.all_lines(tx):
        moved = by_line.get(line.id, {})
        yield _overdrawn(line) or _moved(line, moved) or _given(line, given, held)
        elsewhere += moved.get(Kind.TRANSFER_OUT, 0) + moved.get(Kind.CARRY_OUT, 0)
        elsewhere -= moved.get(Kind.TRANSFER_IN, 0) + moved.get(Kind.CARRY_IN, 0)
    yield f"{elsewhere} fen left one line and arrived at none" if elsewhere else None
    for twice in fund_checks.paid_twice(tx):
        yield f"payee {twice} has two live payments for the same"
    for number, status, case_status in fund_checks.batches_that_disagree(tx):
        yield f"batch {number} is {status} and its case {case_status or 'is gone'}"
    for payment_id, status, batch_status in fund_checks.payments_that_disagree(tx):
        yield f"payment {payment_id} is {status} in a batch that is {batch_status}"
    for payment_id in recoveries.that_disagree(tx):
        yield f"payment {payment_id} and what came back of it differ"
    for payment_id in fund_checks.recovered_otherwise(tx):
        yield f"payment {payment_id}: its movements and what came back of it differ"
    for number in fund_checks.granted_by_who_rostered(tx):
        yield f"batch {number} was granted by who rostered it"
    for number in fund_checks.paid_by_who_rostered_or_granted(tx):
        yield f"batch {number} was paid by who rostered or granted it"


def _overdrawn(line: BudgetLine) -> str | None:
    if line.is_possible:
        return None
    return f"budget line {line.id} has {line.allocated} fen and {line.used} are used"


def _moved(line: BudgetLine, moved: Mapping[Kind, int]) -> str | None:
    """The double entry: what stands on each account is what its movements come to."""
    reckoned = BudgetLine(line.id, line.key)
    for kind, fen in moved.items():
        reckoned = reckoned.moved(kind, fen)
    return None if reckoned == line else f"budget line {line.id} and its movements differ"


def _given(line: BudgetLine, given: dict[tuple[int, str], int], held: dict[int, int]) -> str | None:
    for column, statuses in _STATUSES_OF.items():
        fen = sum(given.get((line.id, status.value), 0) for status in statuses)
        if column == "reserved":
            fen += held.get(line.id, 0)
        if fen != getattr(line, column):
            return f"budget line {line.id}: payments that are {column} come to {fen} fen"
    return None
