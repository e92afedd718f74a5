"""A drawing made smaller says of itself what the drawing says, however it is drawn."""

from itertools import count

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from engine.definitions.bpmn_xml import BPMN, read_bpmn
from engine.definitions.diagram import Node, Scope, read_processes
from engine.definitions.reduction import reduced
from engine.definitions.soundness import MOST_CHOICES, Exploration, Game, explore, explore_small
from tests.unit.definitions.test_soundness import scope as drawn_scope
from tests.unit.definitions.test_soundness_properties import (
    AT,
    Drawing,
    Net,
    drawings,
    lies_between_start_and_end,
    scope_of,
)

ROUTED = {"choice": "exclusiveGateway", "both": "parallelGateway", "some": "inclusiveGateway"}


class Pen:
    """Draws blocks; most of them are sound, and all can be made smaller."""

    def __init__(self) -> None:
        self.numbers = count()
        self.nodes: dict[str, str] = {}
        self.flows: list[tuple[str, str]] = []

    def put(self, tag: str, more: str = "", inside: str = "") -> str:
        name = f"n{next(self.numbers)}"
        self.nodes[name] = f'<b:{tag} id="{name}"{more}>{inside}</b:{tag}>'
        return name

    def draw(self, block: object) -> tuple[str, str | None]:
        """The first node of a block, and its last where work goes on behind it."""
        if isinstance(block, str):
            return getattr(self, f"_{block}")()  # type: ignore[no-any-return]
        kind, parts = block  # type: ignore[misc]
        if kind == "line":
            return self._line([self.draw(part) for part in parts])
        if kind == "loop":
            return self._loop(self.draw(parts[0]))
        split, join = self.put(ROUTED[kind]), self.put(ROUTED[kind])
        goes_on = False
        for first, last in [self.draw(part) for part in parts]:
            self.flows.append((split, first))
            if last is not None:
                goes_on = True
                self.flows.append((last, join))
        if not goes_on:
            del self.nodes[join]
        return split, join if goes_on else None

    def _line(self, drawn: list[tuple[str, str | None]]) -> tuple[str, str | None]:
        last = drawn[0][1]
        for first, after in drawn[1:]:
            if last is None:
                last = self.put("exclusiveGateway")  # what is behind an end is drawn, not reached
            self.flows.append((last, first))
            last = after
        return drawn[0][0], last

    def _loop(self, drawn: tuple[str, str | None]) -> tuple[str, str | None]:
        first, last = drawn
        if last is None:
            return drawn
        merge, split = self.put("exclusiveGateway"), self.put("exclusiveGateway")
        back = self.put("scriptTask")
        self.flows += [(merge, first), (last, split), (split, back), (back, merge)]
        return merge, split

    def _step(self) -> tuple[str, str]:
        name = self.put("userTask")
        return name, name

    def _end(self) -> tuple[str, None]:
        return self.put("endEvent"), None

    def _stop(self) -> tuple[str, None]:
        return self.put("endEvent", inside="<b:terminateEventDefinition/>"), None

    def _interrupted(self) -> tuple[str, str]:
        host, merge = self.put("userTask"), self.put("exclusiveGateway")
        event = self.put("boundaryEvent", f' attachedToRef="{host}"')
        self.flows += [(host, merge), (event, merge)]
        return host, merge

    def _reminded(self) -> tuple[str, str]:
        host = self.put("userTask")
        event = self.put("boundaryEvent", f' attachedToRef="{host}" cancelActivity="false"')
        self.flows.append((event, self.put("endEvent")))
        return host, host

    def _escalated(self) -> tuple[str, str]:
        """Its timer leads back to a step before it."""
        before, host = self.put("userTask"), self.put("userTask")
        event = self.put("boundaryEvent", f' attachedToRef="{host}"')
        self.flows += [(before, host), (event, before)]
        return before, host

    def _race(self) -> tuple[str, str]:
        gateway, merge = self.put("eventBasedGateway"), self.put("exclusiveGateway")
        for _ in range(2):
            event = self.put("intermediateCatchEvent")
            self.flows += [(gateway, event), (event, merge)]
        return gateway, merge


