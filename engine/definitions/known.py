"""What process files may refer to on an installation: the gate's only knowledge of the world."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.model.definitions import DefinitionSource
from engine.model.organisations import Role
from engine.sentences import Words

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

    @property
    def lasts(self) -> bool:
        """Whether only an asynchronous step can wait for its end."""
        ...


@dataclass(frozen=True)
class Known:
    """Roles by code, operations by name, parameters, deployed processes by key."""

    roles: Mapping[str, Role] = field(default_factory=dict)
    operations: Mapping[str, OperationInterface] = field(default_factory=dict)
    parameters: frozenset[str] = frozenset()
    panels: frozenset[str] = frozenset()
    """What a step may show above its form; empty: nobody says, nothing is checked."""
    starts: frozenset[str] = frozenset()
    """What a process may be started from (``startsFrom``); empty: nothing is checked."""
    deployed: Mapping[str, DefinitionSource] = field(default_factory=dict)
    beside: frozenset[str] = frozenset()
    """Keys of processes that there are beside those of ``deployed``."""
    never_together: frozenset[frozenset[str]] = frozenset()
    """Pairs of roles whose steps nobody may have both of in one case, however small her unit."""

    @property
    def roles_in_words(self) -> Words:
        """The codes that process files may name, each with what it means."""
        return Words(
            "、".join(f"{code}({role.zh})" for code, role in sorted(self.roles.items())),
            ", ".join(f"{code} ({role.en})" for code, role in sorted(self.roles.items())),
        )
