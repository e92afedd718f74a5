"""Working time as a number: 3.5 is the middle of the fourth working day that is looked at."""

from bisect import bisect_right
from datetime import date, datetime, time, timedelta

from engine.model.calendar import WorkCalendar
from engine.model.clock import ZONE, local_date

_OPENS, _CLOSES = time(8, 30), time(17, 30)
_SECONDS = 9 * 3600


class WorkingTime:
    """The last ``days`` working days up to now, as a line from 0 to :attr:`now`."""

    def __init__(self, now: datetime, days: int, calendar: WorkCalendar) -> None:
        found: list[date] = []
        day = local_date(now)
        while len(found) <= days:
            if calendar.is_working_day(day):
                found.append(day)
            day -= timedelta(days=1)
        self._days = found[::-1]
        self.now = self._place_of(now)

    def instant(self, place: float) -> datetime:
        """The instant of a place on the line; before the first day it is the first morning."""
        number = min(max(int(place), 0), len(self._days) - 1)
        part = min(max(place - number, 0.0), 0.999)
        opens = datetime.combine(self._days[number], _OPENS, ZONE)
        return opens + timedelta(seconds=int(part * _SECONDS))

    def _place_of(self, instant: datetime) -> float:
        local = instant.astimezone(ZONE)
        number = bisect_right(self._days, local.date()) - 1
        if self._days[number] < local.date() or local.time() >= _CLOSES:
            return number + 1.0
        opens = datetime.combine(self._days[number], _OPENS, ZONE)
        return number + max(0.0, (local - opens).total_seconds() / _SECONDS)
