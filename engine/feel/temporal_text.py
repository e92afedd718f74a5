"""Reading dates, times and durations from text, in the XML Schema forms that FEEL uses.

Every reader gives None for a text that is not of its form; NoValue for one that is but names
nothing (31 April).
"""

import re

from engine.feel.temporal import (
    HOUR,
    LARGEST_OFFSET,
    MINUTE,
    SECOND,
    Date,
    DateTime,
    DayTimeDuration,
    Duration,
    Time,
    YearMonthDuration,
    known_zone,
    make_date,
)

_DATE = r"(?P<sign>-)?(?P<year>\d{4}|[1-9]\d{4,8})-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME = (
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d{1,30}))?"
    r"(?:(?P<utc>[Zz])|(?P<offset>[+-]\d\d:\d\d(?::\d\d)?)|@(?P<zone>[A-Za-z_]+(?:/[A-Za-z0-9_+\-]+)*))?"
)
_DATE_PATTERN = re.compile(_DATE, re.ASCII)
_TIME_PATTERN = re.compile(_TIME, re.ASCII)
_YEAR_MONTH_PATTERN = re.compile(
    r"(?P<sign>-)?P(?=\d)(?:(?P<years>\d{1,12})Y)?(?:(?P<months>\d{1,12})M)?", re.ASCII
)
_DAY_TIME_PATTERN = re.compile(
    r"(?P<sign>-)?P(?=\d|T\d)(?:(?P<days>\d{1,15})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,15})H)?(?:(?P<minutes>\d{1,15})M)?"
    r"(?:(?P<seconds>\d{1,15})(?:\.(?P<fraction>\d{0,30}))?S)?)?",
    re.ASCII,
)


def read_date(text: str) -> Date | None:
    """Read 2026-11-16; years may have up to nine digits and a minus."""
    found = _DATE_PATTERN.fullmatch(text)
    if found is None:
        return None
    year = int(found["year"])
    return make_date(-year if found["sign"] else year, int(found["month"]), int(found["day"]))


def read_time(text: str) -> Time | None:
    """Read 10:30:00, 10:30:00.5Z, 10:30:00+08:00 or 10:30:00@Asia/Shanghai.

    24:00:00 is midnight.
    """
    found = _TIME_PATTERN.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
    nanoseconds = _fraction(found["fraction"])
    if (hour, minute, second, nanoseconds) == (24, 0, 0, 0):
        hour = 0
    if hour >= 24 or minute >= 60 or second >= 60:  # noqa: PLR2004 - the clock's own numbers
        return None
    if found["zone"] is not None and not known_zone(found["zone"]):
        return None
    offset = 0 if found["utc"] else _offset(found["offset"])
    if offset is not None and abs(offset) > LARGEST_OFFSET:
        return None
    return Time(
        hour * HOUR + minute * MINUTE + second * SECOND + nanoseconds, offset, found["zone"]
    )


def read_date_time(text: str) -> DateTime | None:
    """Read 2026-11-16T10:30:00 with an optional offset or zone; a bare date is its midnight."""
    day_text, separator, time_text = text.partition("T")
    date = read_date(day_text)
    if date is None or not separator:
        return None if date is None else DateTime(date.day, Time(0))
    time = read_time(time_text)
    if time is None:
        return None
    return DateTime(date.day + time_text.startswith("24"), time)


def read_duration(text: str) -> Duration | None:
    """Read P1Y2M (months) or P3DT4H5M6.7S (exact); the two kinds do not mix."""
    found = _YEAR_MONTH_PATTERN.fullmatch(text)
    if found is not None:
        months = int(found["years"] or 0) * 12 + int(found["months"] or 0)
        return YearMonthDuration(-months if found["sign"] else months)
    found = _DAY_TIME_PATTERN.fullmatch(text)
    if found is None:
        return None
    hours = int(found["days"] or 0) * 24 + int(found["hours"] or 0)
    nanoseconds = hours * HOUR + int(found["minutes"] or 0) * MINUTE
    nanoseconds += int(found["seconds"] or 0) * SECOND + _fraction(found["fraction"])
    return DayTimeDuration(-nanoseconds if found["sign"] else nanoseconds)


def read_temporal(text: str) -> Date | Time | DateTime | Duration | None:
    """Read the text of an @"…" literal, whatever of the five it is."""
    found = read_date(text) or read_time(text) or read_duration(text)
    # A T alone tells nothing: it also stands in the names of zones, @Asia/Tokyo.
    return found or (read_date_time(text) if "T" in text else None)


def _fraction(digits: str | None) -> int:
    """Nanoseconds of the digits after the point; FEEL keeps nine of them."""
    return int((digits or "")[:9].ljust(9, "0"))


def _offset(text: str | None) -> int | None:
    if text is None:
        return None
    parts = [int(part) for part in text[1:].split(":")]
    if any(part >= 60 for part in parts[1:]):  # noqa: PLR2004 - the clock's own number
        return LARGEST_OFFSET + 1
    seconds = sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))
    return -seconds if text.startswith("-") else seconds
