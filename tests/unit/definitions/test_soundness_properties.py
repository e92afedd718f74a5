"""The token game against a plain oracle, on drawings that nobody thought of.

The oracle plays the net with counted tokens and no shortcuts; it is slow and short. Whatever it
calls unsound, the checks must have found, and nothing else. A second oracle plays a drawing with
another one in the place of a step, written out in one net: the game plays the two apart.
"""

from collections import deque
from collections.abc import Iterator

from hypothesis import HealthCheck, assume, example, given, settings
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
    "interrupting": "boundaryEvent",
    "beside": "boundaryEvent",
}
AT = "on_"
"""A boundary event has the name of its step behind this."""

Drawing = tuple[dict[str, str], list[tuple[str, str]]]
"""Kinds of nodes by id, and the flows between them."""


@st.composite
def drawings(draw: st.DrawFn, most: int = 7, *, with_events: bool = True) -> Drawing:
    """Any drawing in which every node can be reached from the start."""
    count = draw(st.integers(1, most))
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
    for host in [name for name, kind in kinds.items() if kind == "task"]:
        if with_events and draw(st.integers(0, 3)) == 0:
            kinds[f"{AT}{host}"] = draw(st.sampled_from(("interrupting", "beside")))
            flows.append((f"{AT}{host}", draw(st.sampled_from(goals))))
    used = {target for _source, target in flows} | {"begin"}
    used |= {name for name in kinds if name.startswith(AT)}
    return {name: kind for name, kind in kinds.items() if name in used}, flows


def scope_of(drawing: Drawing) -> Scope:
    kinds, flows = drawing
    drawn = ""
    for name, kind in kinds.items():
        inside = "<b:terminateEventDefinition/>" if kind == "terminate" else ""
        more = ""
        if name.startswith(AT):
            cancels = "true" if kind == "interrupting" else "false"
            more = f' attachedToRef="{name.removeprefix(AT)}" cancelActivity="{cancels}"'
        drawn += f'<b:{TAGS[kind]} id="{name}"{more}>{inside}</b:{TAGS[kind]}>'
    for number, (source, target) in enumerate(flows):
        drawn += f'<b:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}"/>'
    xml = f'<b:definitions xmlns:b="{BPMN}"><b:process id="p">{drawn}</b:process></b:definitions>'
    [process] = read_processes(read_bpmn(xml.encode(), "p.bpmn"), "p.bpmn")
    return process.scopes[0]


Marking = tuple[int, ...]
"""Tokens by flow; behind them, for each node, whether its event beside a step has happened."""


MOST_MARKINGS = 3_000
"""Of a drawing that the slow oracle plays to its end."""


class Net:
    """What can happen in a drawing, with tokens counted."""

    def __init__(self, drawing: Drawing) -> None:
        self.kinds, self.flows = drawing
        self.names = list(self.kinds)
        self.hosts = {n: n.removeprefix(AT) for n in self.kinds if n.startswith(AT)}

    def start(self) -> Marking:
        return (*(int(source == "begin") for source, _t in self.flows), *(0 for _ in self.names))

    def tokens(self, marking: Marking) -> Marking:
        return marking[: len(self.flows)]

    def steps(self, marking: Marking) -> Iterator[tuple[str, Marking]]:
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
                    yield node, self.moved(marking, node, taken, chosen)
                yield from self._events(marking, node, taken)

    def _events(
        self, marking: Marking, host: str, taken: list[int]
    ) -> Iterator[tuple[str, Marking]]:
        for event in (name for name, one in self.hosts.items() if one == host):
            outs = [i for i, (source, _t) in enumerate(self.flows) if source == event]
            if self.kinds[event] == "interrupting":
                yield event, self.moved(marking, host, taken, outs)
            elif not marking[self._place(event)]:
                after = list(self.moved(marking, "", [], outs))
                after[self._place(event)] = 1
                yield event, tuple(after)

    def moved(self, marking: Marking, node: str, taken: list[int], put: list[int]) -> Marking:
        after = [count - (i in taken) + (i in put) for i, count in enumerate(marking)]
        for event, host in self.hosts.items():
            if host == node:  # done, or interrupted: the next time it may happen again
                after[self._place(event)] = 0
        return tuple(after)

    def _place(self, event: str) -> int:
        return len(self.flows) + self.names.index(event)


