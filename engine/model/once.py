"""The same request with the same key is done once (design.md D14)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Once(Generic[Result]):
    """How a command remembers its answer.

    ``key`` is the caller's, ``operation`` names the command, ``request_hash`` tells whether a
    second request with the key is the same, ``render`` makes the answer to remember: it runs
    before the commit, so that answer and deed are durable together.
    """

    key: str
    operation: str
    request_hash: str
    render: Callable[[Result], bytes]


class Replayed(Exception):
    """The request was done before; this is what was answered then."""

    def __init__(self, answer: bytes) -> None:
        super().__init__("answered before")
        self.answer = answer
