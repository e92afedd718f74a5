"""FEEL values, their kinds, equality and order (DMN 1.5, 10.3.2.2 and 10.3.2.13).

A number is a Decimal, null is None, a list is a list, a context is a dict; the rest are classes of
ours. Functions here give None where FEEL gives null.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from typing_extensions import override

from engine.feel.errors import NoValue
from engine.feel.run import Run
from engine.feel.syntax import FunctionType
from engine.feel.temporal import (
    SECOND,
    Date,
    DateTime,
    DayTimeDuration,
    Time,
    YearMonthDuration,
    as_moment,
    instant,
)

LONGEST_TEXT = 200_000
LONGEST_LIST = 100_000


@dataclass(frozen=True, slots=True)
class Range:
    """An interval; None as a bound is an open end.

    `operator` remembers a range that was written as a test, (> 5), or without a bound,
    range("(5..)"); "=" and "!=" hold their value in `start`.
    """

    start: object
    start_included: bool
    end: object
    end_included: bool
    operator: str | None = None


class FeelFunction(ABC):
    """Something that can be called."""

    name: str
    signature: FunctionType | None = None
    """What is known of the types that it takes and gives."""

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The names by which it can be called; none where it has several signatures."""
        return ()

    @abstractmethod
    def call(self, run: Run, arguments: Sequence[object]) -> object:
        """Apply to arguments in their order; a wrong argument gives null with a reason."""

    @abstractmethod
    def call_named(self, run: Run, arguments: Mapping[str, object]) -> object:
        """Apply to arguments by name."""

    @abstractmethod
    def accepts_count(self, count: int) -> bool:
        """Tell whether it can be called with so many arguments."""


class NamedParameters(FeelFunction):
    """A function with one form: as many arguments as it has names."""

    @property
    @abstractmethod
    @override
    def parameter_names(self) -> tuple[str, ...]:
        """The names of its parameters, in their order."""

    @override
    def accepts_count(self, count: int) -> bool:
        """Every parameter must be given."""
        return count == len(self.parameter_names)

    @override
    def call_named(self, run: Run, arguments: Mapping[str, object]) -> object:
        """Put the arguments in their order; those not given are null (10.3.2.13.5)."""
        if not set(arguments) <= set(self.parameter_names):
            return run.null("参数名称不对")
        return self.call(run, [arguments.get(name) for name in self.parameter_names])


KIND_NAMES: Mapping[type, str] = {
    Decimal: "number",
    bool: "boolean",
    str: "string",
    type(None): "null",
    list: "list",
    dict: "context",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    YearMonthDuration: "years and months duration",
    DayTimeDuration: "days and time duration",
    Range: "range",
}

KIND_WORDS: Mapping[str, str] = {
    "number": "数字",
    "boolean": "是否值",
    "string": "文本",
    "null": "空值",
    "list": "列表",
    "context": "上下文",
    "date": "日期",
    "time": "时间",
    "date and time": "日期时间",
    "years and months duration": "年月时长",
    "days and time duration": "天时时长",
    "range": "区间",
    "function": "函数",
}


def kind_of(value: object) -> str:
    """Name the FEEL type of a value: number, string, date and time …"""
    return KIND_NAMES.get(type(value), "function")


def kind_word(value: object) -> str:
    """Name the type of a value for people: 数字, 文本 …"""
    return KIND_WORDS[kind_of(value)]


def order_keys(left: object, right: object, run: Run) -> tuple[int, int] | None:
    """Give two integers that order as the two moments or durations do; None when not comparable."""
    zone = run.context.zone.key
    if isinstance(left, DateTime) and isinstance(right, DateTime):
        if left.time.zoned or right.time.zoned:
            return instant(left, zone), instant(right, zone)
        return left.local_nanoseconds, right.local_nanoseconds
    if isinstance(left, Date) and isinstance(right, Date):
        return left.day, right.day
    if isinstance(left, Time) and isinstance(right, Time):
        return _time_key(left), _time_key(right)
    if isinstance(left, DayTimeDuration) and isinstance(right, DayTimeDuration):
        return left.nanoseconds, right.nanoseconds
    if isinstance(left, YearMonthDuration) and isinstance(right, YearMonthDuration):
        return left.months, right.months
    return None


def _time_key(time: Time) -> int:
    return time.nanoseconds - (time.utc_offset() or 0) * SECOND


