"""Yearly reviews of files in the earlier system: what a household's file said before (模拟).

Incomes and costs move with the low-income standard from review to review, so that the household
keeps its category; besides, people change their telephone, and an elder moves in. How often is
data (``existing.toml``, ``reviews``).
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from webapp.demo.families import as_on
from webapp.demo.file_content import Opening, content_of, working_day
from webapp.demo.households import DemoHousehold

_DAYS_A_YEAR = 365
_ELDERS = ("父", "母")
_OTHER_NUMBERS = 500_000
"""Above the numbers of all households: a telephone of before is nobody's."""

StandardOn = Callable[[date], Decimal]


@dataclass(frozen=True)
class DemoVersion:
    """What a file said from a day on, and why it was changed then."""

    content: Mapping[str, object]
    changed_on: date
    why: str


@dataclass(frozen=True)
class Kept:
    """A file's newest household and content, and the versions before."""

    household: DemoHousehold
    content: Mapping[str, object]
    before: tuple[DemoVersion, ...]


class Reviews:
    """Draws them; ``told`` is ``existing.toml``."""

    def __init__(self, chance: random.Random, told: Any) -> None:
        self._chance = chance
        self._told = told
        self._reviews = told["reviews"]

    def days(self, opened_on: date, changed_on: date) -> tuple[date, ...]:
        """When a file was reviewed between its opening and its last change; mostly never."""
        reviews = self._reviews
        years = list(range(opened_on.year + 1, changed_on.year))
        is_under_one_rule = not any(
            opened_on < rules["from"] <= changed_on for rules in self._told["rule_sets"]
        )
        is_kept = self._chance.random() < reviews["part"]
        if not (is_kept and is_under_one_rule and changed_on.year > opened_on.year):
            return ()
        chosen = sorted(self._chance.sample(years, min(len(years), reviews["most"])))
        first, last = reviews["months"]
        days = [
            working_day(date(year, self._chance.randint(first, last), self._chance.randint(3, 28)))
            for year in chosen
        ]
        return (opened_on, *days)

    def versions(
        self,
        first: DemoHousehold,
        about: Opening,
        days: Sequence[date],
        standard: StandardOn,
        changed_on: date,
    ) -> Kept:
        """The file on each of these days and now; no days: as it is, reckoned when it began."""
        if not days:
            household = _on(first, changed_on)
            now = replace(about, changed_on=changed_on)
            return Kept(household, content_of(self._chance, self._told, household, now), ())
        seed = self._chance.random()
        states = [self._state(first, about, day, standard) for day in (*days, changed_on)]
        states[0] = self._before(*states[0])
        # what is drawn for the form alone must not change from version to version
        contents = [
            content_of(random.Random(seed), self._told, household, then)  # noqa: S311
            for household, then in states
        ]
        words = self._reviews["words"]
        before = tuple(
            DemoVersion(content, day, words["review"] if place else words["first"])
            for place, (content, day) in enumerate(zip(contents[:-1], days, strict=True))
        )
        return Kept(states[-1][0], contents[-1], before)

    def _state(
        self, first: DemoHousehold, about: Opening, day: date, standard: StandardOn
    ) -> tuple[DemoHousehold, Opening]:
        """The household as it was reviewed on a day, by the standard of that day."""
        years, grown = day.year - about.opened_on.year, standard(day) / about.standard
        household = replace(
            _on(first, day),
            income_lines=tuple(
                replace(line, month=_later(line.month, years), amount=_grown(line.amount, grown))
                for line in first.income_lines
            ),
            expense_lines=tuple(
                replace(line, period=_later(line.period, years), amount=_grown(line.amount, grown))
                for line in first.expense_lines
            ),
            event_date=_years_after(first.event_date, years),
            certificate_date=_years_after(first.certificate_date, years),
        )
        return household, replace(about, standard=standard(day), changed_on=day, reckoned_on=day)

    def _before(self, household: DemoHousehold, about: Opening) -> tuple[DemoHousehold, Opening]:
        """The first version, without what changed by itself since."""
        if self._chance.random() < self._reviews["mobile"]:
            household = replace(household, mobile=f"154{household.number + _OTHER_NUMBERS:08}")
        elders = [one for one in household.members if one.relation in _ELDERS]
        if elders and self._chance.random() < self._reviews["moved_in"]:
            came = elders[-1]
            household = replace(
                household,
                members=tuple(one for one in household.members if one is not came),
                income_lines=tuple(n for n in household.income_lines if n.person != came.name),
            )
        return household, about


def _on(household: DemoHousehold, day: date) -> DemoHousehold:
    return replace(household, members=tuple(as_on(one, day) for one in household.members))


def _later(month: str, years: int) -> str:
    """2024-03 so many years later."""
    return f"{int(month[:4]) + years}{month[4:]}"


def _grown(amount: Decimal, grown: Decimal) -> Decimal:
    """Whole yuan, grown as the standard is."""
    return Decimal(int(amount * grown))


def _years_after(day: date | None, years: int) -> date | None:
    return None if day is None else day + timedelta(days=_DAYS_A_YEAR * years)
