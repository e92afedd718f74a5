"""Is each BPMN file one executable process with a key of its own?"""

import re
from collections.abc import Iterator

from engine.definitions.diagram import described
from engine.definitions.draft import SUFFIXES, Draft
from engine.definitions.findings import error
from engine.definitions.folder import SCENARIO
from engine.errors import Finding
from engine.model.definitions import Bundle

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


def check_names(bundle: Bundle) -> Iterator[Finding]:
    """Whether every file is of a kind that can be deployed, and no two have one name."""
    seen: set[str] = set()
    for file in bundle.files:
        if not file.name.endswith((*SUFFIXES, SCENARIO)):
            yield error("file-type", file.name, name=file.name)
        if file.name in seen:
            yield error("file-duplicate", file.name, name=file.name)
        seen.add(file.name)
    if not any(file.name.endswith(".bpmn") for file in bundle.files):
        yield error("no-process.no-file", bundle.files[0].name if bundle.files else "")


def check(draft: Draft) -> Iterator[Finding]:
    """One process a file, executable, its key plain and used once."""
    keys: dict[str, str] = {}
    for file in draft.bpmn_files:
        if not file.processes:
            yield error("no-process.none-drawn", file.name, file.root, name=file.name)
        for process in file.processes[1:]:
            yield error(
                "several-processes",
                file.name,
                process.element,
                name=file.name,
                element=described(process.element),
            )
        for process in file.processes:
            if process.element.get("isExecutable") != "true":
                yield error(
                    "not-executable", file.name, process.element, element=described(process.element)
                )
            if not _KEY.fullmatch(process.key):
                yield error(
                    "process-key",
                    file.name,
                    process.element,
                    element=described(process.element),
                    id=process.key,
                )
            elif process.key in keys:
                yield error(
                    "process-duplicate",
                    file.name,
                    process.element,
                    id=process.key,
                    other=keys[process.key],
                )
            keys.setdefault(process.key, file.name)
