"""An objection to a notice as a value; what it says and who said it is sealed.

It is a record of the register and no variable of the case: the unit that built the file reads its
case, and must not learn who objected (domain.md §1.1).
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

import orjson

LONGEST_TEXT = 2_000
LONGEST_NAME = 100
READERS = ("county_reviewer", "county_approver", "city")
"""Who reads what was objected and by whom, above the union on notice: roles, and levels."""

ON_THE_WEB = "web"
"""A way of replying: the objector reads it herself, by the number of her receipt."""

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is taken for something else
_RECEIPT_LETTERS = 8


@dataclass(frozen=True)
class Objection:
    """As it is stored. ``taken_by`` is who wrote it down; the public on the web itself."""

    receipt: str
    notice_id: str
    case_id: str
    at: datetime
    way: str
    said_on: date
    taken_by: str
    content: bytes
    result: str = ""
    replied_on: date | None = None
    reply_way: str = ""
    reply: bytes | None = None

    @property
    def is_answered(self) -> bool:
        """Whether it was looked into and replied to."""
        return bool(self.result)

    def answered(self, result: str, replied_on: date, way: str, reply: bytes) -> Self:
        """Looked into, and what the objector was told."""
        return replace(self, result=result, replied_on=replied_on, reply_way=way, reply=reply)


def new_receipt(today: date, kind: str = "异议") -> str:
    """``异议-20261109-7K2M9QXA``: read out on the telephone, and the only key to the result."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_RECEIPT_LETTERS))
    return f"{kind}-{today:%Y%m%d}-{letters}"


def sealed_content(seal: Callable[[bytes, str], bytes], receipt: str, text: str, by: str) -> bytes:
    """Text and objector, sealed."""
    return seal(orjson.dumps({"text": text, "by": by}), place(receipt))


def opened_content(open_: Callable[[bytes, str], bytes], one: Objection) -> Mapping[str, str]:
    """Text and objector."""
    read: dict[str, str] = orjson.loads(open_(one.content, place(one.receipt)))
    return read


def place(receipt: str) -> str:
    """Names the objection that a sealed text belongs to."""
    return f"objection/{receipt}"


def reply_place(receipt: str) -> str:
    """Names the objection that a sealed reply belongs to."""
    return f"objection/{receipt}/reply"
