"""Files that look like another, for people to look into: a namesake, a telephone, a mother."""

import random
from collections.abc import Mapping
from dataclasses import replace

from webapp.demo.families import RESIDENT_CARD, DemoMember, IdNumbers
from webapp.demo.households import DemoHousehold


class Likeness:
    """Lets one household in so many share something with one before it in its county.

    ``every`` says in how many, by what is shared.
    """

    def __init__(self, chance: random.Random, taken: set[str], every: Mapping[str, int]) -> None:
        self._every = every
        self._id_numbers = IdNumbers(chance, taken)
        self._before: dict[str, DemoHousehold] = {}
        self._mothers: dict[str, DemoMember] = {}

    def given_to(self, county: str, household: DemoHousehold) -> DemoHousehold:
        """Now and then something that stands in the file before it too, for people to look into."""
        before = self._before.get(county)
        self._before[county] = household
        alike, number = self._every, household.number
        mothers = [one for one in household.members if one.relation == "母"]
        if mothers:
            other_mother = self._mothers.get(county)
            self._mothers[county] = mothers[0]
            if other_mother is not None and not number % alike["mother"]:
                return _with_instead(household, mothers[0], other_mother)
        if before is not None and not number % alike["mobile"]:
            return replace(household, mobile=before.mobile)
        if before is not None and not number % alike["name"]:
            return self._namesake(household, before.head)
        return household

    def _namesake(self, household: DemoHousehold, head: DemoMember) -> DemoHousehold:
        """The household with a head of this name and birthday, and a number of its own."""
        other = self._id_numbers.of_birth(household.hukou_area, head.birth_date, head.sex)
        if not other:
            return household
        return replace(
            household,
            head=replace(
                household.head,
                name=head.name,
                sex=head.sex,
                birth_date=head.birth_date,
                id_kind=RESIDENT_CARD,
                id_number=other,
            ),
        )


def _with_instead(household: DemoHousehold, whom: DemoMember, other: DemoMember) -> DemoHousehold:
    """The household with somebody else in the place of a member, her income lines too."""
    return replace(
        household,
        members=tuple(other if one is whom else one for one in household.members),
        income_lines=tuple(
            replace(line, person=other.name) if line.person == whom.name else line
            for line in household.income_lines
        ),
    )
