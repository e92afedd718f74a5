"""Whether a process is connected so that it can be run as it is drawn."""

from collections.abc import Callable, Iterable, Mapping

from lxml import etree

from engine.runtime.diagram import Diagram, ErrorEvent, Flow, Message, Node, Signal, Timer
from engine.runtime.findings import Findings
from engine.runtime.vocabulary import ACTIVITIES

_DECIDING = ("exclusiveGateway", "inclusiveGateway")
_REPEATABLE = ACTIVITIES - {"receiveTask"}
_WAITING = ("intermediateCatchEvent", "receiveTask")


def check_structure(
    diagram: Diagram, elements: Mapping[str, etree._Element], process_id: str, findings: Findings
) -> None:
    """Report what is not connected, or connected so that it could not run as drawn."""
    _Structure(diagram, elements, process_id, findings).check()


def joins_on_cycle(diagram: Diagram) -> tuple[str, ...]:
    """Ids of parallel and inclusive joins from which a way leads back to themselves.

    They run and their state stays small; a designer may still want to know of them.
    """
    return tuple(
        node.id
        for node in diagram.nodes.values()
        if node.tag in ("parallelGateway", "inclusiveGateway")
        and node.arrivals > 1
        and node.id in reached_from(diagram, (flow.target for flow in node.flows))
    )


def reached_from(diagram: Diagram, first: Iterable[str]) -> set[str]:
    """Ids of everything a token may get to from these elements, themselves included."""
    events: dict[str, list[str]] = {}
    for node in diagram.nodes.values():
        if node.attached_to:
            events.setdefault(node.attached_to, []).append(node.id)
    reached: set[str] = set()
    waiting = list(first)
    while waiting:
        node_id = waiting.pop()
        found = diagram.nodes.get(node_id)
        if found is None or node_id in reached:
            continue
        reached.add(node_id)
        waiting.extend(flow.target for flow in found.flows)
        waiting.extend(events.get(node_id, ()))
        if found.tag == "subProcess":
            waiting.extend(_starts(diagram, node_id))
    return reached


def _starts(diagram: Diagram, container: str) -> list[str]:
    return [
        node.id
        for node in diagram.nodes.values()
        if node.container == container and node.tag == "startEvent"
    ]


