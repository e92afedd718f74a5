"""What the page of a case says of its receipts, and the button that gives one out."""

from dataclasses import dataclass

from engine.model.ids import new_id
from engine.work.receipts import CaseReceipts
from webapp.shared.words import moment


@dataclass(frozen=True)
class ReceiptBox:
    """The receipt that holds, if any; ``nonce`` makes one press of the button one receipt."""

    may_issue: bool
    issued: str
    by: str
    revoked: int
    asks_proof: bool
    nonce: str


def receipt_box(found: CaseReceipts) -> ReceiptBox | None:
    """None where the process gives no receipts."""
    if not found.is_offered:
        return None
    live = next((one for one in found.issued if one.revoked_at is None), None)
    return ReceiptBox(
        may_issue=found.may_issue,
        issued="" if live is None else moment(live.issued_at),
        by="" if live is None else live.by_name,
        revoked=sum(one.revoked_at is not None for one in found.issued),
        asks_proof=found.asks_proof,
        nonce=new_id(),
    )
