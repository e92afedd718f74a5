"""That somebody was asked to hurry with a late step (催办)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WAYS: Sequence[str] = ("微信或短信", "电话", "当面")
"""How people are reminded; the first is the usual one."""


@dataclass(frozen=True)
class Reminded:
    """How often the people of a step were reminded, and the last time."""

    times: int
    way: str
    by_name: str
    at: datetime
