"""The federation of these tests, with the real processes deployed, on both databases."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import registry
from engine import SYSTEM, Engine, Options, open_engine
from engine.definitions.folder import read_folder
from engine.model.clock import FixedClock
from engine.store.settings import Parameter
from tests.registry.bench import Bench
from tests.registry.town import CALLED, MONDAY_MORNING, PARAMETERS, ROOT, Town
from tests.support.federation import staffed
from tests.support.templates import Templates


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_MORNING)


def set_up(url: str, folder: Path) -> None:
    """A staffed federation with its parameters and the processes of archiving."""
    engine = staffed(_opened(url, folder, FixedClock(MONDAY_MORNING)))
    since = date(2026, 1, 1)
    engine.settings.add_parameters(
        SYSTEM, [Parameter(name, None, since, value) for name, value in PARAMETERS.items()]
    )
    for key in (*CALLED, "archiving"):
        files = read_folder(ROOT / "processes", ROOT / "forms", key).files
        engine.definitions.deploy(SYSTEM, files)
    engine.close()


def _opened(url: str, folder: Path, clock: FixedClock) -> Engine:
    options = Options(
        clock=clock,
        data_dir=folder,
        operations=registry.OPERATIONS,
        branches=(registry.BRANCH,),
    )
    return open_engine(url, key=bytes(range(32)), options=options)


@pytest.fixture
def town_url(templates: Templates, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """A database with that federation in it, once of each kind."""
    with templates.copy(database_kind, set_up, tmp_path) as url:
        yield url


@pytest.fixture
def engine(town_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Engine]:
    """A staffed federation whose engine knows the registry's tables and operations."""
    opened = _opened(town_url, tmp_path / "data", clock)
    yield opened
    opened.close()


@pytest.fixture
def bench(engine: Engine, clock: FixedClock) -> Bench:
    return Bench(engine, clock)


@pytest.fixture
def town(engine: Engine, clock: FixedClock) -> Town:
    """People who work on applications."""
    return Town(engine, registry.Registry(engine), clock)
