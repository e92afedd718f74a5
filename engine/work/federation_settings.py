"""Business parameters that pages and operations read themselves, each said where it is read.

A process file says ``parameter("…")``; code says :class:`Setting`. Every one that is made is known,
so that the page of the parameters can tell who asks for what without a list kept by hand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.store.database import Tx
from engine.work.environment import Environment

Ask = Callable[[str, str], object | None]
"""What a parameter is for an organisation; None where nobody set it."""


@dataclass(frozen=True)
class Setting:
    """A parameter that code reads: its name, what holds where nobody set it, and who reads it."""

    name: str
    usual: object
    where: str
    where_en: str

    def __post_init__(self) -> None:
        _READ.append(self)

    def of(self, environment: Environment, tx: Tx, organisation_id: str = "") -> object:
        """What holds today for an organisation; without one, for the whole federation."""
        return self.asked(lambda *of: environment.parameter(tx, *of), organisation_id)

    def asked(self, parameter: Ask, organisation_id: str = "") -> object:
        """The same of whoever can be asked: an operation has no environment."""
        found = parameter(self.name, organisation_id)
        return self.usual if found is None else found

    def number(self, environment: Environment, tx: Tx, organisation_id: str = "") -> int:
        """The same as a whole number."""
        value = self.of(environment, tx, organisation_id)
        return int(value) if isinstance(value, int | float) else int(str(self.usual))


_READ: list[Setting] = []


def settings_read() -> Sequence[Setting]:
    """Everything that code reads, in the order of the names."""
    return sorted(_READ, key=lambda one: (one.name, one.where))
