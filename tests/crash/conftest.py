"""An installation whose worker is a process of its own, and a look at it from beside."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import registry
from engine import Engine, Options, open_engine
from tests.crash.installation import KEY, PROCESS, Installation, prepare


@pytest.fixture
def installation(database_url: str, tmp_path: Path) -> Iterator[Installation]:
    prepare(database_url, tmp_path, PROCESS)
    running = Installation(database_url, tmp_path, clock_speed=1)
    yield running
    running.stop()


@pytest.fixture
def engine(installation: Installation) -> Iterator[Engine]:
    """What the test sees of the installation whose worker is a process of its own."""
    options = Options(
        data_dir=installation.data,
        branches=(registry.BRANCH,),
        operations=registry.OPERATIONS,
        clock_speed=1,
    )
    opened = open_engine(installation.url, key=KEY, options=options)
    yield opened
    opened.close()
