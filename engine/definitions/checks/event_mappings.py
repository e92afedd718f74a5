"""Does an event map what it neither has nor brings?"""

from collections.abc import Iterator

from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding


def check(draft: Draft) -> Iterator[Finding]:
    """Input mappings of events, and output mappings of events that are no message."""
    for process, node in draft.nodes("intermediateCatchEvent", "boundaryEvent"):
        if node.inputs:
            yield error("event-input", process.file, node.element, node=node.label)
        if node.outputs and node.event is not None and node.event_kind != "message":
            yield error("event-output", process.file, node.element, node=node.label)
