"""One unit as a value: what it is called and where it stands over time, and what can be changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from flask import url_for

from engine import Engine
from engine.errors import NotFound
from engine.model.organisations import LEVELS, Organisation
from engine.store.organisations import DatedParent
from webapp.directory.designations import state_of
from webapp.directory.pages import (
    KINDS,
    Choice,
    PersonRow,
    in_order,
    name_of,
    people_rows,
    unit_choices,
)
from webapp.directory.profiles import ProfileRow, profile_rows, roles_not_held
from webapp.directory.typed import NOTHING_WRONG, Wrong
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.settings_tabs import ADMIN, settings_tabs
from webapp.shared.words import day, level_words

_APPROVAL = "approval"


@dataclass(frozen=True)
class Change:
    """One line of what was, is or will be; ``state`` is past, now or future."""

    since: str
    what: str
    text: str
    document: str
    state: str


@dataclass(frozen=True)
class Below:
    """A unit below this one."""

    name: str
    level: str
    href: str


@dataclass(frozen=True)
class UnitPage(Page):
    """One unit: its data, its people, and what can be changed."""

    template: ClassVar[str] = "directory/unit.html"

    tabs: tuple[Link, ...]
    id: str
    name: str
    code: str
    kind: str
    level: str
    above: str
    area: str
    phone: str
    ends: str
    successor: str
    open_steps: int
    people: tuple[PersonRow, ...]
    below: tuple[Below, ...]
    changes: tuple[Change, ...]
    kinds: tuple[Choice, ...]
    levels: tuple[Choice, ...]
    parents: tuple[Choice, ...]
    areas: tuple[Choice, ...]
    area_choices: tuple[Choice, ...]
    successors: tuple[Choice, ...]
    profiles: tuple[ProfileRow, ...]
    not_held: tuple[str, ...]
    today: str
    wrong: Wrong

    @property
    def title(self) -> str:
        """机构 · 名称."""
        return f"{_('机构')} · {self.name}"


def unit_page(
    shell: Shell,
    engine: Engine,
    unit_id: str,
    wrong: Wrong = NOTHING_WRONG,
) -> UnitPage:
    """One unit; ``wrong``: the form that was refused, why, and what was typed into it."""
    units = engine.directory.organisations()
    unit = units.get(unit_id)
    if unit is None:
        raise NotFound("没有找到这个单位。")
    today = engine.environment.today()
    profiles = profile_rows(engine, unit.id, today)
    return UnitPage(
        shell=shell,
        tabs=settings_tabs("units", {ADMIN}),
        id=unit.id,
        name=unit.name,
        code=unit.code,
        kind=str(KINDS.get(unit.kind, unit.kind)),
        level=level_words(unit.level),
        above=name_of(units, unit.approval_parent),
        area=name_of(units, unit.area_parent),
        phone=unit.phone,
        ends="" if unit.valid_to is None else day(unit.valid_to),
        successor=name_of(units, engine.directory.successor_of(unit.id)),
        open_steps=engine.directory.open_steps_of(unit.id),
        people=tuple(row for row in people_rows(engine) if row.unit_id == unit.id),
        below=tuple(
            Below(one.name, level_words(one.level), url_for("directory.unit", unit_id=one.id))
            for one in in_order([u for u in units.values() if u.approval_parent == unit.id])
        ),
        changes=tuple(_changes(engine, units, unit, today)),
        kinds=tuple(Choice(code, str(label)) for code, label in KINDS.items()),
        levels=tuple(Choice(code, level_words(code)) for code in LEVELS),
        parents=unit_choices(units, unit.approval_parent, upper_only=True),
        areas=unit_choices(units, unit.area_parent, upper_only=True),
        area_choices=unit_choices(units, upper_only=True),
        successors=_successors(units, unit),
        today=day(today),
        profiles=profiles,
        not_held=roles_not_held(engine, unit) if any(p.state == "now" for p in profiles) else (),
        wrong=wrong,
    )


def _successors(units: Mapping[str, Organisation], unit: Organisation) -> tuple[Choice, ...]:
    """Units of the same level; the neighbours under the same parent first."""
    rivals = [
        one
        for one in units.values()
        if one.level == unit.level and one.id != unit.id and one.valid_to is None
    ]
    rivals.sort(key=lambda one: (one.approval_parent != unit.approval_parent, one.code))
    return tuple(Choice(one.id, one.name) for one in rivals)


def _changes(
    engine: Engine, units: Mapping[str, Organisation], unit: Organisation, today: date
) -> list[Change]:
    names = engine.directory.names_of(unit.id)
    parents = engine.directory.parents_of(unit.id)
    found = [
        Change(
            _since(name.valid_from),
            _("名称"),
            f"{name.name}({name.code})",
            name.document,
            state_of(name.valid_from, _next_of([n.valid_from for n in names], at), today),
        )
        for at, name in enumerate(names)
    ]
    found += [_parent_change(units, parent, today) for parent in parents]
    if unit.valid_to is not None:
        successor = name_of(units, engine.directory.successor_of(unit.id))
        found.append(
            Change(
                day(unit.valid_to),
                _("撤销"),
                _("由%(name)s接收", name=successor) if successor else _("没有接收单位"),
                "",
                state_of(unit.valid_to, None, today),
            )
        )
    return sorted(found, key=lambda one: (one.since, one.what), reverse=True)


def _parent_change(units: Mapping[str, Organisation], parent: DatedParent, today: date) -> Change:
    what = _("审批上级") if parent.kind == _APPROVAL else _("所属区域")
    text = name_of(units, parent.parent_id)
    state = state_of(parent.valid_from, parent.valid_to, today)
    return Change(_since(parent.valid_from), what, text, "", state)


def _next_of(days: Sequence[date], at: int) -> date | None:
    return days[at + 1] if at + 1 < len(days) else None


def _since(one: date) -> str:
    return _("建立时") if one.year <= 2000 else day(one)  # noqa: PLR2004 - "from the beginning"