class _Structure:
    def __init__(
        self,
        diagram: Diagram,
        elements: Mapping[str, etree._Element],
        process_id: str,
        findings: Findings,
    ) -> None:
        self.diagram, self.elements = diagram, elements
        self.process_id, self.findings = process_id, findings

    def report(self, node: Node, code: str, message: str) -> None:
        self.findings.add(self.elements.get(node.id), code, message)

    def check(self) -> None:
        for container in (self.process_id, *self._sub_processes()):
            self._check_container(container)
        for node in self.diagram.nodes.values():
            for check in _NODE_CHECKS:
                check(self, node)
            for flow in node.flows:
                self._check_flow(node, flow)
        self._check_flow_sources()
        self._check_reached()

    def _sub_processes(self) -> list[str]:
        return [node.id for node in self.diagram.nodes.values() if node.tag == "subProcess"]

    def _check_container(self, container: str) -> None:
        inside = [n for n in self.diagram.nodes.values() if n.container == container]
        element = self.elements.get(container)
        if sum(node.tag == "startEvent" for node in inside) != 1:
            self.findings.add(
                element, "one-start", f"“{container}”要有且只有一个(无触发器的)开始事件。"
            )
        if not any(node.tag == "endEvent" for node in inside):
            self.findings.add(element, "no-end", f"“{container}”没有结束事件。")

    # Flows ---------------------------------------------------------------------------

    def _check_flow(self, node: Node, flow: Flow) -> None:
        target = self.diagram.nodes.get(flow.target)
        element = self.elements.get(flow.id)
        if target is None or target.container != node.container:
            self.findings.add(
                element,
                "flow-target",
                f"流程线“{flow.name or flow.id}”没有连到同一流程(子流程)里的元素。",
            )
        elif target.tag in ("startEvent", "boundaryEvent"):
            self.findings.add(
                element, "flow-target", f"流程线“{flow.name or flow.id}”不能连到“{target.label}”。"
            )
        if flow.condition_text and node.tag not in _DECIDING:
            self.findings.add(
                element,
                "condition-ignored",
                f"流程线“{flow.name or flow.id}”上的条件不会被执行:"
                "条件只能写在排他网关或包容网关之后。",
            )

    def _check_flow_sources(self) -> None:
        for flow_id, element in self.elements.items():
            source = element.get("sourceRef")
            if source is not None and source not in self.diagram.nodes:
                self.findings.add(
                    element, "flow-source", f"流程线“{flow_id}”的起点“{source}”不存在。"
                )

    def _check_reached(self) -> None:
        reached = reached_from(self.diagram, _starts(self.diagram, self.process_id))
        for node in self.diagram.nodes.values():
            if node.id not in reached:
                self.report(
                    node,
                    "unreachable",
                    f"“{node.label}”从开始事件走不到,不会被执行。请连上流程线或删去。",
                )

    # Elements ---------------------------------------------------------------------------

    def exits(self, node: Node) -> None:
        """Ends have no way out, everything else has one."""
        if node.tag == "endEvent":
            if node.flows:
                self.report(node, "end-has-exit", f"结束事件“{node.label}”之后不能再有流程线。")
        elif not node.flows:
            self.report(node, "no-exit", f"“{node.label}”之后没有流程线。请连到下一步或结束事件。")
        if node.tag == "boundaryEvent" and node.arrivals:
            self.report(node, "boundary-entered", f"边界事件“{node.label}”不能有流程线进入。")

    def conditions(self, node: Node) -> None:
        """Every way out of a deciding gateway has a condition, but for one that is the default."""
        if node.tag not in _DECIDING:
            return
        defaults = [flow for flow in node.flows if flow.id == node.default_flow]
        if node.default_flow and not defaults:
            self.report(node, "default-flow", f"网关“{node.label}”的默认流程线不是从它出发的。")
        for flow in node.flows:
            if flow in defaults and flow.condition_text:
                self.report(
                    node,
                    "default-condition",
                    f"网关“{node.label}”的默认流程线“{flow.name or flow.id}”上不能有条件。",
                )
            if flow not in defaults and not flow.condition_text and len(node.flows) > 1:
                self.findings.add(
                    self.elements.get(flow.id),
                    "condition-missing",
                    f"网关“{node.label}”的流程线“{flow.name or flow.id}”没有条件。"
                    "请填写条件,或把它设为默认。",
                )

    def boundary(self, node: Node) -> None:
        """A boundary event sits on an activity and waits for something."""
        if node.tag != "boundaryEvent":
            return
        host = self.diagram.nodes.get(node.attached_to or "")
        if host is None or host.tag not in ACTIVITIES or host.container != node.container:
            self.report(node, "boundary-host", f"边界事件“{node.label}”没有附在任何活动上。")
        if node.event is None:
            self.report(
                node,
                "boundary-event",
                f"边界事件“{node.label}”没有写明等什么(定时、消息、信号或错误)。",
            )
        if isinstance(node.event, ErrorEvent):
            if not node.interrupting:
                self.report(node, "boundary-error", f"错误边界事件“{node.label}”必须中断活动。")
            if host is not None and host.tag not in ("subProcess", "callActivity"):
                self.report(
                    node,
                    "boundary-error",
                    f"错误边界事件“{node.label}”只能附在子流程或调用活动上:"
                    "只有它们里面的错误结束事件会抛出错误。",
                )

    def waiting_event(self, node: Node) -> None:
        """A catch event waits for something; only waits follow an event-based gateway."""
        if node.tag == "intermediateCatchEvent" and node.event is None:
            self.report(
                node, "catch-event", f"中间事件“{node.label}”没有写明等什么(定时、消息或信号)。"
            )
        if node.tag != "eventBasedGateway":
            return
        for flow in node.flows:
            target = self.diagram.nodes.get(flow.target)
            if target is None:
                continue
            if target.tag not in _WAITING or not isinstance(target.event, Timer | Message | Signal):
                self.report(
                    node,
                    "event-gateway",
                    f"事件网关“{node.label}”之后只能是定时、消息、信号事件或接收任务,"
                    f"“{target.label}”不是。",
                )
            elif target.arrivals > 1:
                self.report(
                    target, "event-gateway", f"事件网关之后的“{target.label}”只能有这一条进入的线。"
                )
            elif any(n.attached_to == target.id for n in self.diagram.nodes.values()):
                self.report(
                    target, "event-gateway", f"事件网关之后的“{target.label}”不能有边界事件。"
                )

    def repetition(self, node: Node) -> None:
        """Only what can be repeated is."""
        if (node.loop or node.again) is not None and node.tag not in _REPEATABLE:
            self.report(
                node,
                "loop-element",
                f"“{node.label}”不能设为多实例或循环:接收任务和事件不能重复。",
            )

    def mappings(self, node: Node) -> None:
        """Only what has inputs maps them."""
        if node.inputs and node.tag in ("intermediateCatchEvent", "boundaryEvent", "receiveTask"):
            self.report(node, "event-input", f"事件“{node.label}”没有输入,请删去输入映射。")
        is_event = node.tag in ("intermediateCatchEvent", "boundaryEvent")
        if node.outputs and is_event and not isinstance(node.event, Message):
            self.report(node, "event-output", f"“{node.label}”不是消息事件,不能有输出映射。")


_NODE_CHECKS: tuple[Callable[[_Structure, Node], None], ...] = (
    _Structure.exits,
    _Structure.conditions,
    _Structure.boundary,
    _Structure.waiting_event,
    _Structure.repetition,
    _Structure.mappings,
)
