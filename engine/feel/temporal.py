"""FEEL dates, times and durations (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.8).

Own classes, because Python's stop at the year 9999, at microseconds, and cannot keep a zone's name.
A day is counted from 1970-01-01; a moment within a day in nanoseconds since midnight.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from typing_extensions import override

from engine.feel.decimals import NUMBERS
from engine.feel.errors import NoValue

SECOND = 10**9
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

LARGEST_YEAR = 999_999_999
LARGEST_MONTHS = 12 * LARGEST_YEAR
LARGEST_DURATION = 366 * LARGEST_YEAR * DAY
LARGEST_OFFSET = 18 * 3600

_DAYS_BEFORE_EPOCH = 719_468  # from 0000-03-01 to 1970-01-01
_DAYS_IN_400_YEARS = 146_097
_PYTHON_EPOCH = 719_163  # date.toordinal() of 1970-01-01
_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FEBRUARY = 2


def days_from_civil(year: int, month: int, day: int) -> int:
    """Count the days from 1970-01-01 to a day of the proleptic Gregorian calendar.

    Years begin in March here, so that the leap day is the last of its year
    (Howard Hinnant, "chrono-compatible low-level date algorithms").
    """
    march_year = year - (month <= _FEBRUARY)
    era, year_of_era = divmod(march_year, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * _DAYS_IN_400_YEARS + day_of_era - _DAYS_BEFORE_EPOCH


@lru_cache(maxsize=1024)
def civil_from_days(days: int) -> tuple[int, int, int]:
    """Give (year, month, day) of a count of days from 1970-01-01."""
    era, day_of_era = divmod(days + _DAYS_BEFORE_EPOCH, _DAYS_IN_400_YEARS)
    year_of_era = (
        day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted_month + 2) // 5 + 1
    month = (shifted_month + 2) % 12 + 1
    return era * 400 + year_of_era + (month <= _FEBRUARY), month, day


def month_length(year: int, month: int) -> int:
    """Count the days of a month."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == _FEBRUARY and leap else _MONTH_LENGTHS[month - 1]


def _seconds_text(nanoseconds: int) -> str:
    whole, fraction = divmod(nanoseconds, SECOND)
    if not fraction:
        return str(whole)
    return f"{whole}.{fraction:09d}".rstrip("0")


def _offset_text(offset: int) -> str:
    if offset == 0:
        return "Z"
    hours, rest = divmod(abs(offset), 3600)
    minutes, seconds = divmod(rest, 60)
    text = f"{'-' if offset < 0 else '+'}{hours:02d}:{minutes:02d}"
    return f"{text}:{seconds:02d}" if seconds else text


@dataclass(frozen=True, slots=True)
class YearMonthDuration:
    """A number of whole months, P1Y2M."""

    months: int

    def __post_init__(self) -> None:
        if abs(self.months) > LARGEST_MONTHS:
            raise NoValue("时长太大")

    @override
    def __str__(self) -> str:
        if not self.months:
            return "P0M"
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return f"{'-' if self.months < 0 else ''}P{text}"


@dataclass(frozen=True, slots=True)
class DayTimeDuration:
    """An exact length of time in nanoseconds, P5DT4H."""

    nanoseconds: int

    def __post_init__(self) -> None:
        if abs(self.nanoseconds) > LARGEST_DURATION:
            raise NoValue("时长太大")

    @override
    def __str__(self) -> str:
        if not self.nanoseconds:
            return "PT0S"
        days, rest = divmod(abs(self.nanoseconds), DAY)
        hours, rest = divmod(rest, HOUR)
        minutes, rest = divmod(rest, MINUTE)
        clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        clock += f"{_seconds_text(rest)}S" if rest else ""
        text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
        return f"{'-' if self.nanoseconds < 0 else ''}P{text}"


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day, perhaps with an offset (seconds east of UTC) or the name of a zone."""

    nanoseconds: int
    offset: int | None = None
    zone: str | None = None

    @property
    def zoned(self) -> bool:
        """Whether the time says where it holds."""
        return self.offset is not None or self.zone is not None

    def utc_offset(self, day: int = 18_262) -> int | None:
        """Give the offset in seconds on a day (2020-01-01 for a time that has no day)."""
        if self.zone is not None:
            return zone_offset(self.zone, day, self.nanoseconds)
        return self.offset

    @override
    def __str__(self) -> str:
        hours, rest = divmod(self.nanoseconds, HOUR)
        minutes, rest = divmod(rest, MINUTE)
        seconds, fraction = divmod(rest, SECOND)
        text = f"{hours:02d}:{minutes:02d}:{seconds:02d}"
        if fraction:
            text += f".{fraction:09d}".rstrip("0")
        if self.zone is not None:
            return f"{text}@{self.zone}"
        return text if self.offset is None else text + _offset_text(self.offset)


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar day, counted from 1970-01-01."""

    day: int

    def __post_init__(self) -> None:
        if not -LARGEST_YEAR <= self.civil[0] <= LARGEST_YEAR:
            raise NoValue("日期超出范围")

    @property
    def civil(self) -> tuple[int, int, int]:
        """Year, month, day."""
        return civil_from_days(self.day)

    @override
    def __str__(self) -> str:
        year, month, day = self.civil
        return f"{'-' if year < 0 else ''}{abs(year):04d}-{month:02d}-{day:02d}"


@dataclass(frozen=True, slots=True)
class DateTime:
    """A day and a time of that day."""

    day: int
    time: Time

    def __post_init__(self) -> None:
        if not -LARGEST_YEAR <= self.civil[0] <= LARGEST_YEAR:
            raise NoValue("日期时间超出范围")

    @property
    def civil(self) -> tuple[int, int, int]:
        """Year, month, day, as the clock on the wall there shows them."""
        return civil_from_days(self.day)

    @property
    def local_nanoseconds(self) -> int:
        """Nanoseconds since 1970 as the clock on the wall there shows them."""
        return self.day * DAY + self.time.nanoseconds

    @override
    def __str__(self) -> str:
        return f"{Date(self.day)}T{self.time}"


