"""Three years of school aid with made-up people, to the last yuan of what was published.

``python -m tests.load.autumn [--share 1] [--db sqlite|postgres]`` plays 2014 to 2016: plan, 1,680
applications, reviews, notices, approvals, rosters, payments, confirmation. It prints each part with
its time and rate, reconciles the ledger with 7,218,800 yuan, and of 2016 the 68 students of the
listed townships with 68,000 yuan beside it. The totals were published; how they are spread over
years, amounts and counties is invented (模拟).
"""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import text

import registry
from engine import SYSTEM
from engine.model.clock import FixedClock, local_date
from engine.model.organisations import Organisation
from engine.store.settings import Parameter
from registry.budget.model import BudgetLine
from registry.loading import ExistingHousehold
from registry.store.campaigns import PAID_STANDS, Stand
from tests.funds.autumn import ENROLLED, Autumn, Student, deploy, household
from tests.funds.conftest import opened, with_money
from tests.funds.purse import Purse
from tests.load.asked import HowMuch, run_as_asked
from tests.load.winter import COUNTIES, County, Told
from tests.registry.town import PARAMETERS

TOWNSHIPS = 17
OF_EACH_TOWNSHIP = 4
_LOADED_AT_ONCE = 500
_FIRST_CHILD = 6_000
_FIRST_OF_TOWNSHIPS = 12_000
_POOR_ZONE = COUNTIES + 1
"""A zone whose subsistence standard is 380: ten months of it are 3,800, where a student of
university would be given 5,000."""


@dataclass(frozen=True)
class Year:
    """How many students of each amount."""

    year: int
    university: int
    high_school: int
    capped: int = 0
    of_townships: int = 0

    @property
    def students(self) -> int:
        return self.university + self.high_school + self.capped

    @property
    def yuan(self) -> int:
        return self.university * 5000 + self.high_school * 3000 + self.capped * 3800


YEARS = (Year(2014, 340, 200), Year(2015, 360, 200), Year(2016, 389, 190, 1, 68))
assert sum(one.students for one in YEARS) == 1680
assert sum(one.yuan for one in YEARS) == 7_218_800


@dataclass(frozen=True)
class Applicant:
    """A student with her county and her union."""

    student: Student
    county: County
    unit: str
    yuan: int
    basis: str = "archived"

    @property
    def officer(self) -> str:
        return f"officer-{self.unit}"


def part_of(year: Year, share: Decimal) -> Year:
    """So much of a year: of each amount at least one where there is one."""

    def some(count: int) -> int:
        return min(count, max(1, int(count * share))) if count else 0

    return Year(
        year.year,
        some(year.university),
        some(year.high_school),
        year.capped,
        some(year.of_townships),
    )


# Who there is ---------------------------------------------------------------------------------


def township(number: int) -> str:
    return f"k{number % 3 + 1}t{number}"


def townships() -> Iterator[Organisation]:
    """The listed townships, in three counties, each with one union."""
    for n in range(TOWNSHIPS):
        county = f"k{n % 3 + 1}"
        code = f"3507{n % 3 + 1:02}1{n:02}"
        own = township(n)
        yield Organisation(own, code, f"模拟{n}乡总工会", "township", "township", county, county)
        yield Organisation(
            f"{own}u", f"{code}001", f"模拟{n}乡工会", "grassroots", "grassroots", own, own
        )


def applicants(year: Year, files: Mapping[int, str], first: int) -> Iterator[Applicant]:
    """Of a year, spread over the counties; ``first``: the number of its first household."""
    amounts = [5000] * year.university + [3000] * year.high_school + [3800] * year.capped
    for n, yuan in enumerate(amounts):
        county, unit = place_of(n, yuan)
        student = Student(_FIRST_CHILD + first + n, files[first + n], is_in_university=yuan != 3000)
        yield Applicant(student, county, unit, yuan)
    for n in range(year.of_townships):
        own = n % TOWNSHIPS
        student = Student(_FIRST_OF_TOWNSHIPS + n)
        county = County(own % 3 + 1)
        yield Applicant(student, county, f"{township(own)}u", 1000, "township")


