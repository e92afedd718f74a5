"""The pages of the roster as values: the calendar, the planning, a swap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from flask import url_for

from engine import Actor
from registry.duties import DUTIES, SWAPPED, Change, Gap, Kind
from registry.duty.desk import DutyDay, DutyMonth
from registry.duty.swapping import Swapping
from webapp.duty.words import (
    GAPS,
    HOWS,
    KINDS,
    WEEKDAYS,
    day_text,
    month_after,
    month_before,
    month_text,
    week,
)
from webapp.reading.grievance_tabs import ROSTER, grievance_tabs
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.requests import current_engine
from webapp.shared.words import moment

_WEEK = 7
_WORKING_WEEK = 5
Typed = Mapping[tuple[date, Kind], str]


@dataclass(frozen=True)
class Slot:
    """A person on duty in a cell of the calendar, or that nobody is."""

    kind: str
    word: str
    name: str
    gap: str
    is_own: bool
    swap_href: str


@dataclass(frozen=True)
class Cell:
    """A day of the calendar."""

    number: int
    day: str
    weekday: str
    is_working: bool
    is_today: bool
    is_reception: bool
    slots: tuple[Slot, ...]
    away: str


@dataclass(frozen=True)
class GapLine:
    """A day on which nobody will be there, or not who was planned."""

    day: str
    kind: str
    name: str
    gap: str


@dataclass(frozen=True)
class LeaveLine:
    """Somebody's leave in the month; she may be back."""

    person_id: str
    name: str
    days: str
    may_end: bool


@dataclass(frozen=True)
class ChangeLine:
    """One change of the roster."""

    at: str
    day: str
    kind: str
    how: str
    was: str
    now: str
    why: str
    by: str
    case_number: str
    case_href: str


@dataclass(frozen=True)
class DutyPage(Page):
    """The roster of a union for a month."""

    template: ClassVar[str] = "duty/show.html"

    tabs: tuple[Link, ...]
    unit_id: str
    unit: str
    units: tuple[tuple[str, str], ...]
    month: str
    year: int
    month_number: int
    before: Link
    after: Link
    week: tuple[str, ...]
    weeks: tuple[tuple[Cell | None, ...], ...]
    reception: str
    is_settled: bool
    plan_href: str
    gaps: tuple[GapLine, ...]
    people: tuple[tuple[str, str], ...]
    leaves: tuple[LeaveLine, ...]
    changes: tuple[ChangeLine, ...]
    message: str
    typed: Mapping[str, str]

    @property
    def title(self) -> str:
        """值班表."""
        return _("值班表")


@dataclass(frozen=True)
class Choice:
    """Whom a day can be given to, for one kind of duty."""

    name: str
    label: str
    people: tuple[tuple[str, str], ...]
    chosen: str
    lost: tuple[tuple[str, str], ...]
    """Who was planned and cannot be any more, if somebody is."""


@dataclass(frozen=True)
class PlanRow:
    """A working day to be planned; one that is over shows who was there."""

    day: str
    is_open: bool
    is_reception: bool
    choices: tuple[Choice, ...]
    away: str


@dataclass(frozen=True)
class PlanPage(Page):
    """The month as a table to be filled in."""

    template: ClassVar[str] = "duty/plan.html"

    unit_id: str
    unit: str
    month: str
    back: str
    kinds: tuple[str, ...]
    rows: tuple[PlanRow, ...]
    week: tuple[tuple[int, str, bool], ...]
    revision: int
    why: str
    message: str
    told: str

    @property
    def title(self) -> str:
        """排班."""
        return _("排班 · %(month)s", month=self.month)


@dataclass(frozen=True)
class SwapPage(Page):
    """What a duty can be swapped for."""

    template: ClassVar[str] = "duty/swap.html"

    unit_id: str
    unit: str
    duty_id: int
    own: str
    back: str
    others: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    chosen: str
    why: str
    message: str

    @property
    def title(self) -> str:
        """申请换班."""
        return _("申请换班")


def duty_page(
    shell: Shell,
    actor: Actor,
    found: DutyMonth,
    today: date,
    refused: tuple[Mapping[str, str], str] = ({}, ""),
) -> DutyPage:
    """The calendar; ``refused``: what was typed of a leave, and why it was not taken."""
    unit, month = found.unit.id, month_text(found.month)
    cells = [_cell(actor, found, one, today) for one in found.days]
    blank: list[Cell | None] = [None] * found.month.weekday()
    filled = blank + cells + [None] * (-(len(blank) + len(cells)) % _WEEK)
    reception = next((one.day for one in found.days if one.is_reception), None)
    return DutyPage(
        shell=shell,
        tabs=grievance_tabs(current_engine(), ROSTER),
        unit_id=unit,
        unit=found.unit.name,
        units=tuple((one.id, one.name) for one in found.units),
        month=month,
        year=found.month.year,
        month_number=found.month.month,
        before=_month_link(unit, month_before(found.month)),
        after=_month_link(unit, month_after(found.month)),
        week=week(),
        weeks=tuple(tuple(filled[at : at + _WEEK]) for at in range(0, len(filled), _WEEK)),
        reception="" if reception is None else reception.isoformat(),
        is_settled=found.is_settled,
        plan_href=url_for("duty.plan", unit=unit, month=month) if found.may_plan else "",
        gaps=tuple(_gaps(found.days)),
        people=tuple(found.people.items()) if found.may_plan else (),
        leaves=tuple(_leaves(found, today)),
        changes=tuple(_change(*one) for one in found.changes),
        message=refused[1],
        typed={name: refused[0].get(name, "") for name in ("person", "first", "last", "why")},
    )


