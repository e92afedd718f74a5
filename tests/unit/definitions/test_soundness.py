"""The token game: what is stuck, doubled, or at two places at once, and how one gets there."""

import pytest

from engine.definitions.bpmn_xml import BPMN, read_bpmn
from engine.definitions.diagram import Scope, read_processes
from engine.definitions.soundness import MOST_MOVES, MOST_STATES, explore

TAGS = {"X": "exclusiveGateway", "P": "parallelGateway", "O": "inclusiveGateway"}


def scope(text: str, inside: str = "") -> Scope:
    """``begin>Xa Xa>b Xa>Pc``: the capital gives the kind, other nodes are script tasks."""
    flows = [pair.split(">") for pair in text.split()]
    nodes = dict.fromkeys(name for pair in flows for name in pair)
    drawn = ""
    for name in nodes:
        tag = TAGS.get(name[0], "scriptTask")
        tag = {"begin": "startEvent"}.get(name, "endEvent" if name.startswith("end") else tag)
        if name.startswith("on_"):
            continue
        drawn += f'<b:{tag} id="{name}"/>'
    drawn += inside
    for number, (source, target) in enumerate(flows):
        drawn += f'<b:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}"/>'
    xml = f'<b:definitions xmlns:b="{BPMN}"><b:process id="p">{drawn}</b:process></b:definitions>'
    [process] = read_processes(read_bpmn(xml.encode(), "p.bpmn"), "p.bpmn")
    return process.scopes[0]


def names(nodes: object) -> list[str]:
    return [node.id for node in nodes]  # type: ignore[attr-defined]


SOUND = {
    "a line": "begin>a a>end",
    "a choice": "begin>X1 X1>a X1>b a>X2 b>X2 X2>end",
    "a loop": "begin>X1 X1>a a>X2 X2>X1 X2>end",
    "parallel": "begin>P1 P1>a P1>b a>P2 b>P2 P2>end",
    "inclusive": "begin>O1 O1>a O1>b O1>c a>O2 b>O2 c>O2 O2>end",
    "a choice within a branch": "begin>P1 P1>X1 X1>a X1>b a>X2 b>X2 X2>P2 P1>c c>P2 P2>end",
}


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND.keys())
def test_what_is_drawn_well_is_left_alone(text: str) -> None:
    found = explore(scope(text))

    assert found.complete
    assert found.stuck is None
    assert found.doubled is None


def test_an_exclusive_split_into_a_parallel_join_gets_stuck() -> None:
    found = explore(scope("begin>X1 X1>a X1>b a>P2 b>P2 P2>end"))

    assert found.stuck is not None
    assert names(found.stuck.trace) == ["X1", "a"]
    assert names(found.stuck.at) == ["P2"]


def test_a_parallel_split_into_an_exclusive_merge_arrives_twice() -> None:
    found = explore(scope("begin>P1 P1>a P1>b a>X2 b>X2 X2>c c>end"))

    assert found.stuck is None
    assert found.doubled is not None
    assert found.doubled.flow.target == "c"


def test_a_way_out_of_a_parallel_branch_leaves_the_join_waiting() -> None:
    found = explore(scope("begin>P1 P1>X1 X1>P2 X1>end1 P1>b b>P2 P2>end2"))

    assert found.stuck is not None
    assert names(found.stuck.at) == ["P2"]


def test_nodes_of_two_branches_are_concurrent_and_those_of_one_are_not() -> None:
    found = explore(scope("begin>P1 P1>a a>a2 P1>b a2>P2 b>P2 P2>end"))
    pairs = {frozenset(names(pair)) for pair in found.concurrent}

    assert {frozenset(("a", "b")), frozenset(("a2", "b"))} <= pairs
    assert frozenset(("a", "a2")) not in pairs


@pytest.mark.parametrize("cancels", ["true", "false"])
def test_a_boundary_event_goes_beside_its_step_only_if_it_does_not_interrupt(
    cancels: str,
) -> None:
    event = f'<b:boundaryEvent id="on_a" attachedToRef="a" cancelActivity="{cancels}"/>'
    found = explore(scope("begin>a a>end1 on_a>c c>end2", event))
    pairs = {frozenset(names(pair)) for pair in found.concurrent}

    assert (frozenset(("a", "c")) in pairs) is (cancels == "false")
    assert found.stuck is None
    assert found.doubled is None


def crossed(count: int) -> str:
    """Parallel branches each of which waits for its neighbour: no two can be looked at as one."""
    return " ".join(
        f"P1>Pa{n} Pa{n}>b{n} Pa{n}>c{n} b{n}>Pb{n} c{n}>Pb{(n + 1) % count} Pb{n}>d{n} d{n}>P2"
        for n in range(count)
    )


def test_beyond_the_bound_nothing_is_claimed() -> None:
    found = explore(scope(f"begin>P1 {crossed(30)} P2>end"))

    assert not found.complete
    assert found.stuck is None
    assert MOST_STATES < 10_000


def test_a_circle_without_a_way_out_is_told_with_the_way_into_it() -> None:
    found = explore(scope("begin>X1 X1>end X1>a a>b b>X2 X2>a X2>b2 b2>a"))

    assert found.complete
    assert found.stuck is None
    assert found.circling is not None
    assert names(found.circling.trace) == ["X1"]
    assert names(found.circling.at) == ["a"]


A_HUNDRED_NODES = {
    "eight branches, then a line": "begin>P1 "
    + " ".join(f"P1>a{n} a{n}>b{n} b{n}>c{n} c{n}>P2" for n in range(8))
    + " P2>z0 "
    + " ".join(f"z{n}>z{n + 1}" for n in range(70))
    + " z70>end",
    "as many branches as there is room for": "begin>P1 "
    + " ".join(f"P1>a{n} a{n}>b{n} b{n}>c{n} c{n}>P2" for n in range(32))
    + " P2>end",
    "branches that wait for each other": "begin>P1 " + crossed(19) + " P2>end",
    "four long branches": "begin>P1 "
    + " ".join(
        f"P1>a{n}_0 " + " ".join(f"a{n}_{i}>a{n}_{i + 1}" for i in range(23)) + f" a{n}_23>P2"
        for n in range(4)
    )
    + " P2>end",
    "inclusive gateways": "begin>O1 "
    + " ".join(f"O1>a{n} a{n}>b{n} b{n}>O2" for n in range(24))
    + " O2>O3 "
    + " ".join(f"O3>c{n} c{n}>d{n} d{n}>O4" for n in range(24))
    + " O4>end",
    "choices one after another": "begin>X0 "
    + " ".join(f"X{n}>a{n} X{n}>b{n} a{n}>X{n + 1} b{n}>X{n + 1}" for n in range(33))
    + " X33>end",
}


@pytest.mark.parametrize("text", A_HUNDRED_NODES.values(), ids=A_HUNDRED_NODES.keys())
def test_the_work_for_a_hundred_nodes_is_bounded(text: str) -> None:
    """By states and moves, not by a clock; tests/bench measures what they cost."""
    drawn = scope(text)
    assert 95 <= len(drawn.nodes) <= 102
    found = explore(drawn)

    assert found.states <= MOST_STATES + len(drawn.nodes)
    assert found.moves <= MOST_MOVES + len(drawn.nodes)
    assert found.complete or found.states > MOST_STATES or found.moves > MOST_MOVES
