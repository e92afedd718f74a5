"""Public notices as values: nothing here says more than the public may know."""

from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.registry_port import Notice, RegistryPort
from webapp.shared.words import NOTHING, day

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
    is_staff: bool
    case_href: str
    ways: tuple[str, ...]
    message: str
    typed_text: str
    typed_by: str

    @property
    def title(self) -> str:
        """公示 · 姓名."""
        return f"{_('公示')} · {self.head.name}"


@dataclass(frozen=True)
class Typed:
    """An objection that could not be taken: shown again."""

    text: str = ""
    by: str = ""
    message: str = ""


def notices_page(
    shell: Shell, registry: RegistryPort, actor: Actor | None, status: str, after: str
) -> NoticesPage:
    """Notices the reader may see, newest first."""
    if actor is not None:
        found = registry.notices(actor, status=status, limit=PAGE_SIZE)
        return NoticesPage(shell, tuple(_row(n) for n in found), _tabs(status), "")
    key, _separator, last = after.partition("~")
    public = registry.public_notices((key, last) if last else None, PAGE_SIZE)
    more = len(public) > PAGE_SIZE
    end = public[PAGE_SIZE - 1] if more else None
    return NoticesPage(
        shell,
        tuple(_row(one) for one in public[:PAGE_SIZE]),
        (),
        "" if end is None else url_for("notices.listing", after=f"{end.sort_key}~{end.id}"),
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
    )


def notice_page(shell: Shell, one: Notice, actor: Actor | None, typed: Typed) -> NoticePage:
    """One notice."""
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
        is_staff=actor is not None,
        case_href=url_for("cases.show", case_id=one.case_id) if actor and one.case_id else "",
        ways=WAYS[:-1],
        message=typed.message,
        typed_text=typed.text,
        typed_by=typed.by,
    )
