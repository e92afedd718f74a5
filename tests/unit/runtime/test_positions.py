"""Where a case stands, with what lies around it and when the wait is over."""

from datetime import timedelta

from engine import runtime
from engine.runtime import Position
from tests.unit.runtime.kit import (
    MORNING,
    Case,
    World,
    boundary,
    end,
    ext,
    flow,
    io,
    line,
    message,
    node,
    process,
    receives,
    source_of,
    start,
    timer,
    user,
    z,
)

CALLED = process(start("s2") + user("inner") + end("e2") + line("s2", "inner", "e2"), key="called")
BODY = (
    start()
    + node(
        "subProcess",
        "part",
        start("s1")
        + user("ask")
        + boundary("ask_late", "ask", timer("timeDuration", "P5D"))
        + end("e1")
        + line("s1", "ask", "e1")
        + flow("ask_late", "e1"),
    )
    + boundary(
        "gone", "part", ext(io(outputs={"why": "=reason"})) + receives("m"), interrupting=True
    )
    + node(
        "callActivity",
        "call",
        ext(
            z(
                "calledElement",
                processId="called",
                propagateAllChildVariables="false",
                propagateAllParentVariables="false",
            ),
            io(inputs={"given": "=wish"}),
        ),
    )
    + node("eventBasedGateway", "either")
    + node("intermediateCatchEvent", "said", ext(io(outputs={"why": "=reason"})) + receives("m"))
    + node("intermediateCatchEvent", "over", timer("timeDuration", "P3D"))
    + end()
    + end("E2")
    + line("S", "part", "call", "either", "said", "E")
    + line("either", "over", "E2")
    + flow("gone", "E2")
)
MESSAGE = message("m", "word", "=case.id")


def begun() -> Case:
    called = source_of(CALLED, key="called")
    source = source_of(process(BODY, MESSAGE), called={"called": called})
    return Case(source, World(), {"wish": "a hat"})


def standing(case: Case) -> dict[str, Position]:
    found = runtime.positions(case.program, case.step.state)
    return {one.element_id: one for one in found}


def test_a_step_in_a_sub_process_knows_what_is_around_it_and_when_its_timer_takes_it() -> None:
    case = begun()
    at = standing(case)
    assert set(at) == {"ask", "ask_late", "gone"}
    assert at["ask"].around == (("p", "part"),)
    assert at["ask"].ends_at == MORNING + timedelta(days=5)
    assert (at["ask"].is_beside, at["ask"].is_message) == (False, False)
    assert at["ask"].scope["wish"] == "a hat"
    assert (at["gone"].is_beside, at["gone"].is_message, at["gone"].ends_at) == (True, True, None)
    assert at["gone"].around == ()


def test_a_called_process_is_within_its_call_and_sees_its_own_variables() -> None:
    case = begun()
    case.done("ask")
    (at,) = standing(case).values()
    assert (at.process_key, at.element_id) == ("called", "inner")
    assert at.around == (("p", "call"),)
    assert at.scope == {"given": "a hat"}


def test_a_message_beside_a_timer_has_a_last_day() -> None:
    case = begun()
    case.done("ask")
    case.done("inner")
    at = standing(case)
    assert set(at) == {"said", "over"}
    assert at["said"].ends_at == at["over"].ends_at == MORNING + timedelta(days=3)
    assert at["said"].is_message
    case.send("said", reason="enough")
    assert standing(case) == {}
