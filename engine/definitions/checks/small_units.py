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

_RELAXED = "sameInSmallUnits"


def check(draft: Draft) -> Iterator[Finding]:
    """What is relaxed is kept apart otherwise, and is no pair of roles that never may be one."""
    for process, node in draft.nodes("userTask"):
        if _RELAXED in node.properties:
            yield from _relaxed(draft, process, node)


def _relaxed(draft: Draft, process: Process, node: Node) -> Iterator[Finding]:
    names = named(node, _RELAXED)
    if not names:
        message = f"{node.label}的属性 {_RELAXED} 是空的。请填写步骤编号或删去。"
        yield error("small-units-empty", message, process.file, node.element)
    apart = named(node, "notSamePersonAs")
    for name in names:
        if name not in apart:
            yield error(
                "small-units-not-apart",
                f"{node.label}的 {_RELAXED} 写了“{name}”,但它的 notSamePersonAs 里没有这个步骤。"
                "只有要分开的步骤才能按最小岗位方案放宽,请补上或删去。",
                process.file,
                node.element,
            )
        elif pair := _forbidden(draft, process, node, name):
            yield error(
                "small-units-never",
                f"{node.label}的 {_RELAXED} 写了“{name}”,但“{pair[0]}”和“{pair[1]}”的步骤"
                "在任何单位都不能由同一人办。请删去。",
                process.file,
                node.element,
            )


def _forbidden(draft: Draft, process: Process, node: Node, name: str) -> tuple[str, str] | None:
    """The names of the two roles, where nobody may do both steps."""
    role = _role(process, node)
    for other_process in (process, *callers(draft, process)):
        other = other_process.nodes.get(name)
        if other is None:
            continue
        pair = role, _role(other_process, other)
        if frozenset(pair) in draft.known.never_together:
            roles = draft.known.roles
            return tuple(roles[one].zh if one in roles else one for one in pair)  # type: ignore[return-value]
    return None


def _role(process: Process, node: Node) -> str:
    for lane in lanes_of(node, places_of(process)):
        return properties_of(lane.element).get("role", "")
    return ""
