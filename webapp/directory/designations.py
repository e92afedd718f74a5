"""书面指定: which unit does a role's steps for another, since when, until when, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from flask import url_for

from engine import Engine
from engine.model.organisations import Designation, Organisation, Role
from webapp.directory.pages import Choice, name_of, role_choices, role_name, unit_choices
from webapp.directory.typed import NOTHING_WRONG, Wrong
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.settings_tabs import ADMIN, settings_tabs
from webapp.shared.words import day

MOST_ROWS = 200


@dataclass(frozen=True)
class DesignationRow:
    """A written agreement; ``state`` is now, future or past."""

    id: int
    role: str
    unit: str
    unit_href: str
    handled_by: str
    document: str
    reason: str
    since: str
    until: str
    set_by: str
    state: str


@dataclass(frozen=True)
class DesignationsPage(Page):
    """Every written designation, those that hold and will hold first."""

    template: ClassVar[str] = "directory/designations.html"

    tabs: tuple[Link, ...]
    rows: tuple[DesignationRow, ...]
    roles: tuple[Choice, ...]
    units: tuple[Choice, ...]
    today: str
    wrong: Wrong

    @property
    def title(self) -> str:
        """书面指定."""
        return _("书面指定")


def designations_page(
    shell: Shell, engine: Engine, wrong: Wrong = NOTHING_WRONG
) -> DesignationsPage:
    """Written designations, and the form for another."""
    units, roles = engine.directory.organisations(), engine.directory.roles()
    today = engine.environment.today()
    people = {one.id: one.name for one in engine.directory.people()}
    rows = [_row(one, units, roles, people, today) for one in engine.directory.designations()]
    rows.sort(key=lambda row: ("now", "future", "past").index(row.state))
    return DesignationsPage(
        shell=shell,
        tabs=settings_tabs("designations", {ADMIN}),
        rows=tuple(rows[:MOST_ROWS]),
        roles=role_choices(roles),
        units=unit_choices(units, upper_only=True),
        today=day(today),
        wrong=wrong,
    )


def _row(
    one: Designation,
    units: Mapping[str, Organisation],
    roles: Mapping[str, Role],
    people: Mapping[str, str],
    today: date,
) -> DesignationRow:
    return DesignationRow(
        one.id,
        role_name(roles[one.role]) if one.role in roles else one.role,
        name_of(units, one.organisation_id),
        url_for("directory.unit", unit_id=one.organisation_id),
        name_of(units, one.handled_by_id),
        one.document,
        one.reason,
        day(one.valid_from),
        "" if one.valid_to is None else day(one.valid_to),
        people.get(one.set_by or "", ""),
        state_of(one.valid_from, one.valid_to, today),
    )


def state_of(since: date, until: date | None, today: date) -> str:
    """Whether what is dated so is past, now or future."""
    if since > today:
        return "future"
    return "past" if until is not None and until <= today else "now"
