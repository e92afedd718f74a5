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


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_MORNING)


@pytest.fixture
def engine(database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Engine]:
    """A staffed federation whose engine knows the registry's tables and operations."""
    options = Options(
        clock=clock,
        data_dir=tmp_path / "data",
        operations=registry.OPERATIONS,
        branches=(registry.BRANCH,),
    )
    opened = staffed(open_engine(database_url, key=bytes(range(32)), options=options))
    yield opened
    opened.close()


@pytest.fixture
def bench(engine: Engine, clock: FixedClock) -> Bench:
    return Bench(engine, clock)


@pytest.fixture
def town(engine: Engine, clock: FixedClock) -> Town:
    since = date(2026, 1, 1)
    engine.settings.add_parameters(
        SYSTEM, [Parameter(name, None, since, value) for name, value in PARAMETERS.items()]
    )
    for key in (*CALLED, "archiving"):
        files = read_folder(ROOT / "processes", ROOT / "forms", key).files
        engine.definitions.deploy(SYSTEM, files)
    return Town(engine, registry.Registry(engine), clock)
