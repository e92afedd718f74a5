"""What repeats a step, and which item it is for: what tells a clerk five equal steps apart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

LISTED, LOOPED = "multiInstanceLoopCharacteristics", "standardLoopCharacteristics"
"""The marks of an activity: for each item of a list, or as a loop."""
REPEATED = frozenset({LISTED, LOOPED})

MOST_ROUNDS = 200
"""Of any loop."""
_A_MAXIMUM = re.compile(r"[1-9][0-9]{0,2}")

LONGEST_NAME = 40
ITEM_NAME = "itemName"
"""The property of a repeated activity that says what an item is called."""

LOOP_COUNTER = "loopCounter"
"""In an item: which one it is, from 1."""
COUNTS = (
    "numberOfInstances",
    "numberOfActiveInstances",
    "numberOfCompletedInstances",
    "numberOfTerminatedInstances",
)
"""What a completion condition can read beside the item that was done last."""
OF_ITEMS = frozenset({LOOP_COUNTER, *COUNTS})
"""Variables that only the engine gives, where something is repeated."""


@dataclass(frozen=True)
class Item:
    """One item of a list that is gone through, or one round of a loop.

    ``activity`` is the id of what is repeated. ``number`` counts from 1; ``count`` is how many
    there are, 0 where nobody knows beforehand (a loop); ``name`` is what people call it, empty
    where it has no name.
    """

    activity: str
    number: int
    count: int = 0
    name: str = ""


Items = tuple[Item, ...]
"""An item in an item …, the outermost first; empty for a step that is not repeated."""


def greatest_rounds(text: str) -> int | None:
    """A loop's maximum as it is written; None for what is no number of rounds."""
    number = int(text) if _A_MAXIMUM.fullmatch(text) else 0
    return number if 0 < number <= MOST_ROUNDS else None


def item_name(value: object) -> str:
    """What an item is called that is a text or a number; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    name = " ".join(str(value).split())
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def pack_items(items: Sequence[Item]) -> str | None:
    """As a row keeps them; None for none."""
    if not items:
        return None
    return orjson.dumps(listed_items(items)).decode()


def unpack_items(stored: str | None) -> Items:
    """From a row."""
    return tuple(Item(*one) for one in orjson.loads(stored)) if stored else ()


def listed_items(items: Sequence[Item]) -> list[list[object]]:
    """As plain values, for a row of the history."""
    return [[one.activity, one.number, one.count, one.name] for one in items]


def of_detail(detail: object) -> Items:
    """The items of a step as a row of the history has them."""
    return tuple(Item(*one) for one in detail) if isinstance(detail, list) else ()


def of_lists(items: Items) -> Items:
    """Without the rounds of loops: what is done in one of them is done in all."""
    return tuple(one for one in items if one.count)


def key_of(element_id: str, items: Items) -> str:
    """Under what it is remembered who did a step: by item where it is one of a list."""
    of = "/".join(f"{one.activity}:{one.number}" for one in of_lists(items))
    return f"{element_id}#{of}" if of else element_id


def of_key(key: str) -> tuple[str, Items]:
    """The step and the items of such a key."""
    element_id, _, of = key.partition("#")
    parts = [part.rpartition(":") for part in of.split("/")] if of else []
    return element_id, tuple(Item(name, int(number), 1) for name, _, number in parts)


def same_item(one: Items, other: Items) -> bool:
    """Whether two steps belong together: as far as the same is repeated for both, for one item."""
    for mine, theirs in zip(of_lists(one), of_lists(other), strict=False):
        if mine.activity != theirs.activity:
            break
        if mine.number != theirs.number:
            return False
    return True
