"""The state document: exact, small, and nothing but data."""

import json

import orjson
import pytest

from engine.runtime.state import decode, encode
from tests.unit.runtime.kit import (
    Case,
    boundary,
    end,
    ext,
    file,
    flow,
    io,
    line,
    many,
    message,
    node,
    process,
    receives,
    script,
    source_of,
    start,
    timer,
    user,
)


def again(body, *, first, last, extra=""):
    """A region that is gone through again as long as the last step says so."""
    written = start() + node("exclusiveGateway", "M") + body + user("Z")
    written += node("exclusiveGateway", "G", default="G_E") + end()
    written += line("S", "M") + flow("M", first) + "".join(flow(name, "Z") for name in last)
    written += line("Z", "G") + flow("G", "M", "=again") + flow("G", "E")
    return process(written, extra)


def size_after_rounds(case, rounds, steps):
    sizes = []
    for _ in range(rounds):
        for act in steps:
            act()
        case.done("Z", again=True)
        sizes.append(len(case.step.state))
    return sizes


def test_three_hundred_rounds_leave_no_trace(begin):
    # SpiffWorkflow hides everything below 1,000 levels of its tree and calls the case complete.
    body = user("A") + script("X", "=1", "x") + line("A", "X")
    case = begin(again(body, first="A", last=["X"]))
    sizes = size_after_rounds(case, 300, [lambda: case.done("A")])
    assert len(set(sizes)) == 1
    assert case.open == ["A"]
    case.done("A")
    assert case.done("Z", again=False).ended


@pytest.mark.parametrize("tag", ["parallelGateway", "inclusiveGateway"])
def test_a_join_on_a_loop_runs_and_leaves_no_trace(begin, tag):
    condition = "=true" if tag == "inclusiveGateway" else None
    body = node(tag, "F") + user("A") + user("B") + node(tag, "J")
    body += flow("F", "A", condition) + flow("F", "B", condition) + line("A", "J") + line("B", "J")
    case = begin(again(body, first="F", last=["J"]))
    rounds = [lambda: case.done("B"), lambda: case.done("A")]
    sizes = size_after_rounds(case, 30, rounds)
    assert len(set(sizes)) == 1
    assert case.open == ["A", "B"]
    assert case.log.count("J") == 30


def test_one_branch_may_go_round_while_another_waits(begin):
    body = start() + node("parallelGateway", "F") + user("W") + user("A")
    body += node("exclusiveGateway", "M") + node("exclusiveGateway", "G", default="G_J")
    body += (
        node("parallelGateway", "J")
        + end()
        + line("S", "F", "W", "J", "E")
        + line("F", "M", "A", "G")
    )
    body += flow("G", "M", "=again") + flow("G", "J")
    case = begin(process(body))
    sizes = []
    for _ in range(40):
        case.done("A", again=True)
        sizes.append(len(case.step.state))
    assert len(set(sizes)) == 1
    case.done("A", again=False)
    assert case.done("W").ended


def test_boundary_events_and_sub_processes_leave_no_trace_in_loops(begin):
    inner = start("S2") + user("B") + end("E2") + line("S2", "B", "E2")
    body = node("subProcess", "A", inner) + boundary("T", "A", timer("timeDuration", "P1D"))
    body += user("C") + line("T", "C")
    case = begin(again(body, first="A", last=["A", "C"]))
    sizes = []
    for number in range(20):
        if number % 2:
            case.fire("T")
            case.done("C")
        else:
            case.done("B")
        case.done("Z", again=True)
        sizes.append(len(case.step.state))
    assert len(set(sizes)) == 1


def everything(begin):
    """A case in which everything waits at once."""
    inner = start("S2") + user("B") + end("E2") + line("S2", "B", "E2")
    body = start() + node("parallelGateway", "F") + end()
    body += user("A", io({"t": "=1"})) + boundary("T", "A", timer("timeDuration", "5wd"))
    body += boundary("W", "A", ext(io(None, {"y": "=y"})) + receives("M"), interrupting=False)
    body += node("subProcess", "P", many("=list") + inner)
    body += node("eventBasedGateway", "G")
    body += node("intermediateCatchEvent", "T2", timer("timeDate", "2030-01-01"))
    body += node("intermediateCatchEvent", "C", ext(io(None, {"x": "=y"})) + receives("M"))
    body += script("X", "=1", "x") + node("exclusiveGateway", "Q") + user("U")
    body += line("S", "F", "A", "E") + line("T", "E") + line("W", "E") + line("F", "P", "E")
    body += line("F", "G", "T2", "E") + line("G", "C", "E") + line("F", "X", "Q")
    body += flow("Q", "U", "=nothing") + flow("Q", "E", "=nothing") + line("U", "E")
    return begin(process(body, message("M", "m", "=key")), list=[1, 2], key="k")


