"""Does somebody provide every variable that is read? A misspelt name would be null, silently."""

import difflib
from collections.abc import Iterator

from engine.definitions.diagram import Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.definitions.variables import (
    RESERVED,
    all_forms_usable,
    given,
    readings,
    writings,
    written,
)
from engine.errors import Finding


def check(draft: Draft) -> Iterator[Finding]:
    """Variables read and written by nobody; reserved ones written."""
    for process in draft.processes:
        for writing in writings(draft, process):
            if writing.variable in RESERVED | given(process):
                yield error(
                    "reserved-name",
                    f"{writing.node.label}要写变量“{writing.variable}”,这是系统保留的名称。请改一个。",
                    process.file,
                    writing.element,
                )
        if all_forms_usable(draft, process):
            yield from _readings(draft, process)


def _readings(draft: Draft, process: Process) -> Iterator[Finding]:
    provided = written(draft, process)
    for reading in readings(draft, process):
        for name in sorted(reading.names - provided):
            near = difflib.get_close_matches(name, sorted(provided), 1, cutoff=0.75)
            hint = f"是不是想写“{near[0]}”?" if near else "请核对名称,或让前面的步骤提供它。"
            if process.start_role:
                yield error(
                    "name-unknown",
                    f"{reading.where}用到变量“{name}”,但没有哪个表单、映射、决策或计算提供它。{hint}",
                    process.file,
                    reading.element,
                )
            elif near:
                yield warning(
                    "name-unknown",
                    f"{reading.where}用到变量“{name}”,本流程不提供,须由调用它的流程传入。{hint}",
                    process.file,
                    reading.element,
                )
