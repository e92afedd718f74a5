"""What the work in hand was begun by: one request of a person, one try of a job.

Its number is in the log, in what a person is told of an error, and in the audit's rows, so that
each leads to the others. It is ambient (a context variable), because nothing decides by it: it
would otherwise be carried through every function that may write a row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

LONGEST_ID = 64


@dataclass
class Occasion:
    """A request or a try of a job, and which commands were done in it."""

    id: str
    commands: list[tuple[str, str, float]] = field(default_factory=list)
    """(kind, outcome, seconds) in their order."""


_current: ContextVar[Occasion | None] = ContextVar("bangfu_occasion", default=None)


def current_occasion() -> Occasion | None:
    """What is going on; None for what nobody asked for, as the sealer's work."""
    return _current.get()


def occasion_id() -> str | None:
    """Its number."""
    occasion = _current.get()
    return None if occasion is None else occasion.id


def begin(occasion: Occasion | None) -> None:
    """From here on in this thread; None: nothing any more."""
    _current.set(occasion)


@contextmanager
def during(occasion: Occasion) -> Iterator[Occasion]:
    """While this is done."""
    token = _current.set(occasion)
    try:
        yield occasion
    finally:
        _current.reset(token)
