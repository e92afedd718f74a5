"""A whole campaign with made-up people, from its plan to full coverage: what it takes.

``python -m tests.load.winter [--households 4543] [--db sqlite|postgres]`` prints each part with its
time and rate, reconciles the ledger to the last fen and asks for every promise.
"""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import registry
from engine import SYSTEM, Engine
from engine.model.clock import FixedClock
from engine.model.organisations import Organisation
from registry.store.campaigns import PAID_STANDS, Stand
from tests.funds.campaign import VISITED, Winter, deploy, household
from tests.funds.conftest import opened, with_money
from tests.funds.purse import Purse
from tests.load.asked import HowMuch, run_as_asked
from tests.registry.town import MONDAY_MORNING
from webapp.together.listed import ERRAND, Place, ask_for, errand_on

COUNTIES = 11
UNIONS = 8
_LOADED_AT_ONCE = 500


@dataclass(frozen=True)
class County:
    """A county of the run, by its number."""

    number: int

    @property
    def id(self) -> str:
        return f"k{self.number}"

    def person(self, role: str) -> str:
        return f"{role}{self.number}"

    @property
    def unions(self) -> Sequence[str]:
        return [f"{self.id}u{n}" for n in range(UNIONS)]

    def organisations(self) -> Iterator[Organisation]:
        code = f"3507{self.number:02}"
        name = f"模拟{self.number}县"
        yield Organisation(self.id, code, f"{name}总工会", "county", "county", "zz", "zz")
        for n, union in enumerate(self.unions):
            yield Organisation(
                union,
                f"{code}001{n:03}",
                f"{name}{n}厂工会",
                "grassroots",
                "grassroots",
                self.id,
                self.id,
            )

    def staff(self) -> Mapping[str, tuple[str, str]]:
        roles = ("county_reviewer", "county_approver", "accountant", "cashier")
        officers = {f"officer-{union}": ("officer", union) for union in self.unions}
        return {**{self.person(role): (role, self.id) for role in roles}, **officers}


class Told:
    """Prints what each part took."""

    def __init__(self) -> None:
        self.began = time.perf_counter()

    @contextmanager
    def part(self, name: str, how_many: int) -> Iterator[None]:
        began = time.perf_counter()
        yield
        took = time.perf_counter() - began
        rate = how_many / took if took else 0
        print(f"{name:<28}{how_many:>7}{took:>9.1f} s{rate:>9.0f}/s", flush=True)


def run(url: str, folder: Path, households: int) -> None:
    """The campaign; raises AssertionError where anything does not come out."""
    counties = [County(number) for number in range(1, COUNTIES + 1)]
    clock, told = FixedClock(MONDAY_MORNING), Told()
    staff = {name: place for one in counties for name, place in one.staff().items()}
    units = [unit for one in counties for unit in one.organisations()]
    engine = with_money(opened(url, folder, clock), staff, units)
    try:
        deploy(engine)
        engine.errands.teach(ERRAND, errand_on(engine))
        purse = Purse(engine, registry.Registry(engine), clock)
        _play(told, Winter(purse), counties, households)
    finally:
        engine.close()


def _play(told: Told, winter: Winter, counties: Sequence[County], households: int) -> None:
    purse = winter.purse
    unions = [union for one in counties for union in one.unions]
    with told.part("households put on file", households):
        people = [household(n, unions[n % len(unions)]) for n in range(households)]
        for first in range(0, households, _LOADED_AT_ONCE):
            some = people[first : first + _LOADED_AT_ONCE]
            purse.register.load_files(SYSTEM, some, "模拟台账")
    each = -(-households // len(counties)) + UNIONS
    lines = {
        one: purse.allocate(
            one.person("accountant"), year="2027", unit=one.id, amount=f"{each * 1000}"
        )
        for one in counties
    }
    winter.start()
    with told.part("cases begun from the list", households):
        winter.approve()
    assert winter.seen_by("protection").households() == households
    with told.part("checked by the list", households):
        for one in counties:
            _check(winter, one)
    with told.part("on rosters, paid, told", households):
        for one in counties:
            winter.pay(
                lines[one],
                one.person("accountant"),
                one.person("county_approver"),
                one.person("cashier"),
                "county",
            )
        while winter.seen_by("protection").households(Stand.PAID) and _unheard(winter):
            winter.work()
    with told.part("visited", households):
        _visit(winter, counties)
    with told.part("the page of the campaign", 1):
        campaign = winter.seen_by("protection")
    assert campaign.households(*PAID_STANDS) == campaign.households(Stand.DONE) == households
    purse.clock.advance(timedelta(days=91))  # behind the festival
    with told.part("closed", 1):
        _close(winter)
    with told.part("every promise", 1):
        purse.must_hold()
    paid = sum(purse.line(line.id).paid for line in lines.values())
    assert paid == households * 100_000
    took = time.perf_counter() - told.began
    print(
        f"{households} households, {campaign.percent}% covered, {paid / 100:,.2f} yuan paid; {took:.0f} s"
    )


def _check(winter: Winter, county: County) -> None:
    actor = winter.purse.actor(county.person("county_reviewer"))
    key = winter.seen_by("protection").list.key
    place = Place(key, "winter_relief_household", "check")
    engine = winter.engine
    while steps := engine.fan_outs.steps_of(actor, key, place.process_key, place.element_id):
        wanted = [(one.task_id, one.rev) for one in steps]
        found = winter.purse.register.campaigns.findings(
            actor, key, [one.business_key for one in steps]
        )
        assert not found
        ask_for(engine, actor, place, wanted, {"decision": "pay"}, ("核对名单", key))
        winter.errands()


def _unheard(winter: Winter) -> bool:
    """Whether a household that was paid still waits for the word."""
    return any(not one.step for one in winter.households("protection", Stand.PAID))


def _visit(winter: Winter, counties: Sequence[County]) -> None:
    engine: Engine = winter.engine
    for county in counties:
        for union in county.unions:
            actor = winter.purse.actor(f"officer-{union}")
            for group in engine.fan_outs.steps(actor, "winter_relief_household"):
                steps = engine.fan_outs.steps_of(
                    actor, group.key, group.process_key, group.element_id
                )
                for step in steps:
                    engine.tasks.complete(actor, step.task_id, VISITED)


def _close(winter: Winter) -> None:
    winter.work()
    given = {
        "urge": {"urged_note": "均已付款"},
        "summary": {"summary_note": "已全部发放"},
        "close": {"closing_note": "已归档"},
    }
    protection = winter.purse.actor("protection")
    while steps := winter.engine.cases.view(SYSTEM, winter.case_id).open_tasks:
        winter.engine.tasks.complete(protection, steps[0].id, given[steps[0].element_id])
    assert winter.engine.cases.view(SYSTEM, winter.case_id).case.ended_at is not None


def main(words: Sequence[str]) -> None:
    """Run it on a new database."""
    run_as_asked("winter", words, HowMuch("--households", int, 4543), run)


if __name__ == "__main__":
    main(sys.argv[1:])
