"""Lists, contexts, ranges, paths and filters."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from engine.feel import syntax
from engine.feel.compiler.control import items_of, steps_of
from engine.feel.compiler.dispatch import compile_node
from engine.feel.compiler.tests import compile_test
from engine.feel.decimals import whole_integer
from engine.feel.errors import NoValue
from engine.feel.run import Run
from engine.feel.scope import Closure, Scope
from engine.feel.temporal import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Date,
    DateTime,
    DayTimeDuration,
    Time,
    YearMonthDuration,
    seconds_number,
    weekday,
)
from engine.feel.values import Range, kind_word, less_than

ITEM = "item"
"""Inside a filter: the item under test itself."""


@compile_node.register
def _list(node: syntax.ListLiteral) -> Closure:
    items = [compile_node(item) for item in node.items]
    return lambda scope: [item(scope) for item in items]


@compile_node.register
def _context(node: syntax.ContextLiteral) -> Closure:
    entries = [(entry.key, compile_node(entry.value)) for entry in node.entries]
    if len({key for key, _value in entries}) != len(entries):
        return lambda scope: scope.run.null("上下文里有重复的键")

    def context(scope: Scope) -> object:
        inner, result = scope.inner(), {}
        for key, value in entries:
            result[key] = inner[key] = value(inner)
        return result

    return context


@compile_node.register
def _range(node: syntax.RangeLiteral) -> Closure:
    start, end = compile_node(node.start), compile_node(node.end)

    def interval(scope: Scope) -> object:
        low, high = start(scope), end(scope)
        if low is not None and high is not None and less_than(low, high, scope.run) is None:
            return scope.run.null(f"区间的两端不能比较:{kind_word(low)}和{kind_word(high)}")
        return Range(low, node.start_included, high, node.end_included)

    return interval


# Paths --------------------------------------------------------------------------


def _number(value: int) -> Decimal:
    return Decimal(value)


def _part(length: int, unit: int, modulus: int | None = None) -> Decimal:
    """Give one component of a duration, with the sign of the whole."""
    part = abs(length) // unit
    if modulus is not None:
        part %= modulus
    return Decimal(-part if length < 0 else part)


def _offset(time: Time, day: int | None = None) -> DayTimeDuration | None:
    offset = time.utc_offset() if day is None else time.utc_offset(day)
    return None if offset is None else DayTimeDuration(offset * SECOND)


_OF_A_DAY: Mapping[str, Callable[[Any], object]] = {
    "year": lambda moment: _number(moment.civil[0]),
    "month": lambda moment: _number(moment.civil[1]),
    "day": lambda moment: _number(moment.civil[2]),
    "weekday": lambda moment: _number(weekday(moment.day)),
}
_OF_A_TIME: Mapping[str, Callable[[Any], object]] = {
    "hour": lambda time: _number(time.nanoseconds // HOUR),
    "minute": lambda time: _number(time.nanoseconds // MINUTE % 60),
    "second": lambda time: seconds_number(time.nanoseconds % MINUTE),
    "time offset": _offset,
    "timezone": lambda time: time.zone,
}
_PROPERTIES: Mapping[type, Mapping[str, Callable[[Any], object]]] = {
    Date: {
        **_OF_A_DAY,
        "hour": lambda _date: _number(0),
        "minute": lambda _date: _number(0),
        "second": lambda _date: _number(0),
        "time offset": lambda _date: DayTimeDuration(0),
    },
    Time: _OF_A_TIME,
    DateTime: {
        **_OF_A_DAY,
        "hour": lambda moment: _OF_A_TIME["hour"](moment.time),
        "minute": lambda moment: _OF_A_TIME["minute"](moment.time),
        "second": lambda moment: _OF_A_TIME["second"](moment.time),
        "time offset": lambda moment: _offset(moment.time, moment.day),
        "timezone": lambda moment: moment.time.zone,
    },
    YearMonthDuration: {
        "years": lambda duration: _part(duration.months, 12),
        "months": lambda duration: _part(duration.months, 1, 12),
    },
    DayTimeDuration: {
        "days": lambda duration: _part(duration.nanoseconds, DAY),
        "hours": lambda duration: _part(duration.nanoseconds, HOUR, 24),
        "minutes": lambda duration: _part(duration.nanoseconds, MINUTE, 60),
        "seconds": lambda duration: _part(duration.nanoseconds, SECOND, 60),
    },
    Range: {
        "start": lambda interval: interval.start,
        "end": lambda interval: interval.end,
        "start included": lambda interval: interval.start_included,
        "end included": lambda interval: interval.end_included,
    },
}


def _property(value: object, name: str, run: Run) -> object:
    if isinstance(value, dict):
        return value[name] if name in value else run.null(f"上下文里没有“{name}”")
    if isinstance(value, list):
        run.charge(1 + len(value) // 4)
        return [_property(item, name, run) for item in value]
    read = _PROPERTIES.get(type(value), {}).get(name)
    return run.null(f"{kind_word(value)}没有属性“{name}”") if read is None else read(value)


@compile_node.register
def _path(node: syntax.Path) -> Closure:
    source, name = compile_node(node.value), node.name

    def path(scope: Scope) -> object:
        value = source(scope)
        if type(value) is dict and name in value:
            return value[name]
        return _property(value, name, scope.run)

    return path


# Filters ------------------------------------------------------------------------


@compile_node.register
def _filter(node: syntax.Filter) -> Closure:
    source, steps = compile_node(node.source), steps_of(node.condition)
    if isinstance(node.condition, syntax.NumberLiteral):
        position = node.condition.value
        return lambda scope: _item_at(_as_list(source(scope)), position, scope.run)
    return chosen_by(source, _selection(node.condition), steps)


Selection = Callable[[object, Scope], object]
"""Tells of an item, in a scope that knows it, whether it is chosen; a number is a position."""


def chosen_by(source: Closure, select: Selection, steps: int) -> Closure:
    """Filter what a closure gives."""

    def filtered(scope: Scope) -> object:
        items = _as_list(source(scope))
        if not items:
            # Only whether a position is asked for counts: there is no item that lacks a field.
            known = scope.run.problem_count()
            verdict = select(None, scope.inner([(ITEM, None)]))
            scope.run.forget_problems_after(known)
            return _of_empty_list(verdict, scope.run)
        chosen = []
        for index, item in enumerate(items):
            scope.run.charge(steps)
            verdict = select(item, _item_scope(scope, item))
            if verdict is True:
                chosen.append(item)
            elif index == 0 and isinstance(verdict, Decimal):
                return _item_at(items, verdict, scope.run)
            elif index == 0 and verdict is not None and verdict is not False:
                return scope.run.null(f"方括号里应为条件或序号,得到{kind_word(verdict)}")
        return chosen

    return filtered


def _selection(condition: syntax.Node) -> Selection:
    if isinstance(condition, syntax.OperatorTest):
        return compile_test(condition)
    compiled = compile_node(condition)
    return lambda _item, scope: compiled(scope)


def _as_list(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else list(items_of([value]))


def _item_scope(scope: Scope, item: object) -> Scope:
    """Open a level where an item's fields are names, and "item" is the item itself."""
    if isinstance(item, dict):
        inner = scope.inner(item.items())
        inner.setdefault(ITEM, item)  # a field of that name comes first
        return inner
    return scope.inner([(ITEM, item)])


def _of_empty_list(verdict: object, run: Run) -> object:
    return run.null("列表是空的,没有这一项") if isinstance(verdict, Decimal) else []


def _item_at(items: list[object], position: Decimal, run: Run) -> object:
    try:
        index = whole_integer(position)
    except NoValue as problem:
        return run.null(problem.reason)
    if index == 0 or abs(index) > len(items):
        return run.null("列表没有这一项")
    return items[index - 1 if index > 0 else index]