Duration = YearMonthDuration | DayTimeDuration


@lru_cache(maxsize=512)
def known_zone(name: str) -> bool:
    """Tell whether a zone of this name exists (Asia/Shanghai)."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def zone_offset(name: str, day: int, nanoseconds: int) -> int:
    """Give a zone's offset in seconds at a moment of its wall clock."""
    return _offset_of(_python_moment(day, nanoseconds, ZoneInfo(name)))


def _zone_offset_at(name: str, nanoseconds: int) -> int:
    """Give a zone's offset in seconds at a moment counted from 1970 in UTC."""
    day, of_day = divmod(nanoseconds, DAY)
    return _offset_of(_python_moment(day, of_day, dt.UTC).astimezone(ZoneInfo(name)))


def _python_moment(day: int, nanoseconds: int, zone: dt.tzinfo) -> dt.datetime:
    """Give Python's datetime.

    Years that Python does not know stand for a near year of the same calendar.
    """
    year, month, day_of_month = civil_from_days(day)
    if not dt.MINYEAR < year < dt.MAXYEAR:
        year = 2000 + year % 400
    hours, rest = divmod(nanoseconds // SECOND, 3600)
    return dt.datetime(year, month, day_of_month, hours, rest // 60, rest % 60, tzinfo=zone)


def _offset_of(moment: dt.datetime) -> int:
    offset = moment.utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def instant(moment: Date | DateTime, zone: str) -> int:
    """Nanoseconds since 1970 in UTC.

    A moment that names no zone is one of `zone`, a date its midnight.
    """
    time = moment.time if isinstance(moment, DateTime) else Time(0)
    offset = time.utc_offset(moment.day)
    if offset is None:
        offset = zone_offset(zone, moment.day, time.nanoseconds)
    return moment.day * DAY + time.nanoseconds - offset * SECOND


def as_moment(value: Date | DateTime) -> DateTime:
    """Give a date as the moment it begins at in UTC, which is what FEEL compares it with."""
    return value if isinstance(value, DateTime) else DateTime(value.day, Time(0, 0))


def make_date(year: int, month: int, day: int) -> Date:
    """Build a date; raises NoValue for a day that the calendar does not have."""
    if not (-LARGEST_YEAR <= year <= LARGEST_YEAR and 1 <= month <= len(_MONTH_LENGTHS)):
        raise NoValue("没有这个日期")
    if not 1 <= day <= month_length(year, month):
        raise NoValue("没有这个日期")
    return Date(days_from_civil(year, month, day))


def add_months(moment: Date | DateTime, months: int) -> Date | DateTime:
    """Move by whole months; the 31st becomes the last day of a shorter month."""
    year, month, day = moment.civil
    year, month_index = divmod(year * 12 + month - 1 + months, 12)
    month = month_index + 1
    moved = make_date(year, month, min(day, month_length(year, month)))
    return moved if isinstance(moment, Date) else DateTime(moved.day, moment.time)


def add_nanoseconds(moment: Date | DateTime | Time, nanoseconds: int) -> Date | DateTime | Time:
    """Move by an exact length; a date stays a date, a time goes round the clock.

    In a named zone the length is that of real time: the clock on the wall may be put forward or
    back on the way.
    """
    if isinstance(moment, Time):
        return Time((moment.nanoseconds + nanoseconds) % DAY, moment.offset, moment.zone)
    if isinstance(moment, Date):
        return Date((moment.day * DAY + nanoseconds) // DAY)
    zone = moment.time.zone
    if zone is None:
        local = moment.local_nanoseconds + nanoseconds
    else:
        moved = instant(moment, zone) + nanoseconds
        local = moved + _zone_offset_at(zone, moved) * SECOND
    day, of_day = divmod(local, DAY)
    return DateTime(day, Time(of_day, moment.time.offset, zone))


def weekday(day: int) -> int:
    """Monday is 1, Sunday 7 (ISO 8601)."""
    return (day + 3) % 7 + 1


def seconds_number(nanoseconds: int) -> Decimal:
    """Nanoseconds as a number of seconds."""
    return NUMBERS.divide(Decimal(nanoseconds), Decimal(SECOND))


def date_from_python(value: dt.date) -> Date:
    """Convert Python's date."""
    return Date(value.toordinal() - _PYTHON_EPOCH)


def time_from_python(value: dt.time) -> Time:
    """Convert Python's time; a named zone becomes its offset."""
    offset = value.utcoffset()
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return Time(
        seconds * SECOND + value.microsecond * 1000,
        None if offset is None else int(offset.total_seconds()),
    )


def datetime_from_python(value: dt.datetime) -> DateTime:
    """Convert Python's datetime; a named zone becomes its offset at that moment."""
    offset = value.utcoffset()
    time = time_from_python(value.time())
    return DateTime(
        value.toordinal() - _PYTHON_EPOCH,
        Time(time.nanoseconds, None if offset is None else int(offset.total_seconds())),
    )


def timedelta_from_python(value: dt.timedelta) -> DayTimeDuration:
    """Convert Python's timedelta."""
    seconds = value.days * 86_400 + value.seconds
    return DayTimeDuration(seconds * SECOND + value.microseconds * 1000)


def date_to_python(value: Date) -> dt.date:
    """Convert to Python's date; raises NoValue outside the years 1 to 9999."""
    try:
        return dt.date.fromordinal(value.day + _PYTHON_EPOCH)
    except (ValueError, OverflowError):
        raise NoValue("日期超出范围") from None