LEAVES = st.sampled_from(
    ["step", "step", "step", "interrupted", "reminded", "escalated", "race", "end", "stop"]
)
BLOCKS = st.recursive(
    LEAVES,
    lambda inner: st.tuples(
        st.sampled_from(["line", "line", "both", "both", "choice", "some", "loop"]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=9,
)


def scope_of_block(block: object, crossed: list[tuple[int, int]]) -> Scope:
    """The drawing of a block, with a few more flows across it."""
    pen = Pen()
    begin = pen.put("startEvent")
    first, last = pen.draw(block)
    flows = [(begin, first), *pen.flows]
    if last is not None:
        flows.append((last, pen.put("endEvent")))
    splits = [name for name, text in pen.nodes.items() if "Gateway" in text]
    goals = [n for n, text in pen.nodes.items() if "startEvent" not in text and "bound" not in text]
    for one, other in crossed if splits else ():
        extra = (splits[one % len(splits)], goals[other % len(goals)])
        flows += [extra] * (extra not in flows)
    text = "".join(pen.nodes.values())
    for number, (source, target) in enumerate(flows):
        text += f'<b:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}"/>'
    xml = f'<b:definitions xmlns:b="{BPMN}"><b:process id="p">{text}</b:process></b:definitions>'
    [process] = read_processes(read_bpmn(xml.encode(), "p.bpmn"), "p.bpmn")
    return process.scopes[0]


def names(pairs: set[frozenset[Node]]) -> set[frozenset[str]]:
    return {frozenset(node.id for node in pair) for pair in pairs}


def both_ways(scope: Scope) -> tuple[Exploration, Exploration]:
    small = reduced(scope, MOST_CHOICES)
    assume(small is not None)
    assert small is not None
    played, whole = explore_small(small), Game(scope).play()
    assume(played.complete and whole.complete)
    return played, whole


def assert_same(played: Exploration, whole: Exploration) -> None:
    assert (played.doubled is None) == (whole.doubled is None)
    if whole.doubled is None:
        assert (played.stuck is None) == (whole.stuck is None)
        if whole.stuck is None:
            assert bool(played.dead) == bool(whole.dead)
            assert {node.id for node in played.dead} <= {node.id for node in whole.dead}
            assert (played.circling is None) == (whole.circling is None)
    if whole.is_sound:
        assert names(played.concurrent) == names(whole.concurrent)
        assert {n.id for n in played.accompanied} == {n.id for n in whole.accompanied}


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawings(9))
def test_any_drawing_is_as_sound_as_its_smaller_one(drawing: Drawing) -> None:
    assume(lies_between_start_and_end(drawing))
    assert_same(*both_ways(scope_of(drawing)))


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@example(("loop", [("both", ["step", ("some", ["step", "step"])]), "step"]), [])
@given(
    BLOCKS,
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=2),
)
def test_blocks_are_as_sound_as_smaller_ones(block: object, crossed: list[tuple[int, int]]) -> None:
    scope = scope_of_block(block, crossed)
    reached = scope.reachable([n for n in scope.nodes.values() if n.tag == "startEvent"])
    assume(reached == set(scope.nodes.values()))
    assert_same(*both_ways(scope))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawings(9))
def test_a_way_through_the_smaller_drawing_is_one_through_the_drawing(drawing: Drawing) -> None:
    assume(lies_between_start_and_end(drawing))
    scope = scope_of(drawing)
    small = reduced(scope, MOST_CHOICES)
    assume(small is not None)
    assert small is not None
    found = explore_small(small)
    for violation in (found.stuck, found.doubled):
        if violation is None:
            continue
        net = Net(drawing)
        at = {net.start()}
        for node in violation.trace:
            at = {after for marking in at for name, after in net.steps(marking) if name == node.id}
        assert at, "no play of the net goes this way"
        if violation is found.stuck:
            assert any(any(net.tokens(m)) and not list(net.steps(m)) for m in at)


def branches(number: int, length: int, goal: str = "P2") -> str:
    return " ".join(
        f"P1>a{n}_0 "
        + " ".join(f"a{n}_{i}>a{n}_{i + 1}" for i in range(length - 1))
        + f" a{n}_{length - 1}>{goal}"
        for n in range(number)
    )


@pytest.mark.parametrize("goal", ["P2", "end", "O2"])
def test_twelve_branches_of_ten_steps_are_decided(goal: str) -> None:
    text = f"begin>P1 {branches(12, 10, goal)}" + (f" {goal}>end" if goal != "end" else "")
    found = explore(drawn_scope(text))
    assert found.complete or goal == "O2"
    assert found.is_sound
    if goal != "O2":
        steps = {
            frozenset((f"a{m}_{i}", f"a{n}_{j}"))
            for m in range(12)
            for n in range(12)
            if m < n
            for i in range(10)
            for j in range(10)
        }
        assert steps <= names(found.concurrent)
        assert found.states < 50


def test_what_is_wrong_among_many_branches_is_told_with_the_way_there() -> None:
    text = f"begin>P1 {branches(12, 10)} P1>X1 X1>b1 X1>b2 b1>P3 b2>P3 P3>P2 P2>end"
    found = explore(drawn_scope(text))
    assert found.complete
    assert found.stuck is not None
    assert {node.id for node in found.stuck.at} == {"P2", "P3"}
    assert {"a3_7", "X1"} <= {node.id for node in found.stuck.trace}


def test_what_is_not_well_formed_is_left_as_it_is() -> None:
    assert AT
    assert reduced(drawn_scope("begin>a a>b b>end c>nowhere nowhere>c"), MOST_CHOICES) is not None
    assert reduced(drawn_scope("a>b b>end"), MOST_CHOICES) is None
