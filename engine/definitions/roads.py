"""Which new steps of a version a case will still come to, and which lie behind it."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.model.definitions import Element, ElementKind
from engine.runtime import Program, Renaming

Place = tuple[str, str]
"""Process key and element id."""


@dataclass(frozen=True)
class Way:
    """A new step as seen from where a case stands.

    ``ahead``: the case can come to it. ``behind``: it lies before where the case stands, which did
    not do it. Both, where the case can be sent back.
    """

    step: Element
    ahead: bool
    behind: bool


class Roads:
    """What leads where in one version."""

    def __init__(self, program: Program) -> None:
        self._next: dict[Place, list[Place]] = {}
        self._reached: dict[Place, frozenset[Place]] = {}
        for key in program.processes:
            self._draw(program, key)

    def from_here(self, place: Place) -> frozenset[Place]:
        """Everything the work can come to from an element, itself not included unless again."""
        if place not in self._reached:
            seen: set[Place] = set()
            waiting = list(self._next.get(place, ()))
            while waiting:
                found = waiting.pop()
                if found not in seen:
                    seen.add(found)
                    waiting.extend(self._next.get(found, ()))
            self._reached[place] = frozenset(seen)
        return self._reached[place]

    def _draw(self, program: Program, key: str) -> None:
        nodes = program.diagram(key).nodes
        starts: dict[str, list[Place]] = {}
        boundaries: dict[str, list[Place]] = {}
        for node in nodes.values():
            if node.element.kind is ElementKind.START:
                starts.setdefault(node.container, []).append((key, node.id))
            if node.attached_to is not None:
                boundaries.setdefault(node.attached_to, []).append((key, node.id))
        for node in nodes.values():
            place = (key, node.id)
            out = [(key, flow.target) for flow in node.flows]
            self._lead(place, [*out, *boundaries.get(node.id, ()), *starts.get(node.id, ())])
            holder = nodes.get(node.container)
            if holder is not None:  # whatever lies in a sub-process can be ended around it
                self._lead(place, boundaries.get(holder.id, ()))
                if node.element.kind is ElementKind.END:
                    self._lead(place, [(key, flow.target) for flow in holder.flows])
            called = getattr(node.action, "process_key", None)
            if called in program.processes:
                self._call(program, str(called), place, out)

    def _call(self, program: Program, called: str, place: Place, out: list[Place]) -> None:
        for inner in program.diagram(called).nodes.values():
            if inner.container != called:
                continue
            if inner.element.kind is ElementKind.START:
                self._lead(place, [(called, inner.id)])
            elif inner.element.kind is ElementKind.END:
                self._lead((called, inner.id), out)

    def _lead(self, place: Place, targets: Iterable[Place]) -> None:
        self._next.setdefault(place, []).extend(targets)


class NewSteps:
    """The steps of people that one version has more than another."""

    def __init__(self, old: Program, new: Program, renaming: Renaming) -> None:
        self._roads = Roads(new)
        renamed = {
            (key, renaming.of(key, node_id))
            for key in old.processes
            for node_id in old.diagram(key).nodes
            if key in new.processes and node_id not in new.diagram(key).nodes
        }
        self.steps = tuple(
            element
            for key in new.processes
            for element in new.elements(key)
            if element.kind is ElementKind.USER_TASK
            and (key, element.id) not in renamed
            and not (key in old.processes and element.id in old.diagram(key).nodes)
        )

    def seen_from(self, places: Iterable[Place]) -> tuple[Way, ...]:
        """Each new step that lies before or behind these places, where a case stands."""
        standing = set(places)
        found = []
        for step in self.steps:
            at = (step.process_key, step.id)
            ahead = any(at == place or at in self._roads.from_here(place) for place in standing)
            behind = at not in standing and not standing.isdisjoint(self._roads.from_here(at))
            if ahead or behind:
                found.append(Way(step, ahead, behind))
        return tuple(found)
