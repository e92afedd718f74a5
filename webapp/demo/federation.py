"""The demonstration federation as values: organisations, roles, people, grants.

Deterministic: the same division data give the same federation, to the last telephone number.
Whoever loads it writes it through the directory like any other federation.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.model.organisations import (
    Designation,
    Organisation,
    Person,
    Role,
    SeparationProfile,
)
from webapp.demo import small_places
from webapp.demo.divisions import County
from webapp.demo.staff import DemoGrant, hire_staff
from webapp.demo.tree import grow_tree
from webapp.standard.roles import ROLES

DEMO_PASSWORD = "bangfu-demo-2026"  # noqa: S105 - shown on the sign-in page of the demonstration
"""The password of everybody in the demonstration."""

_SEED = 350600


@dataclass(frozen=True)
class Federation:
    """Everything the directory is loaded with. Organisations stand parents before children."""

    organisations: tuple[Organisation, ...]
    roles: tuple[Role, ...]
    people: tuple[Person, ...]
    grants: tuple[DemoGrant, ...]
    designations: tuple[Designation, ...]
    profiles: tuple[SeparationProfile, ...]

    @cached_property
    def by_id(self) -> dict[str, Organisation]:
        """The organisations by their id."""
        return {organisation.id: organisation for organisation in self.organisations}

    def county(self, code: str) -> Organisation:
        """The federation of a county by the code of its division."""
        return next(o for o in self.organisations if (o.level, o.code) == ("county", code))

    def holders(self, role: str, organisation_id: str) -> tuple[Person, ...]:
        """The people who hold a role at exactly this organisation."""
        ids = {
            grant.person_id
            for grant in self.grants
            if (grant.role, grant.organisation_id) == (role, organisation_id)
        }
        return tuple(person for person in self.people if person.id in ids)

    def area_of(self, organisation_id: str) -> tuple[Organisation, ...]:
        """The organisation and, upwards, the areas it counts in."""
        chain = [self.by_id[organisation_id]]
        while chain[-1].area_parent is not None:
            chain.append(self.by_id[chain[-1].area_parent])
        return tuple(chain)


def demo_federation(divisions: Sequence[County]) -> Federation:
    """Build the federation on the official divisions; Broken where a county is missing."""
    tree = grow_tree(divisions)
    # not for secrets: the demonstration must come out alike everywhere
    staff = hire_staff(tree, random.Random(_SEED))  # noqa: S311
    return Federation(
        organisations=tree.organisations,
        roles=ROLES,
        people=staff.people,
        grants=staff.grants,
        designations=tuple(small_places.designations(tree.organisations)),
        profiles=tuple(small_places.profiles(tree.organisations, staff.grants)),
    )
