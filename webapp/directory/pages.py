"""Organisations, people, roles and designations as values."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.errors import NotFound, NotPermitted
from engine.model.organisations import LEVELS, Organisation, Person, Role
from webapp.directory.typed import NOTHING_WRONG, Wrong
from webapp.shared.language import _, is_english, lazy
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.settings_tabs import ADMIN, settings_tabs
from webapp.shared.words import day, level_words

KINDS: Mapping[str, object] = {
    "city": lazy("市总工会"),
    "county": lazy("县(市、区)总工会"),
    "zone": lazy("开发区总工会"),
    "township": lazy("乡镇(街道)工会"),
    "industry": lazy("产业(系统)工会"),
    "grassroots": lazy("基层工会"),
}
PAGE_SIZE = 300


@dataclass(frozen=True)
class Choice:
    """One value of a drop-down."""

    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True)
class UnitNode:
    """A unit with those below it."""

    id: str
    name: str
    level: str
    people: int
    href: str
    is_open: bool
    ends: str
    below: tuple["UnitNode", ...]


@dataclass(frozen=True)
class UnitsPage(Page):
    """The tree."""

    template: ClassVar[str] = "directory/units.html"

    tabs: tuple[Link, ...]
    roots: tuple[UnitNode, ...]
    total: int

    @property
    def title(self) -> str:
        """机构."""
        return _("机构")


@dataclass(frozen=True)
class PersonRow:
    """One person."""

    id: str
    name: str
    username: str
    unit: str
    roles: str
    phone: str
    is_active: bool
    href: str
    unit_id: str


@dataclass(frozen=True)
class PeoplePage(Page):
    """People, by name or unit."""

    template: ClassVar[str] = "directory/people.html"

    tabs: tuple[Link, ...]
    rows: tuple[PersonRow, ...]
    searched: str
    total: int

    @property
    def title(self) -> str:
        """人员."""
        return _("人员")


@dataclass(frozen=True)
class GrantRow:
    """A role she holds."""

    id: int
    role: str
    unit: str
    since: str
    until: str
    is_future: bool


@dataclass(frozen=True)
class PersonPage(Page):
    """One person: her roles, and what can be changed."""

    template: ClassVar[str] = "directory/person.html"

    tabs: tuple[Link, ...]
    person: PersonRow
    grants: tuple[GrantRow, ...]
    roles: tuple[Choice, ...]
    units: tuple[Choice, ...]
    wrong: Wrong

    @property
    def title(self) -> str:
        """人员 · 姓名."""
        return f"{_('人员')} · {self.person.name}"


@dataclass(frozen=True)
class SlipPage(Page):
    """The printed slip with the one-use link by which a person chooses her password."""

    template: ClassVar[str] = "directory/slip.html"

    tabs: tuple[Link, ...]
    name: str
    username: str
    link: str

    @property
    def title(self) -> str:
        """密码条."""
        return _("密码条")


@dataclass(frozen=True)
class RoleRow:
    """A role, where it can be held, and by how many it is."""

    code: str
    name: str
    levels: str
    sees: str
    holders: int


@dataclass(frozen=True)
class RolesPage(Page):
    """Every role."""

    template: ClassVar[str] = "directory/roles.html"

    tabs: tuple[Link, ...]
    rows: tuple[RoleRow, ...]

    @property
    def title(self) -> str:
        """角色."""
        return _("角色")


def must_be_admin(actor: Actor) -> None:
    """Only administrators look into the directory."""
    if not actor.holds(ADMIN):
        raise NotPermitted("只有系统管理员可以管理机构和人员。如需调整,请联系市总工会管理员。")


def units_page(shell: Shell, engine: Engine) -> UnitsPage:
    """The tree of approval."""
    units = engine.directory.organisations()
    people = Counter(p.organisation_id for p in engine.directory.people() if p.active)
    below: dict[str | None, list[Organisation]] = {}
    for unit in units.values():
        below.setdefault(unit.approval_parent, []).append(unit)

    def node(unit: Organisation, depth: int) -> UnitNode:
        return UnitNode(
            unit.id,
            unit.name,
            level_words(unit.level),
            people[unit.id],
            url_for("directory.unit", unit_id=unit.id),
            depth == 0,
            "" if unit.valid_to is None else day(unit.valid_to),
            tuple(node(one, depth + 1) for one in in_order(below.get(unit.id, ()))),
        )

    roots = tuple(node(unit, 0) for unit in in_order(below.get(None, ())))
    return UnitsPage(shell, settings_tabs("units", {ADMIN}), roots, len(units))


def in_order(units: Sequence[Organisation]) -> list[Organisation]:
    """From the city downwards, by code."""
    return sorted(units, key=lambda unit: (-LEVELS.index(unit.level), unit.code))


def name_of(units: Mapping[str, Organisation], unit_id: str | None) -> str:
    """A unit's name; empty for none."""
    return units[unit_id].name if unit_id is not None and unit_id in units else ""


