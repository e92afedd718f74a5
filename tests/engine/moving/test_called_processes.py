"""A called process runs inside the case, with its own lanes and in one version (D22)."""

import pytest

from engine import SYSTEM
from engine.model.definitions import SourceFile
from tests.engine.moving.conftest import Workshop, drawn, step
from tests.unit.runtime.kit import end, ext, io, line, node, start, z

CLOSED = {"propagateAllChildVariables": "false", "propagateAllParentVariables": "false"}


def caller_and_called(limit: str = "5wd") -> tuple[SourceFile, SourceFile]:
    body = start() + step("ask", io(outputs={"said": "=note"})) + end()
    body += node(
        "callActivity",
        "call",
        ext(
            z("calledElement", processId="called", **CLOSED),
            io({"question": "=said"}, {"result": "=answer"}),
        ),
    )
    body += step("read") + line("S", "ask", "call", "read", "E")
    inner = start() + step(
        "think", io(outputs={"answer": "=note", "secret": "=note"}), deadline=limit
    )
    inner += end() + line("S", "think", "E")
    return (
        drawn("caller", {"officer": "ask read"}, body),
        drawn("called", {"county_reviewer": "think"}, inner),
    )


def test_a_called_process_has_its_own_lanes_and_is_part_of_the_case(shop: Workshop) -> None:
    shop.put(*caller_and_called())
    case_id = shop.begin("caller")
    shop.finish("officer", case_id, "ask", {"note": "可以吗"})
    (open_step,) = shop.open_steps(case_id)
    assert (open_step.element_id, open_step.role) == ("think", "county_reviewer")
    view = shop.engine.tasks.view(shop.actor("reviewer"), open_step.id)
    assert view.scope["question"] == "可以吗"
    assert "said" not in view.scope  # only what the mapping names
    shop.finish("reviewer", case_id, "think", {"note": "可以"})
    view = shop.engine.tasks.view(shop.actor("officer"), shop.step(case_id, "read"))
    assert (view.scope["result"], view.scope["said"]) == ("可以", "可以吗")
    assert not {"answer", "secret", "question"} & set(view.scope)
    assert shop.rows("SELECT count(*) FROM cases") == [(1,)]
    entries = shop.engine.cases.history(SYSTEM, case_id)
    assert [e.number for e in entries] == list(range(1, len(entries) + 1))
    assert "called" in {e.process_key for e in entries}
    assert shop.broken() == {}


def test_a_case_calls_the_version_that_was_there_when_it_was_deployed(shop: Workshop) -> None:
    shop.put(*caller_and_called("5wd"))
    old = shop.begin("caller")
    shop.put(caller_and_called("1wd")[1])
    still_old = shop.begin("caller")
    shop.put(*caller_and_called("1wd"))
    new = shop.begin("caller")
    limits = []
    for case_id in (old, still_old, new):
        shop.finish("officer", case_id, "ask", {"note": "可以吗"})
        step_id = shop.step(case_id, "think")
        limits.append(shop.engine.tasks.view(shop.actor("reviewer"), step_id).task.deadline)
    assert limits == ["5wd", "5wd", "1wd"]


def calling_both() -> SourceFile:
    """A process that calls ``called`` itself and by way of ``caller``."""
    body = start() + step("first") + end() + line("S", "first", "X", "Y", "E")
    for identity, key in (("X", "called"), ("Y", "caller")):
        inputs = {"question": "=first_note"} if key == "called" else {}
        call = ext(z("calledElement", processId=key, **CLOSED), io(inputs))
        body += node("callActivity", identity, call)
    return drawn("top", {"officer": "first"}, body)


def test_one_version_of_a_called_process_in_a_case(shop: Workshop) -> None:
    shop.put(*caller_and_called("5wd"))
    shop.put(calling_both(), caller_and_called("5wd")[1])
    assert shop.waiting(shop.begin("top")) == ["first"]
    with pytest.raises(AssertionError, match="两个版本"):
        shop.put(calling_both(), caller_and_called("1wd")[1])
    shop.put(calling_both(), *caller_and_called("1wd"))
