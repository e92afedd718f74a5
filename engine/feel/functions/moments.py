"""Date and time functions (DMN 1.5, 10.3.4.6 and 10.3.4.7).

Now() and today() are the business clock's.
"""

from decimal import Decimal

from engine.feel.functions.registry import builtin, builtin_with_run
from engine.feel.run import Run
from engine.feel.temporal import (
    Date,
    DateTime,
    Time,
    civil_from_days,
    datetime_from_python,
    days_from_civil,
    make_date,
    month_length,
    weekday,
)
from engine.feel.values import equal

_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_THURSDAY = 4


@builtin_with_run("now", "")
def now(run: Run) -> DateTime:
    """The moment of the business clock, with the offset of its zone."""
    context = run.context
    return datetime_from_python(context.now.astimezone(context.zone))


@builtin_with_run("today", "")
def today(run: Run) -> Date:
    """The day of the business clock in its zone."""
    return Date(now(run).day)


@builtin_with_run("is", "value1: any, value2: any")
def is_same(run: Run, one: object, other: object) -> bool | None:
    """Tell whether two values are the same: of moments the local time and its offset."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Time) and isinstance(other, Time):
        return _as_written(one, 0) == _as_written(other, 0)
    if isinstance(one, DateTime) and isinstance(other, DateTime):
        return _as_written(one.time, one.day) == _as_written(other.time, other.day)
    return equal(one, other, run)


def _as_written(time: Time, day: int) -> tuple[int, int, int | None]:
    """A zone counts as the offset it has on the day; a bare time has none but that of its zone."""
    return day, time.nanoseconds, time.utc_offset(day) if day else time.utc_offset()


@builtin("day of year", "date: date | date and time")
def day_of_year(moment: Date | DateTime) -> Decimal:
    """1 for the first of January."""
    return Decimal(moment.day - days_from_civil(moment.civil[0], 1, 1) + 1)


@builtin("day of week", "date: date | date and time")
def day_of_week(moment: Date | DateTime) -> str:
    """The English name of the weekday, as the standard has it."""
    return _WEEKDAYS[weekday(moment.day) - 1]


@builtin("month of year", "date: date | date and time")
def month_of_year(moment: Date | DateTime) -> str:
    """The English name of the month, as the standard has it."""
    return _MONTHS[moment.civil[1] - 1]


@builtin("week of year", "date: date | date and time")
def week_of_year(moment: Date | DateTime) -> Decimal:
    """The ISO 8601 week: the first is the one with the year's first Thursday."""
    thursday = moment.day - weekday(moment.day) + _THURSDAY
    year = civil_from_days(thursday)[0]
    return Decimal((thursday - days_from_civil(year, 1, 1)) // 7 + 1)


@builtin("last day of month", "date: date | date and time")
def last_day_of_month(moment: Date | DateTime) -> Date | DateTime:
    """The last day of that month (Camunda)."""
    year, month, _day = moment.civil
    last = make_date(year, month, month_length(year, month))
    return last if isinstance(moment, Date) else DateTime(last.day, moment.time)
