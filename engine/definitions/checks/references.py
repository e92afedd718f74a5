"""Does everything that is referred to exist?"""

from collections.abc import Iterator

from engine.definitions.diagram import ACTIVITIES, Flow, Node, Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding


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
                        f"泳道“{lane.element.get('name', '')}”列出的元素“{identity}”"
                        "不存在。请在编辑器中重新保存。",
                        process.file,
                        ref,
                    )
        for node in process.nodes.values():
            yield from _default(process, node)
            yield from _attached(process, node)
            yield from _definitions(draft, process, node)


def _flow_ends(process: Process, flow: Flow) -> Iterator[Finding]:
    for end, identity in (("起点", flow.source), ("终点", flow.target)):
        if identity not in process.nodes:
            yield error(
                "flow-reference",
                f"{flow.label}的{end}“{identity}”不存在。请重新连接或删去这条连线。",
                process.file,
                flow.element,
            )
    source, target = process.nodes.get(flow.source), process.nodes.get(flow.target)
    if source is not None and target is not None and source.scope is not target.scope:
        yield error(
            "flow-crosses-scope",
            f"{flow.label}穿过了子流程的边框(从{source.label}到{target.label})。"
            "连线只能在同一层内,请接到子流程本身。",
            process.file,
            flow.element,
        )
    elif source is not None and flow not in source.outgoing:
        yield error(
            "flow-crosses-scope",
            f"{flow.label}画在别的层里,与{source.label}不在同一层。请删去后重画。",
            process.file,
            flow.element,
        )


def _default(process: Process, node: Node) -> Iterator[Finding]:
    default = node.element.get("default")
    if default and default not in {flow.id for flow in node.outgoing}:
        yield error(
            "default-flow",
            f"{node.label}的默认连线“{default}”不是它的出线。请重新指定默认连线。",
            process.file,
            node.element,
        )


def _attached(process: Process, node: Node) -> Iterator[Finding]:
    if node.tag != "boundaryEvent":
        return
    reference = node.element.get("attachedToRef", "")
    host = node.scope.nodes.get(reference)
    if host is None or host.tag not in ACTIVITIES:
        yield error(
            "boundary-reference",
            f"{node.label}要附在“{reference}”上,但同一层里没有这个步骤。请重新附着。",
            process.file,
            node.element,
        )


def _definitions(draft: Draft, process: Process, node: Node) -> Iterator[Finding]:
    if node.event is None:
        return
    for kind, word in (("message", "消息"), ("error", "错误")):
        reference = node.event.get(f"{kind}Ref")
        if node.event_kind != kind or (not reference and kind == "error"):
            continue
        if reference not in draft.definitions_of(process, kind):
            yield error(
                f"{kind}-reference",
                f"{node.label}引用的{word}“{reference or ''}”不存在。请在编辑器中选择一个{word}。",
                process.file,
                node.event,
            )
