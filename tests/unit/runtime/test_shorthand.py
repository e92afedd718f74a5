"""Link events and splits without a gateway run as the standard says they do."""

import pytest

from tests.unit.runtime.kit import (
    boundary,
    end,
    flow,
    line,
    node,
    process,
    props,
    script,
    start,
    timer,
    user,
)


def link(tag: str, identity: str, name: str) -> str:
    return node(tag, identity, f'<bpmn:linkEventDefinition name="{name}"/>')


def throw(identity: str, name: str = "续") -> str:
    return link("intermediateThrowEvent", identity, name)


def catch(identity: str, name: str = "续") -> str:
    return link("intermediateCatchEvent", identity, name)


def test_a_link_goes_on_where_it_is_caught(begin):
    body = start() + user("A") + throw("L1") + catch("L2") + user("B") + end()
    case = begin(process(body + line("S", "A", "L1") + line("L2", "B", "E")))
    step = case.done("A")
    assert case.open == ["B"]
    assert not step.ended
    assert case.done("B").ended
    assert case.log == ["S", "A", "L1", "L2", "B", "E"]


def test_two_links_may_lead_to_one(begin):
    body = (
        start()
        + user("A")
        + node("exclusiveGateway", "G", default="G_T2")
        + throw("T1")
        + throw("T2")
        + catch("C")
        + user("B")
        + end()
        + line("S", "A", "G", "T1").replace(
            'targetRef="T1"/>',
            'targetRef="T1"><bpmn:conditionExpression>=x</bpmn:conditionExpression></bpmn:sequenceFlow>',
        )
        + flow("G", "T2")
        + line("C", "B", "E")
    )
    for chosen in (True, False):
        case = begin(process(body))
        case.done("A", x=chosen)
        assert case.open == ["B"]


def test_flows_out_of_a_step_are_all_taken(begin):
    body = start() + user("A") + user("B") + user("C") + end() + end("E2")
    case = begin(process(body + line("S", "A", "B", "E") + line("A", "C", "E2")))
    case.done("A")
    assert sorted(case.open) == ["B", "C"]
    case.done("B")
    assert case.done("C").ended


def conditional(default: str = "") -> bytes:
    attributes = {"default": default} if default else {}
    return process(
        start()
        + user("A", **attributes)
        + user("B")
        + user("C")
        + user("D")
        + end()
        + line("S", "A")
        + flow("A", "B", "=b")
        + flow("A", "C", "=c")
        + flow("A", "D")
        + line("B", "E")
        + line("C", "E")
        + line("D", "E")
    )


@pytest.mark.parametrize(
    ("b", "c", "default", "opened"),
    [
        (True, True, "", ["B", "C", "D"]),  # a flow without a condition is always taken
        (False, False, "", ["D"]),
        (True, False, "A_D", ["B"]),
        (False, False, "A_D", ["D"]),
    ],
)
def test_conditions_on_flows_out_of_a_step_are_asked(begin, b, c, default, opened):
    case = begin(conditional(default))
    case.done("A", b=b, c=c)
    assert sorted(case.open) == opened


def test_a_step_with_events_and_a_start_may_split_as_well(begin):
    body = (
        start()
        + user("A")
        + user("B")
        + boundary("T", "A", timer("timeDuration", "P1D"))
        + user("C")
        + user("D")
        + end()
        + line("S", "A", "E")
        + line("S", "B", "E")
        + line("T", "C", "E")
        + line("T", "D", "E")
    )
    case = begin(process(body))
    assert sorted(case.open) == ["A", "B"]
    case.fire("T")
    assert sorted(case.open) == ["B", "C", "D"]


def test_a_split_stays_in_the_lane_of_its_step_and_in_a_sub_process(begin):
    lanes = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="经办"><bpmn:extensionElements/>'
        "<bpmn:flowNodeRef>A</bpmn:flowNodeRef><bpmn:flowNodeRef>B</bpmn:flowNodeRef>"
        "<bpmn:flowNodeRef>C</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    ).replace(
        "<bpmn:extensionElements/>",
        f"<bpmn:extensionElements>{props(role='officer')}</bpmn:extensionElements>",
    )
    inner = start("S2") + user("A") + user("B") + user("C") + end("E2")
    inner += line("S2", "A", "B", "E2") + line("A", "C", "E2")
    body = lanes + start() + node("subProcess", "P", inner) + end() + line("S", "P", "E")
    case = begin(process(body))
    case.done("A")
    assert sorted(case.open) == ["B", "C"]


def test_what_was_put_in_keeps_its_place_when_a_case_is_loaded_again(begin):
    """Script and gateway ids are part of the state of a case: they must be the same each time."""
    body = start() + user("A") + script("X", "=1", "x") + user("B") + end()
    bpmn = process(body + line("S", "A", "X", "E") + line("A", "B", "E"))
    first, second = begin(bpmn), begin(bpmn)
    first.done("A")
    second.done("A")
    assert first.open == second.open == ["B"]
    assert first.log == second.log
