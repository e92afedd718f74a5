"""An installation whose worker is a process of its own, and a look at it from beside."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import registry
from engine import Engine, Options, open_engine
from tests.crash.installation import KEY, PROCESS, Installation, prepare
from tests.support.templates import Templates


def set_up(url: str, folder: Path) -> None:
    prepare(url, folder, PROCESS)


@pytest.fixture
def installation(
    templates: Templates, database_kind: str, tmp_path: Path
) -> Iterator[Installation]:
    with templates.copy(database_kind, set_up, tmp_path) as url:
        running = Installation(url, tmp_path, clock_speed=1)
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
