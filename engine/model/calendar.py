"""Working days as the State Council settles them each year (design.md D8).

The yearly notice (节假日安排) names rest days within the week and week-end days that are worked.
A year whose every day is settled is *official*. In any other year Monday to Friday count, and
what was reckoned there is *provisional* (暂按周末推算): it is reckoned again when the notice has
been imported.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import accumulate

import chinese_calendar

_DAY = timedelta(days=1)
_WEEK = 7
_WORKING_WEEK = 5
_MOST_REACHED = 10_000
_MONDAY = date(1, 1, 1).toordinal()  # the first day of the calendar is a Monday


class WorkCalendar:
    """Which days are worked. A value: importing a notice makes a new calendar."""

    def __init__(self, days: Mapping[date, bool]) -> None:
        """Take settled days, True where people work: the rows of the calendar table."""
        self._days = dict(days)
        self.official_years = _complete_years(self._days)
        departures = sorted(
            day for day, working in self._days.items() if working != _is_weekday(day)
        )
        # +1 for a worked week-end day, -1 for a rest day within the week, summed up, so that
        # counting over a long time does not look at every day of it
        self._departures = departures
        self._departure_sums = [0, *accumulate(1 if self._days[day] else -1 for day in departures)]
        # the same few limits begin again and again on the same day
        self._reached: dict[tuple[date, int], tuple[date, bool]] = {}

    def is_working_day(self, day: date) -> bool:
        """Whether people work on the day, as far as it is settled."""
        return self._days.get(day, _is_weekday(day))

    def is_official(self, year: int) -> bool:
        """Whether every day of the year is settled."""
        return year in self.official_years

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether a count over these days, both included, leans on a year without a notice."""
        return any(year not in self.official_years for year in range(first.year, last.year + 1))

    def working_day_after(self, day: date, count: int) -> tuple[date, bool]:
        """The ``count``-th working day after a day, and whether it is provisional.

        The day itself is not counted; ``count`` 0 gives the day back. ValueError below 0.
        """
        if count < 0:
            raise ValueError(f"cannot count {count} working days")
        known = self._reached.get((day, count))
        if known is not None:
            return known
        found, left = day, count
        while left:
            found += _DAY
            if self.is_working_day(found):
                left -= 1
        reached = found, count > 0 and self.is_provisional(day + _DAY, found)
        if len(self._reached) >= _MOST_REACHED:
            self._reached.clear()
        self._reached[day, count] = reached
        return reached

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days come after ``first`` up to and including ``last``.

        0 where ``last`` is not after ``first``.
        """
        if last <= first:
            return 0
        return self._worked_until(last) - self._worked_until(first)

    def next_working_day(self, day: date) -> date:
        """The day itself if it is worked, else the first working day after it."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def last_working_day_on_or_before(self, day: date) -> date:
        """The day itself if it is worked, else the last working day before it."""
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def _worked_until(self, day: date) -> int:
        """Working days since the beginning of the calendar, the day included."""
        weeks, rest = divmod(day.toordinal() - _MONDAY + 1, _WEEK)
        weekdays = weeks * _WORKING_WEEK + min(rest, _WORKING_WEEK)
        return weekdays + self._departure_sums[bisect_right(self._departures, day)]


def official_days(years: Iterable[int]) -> dict[date, bool]:
    """Every day of the years that ``chinese_calendar`` knows (2004 to the last notice in it).

    Years it has no notice for are left out: they are to be imported by an administrator.
    """
    days: dict[date, bool] = {}
    for year in years:
        try:
            days.update({day: bool(chinese_calendar.is_workday(day)) for day in _days_of(year)})
        except NotImplementedError:  # how the library says that the year has no notice yet
            continue
    return days


def days_of_notice(
    year: int, rest_days: Collection[date], worked_days: Collection[date]
) -> dict[date, bool]:
    """Every day of a year, from the rest days and worked week-end days its notice names.

    ValueError for a day of another year or one named as both.
    """
    named = {*rest_days, *worked_days}
    if len(named) != len(set(rest_days)) + len(set(worked_days)):
        raise ValueError("同一天不能既放假又上班，请核对通知。")
    if any(day.year != year for day in named):
        raise ValueError(f"通知里有不属于 {year} 年的日期，请分年份导入。")
    days = {day: _is_weekday(day) for day in _days_of(year)}
    days.update(dict.fromkeys(rest_days, False))
    days.update(dict.fromkeys(worked_days, True))
    return days


def _is_weekday(day: date) -> bool:
    return day.weekday() < _WORKING_WEEK


def _days_of(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range(_length_of(year)))


def _length_of(year: int) -> int:
    return (date(year, 12, 31) - date(year, 1, 1)).days + 1


def _complete_years(days: Mapping[date, bool]) -> frozenset[int]:
    settled: dict[int, int] = {}
    for day in days:
        settled[day.year] = settled.get(day.year, 0) + 1
    return frozenset(year for year, count in settled.items() if count == _length_of(year))
