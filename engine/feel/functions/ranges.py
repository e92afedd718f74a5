"""Relations between points and ranges (DMN 1.5, 10.3.4.8, table 78), and range() itself."""

import re

from engine.feel import syntax
from engine.feel.decimals import NUMBERS
from engine.feel.errors import FeelSyntaxError, NoValue
from engine.feel.functions.registry import FUNCTIONS, builtin_with_run
from engine.feel.names import KnownNames
from engine.feel.reader import parse
from engine.feel.run import Run
from engine.feel.temporal_text import read_temporal
from engine.feel.values import Range, equal, in_range, less_than

_POINT_OR_RANGE = (
    "point1: any, point2: any",
    "point: any, range: range",
    "range: range, point: any",
    "range1: range, range2: range",
)
_TWO_RANGES = "range1: range, range2: range"


def _as_range(value: object) -> Range:
    return value if isinstance(value, Range) else Range(value, True, value, True)  # noqa: FBT003


def _same(one: object, other: object, run: Run) -> bool:
    return equal(one, other, run) is True


def _ends_before(run: Run, one: object, other: object) -> bool | None:
    first, second = _as_range(one), _as_range(other)
    if first.end is None or second.start is None:
        if isinstance(one, Range) or isinstance(other, Range):
            return False  # an open end reaches past everything
        raise NoValue("没有值可以比较")
    smaller = less_than(first.end, second.start, run)
    if smaller is None:
        raise NoValue("这两个值不能比较先后")
    touching = first.end_included and second.start_included
    return smaller or (_same(first.end, second.start, run) and not touching)


@builtin_with_run("before", *_POINT_OR_RANGE)
def before(run: Run, one: object, other: object) -> bool | None:
    """Tell whether the first lies wholly before the second."""
    return _ends_before(run, one, other)


@builtin_with_run("after", *_POINT_OR_RANGE)
def after(run: Run, one: object, other: object) -> bool | None:
    """Tell whether the first lies wholly after the second."""
    return _ends_before(run, other, one)


def _meets(run: Run, one: Range, other: Range) -> bool:
    return one.end_included and other.start_included and _same(one.end, other.start, run)


@builtin_with_run("meets", _TWO_RANGES)
def meets(run: Run, one: Range, other: Range) -> bool:
    """Tell whether the first ends where the second starts, both including that point."""
    return _meets(run, one, other)


@builtin_with_run("met by", _TWO_RANGES)
def met_by(run: Run, one: Range, other: Range) -> bool:
    """Tell whether the first starts where the second ends, both including that point."""
    return _meets(run, other, one)


def _overlap(run: Run, one: Range, other: Range) -> bool:
    return not _ends_before(run, one, other) and not _ends_before(run, other, one)


@builtin_with_run("overlaps", _TWO_RANGES)
def overlaps(run: Run, one: Range, other: Range) -> bool:
    """Tell whether the two have a point in common."""
    return _overlap(run, one, other)


def _starts_earlier(run: Run, one: Range, other: Range) -> bool:
    if less_than(one.start, other.start, run) is True:
        return True
    included_more = one.start_included and not other.start_included
    return _same(one.start, other.start, run) and included_more


def _ends_later(run: Run, one: Range, other: Range) -> bool:
    if less_than(other.end, one.end, run) is True:
        return True
    return _same(one.end, other.end, run) and one.end_included and not other.end_included


@builtin_with_run("overlaps before", _TWO_RANGES)
def overlaps_before(run: Run, one: Range, other: Range) -> bool:
    """Tell whether they overlap, the first starting earlier and ending no later."""
    return (
        _overlap(run, one, other)
        and _starts_earlier(run, one, other)
        and not _ends_later(run, one, other)
    )


@builtin_with_run("overlaps after", _TWO_RANGES)
def overlaps_after(run: Run, one: Range, other: Range) -> bool:
    """Tell whether they overlap, the second starting earlier and ending no later."""
    return (
        _overlap(run, one, other)
        and _starts_earlier(run, other, one)
        and not _ends_later(run, other, one)
    )


def _finishes(run: Run, one: object, other: Range) -> bool:
    if not isinstance(one, Range):
        return other.end_included and _same(one, other.end, run)
    same_end = one.end_included == other.end_included and _same(one.end, other.end, run)
    return same_end and not _starts_earlier(run, one, other)


@builtin_with_run("finishes", "point: any, range: range", _TWO_RANGES)
def finishes(run: Run, one: object, other: Range) -> bool:
    """Tell whether the first is, or lies at, the end of the second."""
    return _finishes(run, one, other)


@builtin_with_run("finished by", "range: range, point: any", _TWO_RANGES)
def finished_by(run: Run, one: Range, other: object) -> bool:
    """Tell whether the second is, or lies at, the end of the first."""
    return _finishes(run, other, one)


