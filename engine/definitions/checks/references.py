"""Does everything that is referred to exist?"""

from collections.abc import Iterator

from engine.definitions.diagram import ACTIVITIES, Flow, Node, Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding
from engine.sentences import Words

_START, _END = Words("起点", "start"), Words("终点", "end")


def check(draft: Draft) -> Iterator[Finding]:
    """The ends of flows, default flows, lanes, boundary events, messages and errors."""
    for process in draft.processes:
        for flow in process.flows:
            yield from _flow_ends(process, flow)
        for lane in process.lanes:
            for ref, identity in zip(lane.refs, lane.ids, strict=True):
                if identity not in process.nodes:
                    yield error(
                        "lane-reference",
                        process.file,
                        ref,
                        lane=lane.element.get("name", ""),
                        identity=identity,
                    )
        for node in process.nodes.values():
            yield from _default(process, node)
            yield from _attached(process, node)
            yield from _definitions(draft, process, node)


def _flow_ends(process: Process, flow: Flow) -> Iterator[Finding]:
    for end, identity in ((_START, flow.source), (_END, flow.target)):
        if identity not in process.nodes:
            yield error(
                "flow-reference",
                process.file,
                flow.element,
                flow=flow.label,
                end=end,
                identity=identity,
            )
    source, target = process.nodes.get(flow.source), process.nodes.get(flow.target)
    if source is not None and target is not None and source.scope is not target.scope:
        yield error(
            "flow-crosses-scope.two-levels",
            process.file,
            flow.element,
            flow=flow.label,
            source=source.label,
            target=target.label,
        )
    elif source is not None and flow not in source.outgoing:
        yield error(
            "flow-crosses-scope.drawn-elsewhere",
            process.file,
            flow.element,
            flow=flow.label,
            source=source.label,
        )


def _default(process: Process, node: Node) -> Iterator[Finding]:
    default = node.element.get("default")
    if default and default not in {flow.id for flow in node.outgoing}:
        yield error("default-flow", process.file, node.element, node=node.label, default=default)


def _attached(process: Process, node: Node) -> Iterator[Finding]:
    if node.tag != "boundaryEvent":
        return
    reference = node.element.get("attachedToRef", "")
    host = node.scope.nodes.get(reference)
    if host is None or host.tag not in ACTIVITIES:
        yield error(
            "boundary-reference", process.file, node.element, node=node.label, reference=reference
        )


def _definitions(draft: Draft, process: Process, node: Node) -> Iterator[Finding]:
    if node.event is None:
        return
    for kind in ("message", "error", "signal"):
        reference = node.event.get(f"{kind}Ref")
        if node.event_kind != kind or (not reference and kind == "error"):
            continue
        if reference not in draft.definitions_of(process, kind):
            yield error(
                f"{kind}-reference",
                process.file,
                node.event,
                node=node.label,
                reference=reference or "",
            )
