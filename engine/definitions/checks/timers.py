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
        yield error(
            "timer-cycle",
            f"{node.label}是周期定时(timeCycle),不支持。请用时长(timeDuration),需要重复时画一条走回来的连线。",
            process.file,
            cycle,
        )
    elif len(times) != 1 or not (times[0].text or "").strip():
        yield error(
            "timer-missing",
            f"{node.label}没有写时间,或写了不止一个。请填写一个时长(如 P5D、5wd)或日期。",
            process.file,
            node.element,
        )
    else:
        text = (times[0].text or "").strip()
        problem = None if text.startswith("=") else _problem(text, local_name(times[0]))
        if problem:
            yield error(
                "timer-unreadable",
                f"{node.label}的时间“{text[:60]}”{problem}",
                process.file,
                times[0],
            )


def _problem(text: str, kind: str) -> str | None:
    """What is wrong with a plain text; None where nothing is."""
    if kind == "timeDate":
        if _value("date and time", text) is None and _value("date", text) is None:
            return "不是日期。请写成 2026-03-01、2026-03-01T09:00:00,或以 = 开头的表达式。"
        return None
    return _duration_problem(text) if text.startswith(("P", "-P")) else _limit_problem(text)


def _limit_problem(text: str) -> str | None:
    try:
        Deadline.parse(text)
    except Invalid:
        return "看不懂。请写成 5wd(工作日)、P5D(日)、PT4H(小时),或以 = 开头的表达式。"
    return None


def _duration_problem(text: str) -> str | None:
    if text.startswith("-"):
        return "是负的,会立即到时。请写成正的时长。"
    if _value("duration", text) is None:
        week = "一周请写成 P7D。" if "W" in text else "请写成 P5D(日)、PT4H(小时)或 5wd(工作日)。"
        return f"不是时长。{week}"
    if not any(digit in "123456789" for digit in text):
        return "是零,会立即到时。请写成正的时长。"
    return None


def _value(function: str, text: str) -> object:
    """What FEEL makes of a text; None where it makes nothing."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return compile_expression(f'{function}("{quoted}")').evaluate({}, _CONTEXT).value
