"""The files a federation brings with it: thousands of synthetic households over the years (模拟).

How they are spread over counties, years, rules and days of the last change is data
(``existing.toml``). The same seed and day give the same files, one after the other.
"""

import random
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from engine.model.organisations import Organisation
from webapp.demo.alike import Likeness
from webapp.demo.families import DemoMember
from webapp.demo.federation import Federation
from webapp.demo.file_content import Opening, weighed, working_day
from webapp.demo.hardship import Plight, plight_named
from webapp.demo.helped import DemoHelp, draw_help
from webapp.demo.households import DemoHousehold, Households
from webapp.demo.reviews import DemoVersion, Reviews

_FILE = Path(__file__).with_name("existing.toml")
_FIRST_NUMBER = 100_001
"""Their numbers, so their telephones and cards, are above those of the households that apply."""
_RETIRES = 60

Standard = Callable[[Sequence[str], date], Decimal]
"""The low-income standard on a day where organisations of these codes lie, the nearest first."""


@dataclass(frozen=True)
class DemoFile:
    """A household's file as the earlier system kept it; ``content`` as the register takes it."""

    household: DemoHousehold
    content: Mapping[str, object]
    opened_on: date
    changed_on: date
    earlier: Mapping[str, str]
    help_given: tuple[DemoHelp, ...]
    before: tuple[DemoVersion, ...] = ()


@dataclass(frozen=True)
class Existing:
    """What ``existing.toml`` says."""

    source: str
    counties: Mapping[str, int]
    told: Any

    @property
    def total(self) -> int:
        """How many households there are."""
        return sum(self.counties.values())


@cache
def existing() -> Existing:
    """Read ``existing.toml``."""
    with _FILE.open("rb") as file:
        told = tomllib.load(file)
    return Existing(told["source"], told["counties"], told)


def demo_files(
    federation: Federation,
    chance: random.Random,
    today: date,
    standard: Standard,
    taken: set[str],
) -> Iterator[DemoFile]:
    """All of them, in no order that means anything: any first part is spread like the whole.

    Nobody gets an identity number that is ``taken``.
    """
    drawing = _Drawing(federation, chance, today, standard, taken)
    own = existing().told["of_the_county"]
    counties = [
        code for code, many in existing().counties.items() for _ in range(many - own.get(code, 0))
    ]
    chance.shuffle(counties)
    # those of a county's own window first: however few are loaded, there is one to be reported
    homes = [federation.county(code) for code, many in own.items() for _ in range(many)]
    numbers = count(_FIRST_NUMBER)
    for home in homes:
        yield drawing.file(home.code, next(numbers), home)
    for code in counties:
        yield drawing.file(code, next(numbers))


class _Drawing:
    def __init__(
        self,
        federation: Federation,
        chance: random.Random,
        today: date,
        standard: Standard,
        taken: set[str],
    ) -> None:
        self._federation = federation
        self._chance = chance
        self._today = today
        self._standard = standard
        self._households = Households(federation, chance, taken)
        self._homes = _homes(federation)
        self._told = existing().told
        self._likeness = Likeness(chance, taken, self._told["alike"])
        self._reviews = Reviews(chance, self._told)

    def file(self, county: str, number: int, built_by: Organisation | None = None) -> DemoFile:
        """One file of a county; without ``built_by`` of one of the unions below it."""
        opened_on = self._opened_on()
        changed_on = self._changed_on(opened_on)
        plight = self._plight(opened_on)
        home = built_by or self._chance.choices(*self._homes[county])[0]
        codes = [one.code for one in self._federation.area_of(home.id)]
        standard = self._standard(codes, opened_on)
        drawn = self._households.draw(home, number, plight, standard, opened_on, changed_on)
        old_number = f"{county}{opened_on.year}{number:06}"
        about = Opening(
            home,
            self._county_name(home),
            standard,
            opened_on,
            opened_on,
            old_number,
            self._today,
            opened_on,
        )
        first = self._likeness.given_to(
            county, replace(drawn, head=_pensioned(drawn.head, changed_on))
        )
        days = self._reviews.days(opened_on, changed_on)
        kept = self._reviews.versions(
            first, about, days, lambda day: self._standard(codes, day), changed_on
        )
        household, content = kept.household, kept.content
        return DemoFile(
            household,
            content,
            opened_on,
            changed_on,
            {"原档案编号": f"模拟-{old_number}", "原档案状态": "在档"},
            draw_help(
                self._chance,
                self._told["help"],
                household,
                about.county,
                (opened_on, self._today),
            ),
            kept.before,
        )

    # --- days ---------------------------------------------------------------------------------

    def _opened_on(self) -> date:
        opened = self._told["opened"]
        year = int(self._chance.choices(list(opened), list(opened.values()))[0])
        first = date(year, 1, 4)
        last = min(date(year, 12, 30), self._today - timedelta(days=2))
        return working_day(first + timedelta(self._chance.randint(0, max(0, (last - first).days))))

    def _changed_on(self, opened_on: date) -> date:
        rows = self._told["changed"]
        row = self._chance.choices(rows, [row["often"] for row in rows])[0]
        day = self._today - timedelta(self._chance.randint(row["from"], row["to"]))
        if day <= opened_on:
            day = opened_on + timedelta(self._chance.randint(0, 12))
        return max(opened_on, working_day(min(day, self._today - timedelta(1))))

    def _plight(self, day: date) -> Plight:
        rules = [rules for rules in self._told["rule_sets"] if rules["from"] <= day]
        return plight_named(weighed(self._chance, rules[-1]["plights"]))

    def _county_name(self, home: Organisation) -> str:
        area = self._federation.area_of(home.id)
        return next(one.name for one in area if one.kind == "county")


def _homes(federation: Federation) -> dict[str, tuple[list[Organisation], list[int]]]:
    """Where the files of each county lie, and how many beside the others."""
    told = existing().told
    found: dict[str, tuple[list[Organisation], list[int]]] = {}
    for one in federation.organisations:
        if one.level not in ("grassroots", "township"):
            continue
        county = next(above for above in federation.area_of(one.id) if above.kind == "county")
        many = told["share_of_unions"] if one.level == "grassroots" else 3
        place = one.name.removesuffix("总工会").removesuffix("工会联合会")
        homes, weights = found.setdefault(county.code, ([], []))
        homes.append(one)
        weights.append(1 if place.endswith(tuple(told["few"])) else many)
    return found


def _pensioned(head: DemoMember, day: date) -> DemoMember:
    return replace(head, occupation="退休") if head.age_on(day) >= _RETIRES else head
