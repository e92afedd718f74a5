"""Does an event map what it neither has nor brings?"""

from collections.abc import Iterator

from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding


def check(draft: Draft) -> Iterator[Finding]:
    """Input mappings of events, and output mappings of events that are no message."""
    for process, node in draft.nodes("intermediateCatchEvent", "boundaryEvent"):
        if node.inputs:
            yield error(
                "event-input",
                f"{node.label}是事件,没有输入,输入映射不会执行。请删去。",
                process.file,
                node.element,
            )
        if node.outputs and node.event is not None and node.event_kind != "message":
            yield error(
                "event-output",
                f"{node.label}不是消息事件,不带来内容,输出映射不会执行。请删去。",
                process.file,
                node.element,
            )
