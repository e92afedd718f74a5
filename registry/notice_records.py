"""What is kept of a notice, and what the audit and the figures ask of it (domain.md K07)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.errors import BangfuError, NotFound
from engine.store.database import Tx
from engine.store.instants import from_text
from engine.store.vault import Vault
from engine.work.environment import Environment
from engine.work.view import TaskView
from registry.notice import (
    NEXT_DAY,
    WORKING_DAYS,
    DayCount,
    PublicNotice,
    planned_id,
    without_numbers,
)
from registry.notice_layers import Snapshot, digest, sheet_layer, snapshot_place
from registry.notice_names import masked_name, tidy, told_apart
from registry.notice_sheet import sheet_html
from registry.store import notices, numbers, snapshots

_REASONS = {"posted": "发布", "resumed": "异议核查后继续", "reckoned": "导入放假安排后重新推算"}


@dataclass(frozen=True)
class Published:
    """One layer as it was published: ``layer`` is web or sheet."""

    number: int
    layer: str
    at: datetime
    reason: str
    ends_on: date
    sha256: str
    is_intact: bool


@dataclass(frozen=True)
class NoticeRecord:
    """A notice as staff and auditors see it.

    ``has_consent``: the sheet has the whole name because the person signed for it. ``days`` is how
    long it was published; ``is_over``: the notice has ended.
    """

    published: tuple[Published, ...]
    on_web: bool
    has_consent: bool
    days: int | None
    photo_start: bool | None
    photo_end: bool | None
    is_over: bool

    @property
    def first_end(self) -> date | None:
        """The last day as it was published first."""
        return self.published[0].ends_on if self.published else None


def record_of(tx: Tx, vault: Vault, one: PublicNotice) -> NoticeRecord:
    """What is kept of a notice."""
    return NoticeRecord(
        published=tuple(_published(vault, kept) for kept in snapshots.of_notice(tx, one.id)),
        on_web=one.on_web,
        has_consent=one.on_board,
        days=one.days,
        photo_start=one.photo_start,
        photo_end=one.photo_end,
        is_over=bool(one.result),
    )


def _published(vault: Vault, kept: Snapshot) -> Published:
    return Published(
        number=kept.number,
        layer=kept.layer,
        at=from_text(kept.at),
        reason=_REASONS.get(kept.reason, kept.reason),
        ends_on=date.fromisoformat(kept.ends_on),
        sha256=kept.sha256,
        is_intact=intact(vault, kept),
    )


def intact(vault: Vault, kept: Snapshot) -> bool:
    """Whether what is kept is what the hash was taken of."""
    place = snapshot_place(kept.notice_id, kept.number, kept.layer)
    try:
        return digest(vault.open(kept.content, place)) == kept.sha256
    except BangfuError:
        return False


def kept_layer(tx: Tx, vault: Vault, one: PublicNotice, number: int, layer: str) -> bytes:
    """One layer as it was published; NotFound where there is none."""
    kept = snapshots.one(tx, one.id, number, layer)
    if kept is None:
        raise NotFound("这项公示没有保存这份存档(早期版本发布)。请查看办件的张贴照片。")
    return vault.open(kept.content, snapshot_place(one.id, number, layer))


def draft_sheet(tx: Tx, environment: Environment, view: TaskView, site: str) -> bytes:
    """The sheet that the step which posts the notice would publish if it were sent in now.

    It reads the variables of that step under the names of the inputs of ``notice.publish``.
    """
    scope, home, today = view.scope, view.case.organisation_id, environment.today()
    name = tidy(without_numbers(_text(scope, "name")))
    days = scope.get("days")
    if not name or not isinstance(days, int) or isinstance(days, bool):
        raise NotFound("这一步没有要张贴的公示单。请返回办理页面。")
    calendar = environment.calendars.get(tx)
    counted = DayCount(
        _text(scope, "day_kind") or WORKING_DAYS, _text(scope, "first_day") or NEXT_DAY
    )
    ends_on, provisional = counted.last_day(calendar, today, days)
    size = scope.get("household_size")
    earlier = notices.count_of_case(tx, view.case.id)
    section = without_numbers(_text(scope, "section"))
    one = PublicNotice(
        id=planned_id(view.case.id, earlier, environment.vault.lookup_hash),
        case_id=view.case.id,
        organisation_id=home,
        subject=without_numbers(_text(scope, "subject")),
        name=told_apart(masked_name(name), section, notices.names_on_notice(tx, home)),
        full_name=b"",
        unit=without_numbers(_text(scope, "unit")),
        household_size=size if isinstance(size, int) else None,
        category=_text(scope, "category"),
        archive_level=_text(scope, "archive_level"),
        places="",
        phone=numbers.objection_office(tx, home)[1],
        on_web=scope.get("on_web") is True,
        on_board=scope.get("on_board") is True,
        posted_at=environment.now(),
        posted_on=today,
        ends_on=ends_on,
        days=days,
        counted=counted,
        provisional=provisional,
    )
    return sheet_html(sheet_layer(one, name, numbers.objection_office(tx, home)[0], site))


def _text(scope: Mapping[str, object], name: str) -> str:
    value = scope.get(name)
    return value.strip() if isinstance(value, str) else ""
