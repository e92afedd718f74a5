"""Is only relaxed for small units what may be? (product.md §1.13)

``sameInSmallUnits`` names those steps of ``notSamePersonAs`` that one person may do where her unit
has declared a separation profile. Roles that the federation never leaves in one hand may not be
relaxed, whatever the process says.
"""

from collections.abc import Iterator

from engine.definitions.checks.lanes import lanes_of, places_of
from engine.definitions.checks.separation import callers, named
from engine.definitions.diagram import Node, Process, properties_of
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding
from engine.sentences import Words

_RELAXED = "sameInSmallUnits"


def check(draft: Draft) -> Iterator[Finding]:
    """What is relaxed is kept apart otherwise, and is no pair of roles that never may be one."""
    for process, node in draft.nodes("userTask"):
        if _RELAXED in node.properties:
            yield from _relaxed(draft, process, node)


def _relaxed(draft: Draft, process: Process, node: Node) -> Iterator[Finding]:
    names = named(node, _RELAXED)
    if not names:
        yield error("small-units-empty", process.file, node.element, node=node.label, prop=_RELAXED)
    apart = named(node, "notSamePersonAs")
    for name in names:
        if name not in apart:
            yield error(
                "small-units-not-apart",
                process.file,
                node.element,
                node=node.label,
                prop=_RELAXED,
                name=name,
            )
        elif pair := _forbidden(draft, process, node, name):
            yield error(
                "small-units-never",
                process.file,
                node.element,
                node=node.label,
                prop=_RELAXED,
                name=name,
                one=pair[0],
                other=pair[1],
            )


def _forbidden(draft: Draft, process: Process, node: Node, name: str) -> tuple[Words, Words] | None:
    """The names of the two roles, where nobody may do both steps."""
    role = _role(process, node)
    for other_process in (process, *callers(draft, process)):
        other = other_process.nodes.get(name)
        if other is None:
            continue
        pair = role, _role(other_process, other)
        if frozenset(pair) in draft.known.never_together:
            return _named(draft, pair[0]), _named(draft, pair[1])
    return None


def _named(draft: Draft, code: str) -> Words:
    role = draft.known.roles.get(code)
    return Words.same(code) if role is None else Words(role.zh, role.en)


def _role(process: Process, node: Node) -> str:
    for lane in lanes_of(node, places_of(process)):
        return properties_of(lane.element).get("role", "")
    return ""
