"""Does each flow leave a place that can decide about it, and each step lead on?"""

from collections.abc import Iterator

from engine.definitions.diagram import Node, Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.errors import Finding
from engine.model.straightening import SPLIT

_CHOOSING = ("exclusiveGateway", "inclusiveGateway")


def check(draft: Draft) -> Iterator[Finding]:
    """Conditions where nothing asks for them, choices without one, steps that split."""
    for process in draft.processes:
        for node in process.nodes.values():
            yield from _ways_out(process, node)
            yield from _ways_in(process, node)
            yield from _shorthand(process, node)
            if node.tag in _CHOOSING:
                yield from _conditions(process, node)
            else:
                yield from _idle_conditions(process, node)


def _ways_out(process: Process, node: Node) -> Iterator[Finding]:
    if node.tag == "endEvent":
        if node.outgoing:
            yield error(
                "end-with-outgoing",
                f"{node.label}后面还有连线。请改成中间事件,或删去连线。",
                process.file,
                node.element,
            )
    elif not node.outgoing and not node.is_handler:
        yield error(
            "no-outgoing",
            f"{node.label}没有出线,办到这里就断了。请接到下一步或结束事件。",
            process.file,
            node.element,
        )


def _shorthand(process: Process, gateway: Node) -> Iterator[Finding]:
    """A split that was drawn without a gateway runs as the standard has it; not all know how."""
    step = process.nodes.get(gateway.id.removeprefix(SPLIT))
    if gateway.id.startswith(SPLIT) and step is not None:
        how = "条件成立的都会走" if gateway.tag == "inclusiveGateway" else "会同时走"
        yield warning(
            "implicit-split",
            f"{step.label}有 {len(gateway.outgoing)} 条出线,中间没有网关:按 BPMN 规则,{how}。"
            "如果只该走一条,请加一个排他网关。",
            process.file,
            step.element,
        )


def _ways_in(process: Process, node: Node) -> Iterator[Finding]:
    if node.incoming and node.tag in {"startEvent", "boundaryEvent"}:
        yield error(
            "start-with-incoming",
            f"{node.label}不能有进线。请把连线接到它后面的步骤。",
            process.file,
            node.element,
        )


def _conditions(process: Process, node: Node) -> Iterator[Finding]:
    default = node.element.get("default")
    for flow in node.outgoing:
        if flow.id == default:
            if flow.condition:
                yield error(
                    "default-with-condition",
                    f"{flow.label}是{node.label}的默认连线,它的条件不会被看。请删去条件或换默认连线。",
                    process.file,
                    flow.element,
                )
        elif not flow.condition and len(node.outgoing) > 1:
            yield error(
                "flow-without-condition",
                f"{node.label}的{flow.label}没有条件。请填写以 = 开头的条件,或设为默认连线。",
                process.file,
                flow.element,
            )


def _idle_conditions(process: Process, node: Node) -> Iterator[Finding]:
    for flow in node.outgoing:
        if flow.condition is not None:
            yield error(
                "condition-ignored",
                f"{flow.label}从{node.label}出来,那里不看条件。请在中间加一个排他网关,把条件写在网关的出线上。",
                process.file,
                flow.element,
            )
    if node.element.get("default"):
        yield error(
            "default-ignored",
            f"{node.label}不能有默认连线,只有排他网关和包容网关可以。请加一个网关。",
            process.file,
            node.element,
        )
