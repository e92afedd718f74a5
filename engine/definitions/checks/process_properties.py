"""Who may start a process, and is its total limit readable?"""

from collections.abc import Iterator

from engine.definitions.diagram import Process, described
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.definitions.known import LEVELS
from engine.errors import Finding, Invalid
from engine.model.deadlines import Deadline
from engine.model.definitions import FINISHED_IN, STARTERS, listed
from engine.sentences import Words, in_both


def check(draft: Draft) -> Iterator[Finding]:
    """Start role and level, total limit, a name to show."""
    for process in draft.processes:
        name, element = described(process.element), process.element
        starters = listed(process.properties.get(STARTERS, ""))
        for role in filter(None, (process.start_role, *starters)):
            if role not in draft.known.roles:
                yield error(
                    "start-role-unknown",
                    process.file,
                    element,
                    name=name,
                    role=role,
                    roles=draft.known.roles_in_words,
                )
        for level in listed(process.properties.get("startLevel", "")):
            if level not in LEVELS:
                yield error(
                    "start-level-unknown",
                    process.file,
                    element,
                    name=name,
                    level=level,
                    levels=Words.listed(LEVELS),
                )
        limit = process.properties.get("totalLimit", "").strip()
        if limit and not limit.startswith("="):
            try:
                Deadline.parse(limit)
            except Invalid as problem:
                yield error(
                    "deadline.total",
                    process.file,
                    element,
                    name=name,
                    problem=in_both(problem.message),
                )
        step = process.properties.get(FINISHED_IN, "").strip()
        if step and not _asks_what_the_start_asks(process, step):
            yield error("finished-in", process.file, element, name=name, step=step)
        if not element.get("name", "").strip():
            yield warning("process-name", process.file, element, name=name)


def _asks_what_the_start_asks(process: Process, step: str) -> bool:
    """Whether it is a user task with the form of the start event."""
    forms = {node.id: node.form_id for node in process.of("userTask")}
    start = {node.form_id for node in process.of("startEvent") if node.form_id}
    return forms.get(step) in start