def _includes(run: Run, outer: Range, inner: object) -> bool | None:
    if not isinstance(inner, Range):
        return in_range(inner, outer, run)
    if less_than(outer.start, inner.end, run) is None:
        raise NoValue("这两个区间不能比较")
    return not _starts_earlier(run, inner, outer) and not _ends_later(run, inner, outer)


@builtin_with_run("includes", "range: range, point: any", _TWO_RANGES)
def includes(run: Run, outer: Range, inner: object) -> bool | None:
    """Tell whether the second lies in the first."""
    return _includes(run, outer, inner)


@builtin_with_run("during", "point: any, range: range", _TWO_RANGES)
def during(run: Run, inner: object, outer: Range) -> bool | None:
    """Tell whether the first lies in the second."""
    return _includes(run, outer, inner)


def _starts(run: Run, one: object, other: Range) -> bool:
    if not isinstance(one, Range):
        return other.start_included and _same(one, other.start, run)
    same_start = one.start_included == other.start_included and _same(one.start, other.start, run)
    return same_start and not _ends_later(run, one, other)


@builtin_with_run("starts", "point: any, range: range", _TWO_RANGES)
def starts(run: Run, one: object, other: Range) -> bool:
    """Tell whether the first is, or lies at, the start of the second."""
    return _starts(run, one, other)


@builtin_with_run("started by", "range: range, point: any", _TWO_RANGES)
def started_by(run: Run, one: Range, other: object) -> bool:
    """Tell whether the second is, or lies at, the start of the first."""
    return _starts(run, other, one)


@builtin_with_run("coincides", "point1: any, point2: any", _TWO_RANGES)
def coincides(run: Run, one: object, other: object) -> bool | None:
    """Tell whether two points or two ranges are equal."""
    return equal(one, other, run)


# range("[1..5]") --------------------------------------------------------------

_RANGE_TEXT = re.compile(r"\s*([\[(\]])(.{0,200}?)\.\.(.{0,200}?)([\])\[])\s*", re.DOTALL)
_TEST_TEXT = re.compile(r"\s*(<=|>=|<|>)(.{1,200})", re.DOTALL)
_BOUND_NAMES = KnownNames(["date and time"])
_BOUND_FUNCTIONS = frozenset({"date", "time", "date and time", "duration"})


@builtin_with_run("range", "from: string")
def range_of_text(run: Run, text: str) -> Range:
    """range("[1..5]"): an interval of literals written as text; a missing bound is an open end.

    A test is one too, range("> 5").
    """
    test = _TEST_TEXT.fullmatch(text)
    if test is not None:
        return _range_of_test(test[1], _bound(run, test[2]))
    found = _RANGE_TEXT.fullmatch(text)
    if found is None:
        raise NoValue("区间的格式不对")
    start, end = _bound(run, found[2]), _bound(run, found[3])
    start_included, end_included = found[1] == "[", found[4] == "]"
    if (start is None and start_included) or (end is None and end_included):
        raise NoValue("没有值的一端不能包含在区间里")
    if start is None and end is None:
        raise NoValue("区间的两端都没有值")
    if start is not None and end is not None and less_than(end, start, run) is not False:
        raise NoValue("区间的两端不能比较,或次序颠倒")
    # Without a bound it is a test: (5..) is > 5, which a range to null is not.
    if end is None:
        return _range_of_test(">=" if start_included else ">", start)
    if start is None:
        return _range_of_test("<=" if end_included else "<", end)
    return Range(start, start_included, end, end_included)


def _range_of_test(operator: str, bound: object) -> Range:
    if bound is None:
        raise NoValue("区间的两端都没有值")
    included = operator.endswith("=")
    if operator[0] == "<":
        return Range(None, False, bound, included, operator)  # noqa: FBT003
    return Range(bound, included, None, False, operator)  # noqa: FBT003


def _bound(run: Run, text: str) -> object:
    if text.strip() in ("", "null"):
        return None
    try:
        node = parse(text, _BOUND_NAMES)
    except FeelSyntaxError:
        raise NoValue("区间的端点不对") from None
    value = _literal(run, node)
    if value is None:  # 31 April is no open end
        raise NoValue("区间的端点不对")
    return value


def _literal(run: Run, node: syntax.Node) -> object:
    match node:
        case syntax.NumberLiteral(value) | syntax.StringLiteral(value):
            return value
        case syntax.Negation(syntax.NumberLiteral(number)):
            return NUMBERS.minus(number)
        case syntax.TemporalLiteral(text):
            return read_temporal(text)
        case syntax.Call(syntax.Name(name), arguments) if name in _BOUND_FUNCTIONS:
            parts = [_literal(run, argument) for argument in arguments]
            return FUNCTIONS[name].call(run, parts)
        case _:
            raise NoValue("区间的端点应为直接写出的值")
