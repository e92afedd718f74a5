"""What lies ahead of a step, on small drawings: into calls, out of ends, beside other branches."""

from collections.abc import Mapping
from typing import Any

import pytest

from engine.model.definitions import ElementKind
from engine.runtime import Program, compile_program
from engine.work.ahead import MOST_WAYS, Ahead, ahead
from tests.unit.runtime.kit import (
    again,
    boundary,
    ext,
    flow,
    io,
    line,
    many,
    node,
    process,
    script,
    source_of,
    timer,
    z,
)

TERMINATES = "<bpmn:terminateEventDefinition/>"


def way(source: str, target: str, name: str, condition: str | None = None) -> str:
    """A flow with a name."""
    return flow(source, target, condition).replace(" sourceRef", f' name="{name}" sourceRef', 1)


def choice(gateway: str, *ways: tuple[str, str]) -> str:
    """A gateway with its flows, each name and target; the last is the default."""
    *others, (last, to) = ways
    drawn = [way(gateway, target, name, f'=v = "{name}"') for name, target in others]
    return (
        node("exclusiveGateway", gateway, default=f"{gateway}_{to}", name="结果")
        + "".join(drawn)
        + way(gateway, to, last)
    )


def step(identity: str, inside: str = "") -> str:
    answer = io(outputs={"v": "=v"})
    return node("userTask", identity, ext(z("userTask"), answer) + inside, name=f"步{identity}")


def begins(identity: str) -> str:
    return node("startEvent", identity)


def ends(identity: str, name: str = "", inside: str = "") -> str:
    return node("endEvent", identity, inside, **({"name": name} if name else {}))


def calls(identity: str, key: str, inside: str = "") -> str:
    called = z(
        "calledElement",
        processId=key,
        propagateAllChildVariables="false",
        propagateAllParentVariables="false",
    )
    return node("callActivity", identity, ext(called) + inside, name=identity)


def read(body: str, extra: str = "", **called: str | bytes) -> Program:
    """The process ``p`` with what it calls, by key."""
    sources: dict[str, Any] = {}
    for key, inner in called.items():
        drawn = inner if isinstance(inner, bytes) else process(inner, key=key)
        sources[key] = source_of(drawn, key, called=dict(sources))
    return compile_program(source_of(process(body, extra), called=sources))


def found(program: Program, element: str, key: str = "p") -> tuple[Ahead, ...]:
    return ahead(program, program.element(key, element))


def told(program: Program, element: str, key: str = "p") -> Mapping[str, str]:
    """By what is come to: the ways there."""
    every = found(program, element, key)
    by_id = {
        one.element.id: ";".join("、".join(answer.said for answer in way) for way in one.ways)
        for one in every
    }
    assert len(by_id) == len(every), "each once"
    return by_id


REFUSING = (
    begins("S")
    + node(
        "subProcess",
        "P",
        begins("s")
        + step("A")
        + line("s", "A", "g")
        + choice("g", ("办结", "e"), ("退回", "A"))
        + "{end}",
    )
    + choice("G", ("不同意", "B"), ("同意", "C"))
    + step("B")
    + step("C")
    + ends("E", "已办")
    + line("S", "P", "G")
    + line("B", "E")
    + line("C", "E")
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", {"B": "办结、不同意", "C": "办结、同意", "A": "退回"}),
        ("审批结束", {"B": "办结、不同意", "C": "办结、同意", "A": "退回"}),
        ("审批不同意", {"B": "办结", "A": "退回"}),
        ("审批同意", {"C": "办结", "A": "退回"}),
        ("未同意", {"B": "办结、不同意", "C": "办结、同意", "A": "退回"}),
        ("同意或不同意", {"B": "办结、不同意", "C": "办结、同意", "A": "退回"}),
    ],
)
def test_an_end_settles_what_it_names_and_nothing_else(
    name: str, expected: Mapping[str, str]
) -> None:
    program = read(REFUSING.replace("{end}", ends("e", name)))
    assert told(program, "A") == expected


def test_a_bare_yes_or_no_is_settled_by_no_end() -> None:
    body = REFUSING.replace("{end}", ends("e", "没有异议"))
    asked = body.replace('name="不同意"', 'name="有"').replace('name="同意"', 'name="没有"')
    assert set(told(read(asked), "A")) == {"A", "B", "C"}


