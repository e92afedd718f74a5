"""The token game on one scope: can the work get stuck, arrive twice, turn in circles for ever?

Every state (the set of flows that carry a token) that a scope can come to is visited, up to a
bound; beyond it nothing is claimed. Gateways that choose are taken to be able to choose every way.

Sub-processes and called processes are one space with what is around them, yet each is played by
itself and counts as one step where it stands. If every part can always end by itself and leaves
nothing behind, the whole is sound exactly if it is sound with steps in their places (refinement
in a safe net): a token goes in, one token comes out, and nothing else of the part is seen from
outside. What is seen, the errors that leave it, are edges of that step's boundary events; the check
of errors says which can come. A part that gets stuck is refused, even where something around it
would end it one day. Played in one, ten calls of ten states would be 10^10. The property tests
hold this against nets in which the parts are written out.

What is repeated for each item of a list is such a part too. Items have tokens and variables of
their own and end apart from each other, so that one stands for all: a token goes in, nothing of
the items is seen outside, and one token comes out, be there none, one or many, and also where the
last ones are given up because enough are done. A loop is a step that may be done again.

Proper completion needs no check of its own: in BPMN a scope is done when its last token is, so
whatever is left over is either on its way to an end, stuck, or in a circle without an end.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from engine.definitions.diagram import Flow, Node, Scope
from engine.definitions.reduction import Reduction, reduced

MOST_STATES = 4_000
MOST_MOVES = 40_000
FEW_STATES = 300
"""What has so few is looked at as it is drawn."""
MOST_CHOICES = 6
"""Outgoing flows of an inclusive gateway of which every combination is tried."""

State = frozenset[str]
"""Ids of the flows with a token; ``!id`` notes that a non-interrupting boundary event fired."""

_FIRED = "!"
_PAIRS_A_MOVE = 20


@dataclass(frozen=True)
class Stuck:
    """A state that nothing leads out of: how it is reached, and where its tokens stand."""

    trace: tuple[Node, ...]
    at: tuple[Node, ...]


@dataclass(frozen=True)
class Circling:
    """A state from which moves go on for ever and none leads to an end."""

    trace: tuple[Node, ...]
    at: tuple[Node, ...]


@dataclass(frozen=True)
class Doubled:
    """A flow that a second token enters while the first has not been taken up."""

    trace: tuple[Node, ...]
    flow: Flow


@dataclass
class Exploration:
    """What was found. ``complete``: every state was visited.

    ``dead`` and ``circling`` are claimed only where all states were visited, and none was left
    out because of a second token.
    """

    complete: bool = True
    states: int = 0
    moves: int = 0
    stuck: Stuck | None = None
    circling: Circling | None = None
    doubled: Doubled | None = None
    dead: tuple[Node, ...] = ()
    """Nodes at which a token can arrive by the drawing, but never does."""
    concurrent: set[frozenset[Node]] = field(default_factory=set)
    accompanied: set[Node] = field(default_factory=set)
    """Nodes at which a token can arrive while another is elsewhere in the scope."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong in what was visited."""
        wrong = self.stuck or self.circling or self.doubled or self.dead
        return not wrong


@lru_cache(maxsize=32)
def explore(scope: Scope) -> Exploration:
    """Visit the states of a scope, nearest first, so that traces are short.

    Where there are many, first those of a smaller drawing that is as sound
    (:mod:`engine.definitions.reduction`). If it is, all is said; else the drawing itself is played
    for the shortest way to what is wrong, as far as that can be done.
    """
    few = Game(scope).play(FEW_STATES)
    if few.complete:
        return few
    small = reduced(scope, MOST_CHOICES)
    found = None if small is None else explore_small(small)
    if found is not None and found.complete and found.is_sound:
        return found
    whole = Game(scope).play()
    return whole if whole.complete or found is None or not found.complete else found


def explore_small(small: Reduction) -> Exploration:
    """What the smaller drawing says of the larger."""
    played = Game(small.drawn).play()
    concurrent = set(small.concurrent)
    for one, other in (tuple(pair) for pair in played.concurrent):
        concurrent |= {
            frozenset((a, b))
            for a in small.present(one)
            for b in small.present(other)
            if a is not b
        }
    accompanied = set(small.accompanied)
    for node in played.accompanied:
        accompanied |= small.targets(node)
    found = replace(played, concurrent=concurrent, accompanied=accompanied)
    if played.stuck is not None:
        found.stuck = Stuck(*_told(small, played.stuck))
    if played.circling is not None:
        found.circling = Circling(*_told(small, played.circling))
    if played.doubled is not None:
        flow = small.flow(played.doubled.flow)
        found.doubled = Doubled(small.walk(played.doubled.trace), flow)
    found.dead = tuple(small.first(node) for node in played.dead)
    return found


