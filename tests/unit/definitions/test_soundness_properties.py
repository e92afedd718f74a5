"""The token game against a plain oracle, on drawings that nobody thought of.

The oracle plays the net with counted tokens and no shortcuts; it is slow and short. Whatever it
calls unsound, the checks must have found, and nothing else.
"""

from collections import deque

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from engine.definitions.bpmn_xml import BPMN, read_bpmn
from engine.definitions.diagram import Scope, read_processes
from engine.definitions.soundness import explore

KINDS = ("task", "exclusive", "parallel")
TAGS = {
    "task": "scriptTask",
    "exclusive": "exclusiveGateway",
    "parallel": "parallelGateway",
    "end": "endEvent",
    "terminate": "endEvent",
    "begin": "startEvent",
}

Drawing = tuple[dict[str, str], list[tuple[str, str]]]
"""Kinds of nodes by id, and the flows between them."""


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    """Any drawing in which every node can be reached from the start."""
    count = draw(st.integers(1, 7))
    kinds = {"begin": "begin"} | {f"n{i}": draw(st.sampled_from(KINDS)) for i in range(count)}
    kinds |= {"end": "end", "stop": "terminate"}
    flows = [("begin", "n0")]
    flows += [(f"n{draw(st.integers(0, i - 1))}", f"n{i}") for i in range(1, count)]
    goals = [name for name in kinds if name != "begin"]
    for i in range(count):
        if not any(source == f"n{i}" for source, _target in flows):
            flows.append((f"n{i}", draw(st.sampled_from(goals))))
    for _ in range(draw(st.integers(0, 4))):
        extra = (f"n{draw(st.integers(0, count - 1))}", draw(st.sampled_from(goals)))
        if extra not in flows:
            flows.append(extra)
    for i in range(count):
        if kinds[f"n{i}"] == "task" and sum(source == f"n{i}" for source, _t in flows) > 1:
            kinds[f"n{i}"] = "exclusive"
    used = {target for _source, target in flows} | {"begin"}
    return {name: kind for name, kind in kinds.items() if name in used}, flows


def scope_of(drawing: Drawing) -> Scope:
    kinds, flows = drawing
    drawn = ""
    for name, kind in kinds.items():
        inside = "<b:terminateEventDefinition/>" if kind == "terminate" else ""
        drawn += f'<b:{TAGS[kind]} id="{name}">{inside}</b:{TAGS[kind]}>'
    for number, (source, target) in enumerate(flows):
        drawn += f'<b:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}"/>'
    xml = f'<b:definitions xmlns:b="{BPMN}"><b:process id="p">{drawn}</b:process></b:definitions>'
    [process] = read_processes(read_bpmn(xml.encode(), "p.bpmn"), "p.bpmn")
    return process.scopes[0]


class Oracle:
    """Every marking of the net, with tokens counted; a flow with two tokens is not followed."""

    def __init__(self, drawing: Drawing) -> None:
        self.kinds, self.flows = drawing
        start = tuple(int(source == "begin") for source, _target in self.flows)
        self.doubled = self.stuck = False
        self.fired: set[str] = set()
        after: dict[tuple[int, ...], set[tuple[int, ...]]] = {}
        waiting = deque([start])
        while waiting:
            marking = waiting.popleft()
            if marking in after:
                continue
            after[marking] = set()
            if any(count > 1 for count in marking):
                self.doubled = True
                continue
            for node, following in self._steps(marking):
                self.fired.add(node)
                after[marking].add(following)
                waiting.append(following)
            self.stuck |= any(marking) and not after[marking]
        self.markings = len(after)

    def _steps(self, marking: tuple[int, ...]):  # type: ignore[no-untyped-def]
        for node, kind in self.kinds.items():
            ins = [i for i, (_s, target) in enumerate(self.flows) if target == node]
            outs = [i for i, (source, _t) in enumerate(self.flows) if source == node]
            marked = [i for i in ins if marking[i]]
            if kind == "parallel":
                takes = [ins] if ins and len(marked) == len(ins) else []
            else:
                takes = [[i] for i in marked]
            for taken in takes:
                if kind == "terminate":
                    yield node, tuple(0 for _ in marking)
                    continue
                for chosen in [[i] for i in outs] if kind == "exclusive" else [outs]:
                    yield (
                        node,
                        tuple(
                            count - (i in taken) + (i in chosen) for i, count in enumerate(marking)
                        ),
                    )


