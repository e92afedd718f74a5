"""Notices and objections as people read them."""

from dataclasses import dataclass
from datetime import date

from registry.notice import DayCount, NoticeStatus, PublicNotice
from registry.notice_layers import WebNotice, web_layer
from registry.store import notices
from registry.vocabulary import (
    NOTICE_CASE_OVER,
    NOTICE_PERIOD_OVER,
    NOTICE_RESULTS,
    NOTICE_STATUSES,
    words,
)


@dataclass(frozen=True)
class Notice:
    """A notice as people read it: what was published, and how it stands.

    ``web`` is the white list: nothing here says more of a person than the public may know.
    """

    web: WebNotice
    sort_key: str
    status: str
    status_words: str
    result_words: str
    is_open: bool
    case_id: str
    counted: DayCount

    @property
    def id(self) -> str:
        """Its id."""
        return self.web.id

    @property
    def subject(self) -> str:
        """What is published."""
        return self.web.subject

    @property
    def name(self) -> str:
        """Masked."""
        return self.web.name

    @property
    def unit(self) -> str:
        """The union."""
        return self.web.unit

    @property
    def household_size(self) -> int | None:
        """People in the household."""
        return self.web.household_size

    @property
    def category(self) -> str:
        """In words."""
        return self.web.category

    @property
    def archive_level(self) -> str:
        """The level of the file."""
        return self.web.archive_level

    @property
    def places(self) -> str:
        """Where it hangs on paper."""
        return self.web.places

    @property
    def phone(self) -> str:
        """Whom to ring."""
        return self.web.phone

    @property
    def posted_on(self) -> date:
        """The first day."""
        return self.web.posted_on

    @property
    def ends_on(self) -> date:
        """The last day."""
        return self.web.ends_on

    @property
    def provisional(self) -> bool:
        """Whether the last day was counted by week-ends alone."""
        return self.web.provisional

    def as_json(self) -> dict[str, object]:
        """As the published API shows it: no name even masked, no phone, no free text."""
        return self.web.for_api(self.status)


@dataclass(frozen=True)
class ObjectionShown:
    """An objection as one person may see it; ``text`` and ``by`` are empty unless she reads it."""

    receipt: str
    way: str
    said_on: date
    taken_by: str
    is_readable: bool
    text: str
    by: str
    result_words: str
    replied_on: date | None
    reply: str


@dataclass(frozen=True)
class ObjectionResult:
    """What who objected learns by the number of her receipt: how it stands, and no more.

    ``reply`` is what she was told, where it was meant to be read here.
    """

    receipt: str
    said_on: date
    state: str
    replied_on: date | None
    reply: str = ""


def shown_notice(one: PublicNotice, today: date, *, awaited: bool) -> Notice:
    """A notice in words; ``awaited``: its case waits for an objection at this moment."""
    is_over = one.status is NoticeStatus.CLOSED
    period_over = one.status is NoticeStatus.OPEN and today > one.ends_on
    is_examined = one.status is NoticeStatus.SUSPENDED
    return Notice(
        web=web_layer(one),
        sort_key=notices.sort_key(one),
        status=one.status.value,
        status_words=NOTICE_PERIOD_OVER if period_over else NOTICE_STATUSES[one.status.value],
        result_words=words(NOTICE_RESULTS, one.result or None)
        or (NOTICE_CASE_OVER if is_over else ""),
        is_open=(awaited or is_examined) and one.takes_objections(today),
        case_id=one.case_id,
        counted=one.counted,
    )
