"""Can each timer be read, and does it wait at all?"""

from collections.abc import Iterator
from datetime import UTC, datetime

from engine.definitions.bpmn_xml import Element
from engine.definitions.diagram import Node, Process, bpmn, local_name
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding, Invalid
from engine.feel import EvaluationContext, compile_expression
from engine.model.deadlines import Deadline
from engine.sentences import Words

_CONTEXT = EvaluationContext(now=datetime(2026, 1, 1, tzinfo=UTC))


def check(draft: Draft) -> Iterator[Finding]:
    """Timer events: kind, text, sign."""
    for process in draft.processes:
        for node in process.nodes.values():
            if node.event is not None and node.event_kind == "timer":
                yield from _timer(process, node, node.event)


def _timer(process: Process, node: Node, event: Element) -> Iterator[Finding]:
    times = [child for child in event if local_name(child) in {"timeDate", "timeDuration"}]
    cycle = event.find(bpmn("timeCycle"))
    if cycle is not None:
        yield error("timer-cycle", process.file, cycle, node=node.label)
    elif len(times) != 1 or not (times[0].text or "").strip():
        yield error("timer-missing", process.file, node.element, node=node.label)
    else:
        text = (times[0].text or "").strip()
        problem = None if text.startswith("=") else _problem(text, local_name(times[0]))
        if problem:
            yield error(
                "timer-unreadable",
                process.file,
                times[0],
                node=node.label,
                text=text[:60],
                problem=problem,
            )


def _problem(text: str, kind: str) -> Words | None:
    """What is wrong with a plain text; None where nothing is."""
    if kind == "timeDate":
        if _value("date and time", text) is None and _value("date", text) is None:
            return Words("不是日期", "it is no date")
        return None
    return _duration_problem(text) if text.startswith(("P", "-P")) else _limit_problem(text)


def _limit_problem(text: str) -> Words | None:
    try:
        Deadline.parse(text)
    except Invalid:
        return Words("看不懂", "it cannot be read")
    return None


def _duration_problem(text: str) -> Words | None:
    if text.startswith("-"):
        return Words("是负的,会立即到时", "it is negative, so it would be over at once")
    if _value("duration", text) is None:
        if "W" in text:
            return Words("不是时长,一周写作 P7D", "it is no duration; a week is written P7D")
        return Words("不是时长", "it is no duration")
    if not any(digit in "123456789" for digit in text):
        return Words("是零,会立即到时", "it is nought, so it would be over at once")
    return None


def _value(function: str, text: str) -> object:
    """What FEEL makes of a text; None where it makes nothing."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return compile_expression(f'{function}("{quoted}")').evaluate({}, _CONTEXT).value