def lies_between_start_and_end(drawing: Drawing) -> bool:
    """What the structural checks demand before the token game says anything."""
    kinds, flows = drawing

    def reached(starts: set[str], pairs: list[tuple[str, str]]) -> set[str]:
        found, waiting = set(starts), list(starts)
        while waiting:
            node = waiting.pop()
            for source, target in pairs:
                if source == node and target not in found:
                    found.add(target)
                    waiting.append(target)
        return found

    ends = {name for name, kind in kinds.items() if kind in ("end", "terminate")}
    backwards = [(target, source) for source, target in flows]
    drawn = {name for name in kinds if name == "begin" or any(t == name for _s, t in flows)}
    return drawn == set(kinds) == reached({"begin"}, flows) == reached(ends, backwards)


@settings(max_examples=400, deadline=None)
@example(
    (
        {
            "begin": "begin",
            "n0": "parallel",
            "n1": "task",
            "stop": "terminate",
            "n2": "exclusive",
            "n3": "task",
            "n4": "task",
            "n5": "parallel",
            "end": "end",
        },
        [
            ("begin", "n0"),
            ("n0", "n1"),
            ("n1", "stop"),
            ("n0", "n2"),
            ("n2", "n3"),
            ("n2", "n4"),
            ("n3", "n5"),
            ("n4", "n5"),
            ("n5", "end"),
        ],
    )
)
@given(drawings())
def test_the_token_game_finds_what_the_oracle_finds(drawing: Drawing) -> None:
    assume(lies_between_start_and_end(drawing))
    oracle, found = Oracle(drawing), explore(scope_of(drawing))
    assume(found.complete)

    assert (found.doubled is not None) == oracle.doubled
    if not oracle.doubled:
        assert (found.stuck is not None) == oracle.stuck
        if not oracle.stuck:
            never = set(drawing[0]) - oracle.fired - {"begin"}
            assert bool(found.dead) == bool(never)
            assert {node.id for node in found.dead} <= never


@settings(max_examples=200, deadline=None)
@given(drawings())
def test_a_trace_can_be_walked_and_ends_at_what_is_wrong(drawing: Drawing) -> None:
    assume(lies_between_start_and_end(drawing))
    found = explore(scope_of(drawing))
    for violation in (found.stuck, found.doubled):
        if violation is None:
            continue
        kinds, flows = drawing
        oracle = Oracle.__new__(Oracle)
        oracle.kinds, oracle.flows = kinds, flows
        at = {tuple(int(source == "begin") for source, _t in flows)}
        for node in violation.trace:
            at = {
                after for marking in at for name, after in oracle._steps(marking) if name == node.id
            }
        assert at, "no play of the net goes this way"
        if violation is found.doubled:
            assert any(count > 1 for marking in at for count in marking)
        else:
            assert any(any(marking) and not list(oracle._steps(marking)) for marking in at)


def test_the_same_drawing_gives_the_same_answer() -> None:
    drawing: Drawing = (
        {
            "begin": "begin",
            "n0": "exclusive",
            "n1": "task",
            "n2": "task",
            "n3": "parallel",
            "end": "end",
        },
        [("begin", "n0"), ("n0", "n1"), ("n0", "n2"), ("n1", "n3"), ("n2", "n3"), ("n3", "end")],
    )
    traces = {tuple(node.id for node in explore(scope_of(drawing)).stuck.trace) for _ in range(5)}  # type: ignore[union-attr]
    assert traces == {("n0", "n1")}
