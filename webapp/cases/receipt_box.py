"""What the page of a case says of its receipts, and the button that gives one out."""

from dataclasses import dataclass

from engine import Actor, Engine
from engine.model.ids import new_id
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


def receipt_box(engine: Engine, actor: Actor, case_id: str) -> ReceiptBox | None:
    """None where the process gives no receipts."""
    found = engine.receipts.of_case(actor, case_id)
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
