"""Can staff write down a message from outside, with which form, and who? (``staffMessage``)"""

from collections.abc import Iterator

from engine.definitions.checks.separation import named
from engine.definitions.diagram import Node, Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding
from engine.model.incoming import FORM, HINT, LABEL, ROLES
from engine.sentences import Words


def check(draft: Draft) -> Iterator[Finding]:
    """``staffMessage`` stands on a message event, with a form that is there and known roles."""
    for process in draft.processes:
        for node in process.nodes.values():
            if any(name in node.properties for name in (LABEL, HINT, FORM, ROLES)):
                yield from _message(draft, process, node)


def _message(draft: Draft, process: Process, node: Node) -> Iterator[Finding]:
    said = node.properties
    if node.event_kind != "message":
        yield error("staff-message-place", process.file, node.element, node=node.label, prop=LABEL)
        return
    if not said.get(LABEL, "").strip():
        yield error("staff-message-empty", process.file, node.element, node=node.label, prop=LABEL)
    form_id = said.get(FORM, "").strip()
    if draft.form(form_id) is None and not draft.has_file(f"{form_id}.form"):
        yield error(
            "staff-message-form",
            process.file,
            node.element,
            node=node.label,
            form_id=form_id,
            prop=FORM,
        )
    roles = named(node, ROLES)
    unknown = [role for role in roles if role not in draft.known.roles]
    if not roles or unknown:
        what = _nobody(unknown)
        yield error(
            "staff-message-roles",
            process.file,
            node.element,
            node=node.label,
            what=what,
            prop=ROLES,
            roles=draft.known.roles_in_words,
        )


def _nobody(unknown: list[str]) -> Words:
    if unknown:
        return Words(
            f"提到不存在的角色“{unknown[0]}”",
            f"names the role “{unknown[0]}”, which does not exist",
        )
    return Words("没有写谁可以登记", "does not say who may write the message down")
