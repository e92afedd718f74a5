"""Does somebody provide every variable that is read? A misspelt name would be null, silently."""

from collections.abc import Iterator

from engine.definitions.diagram import Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error, meant, warning
from engine.definitions.variables import (
    RESERVED,
    all_forms_usable,
    given,
    readings,
    writings,
    written,
)
from engine.errors import Finding
from engine.sentences import Words

_CHECK_NAME = Words(
    "请核对名称,或让前面的步骤提供它。",
    "Check the name, or let an earlier step provide it.",
)


def check(draft: Draft) -> Iterator[Finding]:
    """Variables read and written by nobody; reserved ones written."""
    for process in draft.processes:
        for writing in writings(draft, process):
            if writing.variable in RESERVED | given(process):
                yield error(
                    "reserved-name",
                    process.file,
                    writing.element,
                    node=writing.node.label,
                    variable=writing.variable,
                )
        if all_forms_usable(draft, process):
            yield from _readings(draft, process)


def _readings(draft: Draft, process: Process) -> Iterator[Finding]:
    provided = written(draft, process)
    for reading in readings(draft, process):
        for name in sorted(reading.names - provided):
            near = meant(name, provided)
            if process.start_role:
                yield error(
                    "name-unknown.here",
                    process.file,
                    reading.element,
                    where=reading.where,
                    name=name,
                    near=near or _CHECK_NAME,
                )
            elif near:
                yield warning(
                    "name-unknown.of-caller",
                    process.file,
                    reading.element,
                    where=reading.where,
                    name=name,
                    near=near,
                )
