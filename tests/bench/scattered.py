"""Many open steps as a city has them: of four hundred unions, a third each at three levels.

The officer of a union has the steps of her union, the reviewer of a county those of forty unions,
the supervisor of the city those of all four hundred: a third of everything that is open.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import insert, or_, select, update

from engine.model.clock import SystemClock, local_date
from engine.model.organisations import Organisation, Person
from engine.store import directory, tables, waiting
from engine.store.database import Tx
from engine.store.instants import to_text
from engine.work.accounts import hash_password
from tests.bench.filling import Home, copy_cases, reckon
from tests.bench.ground import Ground
from tests.crash.installation import PASSWORD

COUNTIES, UNIONS = 10, 40
"""Counties, and unions of each."""

ONE_IN = 20
"""Of the open steps of a federation as many are late or due this week."""

_CITY = "zz"
_COUNTY, _UNION = "sc00", "sc00u00"
PEOPLE = {"officer": f"{_UNION}-1", "reviewer": f"{_COUNTY}-1", "city": f"{_CITY}-1"}
"""Whose page is measured."""


def fill_scattered(on: Ground, how_many: int) -> None:
    """So many open steps in all, spread evenly; without the history of their cases."""
    if not on.homes:
        on.homes.extend(_prepare(on))
    copy_cases(
        on.engine, on.samples(), how_many - on.scattered, on.homes, (tables.case, tables.task)
    )
    on.scattered = max(on.scattered, how_many)
    _count_up(on)


def _count_up(on: Ground) -> None:
    while on.engine.ask(waiting.any_noted):  # a worker does so many at once, every ten seconds
        on.engine.jobs.add_up()
    reckon(on.engine)


def put_off(on: Ground) -> None:
    """Let one open step in ``ONE_IN`` be due as it was; the others have months left."""
    later = SystemClock().now() + timedelta(days=100)
    stay = or_(*(tables.case.c.number.like(f"%{n:02d}") for n in range(0, 100, ONE_IN)))
    with on.engine.database.unit_of_work() as work:
        work.tx.execute(
            update(tables.task)
            .where(
                tables.task.c.status == "open",
                tables.task.c.case_id.in_(select(tables.case.c.id).where(~stay)),
            )
            .values(due_at=to_text(later), due_date=local_date(later).isoformat())
        )
        work.commit()
    _count_up(on)


def _prepare(on: Ground) -> list[Home]:
    """Counties, unions, their people and queues; where a step may wait, in turns."""
    now = SystemClock().now()
    hashed = hash_password(PASSWORD)
    with on.engine.database.unit_of_work() as work:
        directory.add_organisations(work.tx, list(_organisations()))
        directory.rebuild_closure(work.tx, local_date(now))
        staff = list(_staff())
        people = [(Person(f"p-{n}", n, f"模拟{n}", place), hashed) for n, _, place in staff]
        directory.add_people(work.tx, people, to_text(now))
        grants = [(f"p-{n}", role, place) for n, role, place in staff]
        directory.add_grants(work.tx, grants, date(2020, 1, 1))
        homes = _homes(work.tx)
        work.commit()
    return homes


def _unions() -> Iterator[tuple[str, str]]:
    for c in range(COUNTIES):
        for u in range(UNIONS):
            yield f"sc{c:02d}", f"sc{c:02d}u{u:02d}"


def _organisations() -> Iterator[Organisation]:
    for c in range(COUNTIES):
        code = f"3506{50 + c}"
        name = f"模拟{c}县总工会"
        yield Organisation(f"sc{c:02d}", code, name, "county", "county", _CITY, _CITY)
    for number, (county, union) in enumerate(_unions()):
        code, name = f"3506990{number:05d}", f"模拟第{number}厂工会"
        yield Organisation(union, code, name, "grassroots", "grassroots", county, county)


def _staff() -> Iterator[tuple[str, str, str]]:
    """User name, role and place; two of each, so that steps are claimed."""
    for n in (1, 2):
        yield f"{_CITY}-{n}", "supervisor", _CITY
        for c in range(COUNTIES):
            yield f"sc{c:02d}-{n}", "county_reviewer", f"sc{c:02d}"
        for _, union in _unions():
            yield f"{union}-{n}", "officer", union


def _homes(tx: Tx) -> list[Home]:
    places = [
        (role, level, union, handling)
        for county, union in _unions()
        for role, level, handling in (
            ("officer", "grassroots", union),
            ("county_reviewer", "county", county),
            ("supervisor", "city", _CITY),
        )
    ]
    tx.execute(
        insert(tables.queue),
        [
            {
                "role": role,
                "level": level,
                "home_id": union,
                "handling_id": handling,
                "reason": "level",
                "reason_text": "",
            }
            for role, level, union, handling in places
        ],
    )
    numbers = {
        (row.role, row.home_id): row.id
        for row in tx.execute(
            select(tables.queue.c.id, tables.queue.c.role, tables.queue.c.home_id)
        )
    }
    return [
        Home(union, numbers[role, union], "" if role == "officer" else f"|p-{union}-1|")
        for role, _, union, _ in places
    ]
