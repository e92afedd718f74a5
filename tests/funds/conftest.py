"""The federation of these tests with money, on both databases."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

import registry
from engine import SYSTEM, Engine, Options, open_engine
from engine.definitions.folder import read_folder
from engine.model.clock import FixedClock
from engine.model.organisations import Organisation, Person
from engine.store.settings import Parameter
from tests.funds.purse import MONEY_ROLES, MONEY_STAFF, Purse
from tests.registry.town import MONDAY_MORNING, PARAMETERS, ROOT
from tests.support.federation import ORGANISATIONS, ROLES, STAFF
from tests.support.templates import Templates


def with_money(
    engine: Engine,
    more: Mapping[str, tuple[str, str]] | None = None,
    units: Sequence[Organisation] = (),
) -> Engine:
    """The small federation, and who works with its money; ``more`` people, units beside it."""
    staff = {**STAFF, **MONEY_STAFF, **(more or {})}
    people = [
        (Person(f"p-{name}", name, f"模拟{name}", place, simulated=True), None)
        for name, (_, place) in staff.items()
    ]
    grants = [(f"p-{name}", role, place) for name, (role, place) in staff.items()]
    engine.directory.load((*ORGANISATIONS, *units), (*ROLES, *MONEY_ROLES), people, grants)
    since = date(2026, 1, 1)
    engine.settings.add_parameters(
        SYSTEM, [Parameter(name, None, since, value) for name, value in PARAMETERS.items()]
    )
    return engine


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_MORNING)


def set_up(url: str, folder: Path) -> None:
    """That federation with the processes that decide on batches and transfers."""
    engine = with_money(opened(url, folder, FixedClock(MONDAY_MORNING)))
    for key in ("grant_batch", "budget_transfer"):
        files = read_folder(ROOT / "processes", ROOT / "forms", key).files
        engine.definitions.deploy(SYSTEM, files)
    engine.close()


def opened(url: str, folder: Path, clock: FixedClock) -> Engine:
    options = Options(
        clock=clock,
        data_dir=folder,
        operations=registry.OPERATIONS,
        branches=(registry.BRANCH,),
        panels=registry.PANELS,
        starts=registry.STARTS,
        sources=registry.SOURCES,
        news=registry.NEWS,
        on_cancel=registry.on_cancel,
    )
    return open_engine(url, key=bytes(range(32)), options=options)


@pytest.fixture
def funds_url(templates: Templates, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """A database with that federation in it, once of each kind."""
    with templates.copy(database_kind, set_up, tmp_path) as url:
        yield url


@pytest.fixture
def engine(funds_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Engine]:
    found = opened(funds_url, tmp_path / "data", clock)
    yield found
    found.close()


@pytest.fixture
def purse(engine: Engine, clock: FixedClock) -> Purse:
    return Purse(engine, registry.Registry(engine), clock)


@pytest.fixture
def desk(purse: Purse) -> Purse:
    """With the processes that decide on batches and transfers."""
    return purse
