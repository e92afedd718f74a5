"""Clocks, and where an instant falls in China (design.md D24).

Everything that has a date for people reads the *business clock*: it is persisted as three values
(``real0``, ``business0``, ``speed``), so that restarts and many processes agree, and a
demonstration can let a day pass in a second. Sign-in, leases and rate limits read the system
clock. ``SystemClock.now`` is the only reading of the wall clock in the whole product.
"""

import math
import threading
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
"""The federation's local time: due dates are dates of this zone."""

END_OF_TIME = datetime(9000, 1, 1, tzinfo=UTC)
"""A fast clock that is left running stands still here instead of leaving the calendar."""

_LAST_SECOND = time(23, 59, 59)


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that may ask the machine


class BusinessClock:
    """Business time: ``business0`` at the real instant ``real0``, then ``speed`` times as fast.

    Never goes backwards within a process, even when the machine's time is corrected. May be
    shared by threads.
    """

    def __init__(
        self, real0: datetime, business0: datetime, speed: float, system: Clock | None = None
    ) -> None:
        """Raise ValueError for a naive instant or a speed that is not a positive number."""
        if real0.tzinfo is None or business0.tzinfo is None:
            raise ValueError("a business clock needs aware instants")
        if not (math.isfinite(speed) and speed > 0):
            raise ValueError(f"a clock cannot run at speed {speed}")
        self.real0 = real0.astimezone(UTC)
        self.business0 = business0.astimezone(UTC)
        self.speed = speed
        self._system: Clock = SystemClock() if system is None else system
        self._latest = self.business0
        self._lock = threading.Lock()

    @classmethod
    def started_now(cls, speed: float, system: Clock) -> "BusinessClock":
        """A clock that agrees with the machine's at this moment."""
        real = system.now()
        return cls(real, real, speed, system)

    def now(self) -> datetime:
        """The present business instant, aware, in UTC; at most :data:`END_OF_TIME`."""
        with self._lock:
            return self._advanced(self._system.now())

    def rebased(self, speed: float) -> "BusinessClock":
        """The same business time from here on at another speed, without a jump."""
        with self._lock:
            real = self._system.now()
            return BusinessClock(real, self._advanced(real), speed, self._system)

    def _advanced(self, real: datetime) -> datetime:
        """Business time at a real instant, not before any that was told; call with the lock."""
        try:
            reckoned = self.business0 + (real - self.real0) * self.speed
        except OverflowError:
            reckoned = END_OF_TIME
        self._latest = max(self._latest, min(reckoned, END_OF_TIME))
        return self._latest


class FixedClock:
    """A clock that stands still until it is told to move: for tests and for scenarios."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self._now = at.astimezone(UTC)

    def now(self) -> datetime:
        """The instant it was set to."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move forwards and return the new instant; ValueError for a step back."""
        if by < timedelta(0):
            raise ValueError("a clock never goes backwards")
        self._now += by
        return self._now


_MONTHS = 12


def local_date(instant: datetime) -> date:
    """The date in China at an aware instant."""
    return instant.astimezone(ZONE).date()


def first_instant(day: date) -> datetime:
    """Midnight at the beginning of a local date, in UTC."""
    return datetime.combine(day, time.min, ZONE).astimezone(UTC)


def last_instant(day: date) -> datetime:
    """The last whole second of a local date (23:59:59 in China), in UTC."""
    return datetime.combine(day, _LAST_SECOND, ZONE).astimezone(UTC)


def months_before(moment: datetime, months: int) -> datetime:
    """The same day and time so many months earlier; the last of a month that is shorter."""
    year, month = divmod(moment.year * _MONTHS + moment.month - 1 - months, _MONTHS)
    last = monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))
