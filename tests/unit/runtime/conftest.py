"""A world and a way to begin cases in it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from engine.model.definitions import DefinitionSource
from tests.unit.runtime.kit import Case, World, source_of


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def begin(world: World) -> Callable[..., Case]:
    def begin_case(bpmn: bytes | DefinitionSource, extra: Any = None, **variables: object) -> Case:
        source = bpmn if isinstance(bpmn, DefinitionSource) else source_of(bpmn)
        if extra is not None:
            source = replace(source, **extra)
        return Case(source, world, variables)

    return begin_case