def plan_page(
    shell: Shell,
    found: DutyMonth,
    chosen: Typed,
    asked: Mapping[str, str],
    said: tuple[str, str] = ("", ""),
) -> PlanPage:
    """The table: what is planned, and over it what was chosen and is not saved yet.

    ``said``: why it was not saved, and what else there is to tell.
    """
    lawyer_on = {int(one) for one in asked.get("lawyer_on", "").split(",") if one in WEEKDAYS}
    seen = asked.get("seen", "")
    return PlanPage(
        shell=shell,
        unit_id=found.unit.id,
        unit=found.unit.name,
        month=month_text(found.month),
        back=url_for("duty.show", unit=found.unit.id, month=month_text(found.month)),
        kinds=tuple(str(KINDS[kind]) for kind in DUTIES),
        rows=tuple(_plan_row(one, chosen) for one in found.days if one.is_working or one.planned),
        week=tuple((n, name, n in lawyer_on) for n, name in enumerate(week()[:_WORKING_WEEK])),
        revision=int(seen) if seen.isdecimal() else found.revision,
        why=asked.get("why", ""),
        message=said[0],
        told=said[1],
    )


def swap_page(
    shell: Shell, unit_id: str, found: Swapping, typed: Mapping[str, str], message: str
) -> SwapPage:
    """What it can be swapped for."""
    own = found.own
    return SwapPage(
        shell=shell,
        unit_id=unit_id,
        unit=found.unit_name,
        duty_id=own.id,
        own=f"{day_text(own.day)} {KINDS[own.kind]}",
        back=url_for("duty.show", unit=unit_id, month=month_text(own.day)),
        others=tuple((str(one.id), f"{day_text(one.day)} {one.name}") for one in found.others),
        people=tuple((f"person:{one}", name) for one, name in found.people.items()),
        chosen=typed.get("with", ""),
        why=typed.get("why", ""),
        message=message,
    )


def _month_link(unit: str, month: date) -> Link:
    text = month_text(month)
    return Link(text, url_for("duty.show", unit=unit, month=text))


def _cell(actor: Actor, found: DutyMonth, one: DutyDay, today: date) -> Cell:
    slots = []
    for kind in DUTIES:
        planned, gap = one.planned.get(kind), one.gaps.get(kind)
        if planned is None and gap is None:
            continue
        is_own = planned is not None and planned.person_id == actor.person_id
        swaps = is_own and found.may_swap and kind in SWAPPED and one.day > today
        href = ""
        if planned is not None and swaps:
            href = url_for("duty.swap", duty_id=planned.id, unit=found.unit.id)
        slots.append(
            Slot(
                kind=kind.value,
                word=str(KINDS[kind]),
                name="" if planned is None else planned.name,
                gap="" if gap is None else str(GAPS[gap]),
                is_own=is_own,
                swap_href=href,
            )
        )
    return Cell(
        number=one.day.day,
        day=one.day.isoformat(),
        weekday=week()[one.day.weekday()],
        is_working=one.is_working,
        is_today=one.day == today,
        is_reception=one.is_reception,
        slots=tuple(slots),
        away=_("、").join(one.away),
    )


def _gaps(days: Sequence[DutyDay]) -> list[GapLine]:
    found = []
    for one in days:
        for kind in DUTIES:
            gap = one.gaps.get(kind)
            if gap is None or (gap is Gap.REST and kind not in one.planned):
                continue
            planned = one.planned.get(kind)
            name = "" if planned is None else planned.name
            found.append(GapLine(day_text(one.day), str(KINDS[kind]), name, str(GAPS[gap])))
    return found


def _leaves(found: DutyMonth, today: date) -> list[LeaveLine]:
    lines = []
    for person_id, days in found.away.items():
        name = found.people.get(person_id) or person_id
        text = _("、").join(f"{one:%m-%d}" for one in days)
        lines.append(LeaveLine(person_id, name, text, found.may_plan and max(days) >= today))
    return lines


def _change(one: Change, names: Mapping[str, str]) -> ChangeLine:
    return ChangeLine(
        at=moment(one.at),
        day=one.day.isoformat(),
        kind=str(KINDS[one.kind]),
        how=str(HOWS[one.how]),
        was=names["was"],
        now=names["now"],
        why=one.why,
        by=names["by"],
        case_number=names["case"],
        case_href=url_for("cases.show", case_id=one.case_id) if one.case_id else "",
    )


def _plan_row(one: DutyDay, chosen: Typed) -> PlanRow:
    choices = []
    for kind in DUTIES:
        planned = one.planned.get(kind)
        person_id = "" if planned is None else planned.person_id
        wanted = chosen.get((one.day, kind), person_id)
        able = one.able[kind]
        is_lost = planned is not None and person_id not in able
        choices.append(
            Choice(
                name=f"{one.day.isoformat()}.{kind.value}",
                label=f"{one.day.isoformat()} {KINDS[kind]}",
                people=tuple(able.items()),
                chosen=wanted,
                lost=((person_id, planned.name),) if planned is not None and is_lost else (),
            )
        )
    return PlanRow(
        day=day_text(one.day),
        is_open=one.is_open,
        is_reception=one.is_reception,
        choices=tuple(choices),
        away=_("、").join(one.away),
    )
