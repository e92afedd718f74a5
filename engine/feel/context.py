"""What an evaluation may ask of the world outside, and how much work it may cause."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Protocol
from zoneinfo import ZoneInfo

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")

# About a quarter of a second of work. A condition takes some ten steps, a filter over
# a thousand households some thousands.
DEFAULT_STEPS = 250_000


class Host(Protocol):
    """The facts that our own functions need; the expression itself reads no clock and no table."""

    def working_day_after(self, start: date, days: int) -> date:
        """Give the day `days` working days after `start`, which is not counted itself."""
        ...

    def working_days_between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and including `end`."""
        ...

    def parameter(self, name: str) -> object:
        """Give today's value of a dated parameter, a plain Python value.

        Raises KeyError when unknown.
        """
        ...


@dataclass(frozen=True)
class EvaluationContext:
    """The surroundings of an evaluation; it can be shared by any number of them.

    `now` is the business clock's aware datetime. A time that names no zone is one of `zone`.
    `functions` are further FEEL functions of the host, beside the built-in ones.
    """

    now: datetime
    zone: ZoneInfo = BUSINESS_ZONE
    host: Host | None = None
    functions: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    steps: int = DEFAULT_STEPS

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("the business clock's time must name its zone")
