"""Where a case goes on behind a step, read off its drawing: nobody knows the answers yet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from engine.model.definitions import Element, ElementKind
from engine.runtime import Program
from engine.runtime.diagram import Node, ProcessCall

_PASSED_THROUGH = frozenset(
    {
        ElementKind.SCRIPT_TASK,
        ElementKind.DECISION_TASK,
        ElementKind.SERVICE_TASK,
        ElementKind.EXCLUSIVE,
        ElementKind.PARALLEL,
        ElementKind.INCLUSIVE,
        ElementKind.EVENT_BASED,
        ElementKind.THROW,
        ElementKind.START,
    }
)


@dataclass(frozen=True)
class _Place:
    """Somewhere behind a step, ``ways`` there, and the calls it lies in with the ways to them.

    ``ended``: the ends of sub-processes it was come to by, since anything was decided.
    """

    process_key: str
    element_id: str
    ways: tuple[str, ...]
    calls: tuple[tuple[Element, tuple[str, ...]], ...] = ()
    ended: tuple[Element, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """What it is known by: behind another end another answer is settled."""
        return (self.process_key, self.element_id, *(one.id for one in self.ended))


def ahead(program: Program, start: Element) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """What people come to behind a step, each once, the ways named on the flows in between.

    Called processes are gone into and come out of: what answers there by itself is no way. Behind a
    sub-process that ended its end has settled the next answer: the way that has its name is taken,
    and where none has, the end itself is what is come to, as of kind SUB_PROCESS.
    """
    here = _Place(start.process_key, start.id, (), _only_call(program, start.process_key))
    seen = {here.key}
    waiting = _behind(start, here)
    while waiting:
        place = waiting.pop(0)
        node = program.diagram(place.process_key).nodes.get(place.element_id)
        if node is None or place.key in seen:
            continue
        seen.add(place.key)
        onward = _onward(program, node, place)
        if onward is not None:
            waiting = [*onward, *waiting]
        elif node.element.kind is ElementKind.EXCLUSIVE:
            yield replace(place.ended[0], kind=ElementKind.SUB_PROCESS), place.ways
        elif node.element.kind is not ElementKind.END or place.process_key == program.key:
            yield node.element, place.ways


def _onward(program: Program, node: Node, place: _Place) -> list[_Place] | None:
    """The places behind one that nobody stops at; None where people do, or nothing is behind."""
    element = node.element
    if element.kind is ElementKind.EXCLUSIVE and place.ended and len(element.outgoing) > 1:
        return _settled(element, place)
    if element.kind in _PASSED_THROUGH:
        return _behind(element, place)
    nodes = program.diagram(place.process_key).nodes
    if element.kind is ElementKind.SUB_PROCESS:
        return _starts(nodes, element.id, place)
    if isinstance(node.action, ProcessCall) and node.action.process_key in program.processes:
        called = node.action.process_key
        inside = replace(place, process_key=called, calls=(*place.calls, (element, place.ways)))
        return _starts(program.diagram(called).nodes, called, inside)
    if element.kind is ElementKind.END:
        return _behind_end(nodes, node, place)
    return None


def _behind_end(nodes: Mapping[str, Node], node: Node, place: _Place) -> list[_Place] | None:
    if node.container in nodes:
        outside = replace(place, ended=(*place.ended, node.element))
        return _behind(nodes[node.container].element, outside)
    if place.calls:
        call, ways = place.calls[-1]
        return _behind(call, _Place(call.process_key, call.id, ways, place.calls[:-1]))
    return None


def _settled(gateway: Element, place: _Place) -> list[_Place] | None:
    """The one way that is named in an end it was come to by; of several the longest name."""
    named = [
        (len(flow.flow_name), behind)
        for flow, behind in zip(gateway.outgoing, _behind(gateway, place), strict=True)
        if flow.flow_name and any(flow.flow_name in one.name for one in place.ended)
    ]
    if not named:
        return None
    _, taken = max(named, key=lambda one: one[0])
    return [replace(taken, ended=())]


def _only_call(program: Program, process_key: str) -> tuple[tuple[Element, tuple[str, ...]], ...]:
    """Where a called process goes on, if it is called from one place only."""
    if process_key == program.key:
        return ()
    calls = [
        node.element
        for key in program.processes
        for node in program.diagram(key).calls()
        if isinstance(node.action, ProcessCall) and node.action.process_key == process_key
    ]
    return ((calls[0], ()),) if len(calls) == 1 else ()


def _starts(nodes: Mapping[str, Node], container: str, place: _Place) -> list[_Place]:
    return [
        replace(place, element_id=one.id)
        for one in nodes.values()
        if one.container == container
        and one.element.kind is ElementKind.START
        and one.event is None
    ]


def _behind(element: Element, place: _Place) -> list[_Place]:
    return [
        replace(
            place,
            element_id=flow.target_id,
            ways=(*place.ways, flow.flow_name)
            if flow.flow_name and flow.flow_name not in place.ways
            else place.ways,
        )
        for flow in element.outgoing
    ]
