"""Household files as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor
from engine.errors import NotFound
from webapp.shared.addresses import address
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.registry_port import Household, HouseholdLine, RegistryPort
from webapp.shared.words import NOTHING, day, moment

PAGE_SIZE = 100
_NARROWS = ("q", "state", "unit")


@dataclass(frozen=True)
class Choice:
    """One status with the number of its files."""

    label: str
    count: int
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class Row:
    """One file."""

    href: str
    file_no: str
    head_name: str
    unit: str
    category: str
    status: str
    status_words: str
    size: str
    national_no: str
    opened: str
    changed: str


@dataclass(frozen=True)
class HouseholdsPage(Page):
    """Files of the area."""

    template: ClassVar[str] = "register/list.html"

    choices: tuple[Choice, ...]
    rows: tuple[Row, ...]
    searched: str
    kept: Mapping[str, str]
    first_page: str
    next_page: str

    @property
    def title(self) -> str:
        """困难职工档案."""
        return _("困难职工档案")


@dataclass(frozen=True)
class Section:
    """A part of a file."""

    title: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Version:
    """One version of the file."""

    number: int
    at: str
    by: str
    reason: str
    case_number: str
    case_href: str


@dataclass(frozen=True)
class HouseholdFilePage(Page):
    """One tab of a file."""

    template: ClassVar[str] = "register/show.html"

    head: Row
    tabs: tuple[Link, ...]
    tab: str
    sections: tuple[Section, ...]
    versions: tuple[Version, ...]
    is_clear: bool

    @property
    def title(self) -> str:
        """档案详情 · 姓名."""
        return f"{_('档案详情')} · {self.head.head_name}"


def households_page(
    shell: Shell, registry: RegistryPort, actor: Actor, asked: Mapping[str, str]
) -> HouseholdsPage:
    """The files that match what the address asks."""
    status = asked.get("state", "")
    found = registry.households(
        actor,
        text=asked.get("q", "").strip(),
        status=status,
        organisation_id=asked.get("unit", ""),
        after=asked.get("after", ""),
        limit=PAGE_SIZE,
    )
    narrowing = {name: asked[name] for name in _NARROWS if asked.get(name)}
    others = {name: value for name, value in narrowing.items() if name != "state"}
    everything = Choice(
        _("全部"),
        sum(found.counts.values()),
        address("register.households", others),
        is_chosen=not status,
    )
    return HouseholdsPage(
        shell=shell,
        choices=(
            everything,
            *(
                Choice(
                    words,
                    found.counts.get(code, 0),
                    address("register.households", others, state=code),
                    code == status,
                )
                for code, words in found.status_words.items()
            ),
        ),
        rows=tuple(_row(line) for line in found.lines),
        searched=asked.get("q", ""),
        kept={name: value for name, value in narrowing.items() if name != "q"},
        first_page=address("register.households", narrowing) if asked.get("after") else "",
        next_page=address("register.households", narrowing, after=found.next_cursor)
        if found.next_cursor
        else "",
    )


def _row(line: HouseholdLine) -> Row:
    return Row(
        href=url_for("register.household", file_no=line.file_no),
        file_no=line.file_no,
        head_name=line.head_name,
        unit=line.organisation_name,
        category=line.category,
        status=line.status,
        status_words=line.status_words,
        size=NOTHING if line.size is None else str(line.size),
        national_no=line.national_no or NOTHING,
        opened=day(line.opened_on),
        changed=day(line.changed_on),
    )


def household_page(
    shell: Shell, found: Household, tab: str, *, is_clear: bool
) -> HouseholdFilePage:
    """One tab of a file."""
    names = {
        "basics": _("基本情况"),
        "members": _("家庭成员"),
        "money": _("收支与资产"),
        "aid": _("帮扶记录"),
        "versions": _("历次版本"),
        "papers": _("纸质档案"),
    }
    filled = {section.tab for section in found.sections} | {"basics", "versions"}
    shown = tab if tab in filled else "basics"
    if tab and tab not in names:
        raise NotFound("没有找到这个页面。")
    file_no = found.line.file_no
    return HouseholdFilePage(
        shell=shell,
        head=_row(found.line),
        tabs=tuple(
            Link(label, url_for("register.household", file_no=file_no, tab=name), name == shown)
            for name, label in names.items()
            if name in filled
        ),
        tab=shown,
        sections=tuple(
            Section(
                section.title,
                tuple((fact.label, fact.text or NOTHING) for fact in section.facts),
                tuple(section.columns),
                tuple(tuple(row) for row in section.rows),
            )
            for section in found.sections
            if section.tab == shown
        ),
        versions=_versions(found) if shown == "versions" else (),
        is_clear=is_clear,
    )


def _versions(found: Household) -> tuple[Version, ...]:
    return tuple(
        Version(
            one.number,
            moment(one.at),
            one.by_name,
            one.reason,
            one.case_number,
            url_for("cases.show", case_id=one.case_id) if one.case_id else "",
        )
        for one in found.versions
    )
