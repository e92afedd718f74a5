"""Conversion functions (DMN 1.5, 10.3.4.1)."""

import re
from decimal import Decimal
from typing import TypeVar

from engine.feel.decimals import NUMBERS, plain_text, whole_integer
from engine.feel.errors import NoValue
from engine.feel.functions.registry import builtin, builtin_with_run
from engine.feel.names import is_plain_word
from engine.feel.run import Run
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
    make_date,
)
from engine.feel.temporal_text import read_date, read_date_time, read_duration, read_time
from engine.feel.values import LONGEST_TEXT, Range

_Value = TypeVar("_Value")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,6})?", re.ASCII)
_HOURS_A_DAY, _SIXTY = 24, 60
_DEEPEST_TEXT = 60


def _read(value: _Value | None) -> _Value:
    if value is None:
        # Never with the text itself: it may be a person's, and reasons are shown and kept.
        raise NoValue("文本的格式不对")
    return value


@builtin("date", "from: string | date | date and time", "year: number, month: number, day: number")
def date(
    source: str | Date | DateTime | Decimal,
    month: Decimal | None = None,
    day: Decimal | None = None,
) -> Date:
    """Read a text, put year, month and day together, or take the day of a date and time."""
    if isinstance(source, str):
        return _read(read_date(source))
    if isinstance(source, Decimal):
        parts = (source, month or Decimal(0), day or Decimal(0))
        return make_date(*(whole_integer(part) for part in parts))
    return Date(source.day)


@builtin(
    "time",
    "from: string | time | date and time | date",
    "hour: number, minute: number, second: number, offset: duration?~",
)
def time(
    source: str | Time | DateTime | Date | Decimal,
    minute: Decimal = Decimal(0),
    second: Decimal = Decimal(0),
    offset: Duration | None = None,
) -> Time:
    """Read a text, put hour, minute and second together, or take the time of a date and time."""
    if isinstance(source, str):
        return _read(read_time(source))
    if isinstance(source, Time):
        return source
    if isinstance(source, DateTime):
        return source.time
    if isinstance(source, Date):
        return Time(0, 0)
    return _time_of_parts(source, minute, second, offset)


def _time_of_parts(
    hour: Decimal, minute: Decimal, second: Decimal, offset: Duration | None
) -> Time:
    if not (0 <= hour < _HOURS_A_DAY and 0 <= minute < _SIXTY and 0 <= second < _SIXTY):
        raise NoValue("没有这个时间")
    nanoseconds = whole_integer(hour) * HOUR + whole_integer(minute) * MINUTE
    nanoseconds += int(NUMBERS.multiply(second, Decimal(SECOND)))
    if offset is None:
        return Time(nanoseconds)
    if isinstance(offset, YearMonthDuration) or abs(offset.nanoseconds) > LARGEST_OFFSET * SECOND:
        raise NoValue("时区差不对")
    return Time(nanoseconds, offset.nanoseconds // SECOND)


@builtin(
    "date and time",
    "date: date | date and time, time: time",
    "from: string | date and time | date",
    "date: date | date and time, time: time, timezone: string",
)
def date_and_time(
    source: str | Date | DateTime, time_of_day: Time | None = None, zone: str | None = None
) -> DateTime:
    """Date and time("2026-11-16T10:30:00"), or a date and a time put together."""
    if isinstance(source, str):
        return _read(read_date_time(source))
    if time_of_day is not None:
        if zone is not None:
            time_of_day = _read(read_time(f"{Time(time_of_day.nanoseconds)}@{zone}"))
        return DateTime(source.day, time_of_day)
    return DateTime(source.day, Time(0)) if isinstance(source, Date) else source


@builtin("duration", "from: string | duration")
def duration(source: str | Duration) -> Duration:
    """Read P5DT4H or P1Y2M."""
    if not isinstance(source, str):
        return source
    read: Duration | None = read_duration(source)
    if read is None:
        raise NoValue("文本的格式不对")
    return read


@builtin("years and months duration", "from: date | date and time, to: date | date and time")
def years_and_months_duration(start: Date | DateTime, end: Date | DateTime) -> YearMonthDuration:
    """Whole months from one day to another."""
    (start_year, start_month, start_day), (end_year, end_month, end_day) = start.civil, end.civil
    months = (end_year - start_year) * 12 + end_month - start_month
    if months > 0 and end_day < start_day:
        months -= 1
    elif months < 0 and end_day > start_day:
        months += 1
    return YearMonthDuration(months)


@builtin(
    "number",
    "from: string | number",
    "from: string, grouping separator: string~, decimal separator: string~",
)
def number(source: str | Decimal, grouping: str | None = None, point: str | None = None) -> Decimal:
    """Read a number, with the separators that the text uses: "1,000.50" with "," and "."."""
    if isinstance(source, Decimal):
        return source
    allowed = grouping in (None, " ", ",", ".") and point in (None, ",", ".")
    if not allowed or (grouping is not None and grouping == point):
        raise NoValue("分隔符不对")
    text = source
    if grouping is not None:
        text = text.replace(grouping, "")
    if point is not None:
        text = text.replace(point, ".")
    if _NUMBER.fullmatch(text) is None:
        raise NoValue("文本不是数字")
    return NUMBERS.create_decimal(text)


@builtin_with_run("string", "from: any")
def string(run: Run, value: object) -> str | None:
    """Any value as text; a text stays itself, the texts inside a list keep their quotes."""
    if value is None or isinstance(value, str):
        return value
    text = feel_text(run, value)
    return text[2:-1] if text.startswith('@"') else text


def feel_text(run: Run, value: object, depth: int = 0) -> str:
    """Write a value as FEEL would be written; raises NoValue past the longest text."""
    run.charge()
    if depth > _DEEPEST_TEXT:
        raise NoValue("嵌套太深")
    if isinstance(value, list):
        return _joined("[", [feel_text(run, item, depth + 1) for item in value], "]")
    if isinstance(value, dict):
        entries = [
            f"{key if _needs_no_quotes(key) else _quoted(key)}: {feel_text(run, item, depth + 1)}"
            for key, item in value.items()
        ]
        return _joined("{", entries, "}")
    if isinstance(value, Range):
        return _range_text(run, value, depth)
    return _simple_text(value)


def _needs_no_quotes(key: str) -> bool:
    return all(is_plain_word(word) for word in key.split(" "))


def _simple_text(value: object) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain_text(value)
    if isinstance(value, Date | Time | DateTime | YearMonthDuration | DayTimeDuration):
        return f'@"{value}"'
    return "function(...)"


def _range_text(run: Run, value: Range, depth: int) -> str:
    start, end = feel_text(run, value.start, depth + 1), feel_text(run, value.end, depth + 1)
    if value.operator is not None:
        return f"({value.operator}{end if value.operator[0] == '<' else start})"
    opening = "[" if value.start_included else "("
    return f"{opening}{start}..{end}{']' if value.end_included else ')'}"


def _joined(opening: str, parts: list[str], closing: str) -> str:
    if sum(len(part) + 2 for part in parts) > LONGEST_TEXT:
        raise NoValue("文本太长")
    return f"{opening}{', '.join(parts)}{closing}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
