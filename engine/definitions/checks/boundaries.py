"""Sits each boundary event where it can happen?"""

from collections.abc import Iterator

from engine.definitions.diagram import Node, Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding

_WAITING = frozenset({"userTask", "callActivity", "subProcess"})
_RAISING = frozenset({"callActivity", "subProcess"})


def check(draft: Draft) -> Iterator[Finding]:
    """Boundary events without an event or on steps that never wait."""
    for process in draft.processes:
        for node in process.of("boundaryEvent"):
            yield from _boundary(process, node)
        for node in process.of("intermediateCatchEvent"):
            if node.event is None:
                yield error("event-missing.catch", process.file, node.element, node=node.label)


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
