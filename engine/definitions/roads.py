"""Which new steps of a version a case will still come to, and which lie behind it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.model.definitions import Element, ElementKind
from engine.runtime import Program, Renaming
from engine.runtime.diagram import Message, Node, Timer

Place = tuple[str, str]
"""Process key and element id."""


@dataclass(frozen=True)
class Way:
    """A new step as seen from where a case stands.

    ``ahead``: the case can come to it. ``behind``: the case has gone by the place where it lies
    now. Both, where the case can be sent back.
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

    def after(self, place: Place) -> Iterable[Place]:
        """What comes right after an element."""
        return self._next.get(place, ())

    def before(self, place: Place) -> Iterable[Place]:
        """What lies right before an element."""
        return [source for source, targets in self._next.items() if place in targets]

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


@dataclass(frozen=True)
class Taken:
    """An element a case has left, and where it went from there; ids of the new version."""

    at: Place
    to: tuple[Place, ...]


class NewSteps:
    """The steps of people that one version has more than another."""

    def __init__(self, old: Program, new: Program, renaming: Renaming) -> None:
        self._old, self._renaming = old, renaming
        self._roads = Roads(new)
        self._known = {
            (key, renaming.of(key, node_id))
            for key in old.processes
            for node_id in old.diagram(key).nodes
            if key in new.processes and self._goes_on(new, key, node_id)
        }
        self.steps = tuple(
            element
            for key in new.processes
            for element in new.elements(key)
            if element.kind is ElementKind.USER_TASK and (key, element.id) not in self._known
        )
        self._beside = {step.id: self._next_to(step) for step in self.steps}

    def _goes_on(self, new: Program, key: str, node_id: str) -> bool:
        """Whether an element goes on under its id, or is gone and goes on under another.

        One that stays, and from which cases are sent elsewhere, does not make that other known.
        """
        nodes = new.diagram(key).nodes
        target = self._renaming.of(key, node_id)
        return target in nodes and (target == node_id or node_id not in nodes)

    def _next_to(self, step: Element) -> tuple[frozenset[Place], frozenset[Place]]:
        """The elements of the old version right before a new step, and right behind it."""
        at = (step.process_key, step.id)
        return (
            self._nearest(at, self._roads.before),
            self._nearest(at, self._roads.after),
        )

    def _nearest(self, start: Place, leads: Callable[[Place], Iterable[Place]]) -> frozenset[Place]:
        found: set[Place] = set()
        seen: set[Place] = {start}
        waiting = [start]
        while waiting:
            for place in leads(waiting.pop()):
                if place in self._known:
                    found.add(place)
                elif place not in seen:
                    seen.add(place)
                    waiting.append(place)
        return frozenset(found)

    def path(self, passed: Iterable[Sequence[object]]) -> list[Taken]:
        """What a case has passed, as its history says it: process, element, ids of flows."""
        found = []
        for key, element_id, flow_ids in passed:
            diagram = self._old.diagram(str(key)) if key in self._old.processes else None
            node = None if diagram is None else diagram.nodes.get(str(element_id))
            if node is None:
                continue
            ids = flow_ids if isinstance(flow_ids, list) else []
            targets = [flow.target for flow in node.flows if flow.id in ids]
            of = self._renaming.of
            found.append(
                Taken(
                    (str(key), of(str(key), node.id)),
                    tuple(self._reached(str(key), targets)),
                )
            )
        return found

    def _reached(self, key: str, targets: Iterable[str]) -> Iterator[Place]:
        """Where flows of the old version led, past elements that the new one has no more."""
        nodes = self._old.diagram(key).nodes
        seen: set[str] = set()
        waiting = list(targets)
        while waiting:
            target = waiting.pop()
            if target in seen or target not in nodes:
                continue
            seen.add(target)
            place = (key, self._renaming.of(key, target))
            yield place
            if place not in self._known:
                waiting.extend(flow.target for flow in nodes[target].flows)

    def seen_from(self, places: Iterable[Place], path: Sequence[Taken]) -> tuple[Way, ...]:
        """Each new step that lies before or behind these places, where a case stands."""
        standing = set(places)
        found = []
        for step in self.steps:
            at = (step.process_key, step.id)
            ahead = any(at == place or at in self._roads.from_here(place) for place in standing)
            leads_here = not standing.isdisjoint(self._roads.from_here(at))
            behind = at not in standing and (
                (leads_here and not ahead) or self._went_by(step, standing, path)
            )
            if ahead or behind:
                found.append(Way(step, ahead, behind))
        return tuple(found)

    def _went_by(self, step: Element, standing: set[Place], path: Sequence[Taken]) -> bool:
        """Whether the case went where the step lies now, and has not been sent back since."""
        before, after = self._beside[step.id]
        first = next(
            (
                number
                for number, taken in enumerate(path)
                if taken.at in before and not after.isdisjoint(taken.to)
            ),
            None,
        )
        if first is None:
            return False
        earlier = {taken.at for taken in path[: first + 1]}
        return not standing <= earlier


def asked_of(program: Program, step: Element) -> frozenset[str]:
    """What a step writes that something else of its process cannot do without.

    A condition, the time of a timer, the key of a message and a list must come to something.
    """
    nodes = program.diagram(step.process_key).nodes
    asked: set[str] = set()
    for node in nodes.values():
        for flow in node.flows:
            asked.update(() if flow.condition is None else flow.condition.free_names)
        if node.loop is not None:
            asked.update(node.loop.collection.free_names)
            asked.update(() if node.loop.until is None else node.loop.until.free_names)
        if node.again is not None:
            asked.update(node.again.condition.free_names)
        if isinstance(node.event, Timer):
            asked.update(node.event.source.free_names)
        elif isinstance(node.event, Message):
            asked.update(node.event.key.free_names)
    return frozenset(asked & _written(program, nodes[step.id]))


def _written(program: Program, node: Node) -> set[str]:
    if node.outputs:
        return {one.target[0] for one in node.outputs}
    form = program.form_of(node.element)
    return set() if form is None else {one.path[0] for one in form.fields.values()}
