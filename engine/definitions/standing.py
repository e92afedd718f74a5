"""Can a case go on to its end from where it would stand in another version?

The token game of the gate, begun where the case's tokens are: a case that was taken over into a
parallel region with one branch more would wait at the join for ever, though the version itself is
sound.
"""

from collections.abc import Mapping, Sequence

from engine.definitions.diagram import Node, Scope, read_processes
from engine.definitions.soundness import State, explore_from
from engine.runtime import Mark, Program


class Ways:
    """The scopes of one version, read once for all its cases."""

    def __init__(self, program: Program) -> None:
        self._scopes: dict[tuple[str, str], Scope] = {}
        self._known: dict[tuple[str, str, State], tuple[str, ...]] = {}
        for key in program.processes:
            diagram = program.diagram(key)
            for process in read_processes(diagram.root, diagram.file):
                if process.key == key:
                    for scope in process.scopes:
                        name = key if scope.owner is None else scope.owner.id
                        self._scopes[key, name] = scope

    def stuck_at(self, marks: Sequence[Mark]) -> tuple[str, ...]:
        """The elements at which a case would wait for ever, or come by twice; none if it ends."""
        parts: dict[tuple[str, str, str], list[Mark]] = {}
        for mark in marks:
            parts.setdefault((mark.part, mark.process_key, mark.container), []).append(mark)
        for (_part, process_key, container), there in parts.items():
            found = self._stuck(process_key, container, there)
            if found:
                return found
        return ()

    def _stuck(self, process_key: str, container: str, marks: Sequence[Mark]) -> tuple[str, ...]:
        scope = self._scopes.get((process_key, container))
        if scope is None:
            return ()
        tokens = _tokens(scope, {mark.element_id: mark for mark in marks})
        if not any(not token.startswith("!") for token in tokens):
            return ()
        place = (process_key, container, tokens)
        if place not in self._known:
            self._known[place] = _judged(scope, tokens)
        return self._known[place]


def _judged(scope: Scope, tokens: State) -> tuple[str, ...]:
    found = explore_from(scope, tokens)
    if found.stuck is not None and found.stuck.at:
        return tuple(dict.fromkeys(node.id for node in found.stuck.at))
    doubled = found.doubled
    # As at the gate: a reminder beside a step may still be on its way when the step is done again.
    if doubled is not None and not any(_goes_beside(node) for node in doubled.trace):
        return (doubled.flow.target,)
    return ()


def _goes_beside(node: Node) -> bool:
    return node.tag == "boundaryEvent" and not node.interrupting


def _tokens(scope: Scope, marks: Mapping[str, Mark]) -> State:
    """Where the tokens are, as flows that carry one."""
    tokens: set[str] = set()
    for element_id, mark in marks.items():
        node = scope.nodes.get(element_id)
        if node is None or mark.beside:
            continue
        if mark.arrived:
            left = list(mark.arrived)
            for flow in node.incoming:
                if flow.source in left:
                    left.remove(flow.source)
                    tokens.add(flow.id)
            continue
        gateway = next(
            (
                before
                for flow in node.incoming
                if (before := scope.nodes.get(flow.source)) is not None
                and before.tag == "eventBasedGateway"
            ),
            node,
        )
        tokens.update(flow.id for flow in gateway.incoming[:1])
        tokens.update(
            f"!{event.id}"
            for event in node.boundaries
            if not event.interrupting and event.id not in marks
        )
    return frozenset(tokens)
