"""Household files as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor
from webapp.shared.addresses import address
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.registry_port import HouseholdLine, RegistryPort
from webapp.shared.words import NOTHING, day

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
    is_imported: bool


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
        rows=tuple(row_of(line) for line in found.lines),
        searched=asked.get("q", ""),
        kept={name: value for name, value in narrowing.items() if name != "q"},
        first_page=address("register.households", narrowing) if asked.get("after") else "",
        next_page=address("register.households", narrowing, after=found.next_cursor)
        if found.next_cursor
        else "",
    )


def row_of(line: HouseholdLine) -> Row:
    """One file in a list."""
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
        is_imported=line.is_imported,
    )
