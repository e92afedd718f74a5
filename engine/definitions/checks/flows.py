"""Does each flow leave a place that can decide about it, and each step lead on?"""

from collections.abc import Iterator

from engine.definitions.diagram import Node, Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.errors import Finding
from engine.model.straightening import SPLIT
from engine.sentences import Words

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
            yield error("end-with-outgoing", process.file, node.element, node=node.label)
    elif not node.outgoing and not node.is_handler:
        yield error("no-outgoing", process.file, node.element, node=node.label)


def _shorthand(process: Process, gateway: Node) -> Iterator[Finding]:
    """A split that was drawn without a gateway runs as the standard has it; not all know how."""
    step = process.nodes.get(gateway.id.removeprefix(SPLIT))
    if gateway.id.startswith(SPLIT) and step is not None:
        how = (
            Words("条件成立的都会走", "all are taken whose condition holds")
            if gateway.tag == "inclusiveGateway"
            else Words("会同时走", "all are taken at once")
        )
        yield warning(
            "implicit-split",
            process.file,
            step.element,
            step=step.label,
            number=len(gateway.outgoing),
            how=how,
        )


def _ways_in(process: Process, node: Node) -> Iterator[Finding]:
    if node.incoming and node.tag in {"startEvent", "boundaryEvent"}:
        yield error("start-with-incoming", process.file, node.element, node=node.label)


def _conditions(process: Process, node: Node) -> Iterator[Finding]:
    default = node.element.get("default")
    for flow in node.outgoing:
        if flow.id == default:
            if flow.condition:
                yield error(
                    "default-with-condition",
                    process.file,
                    flow.element,
                    flow=flow.label,
                    node=node.label,
                )
        elif not flow.condition and len(node.outgoing) > 1:
            yield error(
                "flow-without-condition",
                process.file,
                flow.element,
                node=node.label,
                flow=flow.label,
            )


def _idle_conditions(process: Process, node: Node) -> Iterator[Finding]:
    for flow in node.outgoing:
        if flow.condition is not None:
            yield error(
                "condition-ignored", process.file, flow.element, flow=flow.label, node=node.label
            )
    if node.element.get("default"):
        yield error("default-ignored", process.file, node.element, node=node.label)
