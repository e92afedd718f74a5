"""A federation whose officers and reviewers bring lists, on both databases, with its pages."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

import registry
from registry import Imports
from tests.imports.sheets import PASSWORD, signed_in
from tests.registry.conftest import clock, engine, town, town_url
from tests.registry.town import Town
from webapp.app import create_app
from webapp.settings import Settings

__all__ = ["clock", "engine", "town", "town_url"]


@pytest.fixture
def lists(engine) -> Imports:
    return Imports(engine)


@pytest.fixture
def client_of_user(town: Town, tmp_path) -> Callable[[str], FlaskClient]:
    """A browser in which somebody is signed in."""
    settings = Settings.from_environ(
        {"BANGFU_DEMO": "1", "BANGFU_DATA": str(tmp_path / "data"), "BANGFU_SITE_NAME": "模拟帮扶"}
    )
    app = create_app(settings, town.engine, registry.Registry(town.engine))
    return lambda name: signed_in(app, town.engine, name, PASSWORD)