def test_a_state_that_is_read_and_written_again_is_the_same(begin):
    case = everything(begin)
    assert sorted(case.open) == ["A", "B", "B"]
    assert (len(case.step.waits.timers), len(case.step.waits.messages)) == (2, 2)
    assert case.incidents == ["Q"]
    again = encode(decode(case.program, case.step.state, case.world.ports()))
    assert again == case.step.state


def test_a_circle_back_to_an_event_gateway_without_a_person_runs_and_does_not_grow(begin):
    body = start() + node("eventBasedGateway", "G") + end()
    body += node("intermediateCatchEvent", "T", timer("timeDate", "2030-01-01"))
    body += node("intermediateCatchEvent", "C", ext(io(None, {"x": "=y"})) + receives("M"))
    body += script("X", "=x", "seen")
    body += line("S", "G", "T", "E") + line("G", "C", "X", "G")
    case = begin(process(body, message("M", "m", "=key")), key="k")
    sizes = []
    for number in range(5):
        case.send("C", y=number)
        assert case.step.variables["seen"] == number
        assert (len(case.step.waits.timers), len(case.step.waits.messages)) == (1, 1)
        sizes.append(len(case.step.state))
    assert len(set(sizes)) == 1
    case.fire("T")
    assert case.step.ended


def test_the_state_is_plain_json_of_a_known_format(begin):
    document = json.loads(everything(begin).step.state)
    assert (document["format"], document["definition"]) == (1, "p:1")


NASTY = {
    "typename": "timedelta",
    "days": 1,
    "__class__": "x",
    "nested": [{"typename": "BpmnWorkflow", "\x01t": "reg", "v": {"typename": "UUID"}}],
    "中文键": "值",
    "": "",
    "a.b": 1.5,
    "text": '“引号” & <tag> \\ \n"',
    "half": 0.1,
    "big": 2**53 + 1,
}


def test_data_stay_data_whatever_their_keys_say(begin):
    case = begin(process(start() + user("A") + user("B") + end() + line("S", "A", "B", "E")))
    step = case.done("A", **NASTY)
    assert step.variables == NASTY
    assert case.scope() == NASTY
    assert case.done("B").variables == NASTY


def test_what_a_caller_changes_afterwards_is_not_changed_in_the_case(begin):
    case = begin(process(start() + user("A") + user("B") + end() + line("S", "A", "B", "E")))
    given = {"list": [1]}
    step = case.done("A", data=given)
    given["list"].append(2)
    assert step.variables == {"data": {"list": [1]}}


def test_variables_that_were_one_value_once_are_changed_one_by_one(begin):
    # SpiffWorkflow shares nested data between tasks: a script changes what is long finished.
    body = start() + user("A") + script("X", "=first", "second") + user("B") + end()
    case = begin(process(body + line("S", "A", "X", "B", "E")))
    before = case.done("A", first={"who": {"name": "甲"}, "list": [1]}).variables
    after = case.done("B", second={"who": {"name": "乙"}, "list": [2]}).variables
    assert before["second"] == after["first"] == {"who": {"name": "甲"}, "list": [1]}
    assert after["second"] == {"who": {"name": "乙"}, "list": [2]}


def test_a_small_case_has_a_small_state(begin):
    case = begin(process(start() + user("A") + user("B") + end() + line("S", "A", "B", "E")))
    assert len(case.step.state) < 400
    assert orjson.loads(case.step.state)


def test_a_state_saved_by_an_earlier_release_is_read_and_finished(world):
    # Never rewrite these files: a release that cannot finish them loses running cases.
    source = source_of(file("states/format1.bpmn"))
    case = Case.stored(source, world, file("states/format1.json"))
    assert sorted(case.open) == ["A", "B"]
    assert case.incidents == ["Q"]
    case.send("W", y="again")
    case.done("B")
    case.fire("T2")
    case.done("A", nothing=True)
    case.retry()
    assert case.open == ["U"]
    assert case.done("U").ended


def test_items_and_rounds_saved_by_an_earlier_release_are_read_and_finished(world):
    # Never rewrite these files either.
    source = source_of(file("states/repeated1.bpmn"))
    case = Case.stored(source, world, file("states/repeated1.json"))
    names = [[one.name or one.number for one in w.items] for w in case.step.waits.user.values()]
    assert sorted(names, key=str) == [["丙", "证"], ["甲", "照"], [3]]
    case.done("L", more=False)
    (photo,) = [w.token for w in case.step.waits.user.values() if w.items[0].name == "甲"]
    step = case.complete(photo, ok=9)
    assert case.open == ["U"]
    assert step.variables["results"] == [[1, 9], [2], None]
    assert not step.waits.timers
    assert case.done("U").ended
