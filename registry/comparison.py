"""What changed between two versions of a file: field by field, in words, masked like the page."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

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
        pairs = paired(part.path, mappings(before), mappings(after))
        if part.path in _PERIODS and len(pairs) > _READABLE and all(None in one for one in pairs):
            yield from _of_sums(part, mappings(before), mappings(after), mask)
            return
        for pair in pairs:
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


_PERIODS = {"income_lines": "month", "expense_lines": "period"}
"""Lists whose lines are of a stretch of time, and the field that says of which."""

_READABLE = 6
"""More lines than these, all of other months than before, are told as sums: a year was reviewed."""


def _of_sums(
    part: Part, before: Sequence[Row], after: Sequence[Row], mask: Mask
) -> Iterator[Change]:
    """What the lines of each person and kind came to in either stretch of time."""
    old, new = _summed(part, before, mask), _summed(part, after, mask)
    for what in {**new, **old}:
        was, now = old.get(what, ""), new.get(what, "")
        if was != now:
            yield Change(
                CHANGED if was and now else ADDED if now else REMOVED, part.title, what, was, now
            )


def _summed(part: Part, rows: Sequence[Row], mask: Mask) -> dict[str, str]:
    """By person and kind: from when to when, and the sum in words."""
    period = _PERIODS[part.path]
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[_name(part, {**row, period: ""}, mask)].append(row)
    (amount,) = (field for field in part.each if field.key == "amount")
    told = {}
    for what, lines in groups.items():
        times = sorted(text(line.get(period)) for line in lines)
        stretch = times[0] if times[0] == times[-1] else f"{times[0]} 至 {times[-1]}"
        whole_sum = sum((Decimal(text(line.get("amount")) or 0) for line in lines), Decimal(0))
        told[what] = f"{stretch} 合计 {amount.show({'amount': whole_sum}, mask)}"
    return told


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