def place_of(n: int, yuan: int) -> tuple[County, str]:
    county = County(_POOR_ZONE) if yuan == 3800 else County(n % COUNTIES + 1)
    return county, county.unions[n // COUNTIES % len(county.unions)]


def families(year: Year, first: int) -> Iterator[ExistingHousehold]:
    """A household on file for each student of a year but those of the listed townships."""
    amounts = [5000] * year.university + [3000] * year.high_school + [3800] * year.capped
    for n, yuan in enumerate(amounts):
        _, unit = place_of(n, yuan)
        one = household(first + n, unit, [_FIRST_CHILD + first + n])
        yield ExistingHousehold(one.organisation_id, one.content, date(2013, 3, 4), None)


# The run --------------------------------------------------------------------------------------


def run(url: str, folder: Path, share: Decimal) -> None:
    """All years; raises AssertionError where anything does not come out."""
    counties = [County(number) for number in range(1, _POOR_ZONE + 1)]
    clock, told = FixedClock(datetime(2014, 7, 1, 1, tzinfo=UTC)), Told()
    staff = {name: place for one in counties for name, place in one.staff().items()}
    own = {f"officer-{township(n)}u": ("officer", f"{township(n)}u") for n in range(TOWNSHIPS)}
    units = [*(unit for one in counties for unit in one.organisations()), *townships()]
    engine = with_money(opened(url, folder, clock), {**staff, **own}, units)
    try:
        since = date(2014, 1, 1)
        with engine.database.unit_of_work() as unit:  # a directory that is loaded holds from 2020
            unit.tx.execute(text("UPDATE role_grant SET valid_from = '2014-01-01'"))
            unit.commit()
        listed = [
            Parameter("underdeveloped township", township(n), since, value=True)
            for n in range(TOWNSHIPS)
        ]
        standard = Parameter("dibao standard", County(_POOR_ZONE).id, since, 380)
        usual = [Parameter(name, None, since, value) for name, value in PARAMETERS.items()]
        engine.settings.add_parameters(SYSTEM, [*usual, *listed, standard])
        deploy(engine)
        purse = Purse(engine, registry.Registry(engine), clock)
        _play(told, purse, [part_of(one, share) for one in YEARS], counties)
    finally:
        engine.close()


def _play(told: Told, purse: Purse, years: Sequence[Year], counties: Sequence[County]) -> None:
    people = _people(told, purse, years)
    students, paid, special = 0, 0, 0
    for year in years:
        mine = people[year.year]
        lines = _lines(purse, year, mine, counties)
        _year(told, purse, year, mine, lines)
        for line in lines.values():
            now = purse.line(line.id)
            assert now.allocated == now.paid, "what was allotted was paid, to the last fen"
            if line.key.programme == "schooling":
                paid += now.paid
            else:
                special += now.paid
        students += year.students
    with told.part("every promise", 1):
        purse.must_hold()
    assert paid == sum(one.yuan for one in years) * 100
    assert special == sum(one.of_townships for one in years) * 100_000
    took = time.perf_counter() - told.began
    print(
        f"金秋助学 {paid / 100:,.2f} yuan to {students} students of as many households; "
        f"乡镇学子 {special / 100:,.2f} yuan; {took:.0f} s"
    )


def _people(told: Told, purse: Purse, years: Sequence[Year]) -> Mapping[int, list[Applicant]]:
    """The households of all years on file, and who applies in each."""
    found: dict[int, list[Applicant]] = {}
    with told.part("households put on file", sum(one.students for one in years)):
        first = 0
        for year in years:
            files: dict[int, str] = {}
            some = list(families(year, first))
            for start in range(0, len(some), _LOADED_AT_ONCE):
                part = some[start : start + _LOADED_AT_ONCE]
                loaded = purse.register.load_files(SYSTEM, part, "模拟台账")
                files.update({first + start + n: one.file_no for n, one in enumerate(loaded)})
            found[year.year] = list(applicants(year, files, first))
            first += year.students
    return found


def _lines(
    purse: Purse, year: Year, people: Sequence[Applicant], counties: Sequence[County]
) -> Mapping[tuple[str, str], BudgetLine]:
    """By county and programme, as much as its students are to be given and no more."""
    wanted: dict[tuple[str, str], int] = {}
    for one in people:
        programme = "schooling" if one.basis == "archived" else "township_students"
        key = (one.county.id, programme)
        wanted[key] = wanted.get(key, 0) + one.yuan
    by_id = {one.id: one for one in counties}
    return {
        (county, programme): purse.allocate(
            by_id[county].person("accountant"),
            year=str(year.year),
            unit=county,
            programme=programme,
            amount=str(yuan),
        )
        for (county, programme), yuan in wanted.items()
    }


def _year(
    told: Told,
    purse: Purse,
    year: Year,
    people: Sequence[Applicant],
    lines: Mapping[tuple[str, str], BudgetLine],
) -> None:
    autumn, many = Autumn(purse), len(people)
    _until(purse, date(year.year, 7, 1))
    autumn.start(
        apply_by=f"{year.year}-08-20",
        pay_by=f"{year.year}-09-10",
        confirm_by=f"{year.year}-10-20",
    )
    autumn.open()
    assert autumn.seen_by("protection").households() == 0, "nobody studies on by these data"
    with told.part(f"{year.year}: applied for", many):
        cases = {one: _applied(autumn, one, year) for one in people}
    with told.part(f"{year.year}: reviewed, posted", many):
        for one, case_id in cases.items():
            reviewer = one.county.person("county_reviewer")
            autumn.grant(case_id, by=one.officer, reviewer=reviewer)
    autumn.notices_over()
    with told.part(f"{year.year}: noticed, approved", many):
        autumn.work()
        for one, case_id in cases.items():
            autumn.approve(case_id, by=one.officer, approver=one.county.person("county_approver"))
    with told.part(f"{year.year}: on rosters, paid, told", many):
        _pay(autumn, lines)
    with told.part(f"{year.year}: confirmed", many):
        for one, case_id in cases.items():
            purse.do(one.officer, case_id, "confirm", ENROLLED)
    with told.part(f"{year.year}: the page", 1):
        campaign = autumn.seen_by("protection")
    assert campaign.households() == campaign.households(Stand.DONE) == many
    assert campaign.paid_fen == (year.yuan + year.of_townships * 1000) * 100
    assert sum(campaign.households(one) for one in PAID_STANDS) == many
    _until(purse, date(year.year, 10, 21))
    autumn.close()
    assert autumn.engine.cases.view(SYSTEM, autumn.case_id).case.ended_at is not None


def _applied(autumn: Autumn, one: Applicant, year: Year) -> str:
    # Of these data every student is a freshman of a year: nobody is asked again the next.
    changed = {"basis": one.basis, "ends_in": year.year + 1}
    return autumn.apply(one.student, one.officer, one.unit, **changed)


def _pay(autumn: Autumn, lines: Mapping[tuple[str, str], BudgetLine]) -> None:
    roles = ("accountant", "county_approver", "cashier")
    for (county, _), line in lines.items():
        number = int(county[1:])
        maker, approver, cashier = (County(number).person(role) for role in roles)
        money = autumn.purse.register.campaigns.money(
            autumn.purse.actor(maker), autumn.seen_by(maker)
        )
        for roster in money.rosters[line.id]:
            autumn.pay(line, roster.item, (maker, approver, cashier))
    for _ in range(len(lines)):  # fifty cases hear of their money in one look
        autumn.work()
        waiting = autumn.students("protection", Stand.PAID)
        if all(one.step for one in waiting):
            return
    raise AssertionError("students who were paid have not heard of it")


def _until(purse: Purse, day: date) -> None:
    today = local_date(purse.clock.now())
    if today < day:
        purse.clock.advance(timedelta(days=(day - today).days))


def main(words: Sequence[str]) -> None:
    """Run it on a new database."""
    run_as_asked(
        "autumn", words, HowMuch("--share", Decimal, Decimal(1), "0.1: a tenth of them"), run
    )


if __name__ == "__main__":
    main(sys.argv[1:])
