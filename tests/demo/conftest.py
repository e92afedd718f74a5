"""The demonstration, loaded once a run with a small part of its cases."""

from dataclasses import dataclass
from pathlib import Path

import pytest

import registry
from webapp.demo.loading import Loaded, load_demo
from webapp.demo.script import DIVISIONS, Demo
from webapp.opening import opened
from webapp.settings import Settings

ROOT = Path(__file__).parent.parent.parent
SMALL = Demo(ROOT / "processes", ROOT / "forms", share=0.01)
"""Of each plan one case, and a hundredth of the files."""


@dataclass(frozen=True)
class Loading:
    """What was loaded, where."""

    settings: Settings
    demo: Demo
    loaded: Loaded


@pytest.fixture(scope="session")
def loading(tmp_path_factory) -> Loading:
    if not DIVISIONS.is_file():
        pytest.skip("the division data are not built: make setup")
    data = tmp_path_factory.mktemp("demo")
    settings = Settings.from_environ({"BANGFU_DEMO": "1", "BANGFU_DATA": str(data)})
    return Loading(settings, SMALL, load_demo(settings, SMALL, lambda _: None))


@pytest.fixture
def engine(loading):
    with opened(loading.settings) as installation:
        yield installation.engine


@pytest.fixture
def register(engine):
    return registry.Registry(engine)
