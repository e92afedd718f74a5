"""Sits each boundary event where it can happen, and is each error caught?"""

from collections.abc import Iterator

from engine.definitions.diagram import Node, Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding

_WAITING = frozenset({"userTask", "callActivity", "subProcess"})
_RAISING = frozenset({"callActivity", "subProcess"})


def check(draft: Draft) -> Iterator[Finding]:
    """Boundary events without an event or on steps that never wait; errors nobody catches."""
    for process in draft.processes:
        for node in process.of("boundaryEvent"):
            yield from _boundary(process, node)
        for node in process.of("intermediateCatchEvent"):
            if node.event is None:
                yield error("event-missing.catch", process.file, node.element, node=node.label)
        for node in process.of("endEvent"):
            if node.event_kind == "error":
                yield from _error_end(draft, process, node)


def _boundary(process: Process, node: Node) -> Iterator[Finding]:
    if node.event is None:
        yield error("event-missing.boundary", process.file, node.element, node=node.label)
        return
    host = node.scope.nodes.get(node.element.get("attachedToRef", ""))
    if host is None:
        return
    waits = host.tag in _WAITING or host.properties.get("async") == "true"
    if node.event_kind == "error":
        if host.tag not in _RAISING:
            yield error(
                "boundary-never.on-step",
                process.file,
                node.element,
                node=node.label,
                host=host.label,
            )
        if not node.interrupting:
            yield error(
                "boundary-never.not-interrupting", process.file, node.element, node=node.label
            )
    elif not waits:
        yield error(
            "boundary-never.does-not-wait",
            process.file,
            node.element,
            node=node.label,
            host=host.label,
        )


def _error_end(draft: Draft, process: Process, node: Node) -> Iterator[Finding]:
    reference = "" if node.event is None else node.event.get("errorRef", "")
    definition = draft.definitions_of(process, "error").get(reference)
    if definition is None or not definition.get("errorCode", "").strip():
        yield error("error-without-code", process.file, node.element, node=node.label)
        return
    if node.scope.owner is None:
        if process.start_role:
            yield error("error-uncaught.outermost", process.file, node.element, node=node.label)
        return
    owners = [scope.owner for scope in node.scope.around() if scope.owner is not None]
    catching = [b for owner in owners for b in owner.boundaries if b.event_kind == "error"]
    if not catching and process.start_role:
        yield error("error-uncaught.inside", process.file, node.element, node=node.label)
