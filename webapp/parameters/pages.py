"""One business parameter: what holds, its history, and the form for a new value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from engine import Actor, Engine
from engine.model.parameters import Kind, ParameterRule
from engine.store.settings import Parameter
from webapp.parameters.holding import (
    EVERYWHERE,
    Typed,
    held_on,
    inherited,
    of_level,
    place_name,
    subject_title,
)
from webapp.parameters.users import User, users_of
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.parameter_words import (
    about,
    basis_words,
    choices_of,
    plain_value,
    range_words,
    short_words,
    title_of,
    unit_words,
    value_words,
)
from webapp.shared.settings_tabs import settings_tabs
from webapp.shared.words import day, moment
from webapp.standard.parameters import subjects

_MOST_COLUMNS = 6


@dataclass(frozen=True)
class Cell:
    """What held from a day on; ``is_new`` where that day set it."""

    text: str
    is_new: bool


@dataclass(frozen=True)
class PlaceRow:
    """One place of the matrix: what holds now, and what held or will hold from each day."""

    name: str
    now: str
    is_own: bool
    cells: tuple[Cell, ...]

    def goes_with(self, city: "PlaceRow") -> bool:
        """Whether it has had nothing of its own and shows what holds for all."""
        return [c.text for c in self.cells] == [c.text for c in city.cells] and not (
            self.is_own or any(cell.is_new for cell in self.cells)
        )


@dataclass(frozen=True)
class Entry:
    """One row of the history."""

    since: str
    place: str
    value: str
    reason: str
    document: str
    who: str
    when: str
    to_running: bool
    is_future: bool
    is_replaced: bool


@dataclass(frozen=True)
class Choice:
    """One value of a drop-down."""

    value: str
    label: str


@dataclass(frozen=True)
class ParameterPage(Page):
    """One parameter: what holds, its history, and the form for a new value."""

    template: ClassVar[str] = "parameters/show.html"

    tabs: tuple[Link, ...]
    name: str
    heading: str
    subject: str
    about: str
    range: str
    basis: str
    law: str
    source: str
    unit: str
    users: tuple[User, ...]
    who_may: str
    is_locked: bool
    is_limit: bool
    kind: str
    days: tuple[str, ...]
    places: tuple[PlaceRow, ...]
    followers: tuple[PlaceRow, ...]
    is_by_township: bool
    entries: tuple[Entry, ...]
    may: tuple[Choice, ...]
    choices: tuple[Choice, ...]
    typed: Typed
    error: str

    @property
    def title(self) -> str:
        """业务参数 · 公示期."""
        return f"{_('业务参数')} · {self.heading}"


def parameter_page(
    shell: Shell,
    engine: Engine,
    actor: Actor,
    rule: ParameterRule,
    typed: Typed | None = None,
    error: str = "",
) -> ParameterPage:
    """One parameter; ``typed`` and ``error`` when what was typed could not be kept."""
    rows, today = engine.settings.history(rule.name), engine.environment.today()
    units = of_level(engine, rule.own_level)
    names = {one.id: one.name for one in engine.directory.organisations().values()}
    areas = {one.id: one.area_parent for one in units} if rule.by_area else {}
    allowed = engine.settings.may_set(actor, rule.name, [None, *(one.id for one in units)])
    may = tuple(Choice(place or EVERYWHERE, place_name(place, names)) for place in allowed)
    days = sorted({row.valid_from for row in rows})[-_MOST_COLUMNS:]
    subject = next(one for one in subjects() if one.key == rule.group)
    city, *others = (
        _place_row(rule, rows, place, names, (today, days, areas.get(place or "")))
        for place in (None, *(one.id for one in units))
    )
    return ParameterPage(
        shell=shell,
        tabs=settings_tabs("parameters", actor.roles),
        name=rule.name,
        heading=title_of(rule),
        subject=subject_title(subject),
        about=about(rule),
        range=range_words(rule),
        basis=basis_words(rule.basis),
        law=rule.law,
        source=rule.source,
        unit=unit_words(rule),
        users=users_of(engine).get(rule.name, ()),
        who_may=_who_may(rule),
        is_locked=rule.is_locked,
        is_limit=rule.kind is Kind.LIMIT,
        kind=rule.kind.value,
        days=tuple(_from_day(one) for one in days),
        places=(city, *(one for one in others if not one.goes_with(city))),
        followers=tuple(one for one in others if one.goes_with(city)),
        is_by_township=rule.per_township,
        entries=tuple(_entries(engine, rule, rows, names, today)),
        may=may,
        choices=_choices(rule),
        typed=typed or _fresh(rule, rows, allowed, today),
        error=error,
    )


def _choices(rule: ParameterRule) -> tuple[Choice, ...]:
    if rule.kind is Kind.SWITCH:
        return (Choice("true", _("是")), Choice("false", _("否")))
    return tuple(Choice(code, text) for code, text in choices_of(rule).items())


def _from_day(one: date) -> str:
    return _("系统自带") if one.year == 2000 else day(one)  # noqa: PLR2004 - before all of them


def _who_may(rule: ParameterRule) -> str:
    if rule.is_locked:
        return _("法律规定,任何人不能修改")
    if rule.per_township:
        return _("全市:市总工会管理员;本县的乡镇(街道):县级审核员或管理员")
    if rule.per_county:
        return _("全市:市总工会管理员;本县:县级审核员或管理员")
    return _("市总工会管理员(全市统一)")


def _fresh(
    rule: ParameterRule, rows: Sequence[Parameter], allowed: Sequence[str | None], today: date
) -> Typed:
    place = allowed[0] if allowed else None
    now = held_on(rows, place, today) or held_on(rows, None, today)
    return Typed(
        EVERYWHERE if place is None else place,
        day(today),
        plain_value(rule, None if now is None else now.value),
    )


def _place_row(
    rule: ParameterRule,
    rows: Sequence[Parameter],
    place: str | None,
    names: Mapping[str, str],
    when: tuple[date, Sequence[date], str | None],
) -> PlaceRow:
    today, days, area = when
    own = held_on(rows, place, today)
    now = own or inherited(rows, area, today)
    cells = []
    for one in days:
        held = held_on(rows, place, one)
        shown = held or inherited(rows, area, one)
        cells.append(
            Cell(
                short_words(rule, None if shown is None else shown.value),
                held is not None and held.valid_from == one,
            )
        )
    return PlaceRow(
        place_name(place, names),
        short_words(rule, None if now is None else now.value),
        own is not None and place is not None,
        tuple(cells),
    )


def _entries(
    engine: Engine,
    rule: ParameterRule,
    rows: Sequence[Parameter],
    names: Mapping[str, str],
    today: date,
) -> list[Entry]:
    people = {one.id: one.name for one in engine.directory.people()}
    last = {(row.organisation_id, row.valid_from): row.id for row in rows}
    return [
        Entry(
            since=_from_day(row.valid_from),
            place=place_name(row.organisation_id, names),
            value=value_words(rule, row.value),
            reason=row.reason,
            document=row.source,
            who=people.get(row.set_by or "", "" if row.set_by is None else _("系统")),
            when="" if row.set_at is None else moment(row.set_at),
            to_running=row.to_running,
            is_future=row.valid_from > today,
            is_replaced=last[row.organisation_id, row.valid_from] != row.id,
        )
        for row in sorted(rows, key=lambda row: (row.valid_from, row.id), reverse=True)
    ]
