"""if, for, some and every."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal

from engine.feel import syntax
from engine.feel.compiler.dispatch import compile_node
from engine.feel.compiler.tests import mentions
from engine.feel.decimals import whole_integer
from engine.feel.errors import NoValue
from engine.feel.run import Run
from engine.feel.scope import Closure, Scope
from engine.feel.temporal import Date
from engine.feel.values import Range, kind_word

PARTIAL = "partial"
"""Inside the body of a for: the list of the results so far."""

_NODES_A_STEP = 4
_ITEMS_A_STEP = 8


def steps_of(body: syntax.Node) -> int:
    """Price one run of a loop's body by its size: long bodies must not make a loop endless."""
    return 1 + sum(1 for _ in syntax.walk(body)) // _NODES_A_STEP


@compile_node.register
def _conditional(node: syntax.Conditional) -> Closure:
    condition = compile_node(node.condition)
    then, otherwise = compile_node(node.then), compile_node(node.otherwise)
    return lambda scope: then(scope) if condition(scope) is True else otherwise(scope)


# Iteration ----------------------------------------------------------------------

_Source = Callable[[Scope], Iterable[object]]
Level = tuple[str, _Source]
"""A variable of a loop, and what it runs through."""


def _whole_numbers(start: Decimal, end: Decimal) -> Iterable[object]:
    first, last = whole_integer(start), whole_integer(end)
    numbers = range(first, last + 1) if first <= last else range(first, last - 1, -1)
    return (Decimal(number) for number in numbers)


def _days(first: int, last: int) -> Iterable[object]:
    days = range(first, last + 1) if first <= last else range(first, last - 1, -1)
    return (Date(day) for day in days)


def _from_to(start: object, end: object) -> Iterable[object]:
    if isinstance(start, Decimal) and isinstance(end, Decimal):
        return _whole_numbers(start, end)
    if isinstance(start, Date) and isinstance(end, Date):
        return _days(start.day, end.day)
    raise NoValue(f"不能从{kind_word(start)}数到{kind_word(end)}")


def _through_range(interval: Range) -> Iterable[object]:
    start, end = interval.start, interval.end
    if interval.operator is not None:
        raise NoValue("这种区间不能逐项取值")
    if isinstance(start, Date) and isinstance(end, Date):
        days = _between(start.day, end.day, interval)
        return (Date(day) for day in days)
    if isinstance(start, Decimal) and isinstance(end, Decimal):
        numbers = _between(whole_integer(start), whole_integer(end), interval)
        return (Decimal(number) for number in numbers)
    raise NoValue("这种区间不能逐项取值")


def _between(first: int, last: int, interval: Range) -> range:
    """Give what lies in an interval, upwards only: nothing lies in (1..2)."""
    if first > last:
        raise NoValue("区间的起点大于终点")
    return range(first + (not interval.start_included), last + interval.end_included)


def items_of(value: object) -> Iterable[object]:
    """Give what a loop runs through; a single value is a list of one. Raises NoValue for null."""
    if isinstance(value, list):
        return value
    if isinstance(value, Range):
        return _through_range(value)
    if value is None:
        raise NoValue("要逐项处理的列表是空值")
    return [value]


def _compile_level(iterator: syntax.Iterator) -> Level:
    source = compile_node(iterator.source)
    if iterator.end is None:
        return level_over(iterator.name, source)
    end = compile_node(iterator.end)
    return iterator.name, lambda scope: _from_to(source(scope), end(scope))


def _scopes(levels: Sequence[Level], scope: Scope, steps: int) -> Iterator[Scope]:
    """Give a scope for each combination; a later source may use an earlier variable."""
    name, source = levels[0]
    for item in source(scope):
        scope.run.charge(steps if len(levels) == 1 else 1)
        inner = scope.inner([(name, item)])
        if len(levels) == 1:
            yield inner
        else:
            yield from _scopes(levels[1:], inner, steps)


@compile_node.register
def _for_loop(node: syntax.ForLoop) -> Closure:
    levels = [_compile_level(iterator) for iterator in node.iterators]
    steps, uses_partial = steps_of(node.body), mentions(node.body, PARTIAL)
    return repeat(levels, compile_node(node.body), steps, uses_partial=uses_partial)


@compile_node.register
def _quantified(node: syntax.Quantified) -> Closure:
    levels = [_compile_level(iterator) for iterator in node.iterators]
    steps = steps_of(node.condition)
    return quantify(levels, compile_node(node.condition), steps, every=node.every)


def level_over(name: str, source: Closure) -> Level:
    """Let a name run through the items that a closure gives."""
    return name, lambda scope: items_of(source(scope))


def repeat(levels: Sequence[Level], body: Closure, steps: int, *, uses_partial: bool) -> Closure:
    """Give the list of what a body is worth for each combination."""

    def for_loop(scope: Scope) -> object:
        results: list[object] = []
        try:
            for inner in _scopes(levels, scope, steps):
                if uses_partial:
                    # A copy: the list itself would end up inside itself.
                    inner[PARTIAL] = list(results)
                    scope.run.charge(len(results) // _ITEMS_A_STEP)
                results.append(body(inner))
        except NoValue as problem:
            return scope.run.null(f"for:{problem.reason}")
        return results

    return for_loop


def quantify(
    levels: Sequence[Level],
    condition: Closure,
    steps: int,
    *,
    every: bool,
    strict: bool = False,
) -> Closure:
    """Tell whether every combination, or some, meets a condition.

    What is no boolean makes the outcome null where no other one decides it; in a strict one at
    once.
    """
    word, decisive = ("every", False) if every else ("some", True)

    def quantified(scope: Scope) -> object:
        result: bool | None = not decisive
        try:
            for inner in _scopes(levels, scope, steps):
                value = condition(inner)
                if value is decisive:
                    return decisive
                if not isinstance(value, bool):
                    result = None
                    _not_boolean(word, value, scope.run)
                    if strict and value is not None:
                        return None
        except NoValue as problem:
            return scope.run.null(f"{word}:{problem.reason}")
        return result

    return quantified


def _not_boolean(word: str, value: object, run: Run) -> None:
    run.null(f"{word} 的条件不是是否值,而是{kind_word(value)}")
