"""Who counts what the engine does: kinds and outcomes, never persons, cases or content."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from engine.errors import BangfuError
from engine.model.occasions import current_occasion
from engine.model.once import Replayed

DONE = "done"
_MOST_KEPT = 20


class Watcher(Protocol):
    """Hears of every command and every try of a job; must be quick and may be shared."""

    def command(self, kind: str, outcome: str, seconds: float) -> None:
        """A command ended."""
        ...

    def job(self, kind: str, outcome: str, seconds: float) -> None:
        """A try of a job ended."""
        ...


def kind_of(command: Callable[..., object]) -> str:
    """What a command is called: the method it is written in, such as ``Tasks.complete``.

    Taken from the function itself, so that no command can be forgotten.
    """
    named = getattr(command, "func", command)
    return str(getattr(named, "__qualname__", type(named).__qualname__)).partition(".<locals>")[0]


@contextmanager
def watched(watcher: Watcher | None, command: Callable[..., object]) -> Iterator[None]:
    """Count a command, and note it with what it was done for."""
    began = time.perf_counter()
    outcome = "failure"
    try:
        yield
        outcome = DONE
    except Replayed:
        outcome = "replayed"
        raise
    except BangfuError as error:
        outcome = error.code
        raise
    finally:
        seconds = time.perf_counter() - began
        occasion = current_occasion()
        if watcher is not None:
            watcher.command(kind_of(command), outcome, seconds)
        if occasion is not None and len(occasion.commands) < _MOST_KEPT:
            occasion.commands.append((kind_of(command), outcome, seconds))
