"""Signals: thrown by name, heard by everything that waits for them in the case, and by others."""

import pytest

from engine import runtime
from engine.errors import TaskNotOpen
from engine.runtime import ProgramRefused, SignalRecord, compile_program
from tests.unit.runtime.kit import (
    boundary,
    catches,
    end,
    ext,
    flow,
    io,
    line,
    node,
    process,
    props,
    signal,
    signals,
    source_of,
    start,
    throws,
    timer,
    user,
    z,
)
from tests.unit.runtime.test_event_subprocesses import handler

STOP = signal("stop", "停办")


def beside(branch: str, flows: str, *, last: str = "B") -> str:
    """``A``, then ``throw`` of the stop signal, beside another branch that ``F`` leads to."""
    body = start() + node("parallelGateway", "F") + user("A") + throws("throw", "stop")
    body += node("parallelGateway", "J") + end() + branch
    return body + line("S", "F", "A", "throw", "J", "E") + flow(last, "J") + flows


def begun(begin, body, **variables):
    return begin(process(body, STOP), **variables)


def test_a_catch_in_another_branch_hears_the_throw(begin):
    branch = catches("C", signals("stop")) + user("B")
    case = begun(begin, beside(branch, line("F", "C", "B")))
    assert case.open == ["A"]
    assert [wait.name for wait in case.step.waits.signals.values()] == ["停办"]
    step = case.done("A")
    assert case.open == ["B"]
    assert not step.waits.signals
    assert step.signals == (SignalRecord("p", "throw", "停办", everywhere=True),)
    assert case.done("B").ended


def test_a_signal_end_throws_and_ends_its_branch(begin):
    body = start() + node("parallelGateway", "F") + user("A") + end("E1", signals("stop"))
    body += catches("C", signals("stop")) + user("B") + end("E2")
    body += line("S", "F", "A", "E1") + line("F", "C", "B", "E2")
    case = begun(begin, body)
    case.done("A")
    assert case.open == ["B"]
    assert case.done("B").ended


def test_who_is_to_hear_waits_before_a_signal_is_thrown_in_the_same_step(begin):
    # Drawn so that the throw comes first by the order of the file.
    body = start() + node("parallelGateway", "F") + throws("T", "stop") + end("E1")
    body += catches("C", signals("stop")) + user("B") + end("E2")
    body += line("S", "F", "T", "E1") + line("F", "C", "B", "E2")
    assert begun(begin, body).open == ["B"]


def test_a_signal_that_nobody_waits_for_is_gone(begin):
    body = start() + throws("T", "stop") + user("A") + catches("C", signals("stop")) + end()
    case = begun(begin, body + line("S", "T", "A", "C", "E"))
    step = case.done("A")
    assert [wait.element_id for wait in step.waits.signals.values()] == ["C"]
    assert case.hear("C").ended


