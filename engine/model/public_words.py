"""What an applicant is told of her case, and the properties of a process that say so.

Everything she reads was worded for her by the designer; what has no words is not shown.
"""

from dataclasses import dataclass
from datetime import date, datetime

from engine.model.items import Items

WORDS = "public"
"""On any flow node, sub-process, call activity or the process: plain words; ``=`` is FEEL."""

UNTIL = "publicUntil"
"""Beside ``public``: the last day of what it says; a FEEL date, ``timer`` for its timer, or
``deadline`` for the last day of the step's own limit.
"""

BY_TIMER = "timer"
BY_DEADLINE = "deadline"

REASON = "publicReason"
"""Beside ``public``: a text that may be read, such as the reason of a refusal; FEEL."""

MESSAGE = "guestMessage"
"""On a message event: what stands on the button by which the applicant sends the message."""

MESSAGE_HINT = "guestHint"
"""Beside ``guestMessage``: a sentence under the button."""

MESSAGE_REASON = "guestReason"
"""Beside ``guestMessage``: whether a reason is asked, one of ``REASON_CHOICES``."""

REASON_CHOICES = frozenset({"required", "optional", "none"})

RECEIPT = "receipt"
"""On the process: ``true`` or ``false``; else whoever has a participant lane gives receipts."""

RECEIPT_PROOF = "receiptProof"
"""On the process: the attributes whose last four are asked beside the code, with commas."""

RECEIPT_NEXT = "receiptNext"
"""On the process: what happens next, printed on the slip; ``=`` is FEEL."""

GUEST_MOBILE = "guestMobile"
"""On the process: FEEL that gives her mobile number, as far as she may be written to."""

PUBLIC_FORM = "publicForm"
"""On the process: the form with which anybody begins a case on the public page, without account."""

PUBLIC_NAME = "publicName"
"""Beside ``publicForm``: what the public page calls it; the process's name without it."""

GUEST_PAPERS = "guestPapers"
"""On the process: ``true`` where who holds the receipt may add words and papers at any time."""

ON_NODES = frozenset({WORDS, UNTIL, REASON})
ON_MESSAGES = frozenset({MESSAGE, MESSAGE_HINT, MESSAGE_REASON})
ON_PROCESSES = frozenset(
    {
        WORDS,
        RECEIPT,
        RECEIPT_PROOF,
        RECEIPT_NEXT,
        GUEST_MOBILE,
        PUBLIC_FORM,
        PUBLIC_NAME,
        GUEST_PAPERS,
    }
)


@dataclass(frozen=True)
class Status:
    """One thing that is the case: 正在公示, until a day, for a reason."""

    words: str
    until: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class OfferedStep:
    """A step she may do herself."""

    task_id: str
    name: str
    words: str
    reason: str
    due: date | None
    draft_at: datetime | None
    items: Items = ()


@dataclass(frozen=True)
class OfferedMessage:
    """A message the case waits for and she may send."""

    token: str
    label: str
    hint: str
    asks_reason: str
    until: date | None
