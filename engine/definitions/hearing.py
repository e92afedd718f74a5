"""The token game where it matters when a signal is thrown: does everybody wait who has to hear it?

The plain game lets an event go on at any time, as a message may come at any time. That is right
for a signal that others throw. Where nobody outside a scope throws it, and it stays in the case,
its events go on exactly when it is thrown: all that wait at that moment, and nobody later. And as
the runtime does it, what needs nobody is done first, then signals are thrown, then the case waits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from typing_extensions import override

from engine.definitions.diagram import Node, Scope
from engine.definitions.soundness import Game, State
from engine.runtime.vocabulary import THROWING

_AT_ONCE, _THROWN, _WAITED_FOR = 0, 1, 2
_WAITING = frozenset(
    {"userTask", "subProcess", "callActivity", "intermediateCatchEvent", "boundaryEvent"}
)


@dataclass(frozen=True)
class Missed:
    """A wait for a signal that does not come any more, and how the case gets there."""

    trace: tuple[Node, ...]
    at: Node
    name: str


def missed_signal(scope: Scope, events: Mapping[Node, str]) -> Missed | None:
    """The nearest such wait; ``events`` are those of signals that only this scope throws."""
    stuck = _Hearing(scope, events).play().stuck
    if stuck is None:
        return None
    return next((Missed(stuck.trace, at, events[at]) for at in stuck.at if at in events), None)


class _Hearing(Game):
    def __init__(self, scope: Scope, events: Mapping[Node, str]) -> None:
        super().__init__(scope)
        self.awaited = {node: name for node, name in events.items() if node.tag not in THROWING}
        self.thrown = {node: name for node, name in events.items() if node.tag in THROWING}

    @override
    def _moves(self, state: State) -> Iterator[tuple[Node, State | None]]:
        possible = [
            (_turn(node), node, after)
            for node, after in super()._moves(state)
            if node not in self.awaited
        ]
        first = min((turn for turn, _node, _after in possible), default=0)
        yield from ((node, after) for turn, node, after in possible if turn == first)

    @override
    def _ways(self, node: Node) -> Iterator[list[str]]:
        for ways in super()._ways(node):
            targets = [self.scope.nodes[self.flows[flow].target] for flow in ways]
            if node.tag != "eventBasedGateway" or not any(t in self.awaited for t in targets):
                yield ways

    @override
    def _fire(
        self, node: Node, state: State, taken: list[str]
    ) -> Iterator[tuple[Node, State | None]]:
        if node not in self.thrown:
            yield from super()._fire(node, state, taken)
            return
        heard = self._heard(self.thrown[node], state - set(taken))
        yield node, heard | frozenset(self._out(node))

    def _heard(self, name: str, state: State) -> State:
        """Where everything that waits for a signal is once it has been thrown."""
        added: set[str] = set()
        left = set(state)
        for event in (one for one, awaited in self.awaited.items() if awaited == name):
            host = self.scope.nodes.get(event.element.get("attachedToRef", ""), event)
            gateways = [
                before
                for flow in event.incoming
                if (before := self.scope.nodes.get(flow.source)) is not None
                and before.tag == "eventBasedGateway"
            ]
            for place in (host, *gateways):
                marked = [flow.id for flow in place.incoming if flow.id in left]
                if not marked:
                    continue
                added.update(self._out(event))
                if event.tag != "boundaryEvent" or event.interrupting:
                    left -= {*marked, *(f"!{one.id}" for one in place.boundaries)}
        return frozenset(left | added)


def _turn(node: Node) -> int:
    """When a node has its turn: the case waits only where nothing else can be done."""
    if node.event_kind == "signal" and node.tag in THROWING:
        return _THROWN
    waits = node.tag in _WAITING or node.tag == "eventBasedGateway"
    return _WAITED_FOR if waits or node.properties.get("async") == "true" else _AT_ONCE
