"""A public notice (公示) as a value: what it shows, and how it may change."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from engine.errors import Conflict
from engine.store.subscriptions import key_text
from engine.work.messages import correlation_text

OBJECTION = "notice_objection"
"""The message by which an objection reaches the case; its key is the notice's id."""

_LONG_NUMBER = re.compile(r"\d(?: ?\d){10,}[Xx]?|\d(?:-?\d){10,}[Xx]?")
_HIDDEN = "****"


class NoticeStatus(Enum):
    """``suspended``: an objection is looked into; ``closed`` is for good."""

    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


@dataclass(frozen=True)
class PublicNotice:
    """A notice as it was published. ``name`` is masked, ``full_name`` sealed."""

    id: str
    case_id: str
    organisation_id: str
    subject: str
    name: str
    full_name: bytes
    unit: str
    household_size: int | None
    category: str
    archive_level: str
    places: str
    phone: str
    on_web: bool
    posted_at: datetime
    posted_on: date
    ends_on: date
    status: NoticeStatus = NoticeStatus.OPEN
    suspended_on: date | None = None
    days_left: int | None = None
    result: str = ""
    closed_on: date | None = None

    def suspended(self, on: date, days_left: int | None) -> "PublicNotice":
        """Stopped by an objection, with the working days that were left."""
        self._must_not_be_closed()
        return replace(self, status=NoticeStatus.SUSPENDED, suspended_on=on, days_left=days_left)

    def resumed(self, ends_on: date) -> "PublicNotice":
        """Going on until another day."""
        self._must_not_be_closed()
        return replace(
            self, status=NoticeStatus.OPEN, suspended_on=None, days_left=None, ends_on=ends_on
        )

    def closed(self, on: date, result: str) -> "PublicNotice":
        """Over; the first result stays."""
        if self.status is NoticeStatus.CLOSED:
            return self
        return replace(self, status=NoticeStatus.CLOSED, closed_on=on, result=result)

    def takes_objections(self, today: date) -> bool:
        """Until the last instant of its last day, unless one is being looked into."""
        return self.status is NoticeStatus.OPEN and today <= self.ends_on

    def _must_not_be_closed(self) -> None:
        if self.status is NoticeStatus.CLOSED:
            raise Conflict("这项公示已经结束,不能再暂停或恢复。请查看公示归档。")


def without_numbers(words: str) -> str:
    """The words without numbers of eleven digits and more: no notice names a person's number."""
    return _LONG_NUMBER.sub(_HIDDEN, words)


def holds_number(words: str) -> bool:
    """Whether there is such a number in the words."""
    return _LONG_NUMBER.search(words) is not None


def objection_key(notice_id: str, lookup_hash: Callable[[str], str]) -> str:
    """The keyed hash a case waits with for an objection to this notice."""
    return lookup_hash(key_text(OBJECTION, correlation_text({"notice_id": notice_id})))
