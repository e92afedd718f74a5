"""Does somebody provide every variable that is read? A misspelt name would be null, silently."""

from collections.abc import Iterator

from engine.definitions.diagram import Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error, meant, warning
from engine.definitions.variables import (
    RESERVED,
    Provided,
    all_forms_usable,
    given,
    readings,
    writings,
)
from engine.errors import Finding
from engine.model.items import OF_ITEMS
from engine.sentences import Words

_CHECK_NAME = Words(
    "请核对名称,或让前面的步骤提供它。",
    "Check the name, or let an earlier step provide it.",
)


def check(draft: Draft) -> Iterator[Finding]:
    """Variables read and written by nobody; reserved ones written."""
    for process in draft.processes:
        for writing in writings(draft, process):
            if writing.variable in RESERVED | OF_ITEMS | given(process):
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
    known = Provided(draft, process)
    anywhere = known.anywhere()
    for reading in readings(draft, process):
        provided = known.at(reading.inside)
        for name in sorted(reading.names - provided):
            near = _only_in_items(draft, process, name) if name in anywhere else None
            near = near or meant(name, provided)
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


def _only_in_items(draft: Draft, process: Process, name: str) -> Words | None:
    """Which repeated step keeps a variable of this name to its items."""
    home = next((w.home for w in writings(draft, process) if w.variable == name), None)
    if home is None:
        return None
    return Words.filled(
        "它只在{activity}的各项里有。请用 outputCollection 和 outputElement 把各项的结果收成列表。",
        "Only the items of {activity} have it. Collect it with outputCollection and outputElement.",
        activity=home.label,
    )
