"""What can be missed of a signal, against a plain oracle on drawings that nobody thought of."""

from collections import deque
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.definitions.bpmn_xml import BPMN, read_bpmn
from engine.definitions.diagram import Scope, read_processes
from engine.definitions.hearing import missed_signal
from engine.definitions.soundness import explore
from tests.unit.runtime.kit import (
    Case,
    World,
    boundary,
    catches,
    flow,
    process,
    script,
    signal,
    signals,
    source_of,
    throws,
    timer,
    user,
)
from tests.unit.runtime.kit import (
    node as element,
)

TAGS = {
    "begin": "startEvent",
    "end": "endEvent",
    "script": "scriptTask",
    "person": "userTask",
    "choice": "exclusiveGateway",
    "both": "parallelGateway",
    "throw": "intermediateThrowEvent",
    "catch": "intermediateCatchEvent",
    "ends": "boundaryEvent",
    "beside": "boundaryEvent",
    "race": "eventBasedGateway",
    "timer": "intermediateCatchEvent",
}
SIGNALS = ("throw", "catch", "ends", "beside")
TURNS = {"throw": 1, "person": 2, "timer": 2, "race": 2}
AT = "on_"

Block = tuple[str, list[tuple[str, str]], str, str]
Drawing = tuple[dict[str, str], list[tuple[str, str]]]


class Pen:
    """Draws blocks that are sound but for signals that are missed."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.flows: list[tuple[str, str]] = []

    def put(self, kind: str, *, prefix: str = "n") -> str:
        name = f"{prefix}{len(self.kinds)}"
        self.kinds[name] = kind
        return name

    def draw(self, block: object) -> tuple[str, str]:
        """The first and the last node of a block."""
        if isinstance(block, str):
            return (self.guarded if block in ("ends", "beside") else self.single)(block)
        kind, parts = block  # type: ignore[misc]
        drawn = [self.draw(part) for part in (parts[:2] if kind == "race" else parts)]
        if kind == "line":
            self.flows += [(b[1], a[0]) for b, a in pairwise(drawn)]
            return drawn[0][0], drawn[-1][1]
        first, last = self.put(kind), self.put("choice" if kind == "race" else kind)
        if kind == "race":  # behind its events the parts of the block
            events = [self.draw("timer"), self.draw("catch")]
            self.flows += [(e[1], d[0]) for e, d in zip(events, drawn, strict=False)]
            drawn = [(e[0], d[1]) for e, d in zip(events, drawn, strict=False)]
        for one in drawn:
            self.flows += [(first, one[0]), (one[1], last)]
        return first, last

    def single(self, kind: str) -> tuple[str, str]:
        name = self.put(kind)
        return name, name

    def guarded(self, kind: str) -> tuple[str, str]:
        """A person's step with a signal at its boundary."""
        host, merge = self.put("person"), self.put("choice")
        self.kinds[f"{AT}{host}"] = kind
        self.flows += [(host, merge)]
        if kind == "ends":
            self.flows.append((f"{AT}{host}", merge))
        else:
            done = self.put("end")
            self.flows.append((f"{AT}{host}", done))
        return host, merge


