"""What is repeated in a process, and which variables only its items have (design.md D16)."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.definitions.bpmn_xml import Element
from engine.definitions.diagram import ACTIVITIES, Node, bpmn, extension
from engine.model.items import COUNTS, LISTED, LOOP_COUNTER


@dataclass(frozen=True)
class Listed:
    """The mark of an activity that is done for each item of a list; texts as they are written."""

    mark: Element
    extension: Element | None
    collection: str
    item: str
    result_name: str
    result: str
    until: Element | None

    @property
    def until_text(self) -> str:
        """The completion condition; empty for none."""
        return "" if self.until is None else (self.until.text or "").strip()


def listed(node: Node) -> Listed | None:
    """The list that an activity is repeated for; None where it has no such mark."""
    mark = node.element.find(bpmn(LISTED)) if node.tag in ACTIVITIES else None
    if mark is None:
        return None
    found = extension(mark, "loopCharacteristics")
    said = {} if found is None else dict(found.attrib)

    def text(name: str) -> str:
        return str(said.get(name, "")).strip()

    return Listed(
        mark,
        found,
        text("inputCollection"),
        text("inputElement"),
        text("outputCollection"),
        text("outputElement"),
        mark.find(bpmn("completionCondition")),
    )


def items_around(node: Node | None) -> tuple[Node, ...]:
    """The repeated activities whose items a node works in, outermost first: itself is the last."""
    found: list[Node] = []
    while node is not None:
        if node.tag in ACTIVITIES and node.element.find(bpmn(LISTED)) is not None:
            found.append(node)
        node = node.scope.owner
    return tuple(reversed(found))


def item_around(node: Node) -> Node | None:
    """The innermost of them; None outside of every item."""
    around = items_around(node)
    return around[-1] if around else None


def names_of_items(around: Iterable[Node]) -> frozenset[str]:
    """What every item has from its beginning."""
    found: set[str] = set()
    for node in around:
        mark = listed(node)
        found |= {LOOP_COUNTER, *([mark.item] if mark is not None and mark.item else [])}
    return frozenset(found)


def names_of_counting(node: Node) -> frozenset[str]:
    """What a completion condition can read beside the item."""
    mark = listed(node)
    return frozenset({*COUNTS, *([mark.result_name] if mark is not None else [])})
