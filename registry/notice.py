"""A public notice (公示) as a value: what is known of it, and how it may change."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import Enum

from engine.errors import Conflict
from engine.model.calendar import WorkCalendar
from engine.store.subscriptions import key_text
from engine.work.messages import correlation_text

OBJECTION = "notice_objection"
"""The message by which an objection reaches the case; its key is the notice's id."""

WORKING_DAYS, CALENDAR_DAYS = "wd", "d"
NEXT_DAY, POSTING_DAY = "next_day", "posting_day"

_LONG_NUMBER = re.compile(r"\d(?: ?\d){10,}[Xx]?|\d(?:-?\d){10,}[Xx]?")
_HIDDEN = "****"


class NoticeStatus(Enum):
    """``suspended``: an objection is looked into; ``closed`` is for good."""

    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


@dataclass(frozen=True)
class DayCount:
    """How the days of a notice are counted: parameters of the federation, fixed at the posting.

    ``kind`` is ``wd`` or ``d`` (calendar days), ``first`` ``next_day`` or ``posting_day``.
    """

    kind: str = WORKING_DAYS
    first: str = NEXT_DAY

    def unit(self) -> str:
        """What stands behind a number of days."""
        return "日" if self.kind == CALENDAR_DAYS else "个工作日"

    def first_words(self) -> str:
        """Whether the day of the posting is one of them."""
        return "张贴当日计算在内" if self.first == POSTING_DAY else "张贴当日不计"

    def nth(self, calendar: WorkCalendar, posted: date, day: date) -> int:
        """The how manyeth day of the notice a day is."""
        if self.kind == CALENDAR_DAYS:
            return (day - posted).days + (self.first == POSTING_DAY)
        counts = self.first == POSTING_DAY and calendar.is_working_day(posted)
        return calendar.working_days_between(posted, day) + counts

    def last_day(self, calendar: WorkCalendar, posted: date, days: int) -> tuple[date, bool]:
        """The last day of a notice, and whether the calendar it leans on is not known yet."""
        if self.kind == CALENDAR_DAYS:
            return posted + timedelta(days=days - (self.first == POSTING_DAY)), False
        counts = self.first == POSTING_DAY and calendar.is_working_day(posted)
        return calendar.working_day_after(posted, days - counts)


@dataclass(frozen=True)
class PublicNotice:
    """A notice as it was published. ``name`` is masked, ``full_name`` sealed.

    ``on_web`` and ``on_board`` are what the person consented to: the masked notice on the web, the
    sheet with the whole name on the unit's own board. ``days`` is how long it is published as
    ``counted`` says; None in notices of the first release. ``counted_from``: the day it was posted,
    or went on. ``provisional``: counted by week-ends
    alone, because a year has no calendar yet. ``photo_start`` and ``photo_end``: whether a
    photograph of the board was given. ``snapshots``: how often it was published, each time with
    what it showed (:mod:`registry.notice_layers`).
    """

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
    on_board: bool = False
    posted_by: str = ""
    days: int | None = None
    counted_from: date | None = None
    provisional: bool = False
    photo_start: bool | None = None
    photo_end: bool | None = None
    snapshots: int = 0
    counted: DayCount = field(default_factory=DayCount)

    def suspended(self, on: date, days_left: int | None) -> "PublicNotice":
        """Stopped by an objection, with the working days that were left."""
        self._must_not_be_closed()
        return replace(self, status=NoticeStatus.SUSPENDED, suspended_on=on, days_left=days_left)

    def resumed(self, ends_on: date, on: date, *, provisional: bool) -> "PublicNotice":
        """Going on until another day, counted from the day it goes on."""
        self._must_not_be_closed()
        return replace(
            self,
            status=NoticeStatus.OPEN,
            suspended_on=None,
            days_left=None,
            ends_on=ends_on,
            counted_from=on,
            provisional=provisional,
        )

    def reckoned(self, ends_on: date, *, provisional: bool) -> "PublicNotice":
        """With its last day as a calendar that has come in says."""
        self._must_not_be_closed()
        return replace(self, ends_on=ends_on, provisional=provisional)

    def closed(self, on: date, result: str, *, photo_end: bool | None = None) -> "PublicNotice":
        """Over; the first result stays."""
        if self.status is NoticeStatus.CLOSED:
            return self
        return replace(
            self, status=NoticeStatus.CLOSED, closed_on=on, result=result, photo_end=photo_end
        )

    def takes_objections(self, today: date) -> bool:
        """Until the last instant of its last day; while one is looked into, more are added."""
        if self.status is NoticeStatus.SUSPENDED:
            return True
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


def planned_id(case_id: str, earlier: int, lookup_hash: Callable[[str], str]) -> str:
    """The id a case's next notice will have, known before it is published.

    So that the sheet that is printed and hung first already carries the address of the notice.
    ``earlier`` is how many the case had before.
    """
    return lookup_hash(f"notice\n{case_id}\n{earlier + 1}")[:16]


def objection_key(notice_id: str, lookup_hash: Callable[[str], str]) -> str:
    """The keyed hash a case waits with for an objection to this notice."""
    return lookup_hash(key_text(OBJECTION, correlation_text({"notice_id": notice_id})))
