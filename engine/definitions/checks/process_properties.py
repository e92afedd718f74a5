"""Who may start a process, and is its total limit readable?"""

from collections.abc import Iterator

from engine.definitions.diagram import described
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.definitions.known import LEVELS
from engine.errors import Finding, Invalid
from engine.model.deadlines import Deadline
from engine.model.definitions import STARTERS, listed


def check(draft: Draft) -> Iterator[Finding]:
    """Start role and level, total limit, a name to show."""
    for process in draft.processes:
        name, element = described(process.element), process.element
        level = process.properties.get("startLevel", "").strip()
        starters = listed(process.properties.get(STARTERS, ""))
        for role in filter(None, (process.start_role, *starters)):
            if role not in draft.known.roles:
                yield error(
                    "start-role-unknown",
                    f"{name}的发起角色“{role}”不存在。请用角色表里的编号:"
                    f"{draft.known.roles_in_words}。",
                    process.file,
                    element,
                )
        if level and level not in LEVELS:
            yield error(
                "start-level-unknown",
                f"{name}的发起层级“{level}”不存在。请写成 {'、'.join(LEVELS)} 之一。",
                process.file,
                element,
            )
        limit = process.properties.get("totalLimit", "").strip()
        if limit and not limit.startswith("="):
            try:
                Deadline.parse(limit)
            except Invalid as problem:
                yield error("deadline", f"{name}的总时限:{problem.message}", process.file, element)
        if not element.get("name", "").strip():
            yield warning(
                "process-name",
                f"{name}没有名称,列表里只能显示编号。请填写名称。",
                process.file,
                element,
            )
