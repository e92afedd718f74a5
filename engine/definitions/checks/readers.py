"""Do the readers exist for whom alone a step's content is? (``readableBy``)"""

from collections.abc import Iterator

from engine.definitions.checks.separation import named
from engine.definitions.diagram import Node, Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.definitions.known import LEVELS
from engine.errors import Finding
from engine.sentences import Words


def check(draft: Draft) -> Iterator[Finding]:
    """``readableBy`` names roles or levels, and nothing of the form is copied out for searches."""
    for process, node in draft.nodes("userTask"):
        if "readableBy" in node.properties:
            yield from _readers(draft, process, node)
            yield from _copied_out(draft, process, node)


def _readers(draft: Draft, process: Process, node: Node) -> Iterator[Finding]:
    names = named(node, "readableBy")
    if not names:
        yield error("reader-unknown.empty", process.file, node.element, node=node.label)
    for name in names:
        if name not in LEVELS and name not in draft.known.roles:
            yield error(
                "reader-unknown.not-there",
                process.file,
                node.element,
                node=node.label,
                name=name,
                levels=Words.listed(LEVELS),
                roles=draft.known.roles_in_words,
            )


def _copied_out(draft: Draft, process: Process, node: Node) -> Iterator[Finding]:
    form = draft.form(node.form_id or "")
    for asked in () if form is None else form.fields.values():
        if asked.attribute is not None:
            yield error(
                "reader-attribute", process.file, node.element, node=node.label, field=asked.label
            )
