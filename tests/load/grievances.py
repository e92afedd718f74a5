"""Petitions, legal aid and wage recoveries of 2015 and 2016, run to their end (模拟).

``python -m tests.load.grievances [--share 1] [--db sqlite|postgres]`` plays 672 petitions with 941
persons, 829 legal-aid cases and the wage recoveries of 2015 day by day with the calendar of those
years, each step by whom it belongs to. Every month is printed with its steps and its time. The sums
are read back from what the product keeps, every limit of every step and timer is found again by
:mod:`tests.load.statute`, and every promise is asked for. The totals were published; how they are
spread is invented.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select, text

import registry
from engine import SYSTEM, Engine
from engine.definitions.folder import read_folder
from engine.model.clock import FixedClock
from engine.model.organisations import Organisation, Person
from engine.store.instants import from_text
from engine.store.settings import Parameter
from engine.store.tables import case, job, process_version, task
from registry.store import funds
from registry.store.funds import Narrowing
from tests.funds.conftest import opened
from tests.load import aid, indicators, petitions, wages
from tests.load.asked import HowMuch, run_as_asked
from tests.load.stage import CITY, Place, Stage
from tests.load.statute import CHINA, STEPS, TIMERS, Facts, end_of, expected
from tests.registry.town import CALLED, PARAMETERS, ROOT
from tests.support.federation import ORGANISATIONS
from webapp.standard.roles import ROLES

COUNTIES = tuple(Place(f"k{number}") for number in range(1, 12))
ZONE = Place("kz")
"""A development zone under a county: what it says is reviewed there, and again by the city."""

PROCESSES = (
    *(*CALLED, "archiving", "petition", "petition_review", "petition_assigned"),
    *("legal_aid", "wage_arrears"),
)
FESTIVALS = ((date(2014, 2, 1), "2015-02-19"), (date(2015, 2, 20), "2016-02-08"))
P = TypeVar("P", aid.Plan, wages.Plan)

CUT_OFF = end_of(date(2016, 12, 31))
YEARS = (2015, 2016)
LIVED = (end_of(date(2014, 12, 31)), end_of(date(2015, 12, 31)))
"""The year of the wage recoveries."""


@dataclass(frozen=True)
class Difference:
    """A limit that the product keeps and the statute does not."""

    case: str
    place: str
    basis: str
    start: date
    expected: datetime
    found: datetime

    def __str__(self) -> str:
        asked, kept = (
            f"{one.astimezone(CHINA):%Y-%m-%d %H:%M}" for one in (self.expected, self.found)
        )
        return f"{self.case} {self.place} ({self.basis}, from {self.start}): {asked}, not {kept}"


@dataclass(frozen=True)
class Run:
    """What a run came to."""

    petitions: indicators.Petitions
    legal_aid: indicators.LegalAid
    subsidies: Decimal
    wages: indicators.Wages
    on_the_page: Mapping[tuple[str, str], Decimal]
    compared: int
    differences: Sequence[Difference]


# The federation -------------------------------------------------------------------------------


def _organisations() -> Iterator[Organisation]:
    yield from ORGANISATIONS
    for number, place in enumerate(COUNTIES, 1):
        code, name = f"3507{number:02}", f"模拟{number}县"
        yield Organisation(place.id, code, f"{name}总工会", "county", "county", CITY.id, CITY.id)
        union = f"{place.id}u0"
        yield Organisation(
            union,
            f"{code}001001",
            f"{name}一厂工会",
            "grassroots",
            "grassroots",
            place.id,
            place.id,
        )
    first = COUNTIES[0].id
    yield Organisation(ZONE.id, "350790", "模拟开发区总工会", "county", "county", first, first)


def _staff() -> Iterator[tuple[str, str, str]]:
    """Names, roles and places."""
    for place in (*COUNTIES, ZONE):
        for role in ("receptionist", "county_reviewer", "county_approver", "lawyer", "cashier"):
            yield f"{role}-{place.id}", role, place.id
        if place != ZONE:
            yield f"officer-{place.id}u0", "officer", f"{place.id}u0"
            yield f"chair-{place.id}u0", "chair", f"{place.id}u0"
            yield f"data_entry-{place.id}", "data_entry", place.id
    for role in ("receptionist", "city_protection", "city_leader", "accountant"):
        yield f"{role}-{CITY.id}", role, CITY.id


def _parameters() -> Iterator[Parameter]:
    since = date(2014, 1, 1)
    for name, value in {**PARAMETERS, "legal aid means standard": 1500}.items():
        if name != "spring festival":
            yield Parameter(name, None, since, value)
    for day, festival in FESTIVALS:
        yield Parameter("spring festival", None, day, festival)


def _furnish(engine: Engine) -> None:
    staff = list(_staff())
    people = [
        (Person(f"p-{name}", name, f"模拟{name}", place, simulated=True), None)
        for name, _, place in staff
    ]
    grants = [(f"p-{name}", role, place) for name, role, place in staff]
    engine.directory.load(tuple(_organisations()), ROLES, people, grants)
    with engine.database.unit_of_work() as unit:  # a directory that is loaded holds from 2020
        unit.tx.execute(text("UPDATE role_grant SET valid_from = '2014-01-01'"))
        unit.commit()
    engine.settings.add_parameters(SYSTEM, list(_parameters()))
    folders = (read_folder(ROOT / "processes", ROOT / "forms", key) for key in PROCESSES)
    engine.definitions.deploy(SYSTEM, [file for one in folders for file in one.files])
    _allot(engine)


def _allot(engine: Engine) -> None:
    """What the lawyers of legal aid are paid from, a line a year."""
    accountant = engine.directory.actor_named(f"accountant-{CITY.id}")
    for year in YEARS:
        line = {"kind": "allocate", "year": str(year), "unit": CITY.id, "programme": "rights"}
        rest = {"source": "own", "amount": "700,000.00", "document": "模拟〔2015〕1号", "note": ""}
        registry.Registry(engine).funds.allocate(accountant, f"{year:016d}", {**line, **rest})


def _subsidies(engine: Engine) -> Decimal:
    """What they were paid; nothing may be left reserved or granted."""
    lines = [one.line for one in engine.ask(lambda tx: funds.lines(tx, None, Narrowing()))]
    assert [(one.reserved, one.committed) for one in lines] == [(0, 0)] * len(YEARS)
    return sum((Decimal(one.paid) / 100 for one in lines), Decimal(0))


# The run --------------------------------------------------------------------------------------


def run(url: str, folder: Path, share: Decimal) -> Run:
    """Both years; raises AssertionError where a case does not come to its end or a promise breaks."""
    clock = FixedClock(datetime(2014, 12, 31, 1, tzinfo=UTC))
    engine = opened(url, folder, clock)
    began = time.perf_counter()
    try:
        _furnish(engine)
        stage = Stage(engine, clock)
        _enter(stage, share)
        stage.play(_tell)
        _must_be_over(engine)
        must_hold(engine)
        compared, differences = compare(engine, stage)
        found = Run(
            indicators.petitions(engine, CUT_OFF),
            indicators.legal_aid(engine),
            _subsidies(engine),
            indicators.wages(engine, *LIVED),
            indicators.on_the_page(engine, CITY.handler),
            compared,
            differences,
        )
    finally:
        engine.close()
    _sum_up(found, stage.steps, time.perf_counter() - began)
    return found


def _enter(stage: Stage, share: Decimal) -> None:
    """Who comes to the counter of legal aid or wages by herself, and who is led there."""
    asked = list(petitions.plans(share, COUNTIES, ZONE))
    led = Counter(petitions.leads_to(one) for one in asked)
    helped, at_aid = _apart(aid.plans(share, COUNTIES), "helped", led[petitions.AID])
    urgent, rest = _apart(wages.plans(share, COUNTIES), "festival", led[petitions.URGENT])
    owed, at_wages = _apart(rest, "first_call", led[petitions.WAGE])
    leads = {
        petitions.AID: [aid.led(one) for one in helped],
        petitions.URGENT: [wages.led(one) for one in urgent],
        petitions.WAGE: [wages.led(one) for one in owed],
    }
    petitions.enter(stage, asked, leads)
    aid.enter(stage, at_aid)
    wages.enter(stage, at_wages)
    print("led by petitions:", {kind: len(some) for kind, some in leads.items()})


def _apart(plans: Iterable[P], way: str, many: int) -> tuple[list[P], list[P]]:
    """So many that take a way, and the others."""
    every = list(plans)
    taken = [one for one in every if one.way.name == way][:many]
    assert len(taken) == many, f"more petitions are led to {way} than there are"
    return taken, [one for one in every if one not in taken]


def _tell(month: str, steps: int, took: float) -> None:
    print(f"{month:<28}{steps:>7}{took:>9.1f} s{steps / took if took else 0:>9.0f}/s", flush=True)


def _must_be_over(engine: Engine) -> None:
    """Every case has ended, the files too that were begun for families in hardship."""
    open_now = (
        select(process_version.c.key)
        .select_from(case.join(process_version, process_version.c.id == case.c.definition_id))
        .where(case.c.ended_at.is_(None))
    )
    left = Counter(engine.ask(lambda tx: list(tx.execute(open_now).scalars())))
    assert not left, left


def must_hold(engine: Engine) -> None:
    """Every promise of the engine and of the register."""
    found = [*engine.audit.invariants(), *registry.invariants(engine)]
    assert [(one.id, one.broken) for one in found if not one.ok] == []


def compare(engine: Engine, stage: Stage) -> tuple[int, Sequence[Difference]]:
    """Every limit of every step and timer that the product keeps, beside the statute's."""
    numbered = engine.ask(lambda tx: list(tx.execute(select(case.c.id, case.c.number))))
    numbers = {row.id: row.number for row in numbered}
    steps = (
        task.c.case_id,
        task.c.process_key,
        task.c.element_id,
        task.c.created_at,
        task.c.due_at,
    )
    timers = (job.c.case_id, job.c.process_key, job.c.element_id, job.c.created_at, job.c.due_at)
    found: list[Difference] = []
    compared = 0
    for query, rules in (
        (select(*steps).order_by(task.c.id), STEPS),
        (select(*timers).where(job.c.kind == "timer").order_by(job.c.id), TIMERS),
    ):
        for row in engine.ask(lambda tx, asked=query: list(tx.execute(asked))):
            began = from_text(row.created_at)
            facts: Facts = stage.cases[row.case_id].facts(began)
            place = (row.process_key, row.element_id)
            ours = expected(rules[place], began, facts)
            compared += 1
            due = from_text(row.due_at)
            # a limit by the clock is kept to the second it began
            if ours.at != due.replace(microsecond=0):
                name = numbers[row.case_id]
                found.append(
                    Difference(name, ".".join(place), ours.basis, ours.start, ours.at, due)
                )
    return compared, found


