"""What is late by unit: whom to ring, and a ready text for the chat group (product.md §1.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.model.organisations import Organisation
from engine.model.reminders import WAYS
from engine.model.subjects import MOST_STEPS
from engine.store.definitions import DefinitionRow
from engine.work.supervise import OverdueFilter
from webapp.shared.items import named
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import ways_to_choose
from webapp.supervision.pages import (
    MOST_ROWS,
    OverdueRow,
    only,
    overdue_rows,
    reminder_of,
    supervision_tabs,
)


@dataclass(frozen=True)
class LateUnit:
    """A unit with what is late there; ``id`` names its text on the page.

    ``late``: how many steps there are, listed at ``href``; ``rows`` may be fewer.
    """

    id: str
    name: str
    late: int
    href: str
    phone: str
    people: tuple[str, ...]
    rows: tuple[OverdueRow, ...]
    reminder: str
    orders: tuple[Link, ...]


@dataclass(frozen=True)
class UnitsPage(Page):
    """按单位催办."""

    template: ClassVar[str] = "supervision/units.html"

    tabs: tuple[Link, ...]
    units: tuple[LateUnit, ...]
    is_cut: bool
    ways: tuple[tuple[str, str], ...]

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
    makes = engine.supervision.order_processes(actor)
    late = {one.id: one.count for one in found.by_organisation}
    by_unit: dict[str, list[OverdueRow]] = {}
    for line, row in zip(found.lines, rows, strict=True):
        by_unit.setdefault(line.handling_id, []).append(row)
    units = [
        _unit(shell, organisations.get(unit_id), late[unit_id], (unit_id, listed), makes)
        for unit_id, listed in by_unit.items()
    ]
    units.sort(key=lambda unit: (-unit.late, unit.name))
    is_cut = found.total > len(rows)
    return UnitsPage(shell, supervision_tabs("units"), tuple(units), is_cut, ways_to_choose(WAYS))


def _unit(
    shell: Shell,
    unit: Organisation | None,
    late: int,
    found: tuple[str, list[OverdueRow]],
    makes: Sequence[DefinitionRow],
) -> LateUnit:
    unit_id, rows = found
    return LateUnit(
        id=f"text-{unit_id}",
        name=rows[0].handling,
        late=late,
        href=only("unit", unit_id),
        phone="" if unit is None else unit.phone,
        people=tuple(dict.fromkeys(phone for row in rows for phone in row.phones)),
        rows=tuple(rows),
        reminder=reminder_of(rows, shell.help_phone),
        orders=tuple(
            Link(
                _("生成%(name)s", name=named(row.name, row.key)),
                url_for(
                    "cases.start",
                    key=row.key,
                    organisation_id=unit_id,
                    about=",".join(one.id for one in rows[:MOST_STEPS]),
                ),
            )
            for row in makes
        ),
    )