LEAVES = st.sampled_from(["script", "person", "throw", "throw", "catch", "catch", "ends", "beside"])
BLOCKS = st.recursive(
    LEAVES,
    lambda inner: st.tuples(
        st.sampled_from(["line", "line", "both", "both", "choice", "race"]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=7,
)


def drawn(block: object) -> Drawing:
    pen = Pen()
    begin = pen.put("begin")
    first, last = pen.draw(block)
    end = pen.put("end")
    return pen.kinds, [(begin, first), *pen.flows, (last, end)]


def scope_of(drawing: Drawing) -> Scope:
    kinds, flows = drawing
    written = ""
    for name, kind in kinds.items():
        more, inside = "", ""
        if kind in SIGNALS:
            inside = '<b:signalEventDefinition signalRef="s"/>'
        elif kind == "timer":
            inside = "<b:timerEventDefinition/>"
        if name.startswith(AT):
            cancels = "true" if kind == "ends" else "false"
            more = f' attachedToRef="{name.removeprefix(AT)}" cancelActivity="{cancels}"'
        written += f'<b:{TAGS[kind]} id="{name}"{more}>{inside}</b:{TAGS[kind]}>'
    for number, (source, target) in enumerate(flows):
        written += f'<b:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}"/>'
    xml = f'<b:definitions xmlns:b="{BPMN}"><b:process id="p">{written}</b:process></b:definitions>'
    [process] = read_processes(read_bpmn(xml.encode(), "p.bpmn"), "p.bpmn")
    return process.scopes[0]


Marking = tuple[int, ...]


class Oracle:
    """Plays a drawing with counted tokens; says where a case can stand still for ever."""

    def __init__(self, drawing: Drawing) -> None:
        self.kinds, self.flows = drawing
        self.missed = self.doubled = False
        start = tuple(int(self.kinds[source] == "begin") for source, _ in self.flows)
        seen, waiting = {start}, deque([start])
        while waiting:
            marking = waiting.popleft()
            assume(len(seen) < 4_000)
            moves = list(self.moves(marking))
            first = min((turn for turn, _ in moves), default=0)
            self.missed |= not moves and any(marking)
            for turn, after in moves:
                self.doubled |= any(count > 1 for count in after)
                if turn == first and after not in seen:
                    seen.add(after)
                    waiting.append(after)

    def ins(self, node: str) -> list[int]:
        return [i for i, (_s, target) in enumerate(self.flows) if target == node]

    def outs(self, node: str) -> list[int]:
        return [i for i, (source, _t) in enumerate(self.flows) if source == node]

    def moves(self, marking: Marking) -> Iterator[tuple[int, Marking]]:
        for node, kind in self.kinds.items():
            marked = [i for i in self.ins(node) if marking[i]]
            if kind == "both":
                marked = marked[:1] if len(marked) == len(self.ins(node)) else []
            for took in marked[:1]:
                taken = self.ins(node) if kind == "both" else [took]
                if kind == "throw":
                    left = self.heard(moved(marking, taken, []))
                    yield 1, moved(left, [], self.outs(node))
                elif kind in ("choice", "race"):
                    for way in self.outs(node):
                        if kind == "choice" or self.kinds[self.flows[way][1]] == "timer":
                            yield TURNS.get(kind, 0), moved(marking, taken, [way])
                elif kind != "catch":
                    yield TURNS.get(kind, 0), moved(marking, taken, self.outs(node))

    def heard(self, marking: Marking) -> Marking:
        after, added = marking, []
        for node, kind in self.kinds.items():
            if kind not in ("catch", "ends", "beside"):
                continue
            place = node.removeprefix(AT)
            before = [self.flows[i][0] for i in self.ins(node)]
            if before and self.kinds[before[0]] == "race":
                place = before[0]
            for took in [i for i in self.ins(place) if after[i]][:1]:
                added += self.outs(node)
                if kind != "beside":
                    after = moved(after, [took], [])
        return moved(after, [], added)


def moved(marking: Marking, taken: list[int], put: list[int]) -> Marking:
    return tuple(n - (i in taken) + put.count(i) for i, n in enumerate(marking))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(BLOCKS)
def test_a_signal_can_be_missed_where_the_oracle_says_so(block: object) -> None:
    drawing = drawn(block)
    scope = scope_of(drawing)
    events = {scope.nodes[name]: "s" for name, kind in drawing[0].items() if kind in SIGNALS}
    oracle = Oracle(drawing)
    assume(not oracle.doubled)
    missed = missed_signal(scope, events)
    assert (missed is not None) == oracle.missed
    if missed is not None:
        assert drawing[0][missed.at.id] == "catch"


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(BLOCKS)
def test_a_signal_that_others_throw_may_always_come(block: object) -> None:
    found = explore(scope_of(drawn(block)))
    assert found.stuck is None
    assert found.circling is None


def runnable(drawing: Drawing) -> bytes:
    """The drawing as a process that the runtime runs; ``pick_x`` says which way ``x`` chooses."""
    kinds, flows = drawing
    ways: dict[str, list[str]] = {}
    for source, target in flows:
        ways.setdefault(source, []).append(target)
    body = ""
    for name, kind in kinds.items():
        body += {
            "person": user,
            "script": lambda n: script(n, "=1", f"r_{n}"),
            "throw": lambda n: throws(n, "s", reach="case"),
            "catch": lambda n: catches(n, signals("s")),
            "timer": lambda n: catches(n, timer("timeDuration", "P1D")),
            "ends": lambda n: boundary(n, n.removeprefix(AT), signals("s")),
            "beside": lambda n: boundary(n, n.removeprefix(AT), signals("s"), interrupting=False),
            "choice": lambda n: element(
                TAGS["choice"], n, **({"default": f"{n}_{ways[n][-1]}"} if n in ways else {})
            ),
        }.get(kind, lambda n, tag=TAGS[kind]: element(tag, n))(name)  # type: ignore[misc]
        for place, target in enumerate(ways.get(name, ())):
            chosen = kind == "choice" and place < len(ways[name]) - 1
            body += flow(name, target, f"=pick_{name} = {place}" if chosen else None)
    return process(body, signal("s"))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(BLOCKS, st.data())
def test_a_case_that_waits_for_ever_was_warned_of(block: object, data: st.DataObject) -> None:
    """The runtime, played at random, never misses a signal that the gate says cannot be missed."""
    drawing = drawn(block)
    scope = scope_of(drawing)
    events = {scope.nodes[name]: "s" for name, kind in drawing[0].items() if kind in SIGNALS}
    picks = {f"pick_{name}": data.draw(st.integers(0, 2)) for name in drawing[0]}
    case = Case(source_of(runnable(drawing)), World(), picks)
    for _ in range(60):
        waits = case.step.waits
        possible = [*waits.user.values(), *waits.timers.values()]
        if not possible:
            break
        element = data.draw(st.sampled_from(sorted(w.element_id for w in possible)))
        if drawing[0][element] == "person":
            case.done(element)
        else:
            case.fire(element)
        assert not case.incidents
    if case.step.waits.signals and not case.open and not case.step.waits.timers:
        assert missed_signal(scope, events) is not None


@pytest.mark.parametrize(
    ("block", "way"),
    [
        (("line", ["throw", "catch"]), ["throw"]),
        (
            ("both", [("line", ["person", "throw"]), ("line", ["person", "catch"])]),
            ["both", "person", "throw", "person"],
        ),
        (("both", ["throw", ("line", ["script", "catch"])]), None),
    ],
)
def test_the_way_there_is_told(block: object, way: list[str] | None) -> None:
    drawing = drawn(block)
    scope = scope_of(drawing)
    events = {scope.nodes[name]: "s" for name, kind in drawing[0].items() if kind in SIGNALS}
    missed = missed_signal(scope, events)
    told = None if missed is None else [drawing[0][node.id] for node in missed.trace]
    assert told == way
