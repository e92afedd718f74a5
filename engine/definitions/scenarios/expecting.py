"""Comparing what a scenario expects with what is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.feel import EvaluationContext, FeelSyntaxError, value_or_expression

_SHOWN = 200


@dataclass(frozen=True)
class Facts:
    """How the case stands: the words of docs/scenarios.md."""

    waiting: tuple[str, ...]
    timers: tuple[str, ...]
    messages: tuple[str, ...]
    signals: tuple[str, ...]
    thrown: tuple[str, ...]
    due: Mapping[str, str]
    options: Mapping[str, list[str]]
    ended: bool
    ended_at: str | None
    variables: Mapping[str, object]
    milestones: tuple[str, ...]
    operations: tuple[str, ...]
    trail: tuple[str, ...]
    rules: Mapping[str, list[int]]
    incidents: tuple[str, ...]


_UNORDERED = ("waiting", "timers", "messages", "signals")
_ORDERED = ("thrown", "milestones", "operations", "trail")
_TABLES = ("due", "options", "rules")


def differences(
    expected: Mapping[str, object], facts: Facts, context: EvaluationContext
) -> list[str]:
    """One Chinese sentence for each thing that is not as expected; incidents always count."""
    expected = {"incidents": [], **expected}
    return [
        *_lists(expected, facts),
        *_tables(expected, facts),
        *_ending(expected, facts),
        *_variables(expected, facts.variables, context),
    ]


def _lists(expected: Mapping[str, object], facts: Facts) -> Iterator[str]:
    for key in (*_UNORDERED, "incidents"):
        if key in expected:
            yield from _same(key, sorted(_texts(expected[key])), list(getattr(facts, key)))
    for key in _ORDERED:
        if key in expected:
            yield from _same(key, expected[key], list(getattr(facts, key)))


def _tables(expected: Mapping[str, object], facts: Facts) -> Iterator[str]:
    for key in _TABLES:
        actual = getattr(facts, key)
        missing: object = [] if key == "rules" else None
        for name, value in _entries(expected.get(key)):
            yield from _same(f"{key}.{name}", value, actual.get(name, missing))


def _ending(expected: Mapping[str, object], facts: Facts) -> Iterator[str]:
    if "ended_at" in expected:
        yield from _same("ended_at", expected["ended_at"], facts.ended_at)
    if "open" in expected:
        yield from _same("open", expected["open"], not facts.ended)


def _variables(
    expected: Mapping[str, object], variables: Mapping[str, object], context: EvaluationContext
) -> Iterator[str]:
    for name, value in _entries(expected.get("variables")):
        yield from _variable(name, value, variables, context)
    for name in _texts(expected.get("absent")):
        if variables.get(name) is not None:
            yield f"变量 {name} 应当没有值,实际是 {_shown(variables[name])}。"


def _entries(table: object) -> list[tuple[str, object]]:
    return [(str(k), v) for k, v in table.items()] if isinstance(table, Mapping) else []


def _variable(
    name: str, value: object, variables: Mapping[str, object], context: EvaluationContext
) -> list[str]:
    if isinstance(value, str) and value.startswith("="):
        try:
            held = value_or_expression(value).evaluate(variables, context)
        except FeelSyntaxError as problem:
            return [f"期望“{name}”的表达式写错了,{problem}。"]
        if held.value is True:
            return []
        return [f"期望“{name}”({value})不成立,结果是 {_shown(held.value)}。"]
    return _same(f"变量 {name}", value, variables.get(name))


def _same(what: str, expected: object, actual: object) -> list[str]:
    if expected == actual and isinstance(expected, bool) == isinstance(actual, bool):
        return []
    return [f"{what} 应当是 {_shown(expected)},实际是 {_shown(actual)}。"]


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _shown(value: object) -> str:
    text = "空" if value is None else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