class NetWithin(Net):
    """A drawing in which another one stands in the place of a step."""

    def __init__(self, outer: Drawing, host: str, inner: Drawing) -> None:
        super().__init__(outer)
        self.host, self.inner = host, Net(inner)

    def start(self) -> Marking:
        return (*super().start(), 0, *(0 for _ in self.inner.start()))

    def tokens(self, marking: Marking) -> Marking:
        ins = [i for i, (_s, target) in enumerate(self.flows) if target == self.host]
        outer, busy, inner = self._parts(marking)
        waiting = [outer[i] + busy for i in ins]  # a second token, while the first is inside
        return (*super().tokens(outer), *waiting, *self.inner.tokens(inner))

    def steps(self, marking: Marking) -> Iterator[tuple[str, Marking]]:
        outer, busy, inner = self._parts(marking)
        for node, after in super().steps(outer):
            if node != self.host:
                ended = self.kinds[node] == "terminate"
                kept = tuple(0 for _ in inner) if ended else inner
                yield node, (*after, 0 if ended else busy, *kept)
            elif not busy:  # its token goes in; its own way out is taken once all is done inside
                ins = [i for i, (_s, target) in enumerate(self.flows) if target == node]
                took = next(i for i in ins if outer[i])
                yield node, (*self.moved(outer, "", [took], []), 1, *self.inner.start())
        if busy:
            for node, after in self.inner.steps(inner):
                yield f"{self.host}/{node}", (*outer, 1, *after)
            if not any(self.inner.tokens(inner)):
                outs = [i for i, (source, _t) in enumerate(self.flows) if source == self.host]
                done = self.moved(outer, self.host, [], outs)
                yield f"{self.host}!", (*done, 0, *(0 for _ in inner))

    def _parts(self, marking: Marking) -> tuple[Marking, int, Marking]:
        size = len(self.flows) + len(self.names)
        return marking[:size], marking[size], marking[size + 1 :]


MOST_COPIES = 2


