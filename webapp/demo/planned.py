"""Each planned case with its household, its deeds and the times they happen at."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from engine.definitions.scenarios import Scenario, read_scenarios
from engine.definitions.scenarios.reading import Deliver, Do, Pass, Until
from engine.errors import Broken
from engine.model.deadlines import Deadline, Unit
from webapp.demo.content import Plan
from webapp.demo.families import DemoMember
from webapp.demo.federation import Federation
from webapp.demo.households import DemoHousehold
from webapp.demo.working_time import WorkingTime

_DAYS_A_WEEK, _WORKING_DAYS_A_WEEK = 7, 5
_QUICKEST, _SLOWEST = 0.05, 0.9
"""How long a step usually waits for its person, in working days."""
_FEW_WAIT_LONG = 1.6
"""Above 1: most of what is open has come lately, and few steps wait the longest."""

DAYS_LOOKED_AT = 80
_AT_THE_END = datetime.max.replace(tzinfo=UTC)

ON_FILE = "file"
"""In a plan's ``known``: the case is about a household on file."""


@dataclass(frozen=True)
class Deed:
    """Something that happens in a case: a step done, or a message from outside."""

    at: datetime
    action: Do | Deliver


@dataclass(frozen=True)
class PlannedCase:
    """A case that will be played. ``stays_before``: the step that then stays open; None: none.

    ``heir``: the household after its head has died, from the deed of this place on.
    """

    number: int
    plan: Plan
    scenario: Scenario
    household: DemoHousehold
    begins_at: datetime
    deeds: tuple[Deed, ...]
    stays_before: Do | None
    stays_from: datetime
    is_claimed: bool
    is_drafted: bool
    gets_receipt: bool = False
    heir: DemoHousehold | None = None
    heir_from: int = 0

    @property
    def business_key(self) -> str:
        """Tells the case among all: what was begun is not begun again."""
        return f"模拟-{self.number:04}"

    def household_at(self, deed: int) -> DemoHousehold:
        """The household as it is when a deed is done."""
        return self.household if self.heir is None or deed < self.heir_from else self.heir


@dataclass(frozen=True)
class Shown:
    """A union that has a part, of 1, of the cases; the part of applicants with a receipt."""

    union_id: str
    part: float
    receipts: float = 0.0


def planned_cases(
    plans: Sequence[Plan],
    applicants: "Applicants",
    processes: Path,
    line: WorkingTime,
    chance: random.Random,
    shown: Shown,
) -> list[PlannedCase]:
    """Every case of the plans; the same ones for the same chance."""
    scenarios = {
        key: {scenario.name: scenario for scenario in read_scenarios(processes / key / "scenarios")}
        for key in {plan.process for plan in plans}
    }
    drawing = _Drawing(line, chance, shown.receipts)
    found: list[PlannedCase] = []
    for plan in plans:
        scenario = scenarios[plan.process].get(plan.scenario)
        if scenario is None or scenario.fault:
            why = "没有这个场景" if scenario is None else scenario.fault
            raise Broken(f"演示数据用到 {plan.process} 的场景“{plan.scenario}”:{why}。")
        for _ in range(plan.how_many):
            at = shown.union_id if not plan.areas and chance.random() < shown.part else ""
            household = applicants.take(plan, at)
            found.append(drawing.case(len(found) + 1, plan, scenario, household))
    return found


class Applicants:
    """Gives out households, each once; ``known`` are on file, for those who apply all the same."""

    def __init__(
        self,
        federation: Federation,
        households: Iterator[DemoHousehold],
        known: Iterator[DemoHousehold],
    ) -> None:
        self._federation = federation
        self._households = households
        of_a_county: dict[bool, list[DemoHousehold]] = {True: [], False: []}
        for one in known:
            of_a_county[federation.by_id[one.organisation_id].level == "county"].append(one)
        self._built_by_county, self._known = of_a_county[True], of_a_county[False]
        self._kept: list[DemoHousehold] = []

    def take(self, plan: Plan, at: str) -> DemoHousehold:
        """The next household that fits a plan; ``at``: of this union, empty: of any."""
        if not plan.known:
            return self._next(plan, at)
        if plan.known == ON_FILE:
            return self._next_on_file(plan)
        other, person = self._on_file(plan.known)
        if plan.known == "housemate":
            plan, at = replace(plan, areas=(self._county(other),)), ""
        household = self._next(plan, at)
        head = replace(
            household.head,
            name=person.name,
            sex=person.sex,
            id_kind=person.id_kind,
            id_number=person.id_number,
            birth_date=person.birth_date,
        )
        return replace(household, head=head)

    def _next(self, plan: Plan, at: str) -> DemoHousehold:
        for household in self._kept:
            if self._fits(household, plan, at):
                self._kept.remove(household)
                return household
        while True:
            household = next(self._households)
            if self._fits(household, plan, at):
                return household
            self._kept.append(household)

    def _next_on_file(self, plan: Plan) -> DemoHousehold:
        """One on file where the plan wants it, else the next: few are on file so early."""
        if plan.built_by_county:
            return self._built_by_county.pop()
        found = next((one for one in self._known if self._fits(one, plan, "")), None)
        if found is None and self._known:
            found = self._known[0]
        if found is None:
            raise Broken("演示数据里在档的家庭不够用,content.toml 里写了 known 的计划须减少。")
        self._known = [one for one in self._known if one is not found]
        return found

    def _fits(self, household: DemoHousehold, plan: Plan, at: str) -> bool:
        if at and household.organisation_id != at:
            return False
        if plan.plight and household.plight.name != plan.plight:
            return False
        if plan.heir_from and _spouse_of(household) is None:
            return False
        if not plan.areas:
            return True
        above = self._federation.by_id.get(household.organisation_id)
        while above is not None and above.code not in plan.areas:
            above = self._federation.by_id.get(above.approval_parent or "")
        return above is not None

    def _on_file(self, part: str) -> tuple[DemoHousehold, DemoMember]:
        """A household on file, and who of it applies: the head, or somebody who lives in it."""
        while self._known:
            other = self._known.pop(0)
            person = other.head if part == "head" else _spouse_of(other)
            if person is not None:
                return other, person
        raise Broken("演示数据里在档的家庭不够用,content.toml 里写了 known 的计划须减少。")

    def _county(self, household: DemoHousehold) -> str:
        area = self._federation.area_of(household.organisation_id)
        return next(one.code for one in area if one.kind == "county")


