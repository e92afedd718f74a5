"""The office that archives households, on the day its scenarios begin."""

import pytest

from engine.model.clock import FixedClock
from tests.engine.moving.archiving import archive
from tests.engine.moving.conftest import Workshop


@pytest.fixture
def clock() -> FixedClock:
    """The scenarios' Monday in March."""
    return archive.march()


@pytest.fixture
def office(shop: Workshop) -> Workshop:
    """A workshop with the process, those it calls and the parameters it reads."""
    archive.set_up(shop)
    return shop
