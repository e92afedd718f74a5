"""What changed between two versions of a file: field by field, in words, masked like the page."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.work.attributes import normal
from registry.household import Content, mapping, mappings, text
from registry.sections import PARTS, Mask, Part, whole

CHANGED, ADDED, REMOVED = "changed", "added", "removed"

Row = Mapping[str, object]
Pair = tuple[Row | None, Row | None]


@dataclass(frozen=True)
class Change:
    """One difference. ``is_hidden``: the two differ only where the page masks them."""

    kind: str
    part: str
    what: str
    before: str
    after: str
    is_hidden: bool = False


def changes(older: Content, newer: Content, mask: Mask) -> tuple[Change, ...]:
    """Every difference that can be read, in the order of the file."""
    return tuple(change for part in PARTS for change in _of_part(part, older, newer, mask))


def _of_part(part: Part, older: Content, newer: Content, mask: Mask) -> Iterator[Change]:
    before, after = part.of(older), part.of(newer)
    if part.is_list:
        for pair in paired(part.path, mappings(before), mappings(after)):
            yield from _of_row(part, pair, mask)
    else:
        yield from _of_group(part, "", mapping(before), mapping(after), mask)


def _of_group(part: Part, whose: str, before: Row, after: Row, mask: Mask) -> Iterator[Change]:
    for field in part.each:
        old, new = field.show(before, whole), field.show(after, whole)
        if old == new:
            continue
        shown = field.show(before, mask), field.show(after, mask)
        what = f"{whose}:{field.label}" if whose else field.label
        kind = CHANGED if old and new else (ADDED if new else REMOVED)
        yield Change(kind, part.title, what, *shown, is_hidden=shown[0] == shown[1])


def _of_row(part: Part, pair: Pair, mask: Mask) -> Iterator[Change]:
    before, after = pair
    if before is not None and after is not None:
        yield from _of_group(part, _name(part, before, mask), before, after, mask)
    elif after is not None:
        told = _told(part, after, mask)
        yield Change(ADDED, part.title, _name(part, after, mask), "", told)
    elif before is not None:
        told = _told(part, before, mask)
        yield Change(REMOVED, part.title, _name(part, before, mask), told, "")


_NAMED_BY = {
    "members": ("relation", "name"),
    "income_lines": ("month", "person", "income_kind"),
    "expense_lines": ("period", "person", "expense_kind"),
    "assets.vehicles": ("model", "bought"),
}
"""What people call a row of a list by."""


def _name(part: Part, row: Row, mask: Mask) -> str:
    named = _NAMED_BY.get(part.path, ())
    shown = (f.show(row, mask) for f in part.fields if f.key in named)
    return " ".join(one for one in shown if one)


def _told(part: Part, row: Row, mask: Mask) -> str:
    """The rest of a row that came or went."""
    named = _NAMED_BY.get(part.path, ())
    shown = ((f.label, f.show(row, mask)) for f in part.each if f.key not in named)
    return ";".join(f"{label} {value}" for label, value in shown if value)


def paired(path: str, before: Sequence[Row], after: Sequence[Row]) -> list[Pair]:
    """The rows of two lists side by side: who is the same, who came, who went.

    A member is known by her number; where that was corrected, by relation and name.
    """
    pairs: list[Pair] = []
    left, right = list(before), list(after)
    for key in _keys(path):
        waiting: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for row in left:
            waiting[_key_of(row, key)].append(row)
        rest: list[Row] = []
        for row in right:
            same = waiting.get(_key_of(row, key)) if any(_key_of(row, key)) else None
            if same:
                pairs.append((same.pop(0), row))
            else:
                rest.append(row)
        left = [row for rows in waiting.values() for row in rows]
        right = rest
    order = {id(row): place for place, row in enumerate(after)}
    pairs.sort(key=lambda pair: order[id(pair[1])])
    return [*pairs, *((None, row) for row in right), *((row, None) for row in left)]


def _keys(path: str) -> tuple[tuple[str, ...], ...]:
    if path == "members":
        return ("id_number",), ("relation", "name")
    return (_NAMED_BY.get(path, ()),)


def _key_of(row: Row, key: Sequence[str]) -> tuple[str, ...]:
    return tuple(normal(text(row.get(name))) for name in key)