def _spouse_of(household: DemoHousehold) -> DemoMember | None:
    return next((one for one in household.members if one.relation == "配偶"), None)


class _Drawing:
    def __init__(self, line: WorkingTime, chance: random.Random, receipts: float) -> None:
        self._line = line
        self._chance = chance
        self._receipts = receipts

    def case(
        self, number: int, plan: Plan, scenario: Scenario, household: DemoHousehold
    ) -> PlannedCase:
        """Draw how long everything takes, then count back from now."""
        chance = self._chance
        deeds, stays = _until_stop(scenario, plan.stop_before)
        places, place = [], 0.0
        for action in deeds:
            place = self._after(place, action)
            if isinstance(action, Do | Deliver):
                places.append((place, action))
        shortest, longest = plan.waited
        waited = shortest + (longest - shortest) * chance.random() ** _FEW_WAIT_LONG
        begin = max(self._line.now - waited - place, 0.0)
        # a stretch of days ends with a day, wherever in the day it began
        shift = int(begin) if any(isinstance(a, Pass | Until) for a in deeds) else begin
        done = [Deed(self._line.instant(shift + at), action) for at, action in places]
        if plan.ends_now:
            done[-1] = replace(done[-1], at=_AT_THE_END)
        return PlannedCase(
            number=number,
            plan=plan,
            scenario=scenario,
            household=household,
            begins_at=self._line.instant(shift),
            deeds=tuple(done),
            stays_before=stays,
            stays_from=self._line.instant(shift + place + _QUICKEST),
            is_claimed=chance.random() < plan.claimed,
            is_drafted=chance.random() < plan.drafted,
            gets_receipt=chance.random() < self._receipts,
            heir=_heir_of(household) if plan.heir_from else None,
            heir_from=_place_of(plan.heir_from, [action for _, action in places]),
        )

    def _after(self, place: float, action: object) -> float:
        """Where on the line an action is over that begins at a place."""
        if isinstance(action, Pass):
            return int(place) + 1 + _working_days(action.limit) + self._chance.uniform(0.02, 0.2)
        if isinstance(action, Deliver):
            return place + self._chance.uniform(0.01, 0.05)
        if isinstance(action, Do):
            return place + self._chance.uniform(_QUICKEST, _SLOWEST)
        return place


def _heir_of(household: DemoHousehold) -> DemoHousehold | None:
    """The household with the spouse as its head; of what the dead earned nothing is left."""
    spouse = _spouse_of(household)
    if spouse is None:
        return None
    left = tuple(line for line in household.income_lines if line.person != household.head.name)
    return replace(
        household,
        head=replace(
            spouse, relation="户主", occupation="在岗" if household.employer else "灵活就业"
        ),
        members=tuple(one for one in household.members if one is not spouse),
        marital="丧偶",
        income_lines=left or household.income_lines,
    )


def _place_of(named: str, actions: Sequence[object]) -> int:
    """The place of a deed among those that are done, ``id#2`` for its second time."""
    name, _, times = named.partition("#")
    places = [n for n, one in enumerate(actions) if isinstance(one, Do) and one.element == name]
    return places[int(times or 1) - 1] if len(places) >= int(times or 1) else len(actions)


def _until_stop(scenario: Scenario, stop: str) -> tuple[list[object], Do | None]:
    """The actions up to the stop, and the step that stays open there."""
    name, _, times = stop.partition("#")
    wanted, seen = int(times or 1), 0
    found: list[object] = []
    for action in scenario.steps:
        if isinstance(action, Do) and action.refused is not None:
            continue
        if isinstance(action, Deliver) and action.refused is not None:
            continue
        if name == "pass" and isinstance(action, Pass):
            return found, None
        if isinstance(action, Deliver) and action.name == name:
            return found, None
        if isinstance(action, Do) and action.element == name:
            seen += 1
            if seen == wanted:
                return found, action
        found.append(action)
    if stop:
        raise Broken(f"场景“{scenario.name}”里没有“{stop}”这一步,演示数据须改正。")
    return found, None


def _working_days(limit: Deadline) -> int:
    match limit.unit:
        case Unit.WORKING_DAYS:
            return limit.amount
        case Unit.DAYS:
            return limit.amount * _WORKING_DAYS_A_WEEK // _DAYS_A_WEEK + 1
        case _:
            return 0