def unit_choices(
    units: Mapping[str, Organisation], chosen: str | None = None, *, upper_only: bool = False
) -> tuple[Choice, ...]:
    """Units to choose from, none that will be closed; ``upper_only`` without the grass roots."""
    return tuple(
        Choice(unit.id, unit.name, unit.id == chosen)
        for unit in in_order(list(units.values()))
        if (not upper_only or unit.level != LEVELS[0]) and unit.valid_to is None
    )


def role_name(role: Role) -> str:
    """A role's name in the reader's language."""
    return role.en if is_english() else role.zh


def people_rows(engine: Engine) -> list[PersonRow]:
    """Everybody with an account, with the roles that hold today."""
    units, roles = engine.directory.organisations(), engine.directory.roles()
    held: dict[str, list[str]] = {}
    for grant in engine.directory.grants():
        if grant.role in roles:
            held.setdefault(grant.person_id, []).append(role_name(roles[grant.role]))
    return [_person_row(one, units, held.get(one.id, ())) for one in engine.directory.people()]


def _person_row(
    person: Person, units: Mapping[str, Organisation], roles: Sequence[str]
) -> PersonRow:
    return PersonRow(
        person.id,
        person.name,
        person.username,
        name_of(units, person.organisation_id),
        _("、").join(dict.fromkeys(roles)),
        person.phone,
        person.active,
        url_for("directory.person", person_id=person.id),
        person.organisation_id,
    )


def people_page(shell: Shell, engine: Engine, searched: str) -> PeoplePage:
    """People whose name, user name or unit holds the text."""
    everybody = people_rows(engine)
    found = [
        row
        for row in everybody
        if searched in row.name or searched in row.username or searched in row.unit
    ]
    tabs = settings_tabs("people", {ADMIN})
    return PeoplePage(shell, tabs, tuple(found[:PAGE_SIZE]), searched, len(found))


def person_page(
    shell: Shell, engine: Engine, person_id: str, wrong: Wrong = NOTHING_WRONG
) -> PersonPage:
    """One person."""
    row = next((one for one in people_rows(engine) if one.id == person_id), None)
    if row is None:
        raise NotFound("没有找到这个人员。")
    units, roles = engine.directory.organisations(), engine.directory.roles()
    today = engine.environment.today()
    return PersonPage(
        shell=shell,
        tabs=settings_tabs("people", {ADMIN}),
        person=row,
        grants=tuple(
            GrantRow(
                grant.id,
                role_name(roles[grant.role]) if grant.role in roles else grant.role,
                name_of(units, grant.organisation_id),
                day(grant.valid_from),
                "" if grant.valid_to is None else day(grant.valid_to),
                grant.valid_from > today,
            )
            for grant in engine.directory.all_grants()
            if grant.person_id == person_id
        ),
        roles=role_choices(roles),
        units=unit_choices(units),
        wrong=wrong,
    )


def role_choices(roles: Mapping[str, Role]) -> tuple[Choice, ...]:
    """Roles to choose from."""
    return tuple(Choice(code, role_name(role)) for code, role in roles.items())


def slip_page(shell: Shell, engine: Engine, person_id: str, token: str) -> SlipPage:
    """The slip to print and hand over."""
    row = next(one for one in people_rows(engine) if one.id == person_id)
    link = url_for("login.choose_password", token=token, _external=True)
    return SlipPage(shell, settings_tabs("people", {ADMIN}), row.name, row.username, link)


def roles_page(shell: Shell, engine: Engine) -> RolesPage:
    """Every role."""
    holders = Counter(grant.role for grant in engine.directory.grants())
    sees = {"area": _("本单位及下级"), "own": _("本人经办的"), "none": _("不看办件")}
    rows = tuple(
        RoleRow(
            code,
            role_name(role),
            _("、").join(map(level_words, role.levels)),
            sees.get(role.sees, role.sees),
            holders[code],
        )
        for code, role in engine.directory.roles().items()
    )
    return RolesPage(shell, settings_tabs("roles", {ADMIN}), rows)
