"""Changes of the directory that meet: none is worked out from what another is just replacing.

SQLite has one writer at a time; on PostgreSQL they take turns, so these tests are of PostgreSQL.
Each holds one transaction open until the other has come to wait for it, or is through.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from engine import Engine, Options, open_engine
from engine.errors import Invalid
from engine.model.clock import FixedClock
from engine.model.organisations import Person
from engine.store.database import Tx
from engine.work import organise, units
from engine.work.organise import Papers
from engine.work.units import Change
from tests.engine.conftest import KEY, Office
from tests.support.federation import ORGANISATIONS, ROLES, STAFF, staffed
from tests.support.waiting import WAITED

pytestmark = pytest.mark.postgres

WAITED_FOR = "SELECT count(*) FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"


@pytest.fixture
def empty(postgres_url: str, clock: FixedClock, tmp_path: Path) -> Iterator[Engine]:
    """An engine without a directory."""
    engine = open_engine(postgres_url, key=KEY, options=Options(clock=clock, data_dir=tmp_path))
    yield engine
    engine.close()


@pytest.fixture
def town(empty: Engine, clock: FixedClock) -> Office:
    """A staffed federation with the example process deployed."""
    made = Office(staffed(empty), clock)
    made.deploy("example_request")
    return made


def _meet(
    engine: Engine, first: Callable[[Tx], object], second: Callable[[], object]
) -> Future[object]:
    """Do the second while the first is done and not committed; how the second ended."""
    with ThreadPoolExecutor(1) as pool:
        others: list[Future[object]] = []

        def meeting(tx: Tx) -> None:
            first(tx)
            others.append(pool.submit(second))
            ends = time.monotonic() + WAITED
            while not others[-1].done() and not tx.execute(text(WAITED_FOR)).scalar():
                assert time.monotonic() < ends, "it neither ended nor came to wait"
                time.sleep(0.01)

        engine.execute(meeting)
    return others[-1]


def _below(engine: Engine, top: str) -> set[str]:
    return {one for one in engine.directory.organisations() if _reaches(engine, one, top)}


def _reaches(engine: Engine, organisation_id: str, top: str) -> bool:
    return top in {one.id for one in engine.directory.line_upwards(organisation_id)}


def test_a_worker_that_follows_the_day_while_the_directory_is_loaded_loses_no_area(
    empty: Engine,
) -> None:
    people = [
        (Person(f"p-{name}", name, f"模拟{name}", place, simulated=True), None)
        for name, (_, place) in STAFF.items()
    ]
    grants = [(f"p-{name}", role, place) for name, (role, place) in STAFF.items()]

    def load(tx: Tx) -> None:
        # the worker may read the directory; it comes to write when this one has committed
        tx.execute(text("LOCK TABLE organisation_closure IN SHARE ROW EXCLUSIVE MODE"))
        organise.load(empty.environment, tx, ORGANISATIONS, (ROLES, people, grants), Papers())

    assert _meet(empty, load, empty.directory.follow_day).exception() is None
    assert _below(empty, "xc") == {"xc", "xc-t", "u1", "u2"}


def test_a_queue_that_is_made_while_its_unit_moves_leads_to_where_it_moves(town: Office) -> None:
    admin, environment = town.actor("admin"), town.engine.environment

    def move(tx: Tx) -> None:
        units.move(environment, tx, admin, "u1", ("approval", "lw"), Change())

    assert _meet(town.engine, move, town.applied).exception() is None
    assert (town.inbox("far_reviewer"), town.inbox("reviewer")) == (["review"], [])


def test_two_moves_that_meet_make_no_circle(town: Office) -> None:
    admin, environment = town.actor("admin"), town.engine.environment

    def move(tx: Tx) -> None:
        units.move(environment, tx, admin, "xc", ("approval", "lw"), Change())

    other = _meet(
        town.engine, move, lambda: town.engine.directory.move_organisation(admin, "lw", "xc")
    )
    assert isinstance(other.exception(), Invalid)
    assert town.engine.directory.organisations()["lw"].approval_parent == "zz"
