"""Between the plain Python values that cases hold (JSON) and FEEL values."""

import datetime as dt
import math
from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from engine.feel.decimals import NUMBERS, is_whole, plain_text
from engine.feel.errors import NoValue
from engine.feel.run import Run
from engine.feel.temporal import (
    Date,
    DateTime,
    DayTimeDuration,
    Time,
    YearMonthDuration,
    date_from_python,
    datetime_from_python,
    time_from_python,
    timedelta_from_python,
)
from engine.feel.values import FeelFunction, Range

DEEPEST_DATA = 60
# What every JSON reader and writer keeps exactly as an integer (64 bits, signed).
_LARGEST_JSON_INTEGER = 2**63 - 1
_COST_OF_A_STRUCTURE = 4  # steps beside one for each of its items


def _number(value: int) -> Decimal:
    return NUMBERS.create_decimal(value)


def _from_float(value: float) -> Decimal:
    if not math.isfinite(value):
        raise NoValue("数字不是有限值")
    # The shortest text that reads back as this float: 0.1 is one tenth again.
    return NUMBERS.create_decimal(repr(float(value)))


def _from_decimal(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise NoValue("数字不是有限值")
    return NUMBERS.plus(value)


def _same(value: Any) -> object:
    return value


_SCALARS: dict[type, Callable[[Any], object]] = {
    type(None): _same,
    bool: _same,
    str: _same,
    int: _number,
    float: _from_float,
    Decimal: _from_decimal,
    dt.date: date_from_python,
    dt.time: time_from_python,
    dt.datetime: datetime_from_python,
    dt.timedelta: timedelta_from_python,
    Date: _same,
    Time: _same,
    DateTime: _same,
    YearMonthDuration: _same,
    DayTimeDuration: _same,
    Range: _same,
}


def to_feel(value: object, run: Run, depth: int = 0) -> object:
    """Convert a Python value, deeply; what FEEL cannot hold is null with a reason."""
    convert = _SCALARS.get(type(value))
    try:
        return _structure_to_feel(value, run, depth) if convert is None else convert(value)
    except NoValue as problem:
        return run.null(problem.reason)
    except DecimalException:
        return run.null("数字太大")


def _structure_to_feel(value: object, run: Run, depth: int) -> object:
    if depth > DEEPEST_DATA:
        raise NoValue("数据嵌套太深")
    if isinstance(value, dict):
        run.charge(1 + len(value) // 8)
        try:
            return {str(key): _inner(item, run, depth + 1) for key, item in value.items()}
        except (NoValue, DecimalException):  # one entry is null, not all of them
            return {str(key): to_feel(item, run, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        run.charge(1 + len(value) // 8)
        try:
            return [_inner(item, run, depth + 1) for item in value]
        except (NoValue, DecimalException):
            return [to_feel(item, run, depth + 1) for item in value]
    if isinstance(value, FeelFunction):
        return value
    for kind in (bool, int, float, str):  # subclasses: enumerations, marked-up text
        if isinstance(value, kind):
            return _SCALARS[kind](kind(value))
    raise NoValue(f"不能使用这种数据:{type(value).__name__}")


def _inner(value: object, run: Run, depth: int) -> object:
    convert = _SCALARS.get(type(value))
    return _structure_to_feel(value, run, depth) if convert is None else convert(value)


def to_json(value: object, run: Run, depth: int = 0) -> object:
    """Convert a FEEL value to what a case stores.

    A whole number is an int, another a float (15 digits are exact); dates, times and durations are
    ISO text; an interval is its text; a function is null with a reason.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return _number_to_json(value, run)
    # Lists may share parts of themselves: [x, x] of [y, y] of … is exponential when written out.
    if isinstance(value, list | dict):
        run.charge(_COST_OF_A_STRUCTURE + len(value))
        return _structure_to_json(value, run, depth)
    run.charge()
    if isinstance(value, FeelFunction):
        return run.null("结果是函数,不能保存")
    return _range_to_json(value, run) if isinstance(value, Range) else str(value)


def _structure_to_json(value: list[object] | dict[str, object], run: Run, depth: int) -> object:
    if depth > DEEPEST_DATA:
        return run.null("结果嵌套太深")
    if isinstance(value, list):
        return [to_json(item, run, depth + 1) for item in value]
    return {key: to_json(item, run, depth + 1) for key, item in value.items()}


def _number_to_json(number: Decimal, run: Run) -> object:
    if -_LARGEST_JSON_INTEGER <= number <= _LARGEST_JSON_INTEGER and is_whole(number):
        return int(number)
    result = float(number)
    return result if math.isfinite(result) else run.null("数字太大,不能保存")


def _range_to_json(interval: Range, run: Run) -> object:
    bounds = (interval.start, interval.end)
    if any(isinstance(bound, list | dict | Range | FeelFunction) for bound in bounds):
        return run.null("这种区间不能保存")
    start, end = (
        plain_text(bound) if isinstance(bound, Decimal) else str(bound) for bound in bounds
    )
    if interval.operator is not None:
        return f"{interval.operator} {end if interval.operator[0] == '<' else start}"
    opening = "[" if interval.start_included else "("
    return f"{opening}{start}..{end}{']' if interval.end_included else ')'}"
