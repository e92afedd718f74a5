"""Which item of what is repeated a token lies in."""

from collections.abc import Mapping
from typing import Any

from engine.model.items import LOOP_COUNTER, Item, Items
from engine.runtime.specs import Repeated
from engine.runtime.tokens import Token

ITEM = "item"
"""In the internal data of an item's token: its number, how many there are, its name."""


def items_of(token: Token, local: Mapping[str, Mapping[str, object]]) -> Items:
    """The items that a token lies in, the outermost first."""
    found: list[Item] = []
    place: Any = token
    while place is not None:
        if isinstance(place.parent_spec, Repeated):
            kept = place.internal_data.get(ITEM)
            counter = local.get(place.id, {}).get(LOOP_COUNTER)
            if kept is not None:
                found.append(Item(place.task_spec.node.id, *kept))
            elif isinstance(counter, int):  # states of the first release keep no more than that
                found.append(Item(place.task_spec.node.id, counter))
        place = getattr(place.workflow, "holder", None)
    return tuple(reversed(found))