def test_a_signal_of_another_name_is_not_heard(begin):
    branch = catches("C", signals("other")) + user("B")
    body = process(beside(branch, line("F", "C", "B")), STOP + signal("other", "别的"))
    case = begin(body)
    case.done("A")
    assert case.open == []
    assert [wait.name for wait in case.step.waits.signals.values()] == ["别的"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_boundary_event_hears_it(begin, interrupting):
    branch = user("W") + boundary("on", "W", signals("stop"), interrupting=interrupting)
    branch += user("H") + end("E2") + node("exclusiveGateway", "B")
    flows = line("F", "W", "B") + line("on", "H", "E2")
    case = begun(begin, beside(branch, flows))
    before = case.token("W")
    step = case.done("A")
    if interrupting:
        assert case.open == ["H"]
        assert before in step.closed
        assert not step.waits.signals
    else:
        assert sorted(case.open) == ["H", "W"]
        assert case.token("W") == before
        assert len(step.waits.signals) == 1  # it may come again


def test_a_boundary_event_that_goes_on_beside_hears_every_signal(begin):
    body = start() + user("W") + boundary("on", "W", signals("stop"), interrupting=False)
    body += user("H") + end("E2") + end() + line("S", "W", "E") + line("on", "H", "E2")
    case = begun(begin, body)
    for times in (1, 2, 3):
        case.hear("on")
        assert case.open.count("H") == times
    case.done("W")
    assert not case.step.waits.signals
    assert not case.step.ended


def test_all_that_wait_hear_it_at_once_and_each_drawn_way_is_taken(begin):
    """Outside before inside, beside before instead: what is taken away is not begun."""
    inner = start("S2") + catches("C", signals("stop")) + user("lost") + end("E2")
    inner += line("S2", "C", "lost", "E2")
    branch = node("subProcess", "P", inner)
    branch += boundary("ends", "P", signals("stop"))
    branch += boundary("also", "P", signals("stop"), interrupting=False)
    branch += user("X") + user("Y") + end("E3") + node("exclusiveGateway", "B")
    branch += catches("C2", signals("stop")) + user("Z") + end("E4")
    flows = line("F", "P", "B") + line("ends", "X", "B") + line("also", "Y", "E3")
    flows += line("F", "C2", "Z", "E4")
    case = begun(begin, beside(branch, flows))
    assert len(case.step.waits.signals) == 4
    case.done("A")
    assert sorted(case.open) == ["X", "Y", "Z"]
    assert "lost" not in case.log
    assert "C" not in case.log  # it went with the sub-process that the signal ended
    assert not case.step.waits.signals


def test_a_throw_inside_ends_the_sub_process_it_lies_in(begin):
    inner = start("S2") + user("A") + throws("T", "stop") + user("after") + end("E2")
    inner += line("S2", "A", "T", "after", "E2")
    body = start() + node("subProcess", "P", inner) + boundary("on", "P", signals("stop"))
    body += user("H") + end() + end("E3") + line("S", "P", "E") + line("on", "H", "E3")
    case = begun(begin, body)
    case.done("A")
    assert case.open == ["H"]
    assert case.done("H").ended


def test_a_signal_end_inside_lets_the_boundary_event_win(begin):
    inner = start("S2") + user("A") + end("E2", signals("stop")) + line("S2", "A", "E2")
    body = start() + node("subProcess", "P", inner) + boundary("on", "P", signals("stop"))
    body += user("H") + user("N") + end() + end("E3")
    body += line("S", "P", "N", "E") + line("on", "H", "E3")
    case = begun(begin, body)
    case.done("A")
    assert case.open == ["H"]


@pytest.mark.parametrize("first", ["signal", "timer"])
def test_behind_an_event_gateway_the_first_of_them_counts(begin, first):
    branch = node("eventBasedGateway", "G") + catches("C", signals("stop")) + user("B")
    branch += catches("D", timer("timeDuration", "P5D")) + user("L") + end("E2")
    flows = line("F", "G", "C", "B") + line("G", "D", "L", "E2")
    case = begun(begin, beside(branch, flows))
    if first == "timer":
        case.fire("D")
        assert not case.step.waits.signals
        case.done("A")
        assert case.open == ["L"]
    else:
        case.done("A")
        assert case.open == ["B"]
        assert not case.step.waits.timers


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_sub_process_begins_with_it(begin, interrupting):
    body = start() + user("A") + throws("T", "stop") + user("B") + end()
    body += line("S", "A", "T", "B", "E")
    body += handler("halt", signals("stop"), user("H"), interrupting=interrupting)
    case = begun(begin, body)
    assert len(case.step.waits.signals) == 1
    case.done("A")
    assert sorted(case.open) == (["H"] if interrupting else ["B", "H"])
    if not interrupting:
        case.done("B")
    assert case.done("H").ended


def called(body: str, key: str) -> object:
    return source_of(process(body, STOP, key=key), key)


CALL = ext(
    z(
        "calledElement",
        processId="c",
        propagateAllChildVariables="false",
        propagateAllParentVariables="false",
    ),
    io(),
)


def test_called_processes_are_part_of_the_case(begin):
    inside = start() + catches("C", signals("stop")) + user("B") + end() + line("S", "C", "B", "E")
    branch = node("callActivity", "call", CALL)
    body = beside(branch, flow("F", "call"), last="call")
    case = begin(source_of(process(body, STOP)), {"called": {"c": called(inside, "c")}})
    case.done("A")
    assert case.open == ["B"]
    assert case.done("B").ended


def test_a_called_process_is_heard_outside(begin):
    inside = start() + user("A") + throws("T", "stop") + user("B") + end()
    inside += line("S", "A", "T", "B", "E")
    body = start() + node("callActivity", "call", CALL) + boundary("on", "call", signals("stop"))
    body += user("H") + end() + end("E2") + line("S", "call", "E") + line("on", "H", "E2")
    case = begin(source_of(process(body, STOP)), {"called": {"c": called(inside, "c")}})
    step = case.done("A")
    assert case.open == ["H"]
    assert [one.process_key for one in step.signals] == ["c"]


def test_every_repetition_that_waits_hears_it(begin):
    many = (
        "<bpmn:multiInstanceLoopCharacteristics>"
        + ext(z("loopCharacteristics", inputCollection="=[1,2,3]", inputElement="i"))
        + "</bpmn:multiInstanceLoopCharacteristics>"
    )
    inner = start("S2") + catches("C", signals("stop")) + end("E2") + line("S2", "C", "E2")
    branch = node("subProcess", "P", many + inner) + user("B")
    case = begun(begin, beside(branch, line("F", "P", "B")))
    assert len(case.step.waits.signals) == 3
    case.done("A")
    assert case.open == ["B"]


def test_what_is_done_otherwise_no_longer_waits(begin):
    body = start() + user("A") + boundary("on", "A", signals("stop")) + user("B") + end()
    body += user("H") + end("E2") + line("S", "A", "B", "E") + line("on", "H", "E2")
    case = begun(begin, body)
    gone = case.token("on")
    case.done("A")
    assert not case.step.waits.signals
    with pytest.raises(TaskNotOpen):
        runtime.catch_signal(case.program, case.step.state, gone, case.world.ports())
    with pytest.raises(TaskNotOpen):
        runtime.catch_signal(case.program, case.step.state, case.token("B"), case.world.ports())


def test_who_throws_says_how_far_it_reaches(begin):
    body = (
        start() + user("A") + throws("T", "stop", reach="case") + throws("U", "stop", reach="all")
    )
    body += end("E", ext(props(signalReach="case")) + signals("stop")) + line(
        "S", "A", "T", "U", "E"
    )
    step = begun(begin, body).done("A")
    assert [(one.element_id, one.everywhere) for one in step.signals] == [
        ("T", False),
        ("U", True),
        ("E", False),
    ]


def test_a_circle_of_signals_is_stopped(begin):
    body = start() + user("A") + boundary("on", "A", signals("stop"), interrupting=False)
    body += throws("T", "stop") + end("E2") + end() + line("S", "A", "E") + line("on", "T", "E2")
    case = begun(begin, body)
    case.hear("on")
    assert case.incidents
    assert "超过" in case.step.incidents[0].message


def test_a_wait_for_a_signal_is_no_standstill(begin):
    case = begun(begin, start() + catches("C", signals("stop")) + end() + line("S", "C", "E"))
    assert not case.incidents
    assert case.step.waits
    assert case.hear("C").ended


@pytest.mark.parametrize(
    ("reference", "extra"),
    [
        ("stop", ""),
        ("stop", signal("stop", "")),
        ("stop", signal("stop", "=name")),
        ("stop", signal("stop", "很" * 101)),
        ("", STOP),
    ],
    ids=["no signal", "no name", "expression", "too long", "no reference"],
)
def test_a_signal_without_a_usable_name_is_refused(reference, extra):
    body = start() + catches("C", signals(reference)) + end() + line("S", "C", "E")
    with pytest.raises(ProgramRefused) as refused:
        compile_program(source_of(process(body, extra)))
    assert "signal-missing" in {one.code for one in refused.value.findings}
