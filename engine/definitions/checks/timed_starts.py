"""Can the calendar begin cases of a process whose start event is a timer?"""

from collections.abc import Iterator

from engine.definitions.diagram import Node, Process, bpmn
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding
from engine.model.definitions import STARTS_FROM


def check(draft: Draft) -> Iterator[Finding]:
    """A date, at the outermost level, of a process that begins at a level and asks for nothing."""
    for process in draft.processes:
        for node in process.of("startEvent"):
            if node.event_kind == "timer":
                for what in _wrong(process, node):
                    yield error(what, process.file, node.element, node=node.label)


def _wrong(process: Process, node: Node) -> Iterator[str]:
    if node.scope.owner is not None:
        yield "timed-start.inside"
        return
    if node.event is not None and node.event.find(bpmn("timeDuration")) is not None:
        yield "timed-start.duration"
    if not process.start_role:
        yield "timed-start.called"
    elif process.properties.get(STARTS_FROM, "").strip():
        yield "timed-start.from"
    elif not process.properties.get("startLevel", "").strip():
        yield "timed-start.level"
    if node.form_id:
        yield "timed-start.form"
