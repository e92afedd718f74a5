"""The federation of these tests with money, on both databases."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import registry
from engine import SYSTEM, Engine, Options, open_engine
from engine.definitions.folder import read_folder
from engine.model.clock import FixedClock
from engine.model.organisations import Person
from engine.store.settings import Parameter
from tests.funds.purse import MONEY_ROLES, MONEY_STAFF, Purse
from tests.registry.town import MONDAY_MORNING, PARAMETERS, ROOT
from tests.support.federation import ORGANISATIONS, ROLES, STAFF


def with_money(engine: Engine) -> Engine:
    """The small federation, and who works with its money."""
    staff = {**STAFF, **MONEY_STAFF}
    people = [
        (Person(f"p-{name}", name, f"模拟{name}", place, simulated=True), None)
        for name, (_, place) in staff.items()
    ]
    grants = [(f"p-{name}", role, place) for name, (role, place) in staff.items()]
    engine.directory.load(ORGANISATIONS, (*ROLES, *MONEY_ROLES), people, grants)
    since = date(2026, 1, 1)
    engine.settings.add_parameters(
        SYSTEM, [Parameter(name, None, since, value) for name, value in PARAMETERS.items()]
    )
    return engine


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_MORNING)


@pytest.fixture
def engine(database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Engine]:
    options = Options(
        clock=clock,
        data_dir=tmp_path / "data",
        operations=registry.OPERATIONS,
        branches=(registry.BRANCH,),
        panels=registry.PANELS,
        starts=registry.STARTS,
        on_cancel=registry.on_cancel,
    )
    opened = with_money(open_engine(database_url, key=bytes(range(32)), options=options))
    yield opened
    opened.close()


@pytest.fixture
def purse(engine: Engine, clock: FixedClock) -> Purse:
    return Purse(engine, registry.Registry(engine), clock)


@pytest.fixture
def desk(purse: Purse) -> Purse:
    """With the processes that decide on batches and transfers."""
    for key in ("grant_batch", "budget_transfer"):
        files = read_folder(ROOT / "processes", ROOT / "forms", key).files
        purse.engine.definitions.deploy(SYSTEM, files)
    return purse
