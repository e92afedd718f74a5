"""Instants in the tables: UTC text of fixed width that sorts as it compares."""

from datetime import UTC, date, datetime
from functools import lru_cache

import orjson

_WITHOUT_ZONE = len("2026-11-23T08:00:00.000000")

NEVER = "9999-12-31T23:59:59.999999Z"
"""Sorts after every instant: the place of rows without a due date."""


@lru_cache(maxsize=512)
def to_text(instant: datetime) -> str:
    """``2026-11-23T08:00:00.000000Z`` for an aware instant."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")[:_WITHOUT_ZONE] + "Z"


def to_text_or_none(instant: datetime | None) -> str | None:
    """None stays None."""
    return None if instant is None else to_text(instant)


def from_text(text: str) -> datetime:
    """The instant of a stored text."""
    return datetime.fromisoformat(text)


def from_text_or_none(text: str | None) -> datetime | None:
    """None stays None."""
    return None if text is None else from_text(text)


def from_days(text: str | None) -> tuple[tuple[date, date], ...] | None:
    """Stretches of days from their stored text; None stays None."""
    if text is None:
        return None
    return tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in orjson.loads(text))


def from_day(text: str | None) -> date | None:
    """The date of a stored text; None stays None."""
    return None if text is None else date.fromisoformat(text)
