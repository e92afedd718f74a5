"""What service tasks may call (design.md D18).

An operation runs on the engine's connection inside the command's transaction: it never commits
and does nothing outside the database; what must happen outside becomes an outbox row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


def _nobody(_element_id: str) -> str | None:
    return None


def _now(act: Callable[[], None]) -> None:
    act()


def _nobody_set(_name: str, _organisation_id: str) -> object | None:
    return None


@dataclass(frozen=True)
class OperationContext:
    """Where and for whom an operation runs. ``tx`` is opaque to everybody but the store."""

    tx: object
    case_id: str
    case_number: str
    organisation_id: str
    actor_id: str
    now: datetime
    lookup_hash: Callable[[str], str]
    seal: Callable[[bytes, str], bytes]
    open: Callable[[bytes, str], bytes]
    reporter: Callable[[str, Mapping[str, object]], None]
    """Adds a row to the case's history: kind (``notice``, ``grant``) and detail."""
    parameter: Callable[[str, str], object | None] = _nobody_set
    """What a dated parameter is today for an organisation; None where nobody set it."""
    handled_by: Callable[[str], str | None] = _nobody
    """Which organisation handled a step of the case last; None where it was not done yet."""
    afterwards: Callable[[Callable[[], None]], None] = _now
    """Does something at the end of this step of the case, in its transaction: when it is written
    down from whom the case is kept."""


@dataclass(frozen=True)
class NotYet:
    """An operation has begun something that is not over: look again after a while of real time.

    What it has written is kept. Only an asynchronous service task can wait for it.
    """

    wait: timedelta


@dataclass(frozen=True)
class Operation:
    """A named operation with the shapes of what goes in and comes out.

    ``inputs`` and ``outputs`` are JSON Schemas by variable name; ``required`` names the inputs
    that must be given. ``run`` returns the outputs; anything it raises becomes an incident.
    ``lasts``: it may answer :class:`NotYet`.
    """

    name: str
    title: str
    run: Callable[[OperationContext, Mapping[str, object]], Mapping[str, object] | NotYet]
    inputs: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    outputs: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    lasts: bool = False


@dataclass(frozen=True)
class Cancelled:
    """A case that a person has cancelled (作废), inside the command's transaction."""

    tx: object
    case_id: str
    actor_id: str
    now: datetime
    reason: str


OnCancel = Callable[[Cancelled], None]
"""What a package above the engine does then: give back what the case had taken."""


def nothing_to_give_back(_: Cancelled) -> None:
    """Where no package has anything."""
