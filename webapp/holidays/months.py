"""A year as twelve small months: which days are worked, which differ from the plain week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from engine.model.calendar import WorkCalendar
from webapp.shared.language import _, counted, counting

_WEEK = 7
_WEEKEND = 5
_MONTHS = 12
_DAY = timedelta(days=1)
_REST = counting("%(n)s 天")


@dataclass(frozen=True)
class DayCell:
    """One day; ``mark`` is rest, worked or empty, where it differs from Monday to Friday."""

    number: int
    is_working: bool
    mark: str
    title: str


@dataclass(frozen=True)
class Month:
    """A month in weeks from Monday; None before the first and after the last day."""

    name: str
    weeks: tuple[tuple[DayCell | None, ...], ...]


@dataclass(frozen=True)
class YearFacts:
    """What a year comes to."""

    working: int
    rest_weekdays: int
    worked_weekends: int
    periods: tuple[str, ...]


def months_of(year: int, days: Mapping[date, bool]) -> tuple[Month, ...]:
    """Twelve months; days that are not settled count as the plain week."""
    return tuple(_month(year, number, days) for number in range(1, _MONTHS + 1))


def _month(year: int, number: int, days: Mapping[date, bool]) -> Month:
    first = date(year, number, 1)
    cells: list[DayCell | None] = [None] * first.weekday()
    day = first
    while day.month == number:
        cells.append(_cell(day, days))
        day += _DAY
    cells += [None] * (-len(cells) % _WEEK)
    weeks = tuple(tuple(cells[n : n + _WEEK]) for n in range(0, len(cells), _WEEK))
    return Month(_("%(n)s 月", n=number), weeks)


def _cell(day: date, days: Mapping[date, bool]) -> DayCell:
    plain = day.weekday() < _WEEKEND
    working = days.get(day, plain)
    if working == plain:
        return DayCell(day.day, working, "", "")
    mark = "worked" if working else "rest"
    title = _("%(day)s 周末上班", day=day) if working else _("%(day)s 放假", day=day)
    return DayCell(day.day, working, mark, title)


def facts_of(year: int, days: Mapping[date, bool]) -> YearFacts:
    """Sums of a year, and its holidays as stretches of days."""
    calendar = WorkCalendar(days)
    every = [
        date(year, 1, 1) + n * _DAY for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]
    working = sum(calendar.is_working_day(day) for day in every)
    rest = [d for d in every if d.weekday() < _WEEKEND and not calendar.is_working_day(d)]
    worked = [d for d in every if d.weekday() >= _WEEKEND and calendar.is_working_day(d)]
    return YearFacts(working, len(rest), len(worked), _stretches(calendar, every, set(rest)))


def _stretches(calendar: WorkCalendar, every: list[date], rest: set[date]) -> tuple[str, ...]:
    """Runs of free days with at least one weekday in them."""
    found = []
    for is_working, run in groupby(every, calendar.is_working_day):
        days = list(run)
        if not is_working and rest & set(days):
            length = counted(_REST, len(days))
            found.append(
                f"{days[0]:%m-%d} — {days[-1]:%m-%d}({length})"
                if len(days) > 1
                else f"{days[0]:%m-%d}({length})"
            )
    return tuple(found)
