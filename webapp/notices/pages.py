"""Public notices as values: nothing here says more than its reader may know."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from flask import url_for

from engine import Actor
from engine.model.calendar import WorkCalendar
from registry.report_desk import ClosedNotice
from webapp.reading.panels import ObjectionRow, objection_rows
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.notice_days import still_on_notice
from webapp.shared.notice_port import Notice, NoticePort, NoticeRecord, ObjectionResult
from webapp.shared.page import Page
from webapp.shared.registry_port import RegistryPort
from webapp.shared.words import NOTHING, day, moment, ways_to_choose

PAGE_SIZE = 100
WAYS = ("电话", "来信", "当面", "网页")
BY_PAGE = "网页"


@dataclass(frozen=True)
class Row:
    """One notice in a list."""

    href: str
    subject: str
    name: str
    unit: str
    status: str
    status_words: str
    posted: str
    ends: str
    provisional: bool


@dataclass(frozen=True)
class NoticesPage(Page):
    """Notices: for the public, or of the area for those who work here."""

    template: ClassVar[str] = "notices/list.html"

    rows: tuple[Row, ...]
    tabs: tuple[Link, ...]
    next_page: str

    @property
    def title(self) -> str:
        """公示."""
        return _("公示")


@dataclass(frozen=True)
class KeptRow:
    """What was published at one instant: the web's layer and the sheet's."""

    at: str
    reason: str
    ends: str
    web_href: str
    web_hash: str
    sheet_href: str
    sheet_hash: str
    is_intact: bool


@dataclass(frozen=True)
class StaffPart:
    """What only those who work here see of a notice."""

    case_href: str
    sheet_href: str
    waits: str
    consent: str
    photos: str
    first_end: str
    report_href: str
    file_href: str
    kept: tuple[KeptRow, ...]
    objections: tuple[ObjectionRow, ...]


@dataclass(frozen=True)
class Typed:
    """An objection that could not be taken: shown again."""

    text: str = ""
    by: str = ""
    said_on: str = ""
    way: str = ""
    message: str = ""


@dataclass(frozen=True)
class NoticePage(Page):
    """One notice with the form for objections."""

    template: ClassVar[str] = "notices/show.html"

    id: str
    head: Row
    household_size: str
    category: str
    archive_level: str
    places: str
    result: str
    phone: str
    is_open: bool
    is_examined: bool
    staff: StaffPart | None
    ways: tuple[tuple[str, str], ...]
    typed: Typed
    today: str

    @property
    def title(self) -> str:
        """公示 · 姓名."""
        return f"{_('公示')} · {self.head.name}"


@dataclass(frozen=True)
class ClosedPage(Page):
    """A notice that is over, for the public: nothing of the person, and how to say something."""

    template: ClassVar[str] = "notices/closed.html"

    id: str
    subject: str
    office: str
    phone: str
    takes_reports: bool
    typed: Typed

    @property
    def title(self) -> str:
        """公示已结束."""
        return _("公示已结束")


@dataclass(frozen=True)
class ReceiptPage(Page):
    """How an objection stands, by the number of its receipt."""

    template: ClassVar[str] = "notices/receipt.html"

    typed: str = ""
    message: str = ""
    facts: tuple[tuple[str, str], ...] = field(default=())

    @property
    def title(self) -> str:
        """查询异议、举报结果."""
        return _("查询异议、举报结果")


def notices_page(
    shell: Shell, registry: NoticePort, actor: Actor | None, status: str, after: str
) -> NoticesPage:
    """Notices the reader may see, newest first."""
    key, _separator, last = after.partition("~")
    place = (key, last) if last else None
    if actor is None:
        found = registry.public_notices(place, PAGE_SIZE)
        tabs: tuple[Link, ...] = ()
    else:
        found = registry.notices(actor, status=status, after=place, limit=PAGE_SIZE + 1)
        tabs = _tabs(status)
    end = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    onward = None if end is None else f"{end.sort_key}~{end.id}"
    return NoticesPage(
        shell,
        tuple(_row(one) for one in found[:PAGE_SIZE]),
        tabs,
        url_for("notices.listing", state=status or None, after=onward) if onward else "",
    )


def _tabs(status: str) -> tuple[Link, ...]:
    names = {
        "": _("全部"),
        "open": _("正在公示"),
        "suspended": _("异议核查中"),
        "closed": _("公示归档"),
    }
    return tuple(
        Link(label, url_for("notices.listing", state=code or None), code == status)
        for code, label in names.items()
    )


def _row(one: Notice) -> Row:
    return Row(
        href=url_for("notices.show", notice_id=one.id),
        subject=one.subject,
        name=one.name,
        unit=one.unit,
        status=one.status,
        status_words=one.status_words,
        posted=day(one.posted_on),
        ends=day(one.ends_on),
        provisional=one.provisional,
    )


def notice_page(
    shell: Shell,
    registry: RegistryPort,
    actor: Actor | None,
    notice_id: str,
    typed: Typed,
    today: date,
    calendar: WorkCalendar,
) -> NoticePage:
    """One notice."""
    one = registry.notice(actor, notice_id)
    # Staff of another area find what the public finds, and no more.
    staff = None
    if actor is not None and one.case_id:
        staff = _staff(registry, actor, one, still_on_notice(one, today, calendar))
    return NoticePage(
        shell=shell,
        id=one.id,
        head=_row(one),
        household_size=NOTHING if one.household_size is None else str(one.household_size),
        category=one.category,
        archive_level=one.archive_level,
        places=one.places,
        result=one.result_words,
        phone=one.phone,
        is_open=one.is_open,
        is_examined=one.status == "suspended",
        staff=staff,
        ways=ways_to_choose(WAYS[:-1]),
        typed=typed,
        today=today.isoformat(),
    )


def _staff(registry: RegistryPort, actor: Actor, one: Notice, waits: str) -> StaffPart:
    record = registry.record(actor, one.id)
    first = record.first_end
    return StaffPart(
        case_href=url_for("cases.show", case_id=one.case_id),
        sheet_href=url_for("notices.sheet", notice_id=one.id) if record.published else "",
        waits=waits,
        consent=_consent(record),
        photos=_photos(record),
        first_end="" if first is None or first == one.ends_on else day(first),
        report_href=_report_href(registry, actor, one),
        file_href=_file_href(registry, one),
        kept=_kept(one.id, record),
        objections=objection_rows(registry.objections(actor, one.id)),
    )


def _file_href(registry: RegistryPort, one: Notice) -> str:
    file_no = "" if one.is_open else registry.reports.file_of_notice(one.id)
    return url_for("register.household", file_no=file_no) if file_no else ""


def _report_href(registry: RegistryPort, actor: Actor, one: Notice) -> str:
    """Where somebody who comes after the notice is written down, for whoever may do that."""
    file_no = "" if one.is_open else registry.reports.file_of_notice(one.id)
    if not file_no or not registry.reports.standing(actor, file_no).may_take:
        return ""
    return url_for("register.report", file_no=file_no)


def closed_page(shell: Shell, notice_id: str, one: ClosedNotice, typed: Typed) -> ClosedPage:
    """One that is over."""
    return ClosedPage(
        shell, notice_id, one.subject, one.office, one.phone, one.takes_reports, typed
    )


def _consent(record: NoticeRecord) -> str:
    web = _("网上(脱敏)") if record.on_web else _("不上网")
    board = _("公示单写全名") if record.has_consent else _("公示单只写脱敏姓名")
    return f"{web} · {board}"


def _photos(record: NoticeRecord) -> str:
    said = {True: _("有照片"), False: _("没有照片(写明了原因)"), None: NOTHING}
    start = _("张贴时%(photo)s", photo=said[record.photo_start])
    if not record.is_over:
        return start
    return f"{start} · " + _("期满时%(photo)s", photo=said[record.photo_end])


def _kept(notice_id: str, record: NoticeRecord) -> tuple[KeptRow, ...]:
    rows = []
    for number in sorted({one.number for one in record.published}):
        layers = {one.layer: one for one in record.published if one.number == number}
        web, sheet = layers["web"], layers["sheet"]
        rows.append(
            KeptRow(
                at=moment(web.at),
                reason=web.reason,
                ends=day(web.ends_on),
                web_href=url_for("notices.web_snapshot", notice_id=notice_id, number=number),
                web_hash=web.sha256,
                sheet_href=url_for("notices.sheet", notice_id=notice_id, number=number),
                sheet_hash=sheet.sha256,
                is_intact=web.is_intact and sheet.is_intact,
            )
        )
    return tuple(rows)


def receipt_page(shell: Shell, typed: str, found: ObjectionResult) -> ReceiptPage:
    """The answer to a receipt's number: how it stands, and nothing of what was said."""
    facts = [
        (_("回执号"), found.receipt),
        (_("收到日期"), day(found.said_on)),
        (_("进展"), found.state),
    ]
    if found.replied_on is not None:
        facts.append((_("答复日期"), day(found.replied_on)))
    if found.reply:
        facts.append((_("答复内容"), found.reply))
    return ReceiptPage(shell, typed=typed, facts=tuple(facts))
