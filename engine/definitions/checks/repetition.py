"""Does each repeated activity say for what it is repeated, and when that ends?"""

from collections.abc import Iterator

from engine.definitions.diagram import ACTIVITIES, Node, Process, bpmn, local_name
from engine.definitions.draft import Draft
from engine.definitions.expressions import Site, When, sites
from engine.definitions.findings import error, warning
from engine.definitions.repetition import Listed, items_around, listed, names_of_items
from engine.definitions.variables import RESERVED, writings
from engine.errors import Finding
from engine.model.items import (
    ITEM_NAME,
    LOOPED,
    MOST_ROUNDS,
    OF_ITEMS,
    REPEATED,
    greatest_rounds,
)

_MARKS = frozenset(map(bpmn, REPEATED))


def check(draft: Draft) -> Iterator[Finding]:
    """Marks of repetition, and what in their items would not be as it looks."""
    for process in draft.processes:
        for node in process.nodes.values():
            if node.tag in ACTIVITIES:
                yield from _marks(process, node)
            if items_around(node):
                yield from _in_item(process, node)
        yield from _same_key(draft, process)


def _marks(process: Process, node: Node) -> Iterator[Finding]:
    marks = [child for child in node.element if child.tag in _MARKS]
    if len(marks) > 1:
        yield error("loop-twice", process.file, marks[1], node=node.label)
        return
    found = listed(node)
    if found is not None:
        yield from _list(process, node, found)
        return
    if node.properties.get(ITEM_NAME, "").strip():
        yield warning("item-name-unused", process.file, node.element, node=node.label)
    if marks:
        yield from _loop(process, node)


def _list(process: Process, node: Node, found: Listed) -> Iterator[Finding]:
    if not found.collection:
        yield error("loop-collection", process.file, node.element, node=node.label)
    if bool(found.result) != bool(found.result_name):
        yield error("loop-result", process.file, node.element, node=node.label)
    for name in filter(None, (found.item, found.result_name)):
        if not name.isidentifier():
            yield error("loop-name", process.file, node.element, node=node.label, name=name[:60])
    if found.item in OF_ITEMS | RESERVED:
        yield error(
            "reserved-name", process.file, node.element, node=node.label, variable=found.item
        )
    if found.until is not None and not found.until_text:
        yield error("loop-condition", process.file, node.element, node=node.label)


def _loop(process: Process, node: Node) -> Iterator[Finding]:
    mark = node.element.find(bpmn(LOOPED))
    condition = None if mark is None else mark.find(bpmn("loopCondition"))
    if condition is None or not (condition.text or "").strip():
        yield error("loop-condition", process.file, node.element, node=node.label)
    most = "" if mark is None else mark.get("loopMaximum", "").strip()
    if most and greatest_rounds(most) is None:
        yield error(
            "loop-maximum",
            process.file,
            node.element,
            node=node.label,
            value=most[:20],
            most=MOST_ROUNDS,
        )


def _in_item(process: Process, node: Node) -> Iterator[Finding]:
    """A milestone is reached once, by whichever item is first."""
    own = listed(node) is not None
    if node.properties.get("milestone", "").strip() and not (own and len(items_around(node)) == 1):
        yield warning(
            "item-milestone",
            process.file,
            node.element,
            node=node.label,
            activity=items_around(node)[0].label,
        )


def _same_key(draft: Draft, process: Process) -> Iterator[Finding]:
    """Items that wait with one key each take one and the same message."""
    for site in sites(draft, process):
        if site.node is None or site.node.event_kind != "message" or site.when is not When.CASE:
            continue
        around = items_around(site.node)
        if around and _is_key(site) and not _names(site) & _of_items(draft, process, around):
            yield warning(
                "item-message-key",
                process.file,
                site.node.element,
                node=site.node.label,
                activity=around[-1].label,
            )


def _is_key(site: Site) -> bool:
    return local_name(site.element) == "subscription"


def _names(site: Site) -> frozenset[str]:
    compiled = site.compiled()
    return frozenset() if compiled is None else compiled.free_names


def _of_items(draft: Draft, process: Process, around: tuple[Node, ...]) -> frozenset[str]:
    written = {one.variable for one in writings(draft, process) if one.home in around}
    return names_of_items(around) | written