def test_only_the_next_answer_is_settled() -> None:
    program = read(
        begins("S")
        + node("subProcess", "P", begins("s") + step("A") + ends("e", "同意") + line("s", "A", "e"))
        + choice("G", ("不同意", "B"), ("同意", "H"))
        + choice("H", ("不同意", "B"), ("同意", "C"))
        + step("B")
        + step("C")
        + ends("E", "完")
        + line("S", "P", "G")
        + line("B", "E")
        + line("C", "E")
    )
    assert told(program, "A") == {"B": "同意、不同意", "C": "同意"}, "H asks anew"


def test_an_end_without_a_name_bears_none() -> None:
    program = read(begins("S") + step("A") + ends("Event_0x3f") + line("S", "A", "Event_0x3f"))
    (one,) = found(program, "A")
    assert (one.element.kind, one.element.name, one.ways) == (ElementKind.END, "", ())


def test_what_is_put_in_around_an_event_sub_process_is_not_told() -> None:
    handler = node(
        "subProcess",
        "H",
        node("startEvent", "h", timer("timeDuration", "P5D"))
        + ends("he", "超时")
        + line("h", "he"),
        triggeredByEvent="true",
    )
    program = read(begins("S") + step("A") + ends("E", "办结") + line("S", "A", "E") + handler)
    (one,) = found(program, "A")
    assert (one.element.kind, one.element.name) == (ElementKind.END, "办结")


NOTICE = begins("S") + step("N") + line("S", "N", "g") + choice("g", ("停", "up"), ("满", "ok"))
NOTICE += ends("up", "异议成立") + ends("ok", "公示通过")


def test_two_calls_of_one_process_go_on_each_behind_itself() -> None:
    program = read(
        begins("S")
        + step("A")
        + calls("K1", "q")
        + calls("K2", "q")
        + step("B")
        + ends("E", "完")
        + line("S", "A", "K1", "K2", "B", "E"),
        q=begins("S") + script("T", "=1", "v") + ends("E", "好") + line("S", "T", "E"),
    )
    assert told(program, "A") == {"B": ""}


def test_a_step_in_a_process_that_is_called_twice_may_go_on_behind_either() -> None:
    program = read(
        begins("S")
        + calls("K1", "q")
        + step("B")
        + calls("K2", "q")
        + step("C")
        + ends("E", "完")
        + line("S", "K1", "B", "K2", "C", "E"),
        q=begins("S") + step("A") + ends("E", "好") + line("S", "A", "E"),
    )
    assert told(program, "A", "q") == {"B": "", "C": ""}


def test_what_is_answered_in_a_called_process_leads_out_of_it() -> None:
    body = (
        begins("S")
        + calls("K", "q")
        + choice("G", ("异议成立", "B"), ("通过", "C"))
        + step("B")
        + step("C")
        + ends("E", "完")
        + line("S", "K", "G")
        + line("B", "E")
        + line("C", "E")
    )
    assert told(read(body, q=NOTICE), "N", "q") == {"B": "停", "C": "满"}


def test_calls_within_calls_are_come_out_of() -> None:
    program = read(
        begins("S") + calls("K", "q") + step("B") + ends("E", "完") + line("S", "K", "B", "E"),
        r=begins("S") + step("A") + ends("E", "好") + line("S", "A", "E"),
        q=begins("S") + calls("K", "r") + ends("E", "好") + line("S", "K", "E"),
    )
    assert told(program, "A", "r") == {"B": ""}


def test_a_step_behind_two_ends_is_told_once_with_both_ways() -> None:
    inner = choice("g", ("退回", "A"), ("报送", "e1"), ("抽查", "e2"))
    inner += ends("e1", "已报") + ends("e2", "已查")
    program = read(
        begins("S")
        + node("subProcess", "P", begins("s") + step("A") + line("s", "A", "g") + inner)
        + step("B")
        + ends("E", "完")
        + line("S", "P", "B", "E")
    )
    assert told(program, "A") == {"A": "退回", "B": "报送;抽查"}


def test_a_gateway_whose_flows_lead_to_the_same_asks_nothing() -> None:
    program = read(
        begins("S")
        + step("A")
        + line("S", "A", "g")
        + choice("g", ("县级", "T"), ("市级", "h"))
        + script("T", "=1", "v")
        + flow("T", "h")
        + choice("h", ("继续", "B"), ("办完", "E"))
        + step("B")
        + ends("E", "完")
        + line("B", "E")
    )
    assert told(program, "A") == {"B": "继续", "E": "办完"}


