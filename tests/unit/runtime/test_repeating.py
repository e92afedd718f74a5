"""Repetition: what items may be, when enough are done, what each may see, and plain loops."""

import json

import pytest

from engine import runtime
from engine.errors import TaskNotOpen
from engine.model.items import Item
from engine.runtime.repeating import MOST_OPEN
from tests.unit.runtime.kit import (
    again,
    boundary,
    end,
    ext,
    flow,
    io,
    line,
    many,
    message,
    node,
    process,
    props,
    receives,
    script,
    start,
    timer,
    user,
    z,
)

THREE = [{"name": "甲", "n": 1}, {"name": "乙", "n": 2}, {"name": "丙", "n": 3}]


def around(repeated, more="", extra=""):
    written = start() + repeated + user("C") + end() + line("S", "V", "C", "E") + more
    return process(written, extra)


def inside(loop, *elements, ids=("B",)):
    body = start("S2") + "".join(elements or (user("B"),)) + end("E2") + line("S2", *ids, "E2")
    return node("subProcess", "V", body + loop)


# What is repeated ---------------------------------------------------------------------------


@pytest.mark.parametrize("sequential", [False, True])
def test_a_script_is_computed_for_each_item(begin, sequential):
    loop = many("=members", "m", sequential=sequential, outputCollection="all", outputElement="=x")
    written = script("V", "=m.n * 10", "x").replace(
        "</bpmn:scriptTask>", f"{loop}</bpmn:scriptTask>"
    )
    case = begin(around(written), members=THREE)
    assert case.open == ["C"]
    assert case.step.variables == {"members": THREE, "all": [10, 20, 30]}


def test_an_operation_is_called_for_each_item(begin):
    case = begin(around(_service()), members=THREE)
    assert case.open == ["C"]
    assert [call.inputs for call in case.world.calls] == [{"who": n} for n in ("甲", "乙", "丙")]
    assert case.step.variables["all"] == ["甲", "乙", "丙"]
    assert "got" not in case.step.variables


def test_a_job_does_an_operation_for_each_item(begin):
    case = begin(around(_service(props(**{"async": "true"}))), members=THREE)
    jobs = sorted(case.step.waits.jobs.values(), key=lambda job: str(job.inputs["who"]))
    assert len(jobs) == 3
    for job in (jobs[2], jobs[0], jobs[1]):
        case._keep(
            runtime.finish_operation(
                case.program, case.step.state, job.token,
                {"who": f"{job.inputs['who']}!"}, case.world.ports(),
            )
        )  # fmt: skip
    assert case.open == ["C"]
    assert sorted(case.step.variables["all"]) == sorted(["甲!", "乙!", "丙!"])


def _service(*more):
    loop = many("=members", "m", outputCollection="all", outputElement="=got")
    return node(
        "serviceTask",
        "V",
        ext(z("taskDefinition", type="echo"), io({"who": "=m.name"}, {"got": "=who"}), *more)
        + loop,
    )


def test_two_hundred_sub_processes_with_automatic_steps_begin_at_once(begin):
    elements = user("B"), *(script(f"X{n}", "=m", f"x{n}") for n in range(6))
    ids = ("X0", "X1", "X2", "B", "X3", "X4", "X5")
    case = begin(around(inside(many("=list", "m"), *elements, ids=ids)), list=list(range(200)))
    assert case.open == ["B"] * 200
    assert not case.incidents


def test_what_is_open_in_a_case_is_bounded_over_all_its_lists(begin):
    inner = user("B", inside=many("=list", "o"))
    case = begin(around(inside(many("=list", "m"), user("A"), inner, ids=("A", "B"))),
                 list=list(range(30)))  # fmt: skip
    for item in range(1, 31):
        case.done("A", item)
    assert len(case.open) <= MOST_OPEN
    assert set(case.incidents) == {"B"}


def test_items_as_large_as_a_file_are_an_incident(begin):
    case = begin(around(user("V", inside=many("=list", "m"))), list=["汉" * 1000] * 30)
    assert case.incidents == ["V"]
    assert "太大" in case.step.incidents[0].message


# What an item is called --------------------------------------------------------------------


def test_an_item_is_called_what_it_is_or_what_the_process_says(begin):
    case = begin(
        around(user("V", inside=many("=list", "m"))), list=["张三", 7, {"a": 1}, " 长" * 50]
    )
    names = [wait.items[0].name for wait in case.step.opened]
    assert names == ["张三", "7", "", ("长 " * 50)[:39] + "…"]