class NetOfItems(Net):
    """A drawing in which another one stands in the place of a step: for no item, one, or two.

    One after the other or all at once; with ``enough`` the rest is given up after any item. Behind
    the outer marking: the number of items, how many have not begun, then each item's own marking.
    """

    def __init__(
        self, outer: Drawing, host: str, inner: Drawing, *, in_turn: bool, enough: bool
    ) -> None:
        super().__init__(outer)
        self.host, self.inner = host, Net(inner)
        self.in_turn, self.enough = in_turn, enough
        self.none = tuple(0 for _ in self.inner.start())

    def start(self) -> Marking:
        return (*super().start(), 0, 0, *self.none * MOST_COPIES)

    def tokens(self, marking: Marking) -> Marking:
        ins = [i for i, (_s, target) in enumerate(self.flows) if target == self.host]
        outer, count, _left, copies = self._split(marking)
        waiting = [outer[i] + bool(count) for i in ins]
        inside = [token for copy in copies for token in self.inner.tokens(copy)]
        return (*super().tokens(outer), *waiting, *inside)

    def steps(self, marking: Marking) -> Iterator[tuple[str, Marking]]:
        outer, count, left, copies = self._split(marking)
        for node, after in super().steps(outer):
            if node != self.host:
                gone = self.kinds[node] == "terminate"
                behind = (
                    (0, 0, *self.none * MOST_COPIES) if gone else (count, left, *sum(copies, ()))
                )
                yield node, (*after, *behind)
            elif not count:
                yield from self._begun(outer)
        if count:
            yield from self._inside(outer, count, left, copies)

    def _begun(self, outer: Marking) -> Iterator[tuple[str, Marking]]:
        ins = [i for i, (_s, target) in enumerate(self.flows) if target == self.host]
        outs = [i for i, (source, _t) in enumerate(self.flows) if source == self.host]
        took = next(i for i in ins if outer[i])
        done = self.moved(outer, self.host, [took], outs)
        yield self.host, (*done, 0, 0, *self.none * MOST_COPIES)  # an empty list
        for count in range(1, MOST_COPIES + 1):
            now = 1 if self.in_turn else count
            copies = self.inner.start() * now + self.none * (MOST_COPIES - now)
            yield self.host, (*self.moved(outer, "", [took], []), count, count - now, *copies)

    def _inside(
        self, outer: Marking, count: int, left: int, copies: list[Marking]
    ) -> Iterator[tuple[str, Marking]]:
        outs = [i for i, (source, _t) in enumerate(self.flows) if source == self.host]
        done = (*self.moved(outer, self.host, [], outs), 0, 0, *self.none * MOST_COPIES)
        busy = sum(any(self.inner.tokens(copy)) for copy in copies)
        for place, copy in enumerate(copies):
            for node, after in self.inner.steps(copy):
                others = [after if n == place else c for n, c in enumerate(copies)]
                yield f"{self.host}/{node}", (*outer, count, left, *sum(others, ()))
        if not busy and left:
            copies = [self.inner.start(), *copies[1:]]
            yield f"{self.host}+", (*outer, count, left - 1, *sum(copies, ()))
        if (not busy and not left) or (self.enough and count - left - busy):
            yield f"{self.host}!", done

    def _split(self, marking: Marking) -> tuple[Marking, int, int, list[Marking]]:
        size, wide = len(self.flows) + len(self.names), len(self.none)
        rest = marking[size + 2 :]
        copies = [rest[n * wide : (n + 1) * wide] for n in range(MOST_COPIES)]
        return marking[:size], marking[size], marking[size + 1], copies


class Oracle:
    """Every marking of a net; one with two tokens on a flow is not followed."""

    def __init__(self, net: Net) -> None:
        self.doubled = self.stuck = self.circling = False
        self.fired: set[str] = set()
        after: dict[Marking, set[Marking]] = {}
        waiting = deque([net.start()])
        while waiting:
            marking = waiting.popleft()
            if marking in after:
                continue
            assume(len(after) < MOST_MARKINGS)
            after[marking] = set()
            tokens = net.tokens(marking)
            if any(count > 1 for count in tokens):
                self.doubled = True
                continue
            for node, following in net.steps(marking):
                self.fired.add(node)
                after[marking].add(following)
                waiting.append(following)
            self.stuck |= any(tokens) and not after[marking]
        if not self.doubled:
            self.circling = bool(after.keys() - ending(net, after)) and not self.stuck

    @property
    def sound(self) -> bool:
        return not (self.doubled or self.stuck or self.circling)


def ending(net: Net, after: dict[Marking, set[Marking]]) -> set[Marking]:
    """The markings from which the end can be reached."""
    found = {marking for marking in after if not any(net.tokens(marking))}
    grown = True
    while grown:
        more = {m for m, following in after.items() if m not in found and following & found}
        grown, found = bool(more), found | more
    return found


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

    flows = flows + [(name.removeprefix(AT), name) for name in kinds if name.startswith(AT)]
    ends = {name for name, kind in kinds.items() if kind in ("end", "terminate")}
    backwards = [(target, source) for source, target in flows]
    drawn = {name for name in kinds if name == "begin" or any(t == name for _s, t in flows)}
    return drawn == set(kinds) == reached({"begin"}, flows) == reached(ends, backwards)


