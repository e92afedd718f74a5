"""Event sub-processes: a handler beside a whole scope, which ends its work or lets it go on."""

import pytest

from tests.unit.runtime.kit import (
    end,
    ext,
    io,
    line,
    message,
    node,
    process,
    receives,
    start,
    timer,
    user,
)


def handler(identity: str, trigger: str, inside: str, *, interrupting: bool = True) -> str:
    """A sub-process that an event starts; its first element is ``inside``'s ``H``."""
    begin = node(
        "startEvent",
        f"on_{identity}",
        trigger,
        isInterrupting="true" if interrupting else "false",
    )
    body = begin + inside + end(f"{identity}_end") + line(f"on_{identity}", "H", f"{identity}_end")
    return node("subProcess", identity, body, triggeredByEvent="true")


LATE = timer("timeDuration", "P5D")
STEPS = start() + user("A") + user("B") + end() + line("S", "A", "B", "E")
WITHDRAWN = message("m", "withdrawn", "=case.id")
TOLD = ext(io(outputs={"why": "=why"})) + receives("m")


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_timer_beside_the_whole_process(begin, interrupting):
    case = begin(process(STEPS + handler("late", LATE, user("H"), interrupting=interrupting)))
    case.done("A")
    assert case.open == ["B"]
    case.fire("on_late")
    assert sorted(case.open) == (["H"] if interrupting else ["B", "H"])
    if not interrupting:
        assert not case.done("B").ended  # the scope is done when both are
    assert case.done("H").ended


def test_what_did_not_happen_keeps_nothing_waiting(begin):
    case = begin(process(STEPS + handler("late", LATE, user("H"))))
    case.done("A")
    step = case.done("B")
    assert step.ended
    assert not step.waits


def test_a_message_ends_the_work_and_brings_what_is_mapped(begin):
    bpmn = process(STEPS + handler("quit", TOLD, user("H")), extra=WITHDRAWN)
    case = begin(bpmn)
    case.send("on_quit", why="本人撤回", secret="x")
    assert case.open == ["H"]
    assert case.scope()["why"] == "本人撤回"
    assert "secret" not in case.scope()
    assert case.done("H").ended


def test_an_error_inside_is_caught_beside(begin):
    fails = '<bpmn:errorEventDefinition errorRef="e"/>'
    body = start() + user("A") + end("E", fails) + line("S", "A", "E")
    body += handler("caught", fails, user("H"))
    case = begin(process(body, extra=node("error", "e", errorCode="no")))
    case.done("A")
    assert case.open == ["H"]
    assert case.done("H").ended


def test_a_handler_within_a_sub_process_ends_that_alone(begin):
    inner = start("S2") + user("A") + end("E2") + line("S2", "A", "E2")
    inner += handler("late", LATE, user("H"))
    body = start() + node("subProcess", "P", inner) + user("C") + end() + line("S", "P", "C", "E")
    case = begin(process(body))
    case.fire("on_late")
    assert case.open == ["H"]
    case.done("H")
    assert case.open == ["C"]


def test_two_handlers_and_the_names_in_the_trail(begin):
    body = STEPS + handler("late", LATE, user("H"), interrupting=False)
    body += (
        handler("quit", TOLD, user("H").replace('id="H"', 'id="H2"'))
        .replace('targetRef="H"', 'targetRef="H2"')
        .replace('sourceRef="H"', 'sourceRef="H2"')
    )
    case = begin(process(body, extra=WITHDRAWN))
    case.fire("on_late")
    assert sorted(case.open) == ["A", "H"]
    case.send("on_quit", why="撤回")
    assert sorted(case.open) == ["H", "H2"]
    case.done("H")
    assert case.done("H2").ended
    drawn = [one for one in case.log if not one.startswith("_")]
    assert [one for one in drawn if one.startswith("on_")] == ["on_late", "on_quit"]