def test_items_in_items_are_told_apart_by_both(begin):
    inner = user("B", inside=many("=m.docs", "d"))
    loop = many("=list", "m")
    body = start("S2") + inner + end("E2") + line("S2", "B", "E2")
    outer = node("subProcess", "V", ext(props(itemName="=m.name")) + body + loop)
    case = begin(
        around(outer), list=[{"name": "甲", "docs": ["证"]}, {"name": "乙", "docs": ["证", "照"]}]
    )
    assert {opened.items for opened in case.step.opened} == {
        (Item("V", 1, 2, "甲"), Item("B", 1, 1, "证")),
        (Item("V", 2, 2, "乙"), Item("B", 1, 2, "证")),
        (Item("V", 2, 2, "乙"), Item("B", 2, 2, "照")),
    }


def test_an_incident_says_which_item_by_its_number_alone(begin):
    elements = (user("B"), node("exclusiveGateway", "G") + user("X") + flow("G", "X", "=ok"))
    body = start("S2") + "".join(elements) + end("E2") + line("S2", "B", "G") + line("X", "E2")
    case = begin(around(node("subProcess", "V", body + many("=list", "m"))), list=["张三", "李四"])
    case.done("B", 2, ok="?")
    (incident,) = case.step.incidents
    assert "第 2 项" in incident.message
    assert "李四" not in incident.message


# Enough is done ------------------------------------------------------------------------------


@pytest.mark.parametrize("sequential", [False, True])
def test_what_is_left_is_given_up_once_enough_is_done(begin, sequential):
    loop = many("=members", "m", sequential=sequential, until="=ok and m.n = 2",
                outputCollection="all", outputElement="=ok")  # fmt: skip
    case = begin(around(user("V", inside=loop)), members=THREE)
    case.done("V", 1, ok=True)
    assert "V" in case.open
    step = case.done("V", 2, ok=True)
    assert case.open == ["C"]
    assert len(step.closed) == (1 if sequential else 2)
    assert step.variables["all"] == [True, True, None]
    assert json.loads(step.state)["local"] == {}


def test_a_condition_reads_how_many_are_done_and_what_came_of_them(begin):
    enough = "=numberOfCompletedInstances >= 2 and count(all[item = true]) >= 2"
    loop = many("=members", "m", until=enough, outputCollection="all", outputElement="=ok")
    case = begin(around(user("V", inside=loop)), members=THREE)
    case.done("V", 3, ok=False)
    case.done("V", 1, ok=True)
    assert case.open == ["V"]
    case.done("V", 2, ok=True)
    assert case.step.variables["all"] == [True, True, False]
    assert case.log.count("V") == 1


def test_everything_of_an_item_given_up_goes_with_it(begin):
    beside = (
        boundary("T", "B", timer("timeDuration", "P3D"), interrupting=False)
        + boundary("M", "B", ext(io(None, {"why": "=why"})) + receives("m"), interrupting=False)
        + user("R") + line("T", "R", "E2") + line("M", "E2")
    )  # fmt: skip
    case = begin(
        around(
            inside(many("=members", "m", until="=enough"), user("B"), beside),
            extra=message("m", "补", "=m.name"),
        ),
        members=THREE,
    )
    waits = case.step.waits
    assert (len(waits.user), len(waits.timers), len(waits.messages)) == (3, 3, 3)
    kept = case.token("B", 2)
    case.done("B", 1, enough=True)
    waits = case.step.waits
    assert (case.open, waits.timers, waits.messages) == (["C"], {}, {})
    assert len(json.loads(case.step.state)["parts"]) == 1
    with pytest.raises(TaskNotOpen):
        runtime.complete(case.program, case.step.state, kept, {}, case.world.ports())


def test_a_condition_that_says_neither_stops_there_until_better_data_come(begin):
    loop = many("=members", "m", until="=ok")
    case = begin(around(user("V", inside=loop)), members=THREE)
    case.done("V", 1)
    assert (case.incidents, case.open) == (["V"], ["V", "V"])
    case.done("V", 2, ok=True)  # what was done last is what is asked again
    case.retry()
    assert (case.incidents, case.open) == ([], ["C"])


def test_an_incident_of_an_item_goes_with_it(begin):
    gateway = node("exclusiveGateway", "G") + flow("G", "E2", "=ok")
    body = start("S2") + user("B") + gateway + end("E2") + line("S2", "B", "G")
    case = begin(
        around(node("subProcess", "V", body + many("=members", "m", until="=ok"))), members=THREE
    )
    case.done("B", 1)
    assert case.incidents == ["G"]
    case.done("B", 2, ok=True)
    assert (case.incidents, case.open) == ([], ["C"])


# Events at the whole ---------------------------------------------------------------------------


