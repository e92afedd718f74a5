"""Do the steps that must be different people's exist? (design.md D7)"""

from collections.abc import Iterator

from engine.definitions.diagram import Node, Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.definitions.folder import called_keys
from engine.errors import Finding


def check(draft: Draft) -> Iterator[Finding]:
    """``notSamePersonAs`` names user tasks of the process or of those that call it."""
    for process, node in draft.nodes("userTask"):
        text = node.properties.get("notSamePersonAs", "").replace("，", ",")
        names = [part.strip() for part in text.split(",") if part.strip()]
        if "notSamePersonAs" in node.properties and not names:
            yield error(
                "separation-empty",
                f"{node.label}的属性 notSamePersonAs 是空的。请填写步骤编号或删去。",
                process.file,
                node.element,
            )
        for name in names:
            yield from _named(draft, process, node, name)


def _named(draft: Draft, process: Process, node: Node, name: str) -> Iterator[Finding]:
    if name == node.id:
        yield error(
            "separation-self",
            f"{node.label}的 notSamePersonAs 写了它自己。请写前面步骤的编号。",
            process.file,
            node.element,
        )
        return
    callers = _callers(draft, process)
    found = [p.nodes[name] for p in (process, *callers) if name in p.nodes]
    if any(one.tag in {"userTask", "startEvent"} for one in found):
        return
    if found:
        message = f"{node.label}的 notSamePersonAs 写了“{name}”,但那不是由人办的步骤。请改正。"
        yield error("separation-unknown", message, process.file, node.element)
    elif process.start_role or callers:
        message = f"{node.label}的 notSamePersonAs 写了“{name}”,没有这个步骤。请核对编号。"
        yield error("separation-unknown", message, process.file, node.element)
    else:
        yield warning(
            "separation-unverified",
            f"{node.label}的 notSamePersonAs 写了“{name}”,"
            "须是调用它的流程里的步骤;那些流程不在一起,无法核对。",
            process.file,
            node.element,
        )


def _callers(draft: Draft, process: Process) -> list[Process]:
    """The processes of the bundle that call this one, directly or not."""
    found: list[Process] = []
    waiting = [process.key]
    while waiting:
        key = waiting.pop()
        for caller in draft.processes:
            if key in called_keys(caller) and caller is not process and caller not in found:
                found.append(caller)
                waiting.append(caller.key)
    return found
