"""Do ``countedFrom``, ``limitOf``, ``article``, ``fromParameter`` stand where there is a limit?"""

from collections.abc import Iterator

from engine.definitions.diagram import Node, Process, bpmn
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding
from engine.model.definitions import (
    ARTICLE,
    COUNTED_FROM,
    FROM_PARAMETER,
    LIMIT_OF,
    PAUSED_FOR,
)

_NAMES = (COUNTED_FROM, LIMIT_OF, PAUSED_FOR, ARTICLE, FROM_PARAMETER)


def check(draft: Draft) -> Iterator[Finding]:
    """Properties of a limit on steps and timers."""
    for process in draft.processes:
        for node in process.nodes.values():
            said = [name for name in _NAMES if node.properties.get(name, "").strip()]
            if said:
                yield from _node(process, node, said)


def _node(process: Process, node: Node, said: list[str]) -> Iterator[Finding]:
    text = _limit_of(node)
    if text is None:
        yield error("limit-place.none", process.file, node.element, node=node.label, name=said[0])
    elif PAUSED_FOR in said and COUNTED_FROM not in said:
        yield error("limit-place.pauses", process.file, node.element, node=node.label)
    elif COUNTED_FROM in said and _is_date(node):
        yield error("limit-place.date", process.file, node.element, node=node.label)
    elif COUNTED_FROM in said and _is_of_hours(text):
        yield error(
            "limit-place.hours", process.file, node.element, node=node.label, text=text[:60]
        )


def _limit_of(node: Node) -> str | None:
    """The limit of a step or what a timer waits for; None where there is neither."""
    if node.tag == "userTask":
        return node.properties.get("deadline", "").strip() or None
    if node.event is None or node.event_kind != "timer" or node.tag == "startEvent":
        return None
    times = (node.event.find(bpmn(name)) for name in ("timeDuration", "timeDate"))
    return next(((one.text or "").strip() for one in times if one is not None), None)


def _is_date(node: Node) -> bool:
    return node.event is not None and node.event.find(bpmn("timeDate")) is not None


def _is_of_hours(text: str) -> bool:
    return not text.startswith("=") and (text.endswith("h") or "T" in text)
