"""Ports: what the engine asks of the world outside, whoever answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Letter:
    """One message on its way out.

    ``id`` is the same at each try, so that whoever receives it may drop a double. ``to`` are
    mobile numbers or mail addresses; a group's robot mentions them.
    """

    id: str
    to: Sequence[str]
    text: str
    subject: str


class NotCarried(Exception):
    """The message did not get out; the sentence says why and holds no number and no secret."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Carrier(Protocol):
    """Carries a message out of the house: a gateway, a robot, a mail server."""

    def carry(self, letter: Letter) -> None:
        """Hand it over; NotCarried where it was not taken."""
        ...
