"""What process files may refer to on an installation: the gate's only knowledge of the world."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.model.definitions import DefinitionSource

LEVELS = ("grassroots", "township", "county", "city")
"""The levels of organisations, lowest first (design.md D7)."""


class OperationInterface(Protocol):
    """The shapes of an operation: JSON Schemas by name, and the inputs that must be given."""

    @property
    def inputs(self) -> Mapping[str, Mapping[str, object]]:
        """JSON Schemas of the inputs by name."""
        ...

    @property
    def required(self) -> Collection[str]:
        """The inputs that must be given."""
        ...

    @property
    def outputs(self) -> Mapping[str, Mapping[str, object]]:
        """JSON Schemas of the outputs by name."""
        ...


@dataclass(frozen=True)
class Known:
    """Roles with the levels they are held at, operations, parameters, deployed processes by key."""

    roles: Mapping[str, Collection[str]] = field(default_factory=dict)
    operations: Mapping[str, OperationInterface] = field(default_factory=dict)
    parameters: frozenset[str] = frozenset()
    deployed: Mapping[str, DefinitionSource] = field(default_factory=dict)
