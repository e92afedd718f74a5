"""Do the steps exist that a step must be kept apart from, or waits for? (design.md D7)

``notSamePersonAs``: another person; ``notSameUnitAs``: another organisation, ``case`` for the
case's own; ``blockedBy``: must not be open when it is completed.
"""

from collections.abc import Iterator

from engine.definitions.diagram import Node, Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.definitions.folder import called_keys
from engine.errors import Finding
from engine.model.definitions import CASE_UNIT

_PROPERTIES = ("notSamePersonAs", "notSameUnitAs", "blockedBy")


def check(draft: Draft) -> Iterator[Finding]:
    """These properties name user tasks of the process or of those that call it."""
    for process, node in draft.nodes("userTask"):
        for prop in _PROPERTIES:
            if prop in node.properties:
                yield from _property(draft, process, node, prop)


def _property(draft: Draft, process: Process, node: Node, prop: str) -> Iterator[Finding]:
    names = named(node, prop)
    if not names:
        yield error(
            "separation-empty",
            f"{node.label}的属性 {prop} 是空的。请填写步骤编号或删去。",
            process.file,
            node.element,
        )
    for name in names:
        if prop != "notSameUnitAs" or name != CASE_UNIT:
            yield from _named(draft, process, node, prop, name)
    for name in names if prop == "blockedBy" else ():
        other = process.nodes.get(name)
        if other is not None and node.id in named(other, prop):
            yield error(
                "blocked-each-other",
                f"{node.label}和{other.label}互相等待(blockedBy),谁也办不了。请删去一边。",
                process.file,
                node.element,
            )


def named(node: Node, prop: str) -> list[str]:
    """The ids in a property that lists steps."""
    text = node.properties.get(prop, "").replace("，", ",")
    return [part.strip() for part in text.split(",") if part.strip()]


def _named(draft: Draft, process: Process, node: Node, prop: str, name: str) -> Iterator[Finding]:
    if name == node.id:
        yield error(
            "separation-self",
            f"{node.label}的 {prop} 写了它自己。请写别的步骤的编号。",
            process.file,
            node.element,
        )
        return
    above = callers(draft, process)
    found = [p.nodes[name] for p in (process, *above) if name in p.nodes]
    possible = {"userTask"} if prop != "notSamePersonAs" else {"userTask", "startEvent"}
    if any(one.tag in possible for one in found):
        return
    if found:
        message = f"{node.label}的 {prop} 写了“{name}”,但那不是由人办的步骤。请改正。"
        yield error("separation-unknown", message, process.file, node.element)
    elif process.start_role or above:
        message = f"{node.label}的 {prop} 写了“{name}”,没有这个步骤。请核对编号。"
        yield error("separation-unknown", message, process.file, node.element)
    else:
        yield warning(
            "separation-unverified",
            f"{node.label}的 {prop} 写了“{name}”,"
            "须是调用它的流程里的步骤;那些流程不在一起,无法核对。",
            process.file,
            node.element,
        )


def callers(draft: Draft, process: Process) -> list[Process]:
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
