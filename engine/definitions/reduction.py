"""A smaller drawing that gets stuck, arrives twice or turns in circles exactly if the larger does.

The states of parallel branches multiply: twelve branches of ten steps have 11^12. What a branch
looks like inside matters to nobody outside of it, so well-drawn regions are put in the place of one
step before the token game begins (Murata's reduction rules for nets, kept to those that change
neither what is reached nor what can go wrong):

* steps one after another are one step;
* two branches between one parallel split and one parallel join are one branch, and so are those
  between an inclusive split and its join;
* two ways from one choice to one place are one way; an event that ends its step is a choice;
* a way back from a choice to what lies directly before it is left out: it can be gone any time;
* branches that end by themselves are one end.

What can be open at the same time is noted as branches are put together, and multiplied out for what
the token game finds between regions. What the rules do not know stays as it is drawn.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.definitions.diagram import OTHER_NODES, Flow, Node, Scope

_CHOOSING = frozenset({"exclusiveGateway", "eventBasedGateway"})
_JOINING = frozenset({"parallelGateway", "inclusiveGateway"})
_PLAIN = "plain"
_CHOICE = "choice"
"""A step with events at its boundary that end it: it is left in one of several ways."""
_FIXED = "fixed"
"""What no rule knows."""

Walk = tuple[Node, ...]


@dataclass(eq=False)
class Arc:
    """A flow between two spots; ``walk`` is what is passed in leaving its source along it.

    ``by`` is the boundary event it leaves through.
    """

    flow: Flow
    source: "Spot"
    target: "Spot"
    walk: Walk
    by: Node | None = None


@dataclass(eq=False)
class Spot:
    """A node of the smaller drawing: one node, or the region it stands for.

    A token at it stands at one of ``targets``; ``present`` are these with their boundary events.
    ``origin`` gives it its place in the game, ``begin`` is what a token comes to first.
    """

    kind: str
    origin: Node
    begin: Node
    targets: set[Node]
    present: set[Node]
    ins: list[Arc] = field(default_factory=list)
    outs: list[Arc] = field(default_factory=list)
    walk: Walk = ()
    """Of an end: what is passed up to it."""

    @property
    def is_step(self) -> bool:
        """Whether one way leads to it and one from it, and a token just passes."""
        passes = self.kind not in ("startEvent", "endEvent", _FIXED)
        alone = len(self.ins) == 1 and len(self.outs) == 1
        return passes and alone and self.ins[0] is not self.outs[0]

    @property
    def takes_each(self) -> bool:
        """Whether each token that comes is taken by itself."""
        return self.kind not in _JOINING or len(self.ins) == 1

    @property
    def is_plain_end(self) -> bool:
        """Whether it takes a token away and does nothing else."""
        ends = self.kind == "endEvent" and not self.outs and len(self.ins) == 1
        return ends and _only_ends(self.origin)

    @property
    def chooses(self) -> bool:
        """Whether a token leaves it along one of its ways."""
        return self.kind in _CHOOSING or self.kind == _CHOICE

    def swallow(self, other: "Spot") -> None:
        """Stand for another one as well."""
        self.targets |= other.targets
        self.present |= other.present


class Reduction:
    """The smaller drawing of a scope, and what of the larger one its spots stand for."""

    def __init__(self, scope: Scope, most_choices: int) -> None:
        self.scope = scope
        self.most_choices = most_choices
        self.concurrent: set[frozenset[Node]] = set()
        self.accompanied: set[Node] = set()
        self.spots = _spots_of(scope)
        self._alive = set(self.spots)
        self._reduce()
        self.drawn = Scope(scope.element, scope.owner)
        self._spot_of: dict[Node, Spot] = {}
        self._boundary_of: dict[Node, Node] = {}
        self._flow_of: dict[str, Flow] = {}
        self._draw()

    # What the smaller drawing says of the larger ---------------------------------------------

    def targets(self, node: Node) -> set[Node]:
        """Where a token may stand that stands at a node of the smaller drawing."""
        spot = self._spot_of.get(node)
        return {node} if spot is None else spot.targets

    def present(self, node: Node) -> set[Node]:
        """The same with boundary events; of a boundary event itself."""
        spot = self._spot_of.get(node)
        return {self._boundary_of[node]} if spot is None else spot.present

    def walk(self, nodes: Iterable[Node]) -> Walk:
        """A way through the larger drawing, of one through the smaller."""
        found: list[Node] = []
        for node in nodes:
            spot = self._spot_of.get(node)
            if spot is None:
                found.append(self._boundary_of[node])
            elif spot.kind == "endEvent":
                found += spot.walk
            else:
                found += spot.outs[0].walk if spot.outs else (spot.origin,)
        return tuple(found)

    def first(self, node: Node) -> Node:
        """The node of the larger drawing at which a spot begins."""
        spot = self._spot_of.get(node)
        return self._boundary_of[node] if spot is None else spot.begin

    def flow(self, flow: Flow) -> Flow:
        """The flow of the larger drawing that one of the smaller stands for."""
        return self._flow_of[flow.id]

    # Rules -----------------------------------------------------------------------------------

    def _reduce(self) -> None:
        rules = (self._line, self._alike, self._back, self._inclusive)
        again = True
        while again:
            again = False
            for rule in rules:
                for spot in list(self.spots):
                    while spot in self._alive and rule(spot):
                        again = True
            self.spots = [spot for spot in self.spots if spot in self._alive]

    def _line(self, spot: Spot) -> bool:
        """A step, and the step or the end that alone comes behind it."""
        if not spot.is_step:
            return False
        out = spot.outs[0]
        behind = out.target
        if behind is spot or not (behind.is_step or behind.is_plain_end):
            return False
        spot.swallow(behind)
        if behind.is_plain_end:
            spot.kind, spot.walk = "endEvent", out.walk + behind.walk
            spot.origin, spot.outs = behind.origin, []
        else:
            [following] = behind.outs
            following.source, following.walk = spot, out.walk + following.walk
            spot.outs, spot.kind = [following], _PLAIN
        self._alive.discard(behind)
        return True

    def _alike(self, spot: Spot) -> bool:
        """Two branches, or two ways, from here to one place."""
        splits = spot.kind == "parallelGateway"
        if not splits and not spot.chooses:
            return False
        known: dict[Spot, Arc] = {}
        ended: Arc | None = None
        for arc in spot.outs:
            if arc.target.is_plain_end and arc.target is not spot:
                if ended is not None:
                    self._join_ends(spot, ended, arc)
                    return True
                ended = arc
            goal = _behind(arc)
            fits = goal.kind == "parallelGateway" and len(goal.ins) > 1
            if goal is spot or not (fits if splits else goal.takes_each):
                continue
            if goal in known:
                self._join_ways(spot, known[goal], arc, goal)
                return True
            known[goal] = arc
        return False

    def _join_ends(self, spot: Spot, one: Arc, other: Arc) -> None:
        kept, gone = one.target, other.target
        if spot.kind == "parallelGateway":
            self._note_both(kept, gone)
            kept.walk += gone.walk
        kept.swallow(gone)
        self._alive.discard(gone)
        spot.outs.remove(other)
        self._keep_main(spot, one, other)

    def _join_ways(self, spot: Spot, one: Arc, other: Arc, goal: Spot) -> None:
        if one.target is goal:  # keep the way that has a step on it, if one has
            one, other = other, one
        if spot.kind == "parallelGateway":
            self._note_branches(one.target, other.target, goal)
            if other.target is not goal:
                one.target.outs[0].walk += other.target.outs[0].walk
        else:
            _take_the_shorter(one, other, goal)
        spot.outs.remove(other)
        goal.ins.remove(_last(other, goal))
        if other.target is not goal:
            one.target.swallow(other.target)
            self._alive.discard(other.target)
        self._keep_main(spot, one, other)

    def _note_branches(self, one: Spot, other: Spot, goal: Spot) -> None:
        for branch in (one, other):
            if branch is not goal:
                self._note_both(branch, goal)
        if goal not in (one, other):
            self._note_both(one, other)
        self.accompanied |= goal.targets

    def _keep_main(self, spot: Spot, kept: Arc, gone: Arc) -> None:
        """A step that is left in one way only is left by itself, not through its event."""
        if gone.by is None:
            kept.by = None
        if len(spot.outs) == 1:
            kept.by = None
            if spot.kind == _CHOICE:
                spot.kind = _PLAIN

    def _back(self, spot: Spot) -> bool:
        """A way back from a choice to what lies directly before it."""
        if not spot.chooses or len(spot.ins) != 1 or len(spot.outs) < 2:  # noqa: PLR2004
            return False
        before = spot.ins[0].source
        if before.is_step and before is not spot:
            before = before.ins[0].source
        merges = before.kind in (_PLAIN, "exclusiveGateway") and len(before.outs) == 1
        if before is spot or not merges:
            return False
        for arc in spot.outs:
            if _behind(arc) is not before or (arc.by is None and spot.kind == _CHOICE):
                continue
            step = arc.target
            spot.outs.remove(arc)
            before.ins.remove(arc if step is before else step.outs[0])
            if step is not before:
                before.swallow(step)
                self._alive.discard(step)
            if spot.kind == _CHOICE and len(spot.outs) == 1:
                spot.kind = _PLAIN
            return True
        return False

    def _inclusive(self, spot: Spot) -> bool:
        """All branches between an inclusive split and its join."""
        count = len(spot.outs)
        if spot.kind != "inclusiveGateway" or len(spot.ins) != 1:
            return False
        if not 2 <= count <= self.most_choices:  # noqa: PLR2004
            return False
        [goal, *others] = {_behind(arc) for arc in spot.outs}
        fits = goal.kind == "inclusiveGateway" and len(goal.ins) == count and len(goal.outs) == 1
        if others or goal is spot or not fits:
            return False
        branches = [arc.target for arc in spot.outs if arc.target is not goal]
        for number, one in enumerate(branches):
            self._note_both(one, goal)
            for other in branches[number + 1 :]:
                self._note_both(one, other)
        self.accompanied |= goal.targets
        ways = [a.walk + (() if a.target is goal else a.target.outs[0].walk) for a in spot.outs]
        for gone in (*branches, goal):
            spot.swallow(gone)
            self._alive.discard(gone)
        [following] = goal.outs
        following.source = spot
        following.walk = min(ways, key=len) + following.walk
        spot.outs, spot.kind = [following], _PLAIN
        return True

    def _note_both(self, one: Spot, other: Spot) -> None:
        pairs = ((a, b) for a in one.present for b in other.present if a is not b)
        self.concurrent |= {frozenset(pair) for pair in pairs}
        self.accompanied |= one.targets | other.targets

    # The smaller drawing ---------------------------------------------------------------------

    def _draw(self) -> None:
        drawn: dict[Spot, Node] = {}
        for spot in self.spots:
            node = self._node(spot)
            drawn[spot] = node
            self._spot_of[node] = spot
            left_by = {arc.by for arc in spot.outs}
            for event in spot.origin.boundaries if spot.kind in (_CHOICE, _FIXED) else ():
                if event in left_by or spot.kind == _FIXED:
                    copy = Node(event.element, event.id, event.tag, self.drawn)
                    self._boundary_of[copy] = event
                    self.drawn.nodes[event.id] = copy
                    node.boundaries.append(copy)
        for spot, node in drawn.items():
            for arc in spot.outs:
                source = node
                for copy in node.boundaries:
                    source = copy if self._boundary_of[copy] is arc.by else source
                self._flow(arc.flow, source, drawn[arc.target])

    def _node(self, spot: Spot) -> Node:
        tag = spot.origin.tag if spot.kind == _FIXED else spot.kind
        identity = spot.begin.id
        while identity in self.drawn.nodes:
            identity += "~"
        element = spot.origin.element
        node = Node(
            element, identity, "scriptTask" if tag in (_PLAIN, _CHOICE) else tag, self.drawn
        )
        self.drawn.nodes[identity] = node
        return node

    def _flow(self, flow: Flow, source: Node, target: Node) -> None:
        copy = Flow(flow.element, f"f{len(self.drawn.flows)}", source.id, target.id)
        self._flow_of[copy.id] = flow
        self.drawn.flows.append(copy)
        source.outgoing.append(copy)
        target.incoming.append(copy)


def reduced(scope: Scope, most_choices: int) -> Reduction | None:
    """The smaller drawing of a scope; None where it is not well formed, or nothing gets smaller."""
    starts = sum(node.tag == "startEvent" for node in scope.nodes.values())
    ends_are_there = all(f.source in scope.nodes and f.target in scope.nodes for f in scope.flows)
    ids = {flow.id for flow in scope.flows}
    if starts != 1 or not ends_are_there or len(ids) != len(scope.flows):
        return None
    if any(_waits_on_a_circle(scope, node) for node in scope.nodes.values()):
        return None
    found = Reduction(scope, most_choices)
    return found if len(found.drawn.nodes) < len(scope.nodes) else None


def _waits_on_a_circle(scope: Scope, node: Node) -> bool:
    """Whether it is an inclusive join that leads back to itself.

    It waits for every token that can still come, also the long way round: what lies on its circle
    is not its own affair, and no rule may leave anything out there.
    """
    joins = node.tag == "inclusiveGateway" and len(node.incoming) > 1
    return joins and node in scope.reachable(scope.next_of(node))


def _spots_of(scope: Scope) -> list[Spot]:
    hosts = {event: host for host in scope.nodes.values() for event in host.boundaries}
    spots: dict[Node, Spot] = {}
    for node in scope.nodes.values():
        if node not in hosts:
            present = {node, *node.boundaries}
            spots[node] = Spot(_kind_of(node), node, node, {node}, present, walk=(node,))
    found = list(spots.values())
    for flow in scope.flows:
        source, target = scope.nodes[flow.source], scope.nodes[flow.target]
        begin, end = spots[hosts.get(source, source)], spots.get(target)
        if end is None:  # into a boundary event: refused elsewhere
            end = spots[hosts[target]]
            end.kind = _FIXED
        if end.ins and end.kind == "endEvent" and _only_ends(target):
            end = Spot("endEvent", target, target, {target}, {target}, walk=(target,))
            found.append(end)  # each token that comes ends by itself
        by = source if source in hosts else None
        arc = Arc(flow, begin, end, (source,), by)
        begin.outs.append(arc)
        end.ins.append(arc)
    return found


def _kind_of(node: Node) -> str:
    if node.tag in {"startEvent", "endEvent", *_CHOOSING, *_JOINING} and not node.boundaries:
        return node.tag
    events_end_it = all(
        event.interrupting and len(event.outgoing) == 1 and not event.incoming
        for event in node.boundaries
    )
    if node.tag in OTHER_NODES or len(node.outgoing) != 1 or not events_end_it:
        return _FIXED
    return _CHOICE if node.boundaries else _PLAIN


def _only_ends(node: Node) -> bool:
    return node.event_kind not in ("terminate", "error") and not node.outgoing


def _last(arc: Arc, goal: Spot) -> Arc:
    """The arc that comes to the goal on a way."""
    return arc if arc.target is goal else arc.target.outs[0]


def _take_the_shorter(kept: Arc, other: Arc, goal: Spot) -> None:
    """Let the way that is kept be passed as the shorter of the two."""
    behind = () if other.target is goal else other.target.outs[0].walk
    here = kept.walk if kept.target is goal else kept.walk + kept.target.outs[0].walk
    if len(other.walk + behind) < len(here):
        kept.walk = other.walk
        if kept.target is not goal:
            kept.target.outs[0].walk = behind


def _behind(arc: Arc) -> Spot:
    """What an arc leads to, past a step that only it leads to."""
    return arc.target.outs[0].target if arc.target.is_step else arc.target