@settings(max_examples=300, deadline=None)
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
    found = explore(scope_of(drawing))
    assume(found.complete)
    oracle = Oracle(Net(drawing))

    assert (found.doubled is not None) == oracle.doubled
    if not oracle.doubled:
        assert (found.stuck is not None) == oracle.stuck
        if not oracle.stuck:
            never = set(drawing[0]) - oracle.fired - {"begin"}
            assert bool(found.dead) == bool(never)
            assert {node.id for node in found.dead} <= never
            assert (found.circling is not None) == oracle.circling


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(drawings(), st.data())
def test_circles_without_an_end_are_found(drawing: Drawing, data: st.DataObject) -> None:
    """Here a way to an end leads back instead, which the structural checks may tell as well."""
    kinds, flows = drawing
    ends = [i for i, (_s, target) in enumerate(flows) if kinds[target] in ("end", "terminate")]
    assume(ends)
    back = data.draw(st.sampled_from([n for n, kind in kinds.items() if kind in KINDS]))
    turned = data.draw(st.sampled_from(ends))
    flows = [(s, back) if i == turned else (s, t) for i, (s, t) in enumerate(flows)]
    found = explore(scope_of((kinds, flows)))
    assume(found.complete)
    oracle = Oracle(Net((kinds, flows)))
    assume(not oracle.doubled and not oracle.stuck)

    assert (found.circling is not None) == oracle.circling


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(drawings(4), drawings(4, with_events=False), st.data())
def test_a_whole_is_as_sound_as_its_parts(
    outer: Drawing, inner: Drawing, data: st.DataObject
) -> None:
    """What soundness.py builds on: a part counts as one step where it stands."""
    assume(lies_between_start_and_end(outer) and lies_between_start_and_end(inner))
    hosts = [name for name, kind in outer[0].items() if kind == "task"]
    assume(hosts)
    host = data.draw(st.sampled_from([h for h in hosts if f"{AT}{h}" not in outer[0]] or hosts))
    assume(f"{AT}{host}" not in outer[0])
    played = explore(scope_of(outer)), explore(scope_of(inner))
    assume(all(found.complete for found in played))
    assume(host in Oracle(Net(outer)).fired)

    apart = all(
        found.doubled is None and found.stuck is None and found.circling is None for found in played
    )
    whole = Oracle(NetWithin(outer, host, inner))
    if apart:
        assert whole.sound
    elif "terminate" not in outer[0].values():  # which may end a part that is stuck
        assert not whole.sound


@settings(max_examples=100, deadline=None)
@given(drawings())
def test_a_trace_can_be_walked_and_ends_at_what_is_wrong(drawing: Drawing) -> None:
    assume(lies_between_start_and_end(drawing))
    found = explore(scope_of(drawing))
    for violation in (found.stuck, found.doubled):
        if violation is None:
            continue
        net = Net(drawing)
        at = {net.start()}
        for node in violation.trace:
            at = {after for marking in at for name, after in net.steps(marking) if name == node.id}
        assert at, "no play of the net goes this way"
        if violation is found.doubled:
            assert any(count > 1 for marking in at for count in net.tokens(marking))
        else:
            assert any(any(net.tokens(m)) and not list(net.steps(m)) for m in at)


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


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(drawings(4), drawings(3, with_events=False), st.booleans(), st.booleans(), st.data())
def test_a_repeated_part_is_as_sound_as_a_step_in_its_place(
    outer: Drawing, inner: Drawing, in_turn: bool, enough: bool, data: st.DataObject
) -> None:
    """Items, none, one or several, at once or in turn, also where the last ones are given up."""
    assume(lies_between_start_and_end(outer) and lies_between_start_and_end(inner))
    hosts = [name for name, kind in outer[0].items() if kind == "task"]
    hosts = [host for host in hosts if f"{AT}{host}" not in outer[0]]
    assume(hosts)
    host = data.draw(st.sampled_from(hosts))
    played = explore(scope_of(outer)), explore(scope_of(inner))
    assume(all(found.complete for found in played))
    assume(host in Oracle(Net(outer)).fired)

    apart = all(
        found.doubled is None and found.stuck is None and found.circling is None for found in played
    )
    whole = Oracle(NetOfItems(outer, host, inner, in_turn=in_turn, enough=enough))
    if apart:
        assert whole.sound
    elif "terminate" not in outer[0].values() and not enough:  # which may end one that is stuck
        assert not whole.sound
