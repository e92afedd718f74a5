"""What is late by unit: whom to ring, and a ready text for the chat group (product.md §1.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from engine import Actor, Engine
from engine.model.organisations import Organisation
from engine.work.supervise import OverdueFilter
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.supervision.pages import (
    MOST_ROWS,
    OverdueRow,
    overdue_rows,
    reminder_of,
    supervision_tabs,
)


@dataclass(frozen=True)
class LateUnit:
    """A unit with what is late there; ``id`` names its text on the page."""

    id: str
    name: str
    phone: str
    people: tuple[str, ...]
    rows: tuple[OverdueRow, ...]
    reminder: str


@dataclass(frozen=True)
class UnitsPage(Page):
    """按单位催办."""

    template: ClassVar[str] = "supervision/units.html"

    tabs: tuple[Link, ...]
    units: tuple[LateUnit, ...]
    is_cut: bool

    @property
    def title(self) -> str:
        """按单位催办."""
        return _("按单位催办")


def units_page(
    shell: Shell, engine: Engine, actor: Actor, organisations: Mapping[str, Organisation]
) -> UnitsPage:
    """The overdue steps of the actor's area, the unit with most of them first."""
    found = engine.supervision.overdue(actor, OverdueFilter(limit=MOST_ROWS))
    rows = overdue_rows(engine, found)
    by_unit: dict[str, list[OverdueRow]] = {}
    for line, row in zip(found.lines, rows, strict=True):
        by_unit.setdefault(line.handling_id, []).append(row)
    units = [
        _unit(shell, unit_id, organisations.get(unit_id), late) for unit_id, late in by_unit.items()
    ]
    units.sort(key=lambda unit: (-len(unit.rows), unit.name))
    return UnitsPage(shell, supervision_tabs("units"), tuple(units), len(rows) >= MOST_ROWS)


def _unit(
    shell: Shell, unit_id: str, unit: Organisation | None, late: list[OverdueRow]
) -> LateUnit:
    return LateUnit(
        id=f"text-{unit_id}",
        name=late[0].handling,
        phone="" if unit is None else unit.phone,
        people=tuple(dict.fromkeys(phone for row in late for phone in row.phones)),
        rows=tuple(late),
        reminder=reminder_of(late, shell.help_phone),
    )
