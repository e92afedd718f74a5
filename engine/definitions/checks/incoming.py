"""Can staff write down a message from outside, with which form, and who? (``staffMessage``)"""

from collections.abc import Iterator

from engine.definitions.checks.separation import named
from engine.definitions.diagram import Node, Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding
from engine.model.incoming import FORM, HINT, LABEL, ROLES


def check(draft: Draft) -> Iterator[Finding]:
    """``staffMessage`` stands on a message event, with a form that is there and known roles."""
    for process in draft.processes:
        for node in process.nodes.values():
            if any(name in node.properties for name in (LABEL, HINT, FORM, ROLES)):
                yield from _message(draft, process, node)


def _message(draft: Draft, process: Process, node: Node) -> Iterator[Finding]:
    said = node.properties
    if node.event_kind != "message":
        yield error(
            "staff-message-place",
            f"{node.label}不等消息,不能有属性 {LABEL}。请写在消息等待事件或消息边界事件上。",
            process.file,
            node.element,
        )
        return
    if not said.get(LABEL, "").strip():
        yield error(
            "staff-message-empty",
            f"{node.label}没有写 {LABEL}。请写按钮上的字,例如“登记撤回”。",
            process.file,
            node.element,
        )
    form_id = said.get(FORM, "").strip()
    if draft.form(form_id) is None and not draft.has_file(f"{form_id}.form"):
        yield error(
            "staff-message-form",
            f"{node.label}的表单“{form_id}”不在文件里。请在属性 {FORM} 里写明表单编号。",
            process.file,
            node.element,
        )
    roles = named(node, ROLES)
    unknown = [role for role in roles if role not in draft.known.roles]
    if not roles or unknown:
        what = f"没有角色“{unknown[0]}”" if unknown else "没有写谁可以登记"
        yield error(
            "staff-message-roles",
            f"{node.label}{what}。请在属性 {ROLES} 里写角色编号:{draft.known.roles_in_words}。",
            process.file,
            node.element,
        )