def less_than(left: object, right: object, run: Run) -> bool | None:
    """Compare; None for values that have no order between them."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left < right
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    keys = order_keys(left, right, run)
    return None if keys is None else keys[0] < keys[1]


def equal(left: object, right: object, run: Run) -> bool | None:
    """Compare; None for values of different kinds. Only null equals null."""
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is not type(right):
        return _equal_moments(left, right, run)
    if kind is Decimal or kind is str or kind is bool:
        return left == right
    run.charge()
    if isinstance(left, list) and isinstance(right, list):
        return _equal_lists(left, right, run)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            equal(value, right[key], run) is True for key, value in left.items()
        )
    if isinstance(left, Range) and isinstance(right, Range):
        return _equal_ranges(left, right, run)
    return _equal_in_order(left, right, run)


def _equal_in_order(left: object, right: object, run: Run) -> bool:
    """Compare two of a kind that has an order; of another kind, each equals only itself."""
    keys = order_keys(left, right, run)
    if keys is None:
        return left is right
    # What lies within a second does not count between moments (10.3.2.3.4).
    unit = SECOND if isinstance(left, DateTime | Time) else 1
    return keys[0] // unit == keys[1] // unit


def _equal_moments(left: object, right: object, run: Run) -> bool | None:
    """Compare a date with a moment that names its zone; other kinds have nothing in common."""
    if isinstance(left, DateTime) and isinstance(right, Date):
        left, right = right, left
    if isinstance(left, Date) and isinstance(right, DateTime) and right.time.zoned:
        return equal(as_moment(left), right, run)
    return None


def _equal_lists(left: list[object], right: list[object], run: Run) -> bool | None:
    if len(left) != len(right):
        return False
    result: bool | None = True
    for one, other in zip(left, right, strict=True):
        same = equal(one, other, run)
        if same is False:
            return False
        if same is None:
            result = None
    return result


def _equal_ranges(left: Range, right: Range, run: Run) -> bool:
    return (
        left.start_included == right.start_included
        and left.end_included == right.end_included
        and left.operator == right.operator
        and equal(left.start, right.start, run) is True
        and equal(left.end, right.end, run) is True
    )


def in_range(value: object, interval: Range, run: Run) -> bool | None:
    """Tell whether a value lies in an interval; None when they cannot be compared."""
    if interval.operator in ("=", "!="):
        same = equal(value, interval.start, run)
        return not same if interval.operator == "!=" and same is not None else same
    if interval.operator is None and (interval.start is None or interval.end is None):
        return None
    if interval.start is not None:
        below = _outside(interval.start, value, interval.start_included, run)
        if below is not False:
            return None if below is None else False
    if interval.end is not None:
        above = _outside(value, interval.end, interval.end_included, run)
        if above is not False:
            return None if above is None else False
    return True


def _outside(lower: object, upper: object, touching_is_inside: object, run: Run) -> bool | None:
    """Tell whether lower <= upper (or <, when touching does not count) is broken."""
    if touching_is_inside:
        return less_than(upper, lower, run)
    ordered = less_than(lower, upper, run)
    return None if ordered is None else not ordered


def satisfies(value: object, test: object, run: Run) -> bool | None:
    """Tell whether a value meets an evaluated test.

    An interval, a list of alternatives, or an equal value.
    """
    if isinstance(test, Range) and not isinstance(value, Range):
        return in_range(value, test, run)
    if isinstance(test, list) and not isinstance(value, list):
        return _any_alternative(value, test, run)
    same = equal(value, test, run)
    if same is not True and isinstance(test, list):
        return True if any(equal(value, item, run) is True for item in test) else same
    return same


def _any_alternative(value: object, tests: list[object], run: Run) -> bool | None:
    run.charge(len(tests))
    for test in tests:
        met = in_range(value, test, run) if isinstance(test, Range) else equal(value, test, run)
        if met is True:
            return True
    return False


def bounded_text(text: str) -> str:
    """Give the text back; raises NoValue when it is longer than an expression may make."""
    if len(text) > LONGEST_TEXT:
        raise NoValue("文本太长")
    return text


def bounded_list(items: list[object]) -> list[object]:
    """Give the list back; raises NoValue when it is longer than an expression may make."""
    if len(items) > LONGEST_LIST:
        raise NoValue("列表太长")
    return items