@pytest.mark.parametrize("sequential", [False, True])
def test_an_error_in_an_item_is_caught_at_the_boundary_of_the_whole(begin, sequential):
    body = (
        start("S2") + user("B") + node("exclusiveGateway", "G", default="G_E2")
        + end("E2") + end("X2", '<bpmn:errorEventDefinition errorRef="R"/>')
        + line("S2", "B", "G") + flow("G", "X2", "=bad") + flow("G", "E2")
    )  # fmt: skip
    caught = boundary("X", "V", '<bpmn:errorEventDefinition errorRef="R"/>') + user("D")
    written = node("subProcess", "V", body + many("=members", "m", sequential=sequential)) + caught
    case = begin(
        around(written, line("X", "D", "E"), node("error", "R", errorCode="no", name="no")),
        members=THREE,
    )
    case.done("B", 1, bad=False)
    case.done("B", 2, bad=True)
    assert case.open == ["D"]
    assert not case.incidents
    assert case.done("D").ended


def test_a_terminating_end_ends_one_item(begin):
    body = (
        start("S2") + node("parallelGateway", "F") + user("A") + user("B")
        + end("E2") + end("X2", "<bpmn:terminateEventDefinition/>")
        + line("S2", "F", "A", "X2") + line("F", "B", "E2")
    )  # fmt: skip
    case = begin(around(node("subProcess", "V", body + many("=members", "m"))), members=THREE[:2])
    case.done("A", 2)
    assert sorted(case.open) == ["A", "B"]
    case.done("B", 1)
    case.done("A", 1)
    assert case.open == ["C"]


@pytest.mark.parametrize("interrupting", [False, True])
def test_a_timer_at_the_whole(begin, interrupting):
    event = boundary("T", "V", timer("timeDuration", "P1D"), interrupting=interrupting) + user("D")
    case = begin(around(user("V", inside=many("=members", "m")) + event, line("T", "D", "E")),
                 members=THREE)  # fmt: skip
    case.done("V", 2)
    case.fire("T")
    assert sorted(case.open) == (["D"] if interrupting else ["D", "V", "V"])
    for element, item in [] if interrupting else [("V", 1), ("V", 3), ("C", None)]:
        case.done(element, item)
    assert case.done("D").ended


# Loops ---------------------------------------------------------------------------------------


def test_a_loop_is_done_once_and_again_while_its_condition_holds(begin):
    case = begin(around(user("V", inside=again("=more"))))
    for _ in range(2):
        case.done("V", more=True)
        assert case.open == ["V"]
    case.done("V", more=False)
    assert case.open == ["C"]
    assert case.step.variables == {"more": False}
    assert case.log == ["S", "V"]
    assert b"rounds" not in case.step.state


def test_a_loop_tested_before_may_not_begin(begin):
    case = begin(around(user("V", inside=again("=more", testBefore="true"))), more=False)
    assert case.open == ["C"]


def test_a_loop_ends_at_its_maximum(begin):
    case = begin(around(user("V", inside=again("=true", loopMaximum="2"))))
    assert case.step.opened[0].items == (Item("V", 1),)
    case.done("V", a=1)
    assert case.step.opened[0].items == (Item("V", 2),)
    case.done("V", a=2)
    assert (case.open, case.step.variables) == (["C"], {"a": 2})


def test_a_loop_without_an_end_is_stopped(begin):
    written = node("scriptTask", "V", ext(z("script", expression="=1", resultVariable="x"))
                   + again("=x = 1"))  # fmt: skip
    case = begin(around(written))
    assert case.incidents == ["V"]
    assert "循环" in case.step.incidents[0].message


def test_a_loop_of_a_sub_process_writes_the_variables_of_the_process(begin):
    mapped = user("B", io({"shown": "=total"}, {"total": "=total + given"}))
    case = begin(around(inside(again("=total < 5"), mapped)), total=0)
    for _ in range(2):
        case.done("B", given=2)
        assert case.open == ["B"]
    case.done("B", given=2)
    assert (case.open, case.step.variables["total"]) == (["C"], 6)


def test_a_condition_of_a_loop_that_says_neither_is_an_incident(begin):
    case = begin(around(user("V", inside=again("=more"))))
    case.done("V")
    assert (case.incidents, case.open) == (["V"], [])


def test_what_an_event_sub_process_ends_is_one_item(begin):
    trigger = node("startEvent", "H", timer("timeDuration", "P1D"))
    handler = node(
        "subProcess", "late", trigger + user("L") + end("HE") + line("H", "L", "HE"),
        triggeredByEvent="true",
    )  # fmt: skip
    case = begin(around(inside(many("=members", "m"), user("B"), handler)), members=THREE)
    assert case.open == ["B"] * 3
    (first, *_others) = case.step.waits.timers
    case._keep(runtime.fire_timer(case.program, case.step.state, first, case.world.ports()))
    assert sorted(case.open) == ["B", "B", "L"]
    (late,) = [wait for wait in case.step.waits.user.values() if wait.element_id == "L"]
    assert late.items[0].activity == "V"
    for _ in range(3):
        case.complete(next(iter(case.step.waits.user)))
    assert case.open == ["C"]