def test_so_many_ways_to_one_step_are_told_and_not_more() -> None:
    names = [f"第{n}种" for n in range(MOST_WAYS + 3)]
    passed = "".join(script(f"T{n}", "=1", "v") + flow(f"T{n}", "B") for n in range(len(names)))
    program = read(
        begins("S")
        + step("A")
        + line("S", "A", "g")
        + choice("g", *((name, f"T{n}") for n, name in enumerate(names)))
        + passed
        + step("B")
        + ends("E", "完")
        + line("B", "E")
    )
    assert told(program, "A") == {"B": ";".join(names[:MOST_WAYS])}


def test_a_step_that_may_come_again_at_once_is_told() -> None:
    program = read(
        begins("S")
        + step("A")
        + line("S", "A", "g")
        + choice("g", ("继续", "A"), ("办完", "E"))
        + ends("E", "完")
    )
    assert told(program, "A") == {"A": "继续", "E": "办完"}


def test_what_is_repeated_may_come_again() -> None:
    looped = step("A", again("=v > 1"))
    program = read(begins("S") + looped + ends("E", "完") + line("S", "A", "E"))
    assert told(program, "A") == {"E": "", "A": ""}
    inner = begins("s") + step("A") + step("B") + ends("e") + line("s", "A", "B", "e")
    listed = node("subProcess", "P", many("=[1, 2]", sequential=True) + inner)
    program = read(begins("S") + listed + ends("E", "完") + line("S", "P", "E"))
    assert told(program, "B") == {"E": "", "A": ""}


def test_an_error_goes_on_where_it_is_caught() -> None:
    fails = '<bpmn:errorEventDefinition errorRef="R"/>'
    inner = begins("s") + step("A") + line("s", "A", "g")
    inner += (
        choice("g", ("属实", "bad"), ("不属实", "good")) + ends("bad", "", fails) + ends("good")
    )
    program = read(
        begins("S")
        + node("subProcess", "P", inner)
        + boundary("X", "P", fails)
        + step("B")
        + step("C")
        + ends("E", "完")
        + line("S", "P", "B", "E")
        + line("X", "C", "E"),
        extra=node("error", "R", errorCode="bad", name="bad"),
    )
    assert told(program, "A") == {"C": "属实", "B": "不属实"}


def kinds(program: Program, element: str) -> Mapping[str, ElementKind]:
    return {one.element.id: one.element.kind for one in found(program, element)}


def split(right_end: str) -> Program:
    """Two branches that are not joined, in a sub-process with a step behind it."""
    return read(
        begins("S")
        + node(
            "subProcess",
            "P",
            begins("s")
            + node("parallelGateway", "f")
            + step("L")
            + step("R")
            + ends("le", "已报")
            + right_end
            + line("s", "f", "L", "le")
            + line("f", "R", "re"),
        )
        + step("B")
        + ends("E", "完")
        + line("S", "P", "B", "E")
    )


def test_a_branch_ends_beside_others() -> None:
    assert kinds(split(ends("re", "已查")), "L") == {
        "le": ElementKind.SUB_PROCESS,
        "B": ElementKind.USER_TASK,
    }, "the other may have ended before"


def test_a_branch_leads_nowhere_while_another_has_to_end_all() -> None:
    program = split(ends("re", "付清", TERMINATES))
    assert kinds(program, "L") == {"le": ElementKind.SUB_PROCESS}
    assert kinds(program, "R") == {"B": ElementKind.USER_TASK}


def test_what_an_event_begins_beside_the_course_ends_beside_it() -> None:
    program = read(
        begins("S")
        + step("A")
        + boundary("X", "A", timer("timeDuration", "P5D"), interrupting=False)
        + step("R")
        + ends("re", "已催")
        + ends("E", "完")
        + line("S", "A", "E")
        + line("X", "R", "re")
    )
    assert kinds(program, "R") == {"re": ElementKind.SUB_PROCESS}
    assert kinds(program, "A") == {"E": ElementKind.END}


def test_branches_that_are_joined_end_together() -> None:
    program = read(
        begins("S")
        + node("parallelGateway", "f")
        + step("L")
        + step("R")
        + node("parallelGateway", "j")
        + ends("E", "完")
        + line("S", "f", "L", "j", "E")
        + line("f", "R", "j")
    )
    assert kinds(program, "L") == {"E": ElementKind.END}
