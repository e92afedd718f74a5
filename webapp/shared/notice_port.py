"""What the pages ask of the registry about public notices and objections to them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from engine import Actor
from engine.model.calendar import WorkCalendar
from engine.work.view import TaskView


class DayCount(Protocol):
    """How the days of a notice are counted."""

    @property
    def kind(self) -> str:
        """Working days (``wd``) or calendar days (``d``)."""
        ...

    def nth(self, calendar: WorkCalendar, posted: date, day: date) -> int:
        """The how manyeth day of the notice a day is."""
        ...


class Notice(Protocol):
    """A public notice, masked: nothing of it says more than the public may know."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def counted(self) -> DayCount:
        """In which days."""
        ...

    @property
    def sort_key(self) -> str:
        """Orders notices, newest first."""
        ...

    @property
    def subject(self) -> str:
        """What is published."""
        ...

    @property
    def name(self) -> str:
        """Masked."""
        ...

    @property
    def unit(self) -> str:
        """The union."""
        ...

    @property
    def household_size(self) -> int | None:
        """People in the household."""
        ...

    @property
    def category(self) -> str:
        """In words."""
        ...

    @property
    def archive_level(self) -> str:
        """The level of the file."""
        ...

    @property
    def places(self) -> str:
        """Where it hangs on paper."""
        ...

    @property
    def provisional(self) -> bool:
        """Whether the last day was counted by week-ends alone."""
        ...

    @property
    def status(self) -> str:
        """A code."""
        ...

    @property
    def status_words(self) -> str:
        """In words."""
        ...

    @property
    def posted_on(self) -> date:
        """The first day."""
        ...

    @property
    def ends_on(self) -> date:
        """The last day."""
        ...

    @property
    def result_words(self) -> str:
        """How it ended; empty before."""
        ...

    @property
    def phone(self) -> str:
        """Whom to ring."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether objections are taken."""
        ...

    @property
    def case_id(self) -> str:
        """The case; empty where there is none or it may not be known."""
        ...

    def as_json(self) -> dict[str, object]:
        """As the published API shows it."""
        ...


class Published(Protocol):
    """One layer of a notice as it was published: ``layer`` is web or sheet."""

    @property
    def number(self) -> int:
        """Counted from 1."""
        ...

    @property
    def layer(self) -> str:
        """Which."""
        ...

    @property
    def at(self) -> datetime:
        """Since when."""
        ...

    @property
    def reason(self) -> str:
        """Why, in words."""
        ...

    @property
    def ends_on(self) -> date:
        """The last day it said."""
        ...

    @property
    def sha256(self) -> str:
        """Of its bytes."""
        ...

    @property
    def is_intact(self) -> bool:
        """Whether the bytes are still those."""
        ...


class NoticeRecord(Protocol):
    """A notice as staff and auditors see it."""

    @property
    def published(self) -> Sequence[Published]:
        """What was published, in order."""
        ...

    @property
    def on_web(self) -> bool:
        """Whether the person consented to the web."""
        ...

    @property
    def has_consent(self) -> bool:
        """Whether she signed for her whole name on the sheet."""
        ...

    @property
    def days(self) -> int | None:
        """How long it was published."""
        ...

    @property
    def photo_start(self) -> bool | None:
        """Whether there is a photograph of the board at the start; None: not asked yet."""
        ...

    @property
    def photo_end(self) -> bool | None:
        """The same at the end."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        ...

    @property
    def first_end(self) -> date | None:
        """The last day as it was published first."""
        ...


class ObjectionShown(Protocol):
    """An objection; what it says and by whom is empty unless the reader may read it."""

    @property
    def receipt(self) -> str:
        """Its number."""
        ...

    @property
    def way(self) -> str:
        """How it came."""
        ...

    @property
    def said_on(self) -> date:
        """When."""
        ...

    @property
    def taken_by(self) -> str:
        """Who wrote it down."""
        ...

    @property
    def is_readable(self) -> bool:
        """Whether text and objector are for this reader."""
        ...

    @property
    def text(self) -> str:
        """What it says."""
        ...

    @property
    def by(self) -> str:
        """Who objects."""
        ...

    @property
    def result_words(self) -> str:
        """How it ended; empty before."""
        ...

    @property
    def replied_on(self) -> date | None:
        """When it was answered."""
        ...

    @property
    def reply(self) -> str:
        """What was answered."""
        ...


class ObjectionResult(Protocol):
    """What who objected learns by the number of her receipt."""

    @property
    def receipt(self) -> str:
        """The number."""
        ...

    @property
    def said_on(self) -> date:
        """When she objected."""
        ...

    @property
    def state(self) -> str:
        """In words."""
        ...

    @property
    def replied_on(self) -> date | None:
        """When it was answered."""
        ...

    @property
    def reply(self) -> str:
        """What she was told, where it was meant to be read by receipt; else empty."""
        ...


class NoticePort(Protocol):
    """Notices as the web sees them."""

    def public_notices(self, after: tuple[str, str] | None, limit: int) -> Sequence[Notice]:
        """Notices on the web, newest first; one more than asked."""
        ...

    def notices(
        self,
        actor: Actor,
        *,
        status: str = "",
        after: tuple[str, str] | None = None,
        limit: int = 200,
    ) -> Sequence[Notice]:
        """Notices of the actor's area, also those only on paper; ``case_id`` is filled in."""
        ...

    def notice(self, actor: Actor | None, notice_id: str) -> Notice:
        """One notice as it was published; the public (None) finds only those on the web."""
        ...

    def notice_of_case(self, actor: Actor, case_id: str) -> Notice | None:
        """The last notice of a case, where it has one that the actor may see."""
        ...

    def standing_notices(self, actor: Actor, case_ids: Sequence[str]) -> Mapping[str, Notice]:
        """By case the notice that stands at this moment, of those the actor may see."""
        ...

    def record(self, actor: Actor, notice_id: str) -> NoticeRecord:
        """What was published when, with its hashes; for staff."""
        ...

    def sheet(self, actor: Actor, notice_id: str, number: int | None = None) -> bytes:
        """The sheet as it was published, whole name and all; that it was opened is written down."""
        ...

    def web_snapshot(self, actor: Actor, notice_id: str, number: int) -> bytes:
        """What the web showed, byte for byte; for staff."""
        ...

    def draft_sheet(self, actor: Actor, view: TaskView) -> bytes:
        """The sheet to be hung, before the step that posts the notice is sent in."""
        ...

    def object_to_notice(
        self,
        actor: Actor | None,
        notice_id: str,
        *,
        text: str,
        by: str,
        way: str,
        said_on: date | None = None,
    ) -> str:
        """Write an objection down and hand it to the case; the number of its receipt.

        Raises Invalid for an empty text, Conflict when the notice is over.
        """
        ...

    def objections(self, actor: Actor, notice_id: str) -> Sequence[ObjectionShown]:
        """Those to a notice; what they say only for who may read it, which is written down."""
        ...

    def objections_of_step(self, actor: Actor, view: TaskView) -> Sequence[ObjectionShown]:
        """Those to the notice that the case stands on, at a step that is about them."""
        ...

    def result_of_objection(self, receipt: str) -> ObjectionResult:
        """How an objection stands, by the number of its receipt; NotFound for an unknown one."""
        ...
