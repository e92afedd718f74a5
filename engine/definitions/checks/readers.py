"""Do the readers exist for whom alone a step's content is? (``readableBy``)"""

from collections.abc import Iterator

from engine.definitions.checks.separation import named
from engine.definitions.diagram import Node, Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.definitions.known import LEVELS
from engine.errors import Finding


def check(draft: Draft) -> Iterator[Finding]:
    """``readableBy`` names roles or levels, and nothing of the form is copied out for searches."""
    for process, node in draft.nodes("userTask"):
        if "readableBy" in node.properties:
            yield from _readers(draft, process, node)
            yield from _copied_out(draft, process, node)


def _readers(draft: Draft, process: Process, node: Node) -> Iterator[Finding]:
    names = named(node, "readableBy")
    if not names:
        yield error(
            "reader-unknown",
            f"{node.label}的属性 readableBy 是空的。请填写角色或层级,或删去。",
            process.file,
            node.element,
        )
    for name in names:
        if name not in LEVELS and name not in draft.known.roles:
            yield error(
                "reader-unknown",
                f"{node.label}的 readableBy 写了“{name}”,没有这个角色或层级。"
                f"层级有 {'、'.join(LEVELS)};角色有 {draft.known.roles_in_words}。",
                process.file,
                node.element,
            )


def _copied_out(draft: Draft, process: Process, node: Node) -> Iterator[Finding]:
    form = draft.form(node.form_id or "")
    for asked in () if form is None else form.fields.values():
        if asked.attribute is not None:
            yield error(
                "reader-attribute",
                f"{node.label}的内容只给部分人看,表单里的“{asked.label}”却会抄到列表和查询中"
                "(attribute)。请删去其中一个。",
                process.file,
                node.element,
            )
