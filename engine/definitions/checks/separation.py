"""Do the steps exist that a step must be kept apart from, or waits for? (design.md D7)

``notSamePersonAs``: another person; ``notSameUnitAs``: another organisation, ``case`` for the
case's own; ``blockedBy``: must not be open when it is completed.
"""

from collections.abc import Iterator

from engine.definitions.diagram import Node, Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.definitions.folder import called_keys
from engine.definitions.repetition import items_around
from engine.errors import Finding
from engine.model.definitions import CASE_UNIT
from engine.sentences import Words

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
        yield error("separation-empty", process.file, node.element, node=node.label, prop=prop)
    elsewhere = []
    for name in names:
        if prop == "notSameUnitAs" and name == CASE_UNIT:
            continue
        wrong = _wrong_with(draft, process, node, prop, name)
        if wrong == "elsewhere":
            elsewhere.append(name)
        elif wrong == "self":
            yield error("separation-self", process.file, node.element, node=node.label, prop=prop)
        elif wrong:
            key = f"separation-unknown.{wrong}"
            yield error(key, process.file, node.element, node=node.label, prop=prop, name=name)
    if elsewhere:
        yield warning(
            "separation-unverified",
            process.file,
            node.element,
            node=node.label,
            prop=prop,
            name=Words.listed(elsewhere),
        )
    for name in names if prop == "blockedBy" else ():
        other = process.nodes.get(name)
        if other is not None and node.id in named(other, prop):
            yield error(
                "blocked-each-other", process.file, node.element, node=node.label, other=other.label
            )


def named(node: Node, prop: str) -> list[str]:
    """The ids in a property that lists steps."""
    text = node.properties.get(prop, "").replace("，", ",")
    return [part.strip() for part in text.split(",") if part.strip()]


def _wrong_with(draft: Draft, process: Process, node: Node, prop: str, name: str) -> str:
    """What is wrong with one of the names; ``elsewhere``: whoever calls the process knows."""
    if name == node.id:  # of a repeated step: each item by another person
        return "" if prop == "notSamePersonAs" and items_around(node) else "self"
    above = callers(draft, process)
    found = [p.nodes[name] for p in (process, *above) if name in p.nodes]
    possible = {"userTask"} if prop != "notSamePersonAs" else {"userTask", "startEvent"}
    if any(one.tag in possible for one in found):
        return ""
    if found:
        return "no-user-task"
    return "not-there" if process.start_role or above else "elsewhere"


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
