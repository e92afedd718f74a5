"""Changes of the directory that meet: none is worked out from what another is just replacing.

SQLite has one writer at a time; on PostgreSQL they take turns, so these tests are of PostgreSQL.
Each holds one transaction open until the other has come to wait for it, or is through.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from engine import Engine, Options, open_engine
from engine.api.directory import Directory
from engine.errors import Invalid, Refused
from engine.model.actors import Actor
from engine.model.clock import FixedClock
from engine.model.organisations import Organisation, Person
from engine.store.database import Tx
from engine.store.turns import change_directory
from engine.work import organise, units
from engine.work.organise import Papers
from engine.work.units import Change
from tests.engine.conftest import KEY, Office
from tests.support.federation import ORGANISATIONS, ROLES, STAFF, staffed
from tests.support.meeting import TABLES_OF_WHO_WAITS, WAITED_FOR, meet

pytestmark = pytest.mark.postgres

UNIT = Organisation(
    "u9", "350602001009", "模拟九厂工会", "grassroots", "grassroots", "xc-t", "xc-t"
)
COMMANDS: dict[str, Callable[[Directory, Actor], object]] = {
    "load": lambda directory, _: directory.load((), (), (), ()),
    "add": lambda directory, admin: directory.add_organisation(admin, UNIT),
    "rename": lambda directory, admin: directory.rename_organisation(admin, "u1", "1", "模拟"),
    "move": lambda directory, admin: directory.move_organisation(admin, "u1", "lw"),
    "close": lambda directory, admin: directory.close_organisation(admin, "u2", None, Change()),
    "follow": lambda directory, _: directory.follow_day(),
    "leave": lambda directory, admin: directory.close_account(admin, "p-chair"),
    "hand over": lambda directory, admin: directory.hand_over(
        admin, "p-officer", "p-officer2", closes=True
    ),
    "grant": lambda directory, admin: directory.grant(admin, "p-officer", "chair", "u1"),
    "withdraw": lambda directory, admin: directory.withdraw_grant(admin, 1),
    "designate": lambda directory, admin: directory.designate(admin, ("chair", "u1", "u2"), "文"),
    "take back": lambda directory, admin: directory.withdraw_designation(admin, 1),
    "declare": lambda directory, admin: directory.declare_profile(admin, "u1", "文", "人手不够"),
    "end": lambda directory, admin: directory.end_profile(admin, 1),
}


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

    assert meet(empty, load, empty.directory.follow_day).exception() is None
    assert _below(empty, "xc") == {"xc", "xc-t", "u1", "u2"}


def test_a_queue_that_is_made_while_its_unit_moves_leads_to_where_it_moves(town: Office) -> None:
    admin, environment = town.actor("admin"), town.engine.environment

    def move(tx: Tx) -> None:
        units.move(environment, tx, admin, "u1", ("approval", "lw"), Change())

    assert meet(town.engine, move, town.applied).exception() is None
    assert (town.inbox("far_reviewer"), town.inbox("reviewer")) == (["review"], [])


def test_two_moves_that_meet_make_no_circle(town: Office) -> None:
    admin, environment = town.actor("admin"), town.engine.environment

    def move(tx: Tx) -> None:
        units.move(environment, tx, admin, "xc", ("approval", "lw"), Change())

    other = meet(
        town.engine, move, lambda: town.engine.directory.move_organisation(admin, "lw", "xc")
    )
    assert isinstance(other.exception(), Invalid)
    assert town.engine.directory.organisations()["lw"].approval_parent == "zz"


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_who_waits_for_her_turn_has_read_nothing_and_holds_nothing(
    town: Office, command: Callable[[Directory, Actor], object]
) -> None:
    admin, directory = town.actor("admin"), town.engine.directory
    touched: list[str] = []
    waited: list[int] = []

    def look(tx: Tx) -> None:
        waited.append(tx.execute(text(WAITED_FOR)).scalar_one())
        touched.extend(tx.execute(text(TABLES_OF_WHO_WAITS)).scalars())

    ended = meet(town.engine, change_directory, lambda: command(directory, admin), look)
    assert (waited, touched) == ([1], [])
    assert isinstance(ended.exception(), Refused | None)


def test_who_looks_whether_the_day_is_followed_waits_for_nobody(town: Office) -> None:
    town.engine.directory.follow_day()
    waited: list[int] = []

    def look(tx: Tx) -> None:
        waited.append(tx.execute(text(WAITED_FOR)).scalar_one())

    ended = meet(town.engine, change_directory, town.engine.directory.follow_day, look)
    assert (waited, ended.result()) == ([0], 0)