def _sum_up(found: Run, steps: int, took: float) -> None:
    p, a, w = found.petitions, found.legal_aid, found.wages
    print(
        f"信访 {p.received} cases, {p.persons} persons, {p.closed} closed; told in time {p.told_in_time}; "
        f"accepted {p.accepted}, due {p.due}, of these closed {p.due_closed}, in time "
        f"{p.due_closed_in_time}; satisfied {p.satisfied} of {p.asked}; repeated {p.repeated}"
    )
    print(
        f"法律援助 {a.helped} helped of {a.applied}; decided in time {a.decided_in_time} of {a.decided}, "
        f"assigned {a.assigned_in_time} of {a.assigned}; fees {a.fees_saved:,.2f} yuan, "
        f"recovered {a.recovered:,.2f} yuan; lawyers paid {found.subsidies:,.2f} yuan"
    )
    print(
        f"欠薪 2015: {w.cases} cases, {w.paid_persons} of {w.persons} persons, "
        f"{w.recovered:,.2f} of {w.claimed:,.2f} yuan"
    )
    page = {f"{process}.{key}": value for (process, key), value in found.on_the_page.items()}
    print("维权指标:", ", ".join(f"{key} {value:,f}" for key, value in page.items()))
    kinds = Counter((one.place, one.basis) for one in found.differences)
    for (place, basis), many in sorted(kinds.items()):
        first = next(one for one in found.differences if (one.place, one.basis) == (place, basis))
        print(f"  {many} of {place}, such as {first}")
    print(f"{found.compared} limits, {len(found.differences)} differ; {steps} steps, {took:.0f} s")


def main(words: Sequence[str]) -> None:
    """Run it on a new database."""
    run_as_asked(
        "grievances", words, HowMuch("--share", Decimal, Decimal(1), "0.1: a tenth of them"), run
    )


if __name__ == "__main__":
    main(sys.argv[1:])