def _told(small: Reduction, one: Stuck | Circling) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    return small.walk(one.trace), tuple(small.first(node) for node in one.at)


def explore_from(scope: Scope, tokens: State) -> Exploration:
    """The same from where a case stands; the elements it has left behind are not called dead."""
    found = Game(scope, tokens).play()
    found.dead = ()
    return found


class Game:
    """The states of one scope, and the moves between them."""

    def __init__(self, scope: Scope, tokens: State | None = None) -> None:
        self.scope = scope
        self.tokens = tokens
        self.flows = {
            flow.id: flow
            for flow in scope.flows
            if flow.source in scope.nodes and flow.target in scope.nodes
        }
        self.upstream: dict[str, frozenset[str]] = {}
        self.found = Exploration()
        self.came: dict[State, tuple[State, Node] | None] = {}
        self.before: dict[State, list[State]] = {}
        self.fired: set[Node] = set()

    def play(self, most_states: int = MOST_STATES) -> Exploration:
        """Breadth first from each start event."""
        waiting: deque[State] = deque()
        if self.tokens is not None:
            self._arrive(self.tokens, None, waiting)
        for node in self.scope.nodes.values() if self.tokens is None else ():
            if node.tag == "startEvent":
                self._arrive(frozenset(self._out(node)), None, waiting)
        moves = 0
        while waiting:
            state = waiting.popleft()
            moves += self._note_company(state)
            moved = False
            for node, following in self._moves(state):
                moved = True
                moves += 1
                self.fired.add(node)
                self._arrive(following, (state, node), waiting)
            if not moved and self.found.stuck is None and any(t in self.flows for t in state):
                self.found.stuck = Stuck(self._trace(state), self._targets(state))
            if len(self.came) > most_states or moves > MOST_MOVES:
                self.found.complete = False
                break
        self.found.states, self.found.moves = len(self.came), moves
        if self.found.complete and self.found.doubled is None and self.found.stuck is None:
            self.found.dead = tuple(self._never_reached())
            self.found.circling = self._circle()
        return self.found

    def _circle(self) -> Circling | None:
        """The nearest state from which no end can be reached."""
        ending = {state for state in self.came if not any(token in self.flows for token in state)}
        waiting = list(ending)
        while waiting:
            for earlier in self.before.get(waiting.pop(), ()):
                if earlier not in ending:
                    ending.add(earlier)
                    waiting.append(earlier)
        for state in self.came:  # in the order they were come to: the shortest way first
            if state not in ending:
                return Circling(self._trace(state), self._targets(state))
        return None

    def _never_reached(self) -> Iterator[Node]:
        """Give the nodes that a token can come to by the drawing, and yet never passes.

        Only the first on each way: what lies behind them follows from it.
        """
        drawn = [node for node in self.scope.nodes.values() if node.tag == "startEvent"]
        starts = len(drawn)
        for node in drawn:
            if node.tag != "endEvent":  # what follows an end is another fault
                drawn += [after for after in self.scope.next_of(node) if after not in drawn]
        for node in drawn[starts:]:
            if node not in self.fired and any(
                node in self.scope.next_of(before) for before in self.fired
            ):
                yield node

    def _arrive(
        self, state: State | None, origin: tuple[State, Node] | None, waiting: deque[State]
    ) -> None:
        if state is None:
            return
        if origin is not None:
            self.before.setdefault(state, []).append(origin[0])
        if state not in self.came:
            self.came[state] = origin
            waiting.append(state)

    def _note_company(self, state: State) -> int:
        """Note which nodes are there together; returns what that cost, in moves."""
        present: list[Node] = []
        for target in self._targets(state):
            present += [target, *target.boundaries]
        if len(present) > 1:
            for number, one in enumerate(present):
                for other in present[number + 1 :]:
                    if one is not other and not _excluded(one, other):
                        self.found.concurrent.add(frozenset((one, other)))
        targets = self._targets(state)
        if len(targets) > 1:
            self.found.accompanied.update(targets)
        return len(present) ** 2 // _PAIRS_A_MOVE

    def _targets(self, state: State) -> tuple[Node, ...]:
        return tuple(
            self.scope.nodes[self.flows[token].target]
            for token in sorted(state)
            if token in self.flows
        )

    def _moves(self, state: State) -> Iterator[tuple[Node, State | None]]:
        for node in dict.fromkeys(self._targets(state)):
            marked = [flow.id for flow in node.incoming if flow.id in state]
            if node.tag == "parallelGateway":
                if len(marked) == len(node.incoming):
                    yield from self._fire(node, state, marked)
            elif node.tag == "inclusiveGateway" and len(node.incoming) > 1:
                if not self._may_still_come(node, state):
                    yield from self._fire(node, state, marked)
            else:
                for flow_id in marked:
                    yield from self._fire(node, state, [flow_id])

    def _fire(
        self, node: Node, state: State, taken: list[str]
    ) -> Iterator[tuple[Node, State | None]]:
        marks = {f"{_FIRED}{boundary.id}" for boundary in node.boundaries}
        rest = state - set(taken) - marks
        if node.tag == "endEvent":
            yield node, frozenset() if node.event_kind in {"terminate", "error"} else rest
            return
        for flow_ids in self._ways(node):
            yield node, self._added(node, state, rest, flow_ids)
        for boundary in node.boundaries:
            if boundary.interrupting:
                yield boundary, self._added(boundary, state, rest, self._out(boundary))
            elif f"{_FIRED}{boundary.id}" not in state:
                kept = state | {f"{_FIRED}{boundary.id}"}
                yield boundary, self._added(boundary, state, kept, self._out(boundary))

    def _ways(self, node: Node) -> Iterator[list[str]]:
        out = self._out(node)
        if node.tag in {"exclusiveGateway", "eventBasedGateway"}:
            for flow_id in out:
                yield [flow_id]
        elif node.tag == "inclusiveGateway":
            tried = out[:MOST_CHOICES]
            for mask in range(1, 1 << len(tried)):
                yield [flow_id for bit, flow_id in enumerate(tried) if mask >> bit & 1]
        else:
            yield out

    def _added(
        self, node: Node, state: State, rest: frozenset[str], flow_ids: list[str]
    ) -> State | None:
        for flow_id in flow_ids:
            if flow_id in rest:
                if self.found.doubled is None:
                    trace = (*self._trace(state), node)
                    self.found.doubled = Doubled(trace, self.flows[flow_id])
                return None
        return rest | frozenset(flow_ids)

    def _may_still_come(self, join: Node, state: State) -> bool:
        """Whether a token can still reach an empty flow into an inclusive gateway."""
        for flow in join.incoming:
            if flow.id not in state and self._before(flow, join) & state:
                return True
        return False

    def _before(self, flow: Flow, join: Node) -> frozenset[str]:
        """The flows from which a token can come to this one without passing the gateway."""
        if flow.id not in self.upstream:
            seen: set[str] = set()
            waiting = [flow]
            while waiting:
                source = self.scope.nodes.get(waiting.pop().source)
                if source is None or source is join:
                    continue
                host = self.scope.nodes.get(source.element.get("attachedToRef", ""))
                for earlier in (host or source).incoming:
                    if earlier.id not in seen:
                        seen.add(earlier.id)
                        waiting.append(earlier)
            self.upstream[flow.id] = frozenset(seen)
        return self.upstream[flow.id]

    def _out(self, node: Node) -> list[str]:
        return [flow.id for flow in node.outgoing if flow.id in self.flows]

    def _trace(self, state: State) -> tuple[Node, ...]:
        steps: list[Node] = []
        origin = self.came.get(state)
        while origin is not None:
            steps.append(origin[1])
            origin = self.came.get(origin[0])
        return tuple(reversed(steps))


def _excluded(one: Node, other: Node) -> bool:
    """Whether an interrupting boundary event and its host: one ends the other."""
    for boundary, host in ((one, other), (other, one)):
        if boundary in host.boundaries and boundary.interrupting:
            return True
    both = one.tag == other.tag == "boundaryEvent"
    same_host = one.element.get("attachedToRef") == other.element.get("attachedToRef")
    return both and same_host and one.interrupting and other.interrupting
