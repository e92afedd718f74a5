"""The synthetic people of the demonstration and the roles they hold.

Two counties hold every role. The zone 常山 has two people, who between them review, approve and
enter; the other counties have a reviewer and an approver, and some lack one on purpose, so that
work is seen to climb to the city or to go by a written designation. Nobody is given two roles that
one household's file must not have in one hand (建档 and 审批, 审核 and 审批, 审批 and 付款).
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from engine.model.identity_numbers import Sex
from engine.model.organisations import Organisation, Person
from webapp.demo.names import NameSource, labelled
from webapp.demo.tree import CITY_ID, FULLY_STAFFED, TWO_STAFF_ZONE, Tree

# user name without its prefix, then the roles she holds at her federation
_CITY = (
    ("protection", ("city_protection", "county_reviewer")),
    ("protection2", ("city_protection", "county_reviewer", "township_officer", "township_chair")),
    ("leader", ("city_leader", "county_approver")),
    ("entry", ("data_entry",)),
    ("supervisor", ("supervisor",)),
    ("cashier", ("cashier",)),
    ("accountant", ("accountant",)),
    ("audit", ("audit_committee",)),
    ("reception", ("receptionist",)),
    ("lawyer", ("lawyer",)),
    ("cadre", ("cadre", "receptionist")),
    ("designer", ("designer",)),
    ("admin", ("admin",)),
)

# The window and its head take the applications of people who have no union of their own; the
# second reviewer stands in for township unions without people.
_FULL_COUNTY = (
    ("window", ("officer",)),
    ("windowchair", ("chair",)),
    ("reviewer", ("county_reviewer",)),
    ("reviewer2", ("county_reviewer", "township_officer", "township_chair")),
    ("approver", ("county_approver",)),
    ("entry", ("data_entry",)),
    ("supervisor", ("supervisor",)),
    ("cashier", ("cashier",)),
    ("accountant", ("accountant",)),
    ("audit", ("audit_committee",)),
    ("reception", ("receptionist",)),
    ("lawyer", ("lawyer",)),
    ("cadre", ("cadre", "receptionist")),
)
_SECOND_APPROVER_IN = FULLY_STAFFED[0]

_TWO_STAFF = (
    ("staff1", ("county_reviewer", "data_entry", "accountant")),
    ("staff2", ("county_approver", "supervisor")),
)

_OTHER_COUNTY = (
    ("reviewer", ("county_reviewer",)),
    ("approver", ("county_approver",)),
)
_NOT_STAFFED = {
    "东山县": {"approver"},
    "平和县": {"reviewer"},
    "华安县": {"reviewer", "approver"},
}

_OFFICES_WITH_TWO = 3
"""So many township unions of a full county have an officer and a chair."""

_NOBODY_AT = ("钟表厂工会", "盐场工会")
"""Unions without people: the window of the county takes their applications."""


class DemoGrant(NamedTuple):
    """A role held at an organisation; the order is that of ``directory.add_grants``."""

    person_id: str
    role: str
    organisation_id: str


@dataclass(frozen=True)
class Staff:
    """Everybody, and what they hold."""

    people: tuple[Person, ...]
    grants: tuple[DemoGrant, ...]


def hire_staff(tree: Tree, chance: random.Random) -> Staff:
    """Give the tree its people: the same every time for the same chance."""
    hiring = _Hiring(chance)
    by_id = {organisation.id: organisation for organisation in tree.organisations}
    for unit_id, prefix in tree.prefixes.items():
        unit = by_id[unit_id]
        for job, roles in _jobs(unit):
            hiring.hire(f"{prefix}.{job}", unit, roles)
        _hire_below(hiring, unit, prefix, tree.organisations, by_id)
    return Staff(tuple(hiring.people), tuple(hiring.grants))


def _jobs(unit: Organisation) -> Iterable[tuple[str, tuple[str, ...]]]:
    area = unit.name.removesuffix("总工会")
    if unit.id == CITY_ID:
        return _CITY
    if area in FULLY_STAFFED:
        more = (("approver2", ("county_approver",)),) if area == _SECOND_APPROVER_IN else ()
        return (*_FULL_COUNTY, *more)
    if unit.kind == "zone":
        return _TWO_STAFF if area == TWO_STAFF_ZONE else ()
    lacking = _NOT_STAFFED.get(area, set())
    return tuple((job, roles) for job, roles in _OTHER_COUNTY if job not in lacking)


def _hire_below(
    hiring: "_Hiring",
    unit: Organisation,
    prefix: str,
    organisations: Iterable[Organisation],
    by_id: dict[str, Organisation],
) -> None:
    """People of the unions below a county-level federation, and of the offices above those."""
    unions = [
        union
        for union in organisations
        if union.kind == "grassroots" and _county_level(union, by_id) == unit.id
    ]
    is_full = unit.name.removesuffix("总工会") in FULLY_STAFFED
    offices = dict.fromkeys(_above(union, by_id) for union in unions)
    offices.pop(unit, None)  # some unions are directly under the county
    for number, office in enumerate(offices, 1):
        if is_full and number <= _OFFICES_WITH_TWO:
            hiring.hire(f"{prefix}.township{number}", office, ("township_officer",))
            hiring.hire(f"{prefix}.townchair{number}", office, ("township_chair",))
        else:  # the officer stands in for the chair
            hiring.hire(
                f"{prefix}.township{number}", office, ("township_officer", "township_chair")
            )
    for number, union in enumerate(unions, 1):
        if union.name.endswith(_NOBODY_AT):
            continue
        hiring.hire(f"{prefix}.officer{number}", union, ("officer",))
        if is_full and number == 1:
            hiring.hire(f"{prefix}.officer{number}b", union, ("officer",))
        hiring.hire(f"{prefix}.chair{number}", union, ("chair",))


def _above(organisation: Organisation, by_id: dict[str, Organisation]) -> Organisation:
    return by_id[organisation.approval_parent or CITY_ID]


def _county_level(union: Organisation, by_id: dict[str, Organisation]) -> str:
    """The county or zone whose federation approves for the union."""
    organisation = union
    while organisation.level in ("grassroots", "township"):
        organisation = _above(organisation, by_id)
    return organisation.id


class _Hiring:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._names = NameSource(chance)
        self.people: list[Person] = []
        self.grants: list[DemoGrant] = []

    def hire(self, username: str, organisation: Organisation, roles: Iterable[str]) -> None:
        """A new person with these roles at her own organisation."""
        sex = self._chance.choice(list(Sex))
        person = Person(
            id=f"p-{username}",
            username=username,
            name=labelled(self._names.next(sex)),
            organisation_id=organisation.id,
            # no number in the area code begins with 0: nobody's telephone rings
            phone=f"0596-{len(self.people) + 101:07}",
            simulated=True,
        )
        self.people.append(person)
        self.grants += [DemoGrant(person.id, role, organisation.id) for role in roles]
