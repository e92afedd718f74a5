"""What moves a case has no clock of its own: time comes in from outside (design.md D24)."""

import ast

from tests.architecture.conftest import Source

TIMELESS = ("engine/runtime/", "engine/feel/", "engine/decisions/", "engine/forms/")
ASKING = {"now", "utcnow", "today", "fromtimestamp", "utcfromtimestamp"}
"""Of datetime and date; the module time is not to be imported at all."""


def test_what_moves_a_case_asks_no_clock_of_the_machine(sources: tuple[Source, ...]) -> None:
    timeless = [source for source in sources if source.name.startswith(TIMELESS)]
    assert {source.name.split("/")[1] for source in timeless} == {
        folder.split("/")[1] for folder in TIMELESS
    }
    assert [
        source.at(node)
        for source in timeless
        for node in ast.walk(source.tree)
        if _imports_time(node) or _asks(node)
    ] == []


def _imports_time(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            return any(name.name in {"time", "sched"} for name in names)
        case ast.ImportFrom(module="time" | "sched"):
            return True
        case ast.ImportFrom(module="engine.model.clock", names=names):
            return any(name.name == "SystemClock" for name in names)
        case _:
            return False


def _asks(node: ast.AST) -> bool:
    """Whether it calls a clock by its name: ``ports.now`` is a value and no call."""
    match node:
        case ast.Call(func=ast.Attribute(attr=called)):
            return called in ASKING
        case _:
            return False


def test_a_call_of_a_clock_is_noticed() -> None:
    for text in ("datetime.now(UTC)", "date.today()"):
        (call,) = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
        assert _asks(call)
    assert _imports_time(ast.parse("from time import monotonic").body[0])
    assert not any(_asks(node) for node in ast.walk(ast.parse("start = ports.now")))
