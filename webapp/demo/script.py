"""What the demonstration will be, decided before anything is loaded: the same on every machine."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import combinations, islice
from pathlib import Path

from engine.errors import Invalid
from webapp.demo.content import Content, Plan, demo_content
from webapp.demo.divisions import read_divisions
from webapp.demo.existing import DemoFile, demo_files, existing
from webapp.demo.federation import Federation, demo_federation
from webapp.demo.households import demo_households
from webapp.demo.planned import Applicants, PlannedCase, Shown, planned_cases
from webapp.demo.working_time import WorkingTime

DIVISIONS = Path(__file__).parent / "divisions.json"
SEED = 20260302
_KNOWN = 30
"""So many households are on file before anybody else applies, however little is loaded."""


@dataclass(frozen=True)
class Demo:
    """What to load, from where. ``share``: the part of the cases and of the files, of 1."""

    processes: Path
    forms: Path
    content: Content = field(default_factory=demo_content)
    share: float = 1.0

    def plans(self) -> list[Plan]:
        """The plans with their part of the cases, each at least one."""
        return [
            replace(plan, how_many=max(1, round(plan.how_many * self.share)))
            for plan in self.content.plans
        ]

    def files(self) -> int:
        """How many households are on file when everything is loaded."""
        return max(1, round(existing().total * self.share))


def the_federation() -> Federation:
    """The federation of the demonstration. Raises Invalid where the division data are missing."""
    if not DIVISIONS.is_file():
        raise Invalid(
            "缺少行政区划数据(webapp/demo/divisions.json),没有装入。请先运行 make setup。"
        )
    return demo_federation(read_divisions(DIVISIONS.read_bytes()))


@dataclass(frozen=True)
class Script:
    """The households that are on file first, the cases, and more files, one after the other.

    ``halves``: the cases of either player. What a county numbers is all in one of them, so that
    two who play at once give the numbers that one would have given.
    """

    first: Sequence[DemoFile]
    files: Iterator[DemoFile]
    cases: Sequence[PlannedCase]
    halves: tuple[Sequence[PlannedCase], Sequence[PlannedCase]]

    @property
    def begins_at(self) -> datetime:
        """When the first case begins."""
        return min(one.begins_at for one in self.cases)


def write_script(demo: Demo, federation: Federation, today: date, line: WorkingTime) -> Script:
    """The script of a day; ``line`` ends with the present of the business clock."""
    taken: set[str] = set()
    # not for secrets: the demonstration must come out alike everywhere
    chance = random.Random(SEED + 1)  # noqa: S311
    files = demo_files(federation, chance, today, demo.content.standard_on, taken)
    first = list(islice(files, _KNOWN))
    cases = _cases(demo, federation, today, line, first, taken)
    return Script(first, files, cases, _halves(federation, cases))


def _cases(
    demo: Demo,
    federation: Federation,
    today: date,
    line: WorkingTime,
    first: Sequence[DemoFile],
    taken: set[str],
) -> list[PlannedCase]:
    # not for secrets: the demonstration must come out alike everywhere
    chance = random.Random(SEED)  # noqa: S311
    content = demo.content
    city = [one.code for one in federation.organisations if one.kind == "city"]
    standard = content.standard_on(city, today)
    households = demo_households(federation, chance, today, standard, content.applying, taken)
    union = next(p for p in federation.people if p.username == content.shown_to)
    shown = Shown(union.organisation_id, content.shown_part, content.receipts)
    applicants = Applicants(federation, households, (one.household for one in first))
    return planned_cases(demo.plans(), applicants, demo.processes, line, chance, shown)


def _halves(
    federation: Federation, cases: Sequence[PlannedCase]
) -> tuple[Sequence[PlannedCase], Sequence[PlannedCase]]:
    """Whole counties on either side, so that the two wait least for each other after each day."""
    of_county: dict[str, list[PlannedCase]] = {}
    for case in cases:
        of_county.setdefault(county_of(federation, case), []).append(case)
    deeds = {code: _deeds_by_day(of_county[code]) for code in sorted(of_county)}
    first, *others = deeds
    sides = (
        {first, *more} for number in range(len(others)) for more in combinations(others, number)
    )
    ours = min(sides, key=lambda side: _days_work(deeds, side))
    return (
        [case for code in deeds if code in ours for case in of_county[code]],
        [case for code in deeds if code not in ours for case in of_county[code]],
    )


def _deeds_by_day(cases: Sequence[PlannedCase]) -> Counter[date]:
    begun = Counter(case.begins_at.date() for case in cases)
    return begun + Counter(deed.at.date() for case in cases for deed in case.deeds)


def _days_work(deeds: Mapping[str, Counter[date]], side: set[str]) -> int:
    """The deeds of whoever has more to do, day by day."""
    days = {day for of_days in deeds.values() for day in of_days}
    total = 0
    for day in days:
        ours = sum(deeds[code][day] for code in side)
        total += max(ours, sum(of_days[day] for of_days in deeds.values()) - ours)
    return total


def county_of(federation: Federation, case: PlannedCase) -> str:
    """The code of the county that a case is in."""
    area = federation.area_of(case.household.organisation_id)
    return next((one.code for one in area if one.level == "county"), "")
