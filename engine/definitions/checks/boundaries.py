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
                yield error(
                    "event-missing",
                    f"{node.label}没有写等什么。请选择定时或消息。",
                    process.file,
                    node.element,
                )
        for node in process.of("endEvent"):
            if node.event_kind == "error":
                yield from _error_end(draft, process, node)


def _boundary(process: Process, node: Node) -> Iterator[Finding]:
    if node.event is None:
        yield error(
            "event-missing",
            f"{node.label}没有写等什么。请选择定时、消息或错误。",
            process.file,
            node.element,
        )
        return
    host = node.scope.nodes.get(node.element.get("attachedToRef", ""))
    if host is None:
        return
    waits = host.tag in _WAITING or host.properties.get("async") == "true"
    if node.event_kind == "error":
        if host.tag not in _RAISING:
            yield error(
                "boundary-never",
                f"{node.label}附在{host.label}上,那里不会发生错误事件。错误边界只能附在子流程或调用流程上。",
                process.file,
                node.element,
            )
        if not node.interrupting:
            yield error(
                "boundary-never",
                f"{node.label}是错误事件,必须中断。请改成中断的边界事件。",
                process.file,
                node.element,
            )
    elif not waits:
        yield error(
            "boundary-never",
            f"{node.label}附在{host.label}上,它一办就完,等不到事件。请附在由人办的步骤、子流程或调用流程上。",
            process.file,
            node.element,
        )


def _error_end(draft: Draft, process: Process, node: Node) -> Iterator[Finding]:
    reference = "" if node.event is None else node.event.get("errorRef", "")
    definition = draft.definitions_of(process, "error").get(reference)
    if definition is None or not definition.get("errorCode", "").strip():
        yield error(
            "error-without-code",
            f"{node.label}没有错误编码,接不住。请选择一个带编码的错误。",
            process.file,
            node.element,
        )
        return
    if node.scope.owner is None:
        if process.start_role:
            yield error(
                "error-uncaught",
                f"{node.label}在最外层抛出错误,没有人接。请改成普通结束事件。",
                process.file,
                node.element,
            )
        return
    owners = [scope.owner for scope in node.scope.around() if scope.owner is not None]
    catching = [b for owner in owners for b in owner.boundaries if b.event_kind == "error"]
    if not catching and process.start_role:
        yield error(
            "error-uncaught",
            f"{node.label}抛出的错误没有边界事件接住。请在子流程上加一个错误边界事件。",
            process.file,
            node.element,
        )
