"""What other steps added to the rows of a list, kept when a step fills the list in again.

A case that is sent back is filled in anew by a form that does not ask for what was written beside
the rows meanwhile, an amount somebody verified for one. A row that says what it said keeps it. Of a
row that says something else nobody has verified anything; neither of a new one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import deepcopy

from engine.forms.components import Field, FieldKind
from engine.forms.paths import MISSING, get_at, set_at
from engine.forms.values import as_decimal, is_empty
from engine.forms.visibility import Answers

Row = Mapping[str, object]


def with_carried(
    fields: Sequence[Field], data: Mapping[str, object], scope: Mapping[str, object]
) -> Answers:
    """The answers for the case, their rows with what others had added to the same rows."""
    carried: Answers = dict(data)
    for asked in fields:
        if asked.kind is not FieldKind.LIST:
            continue
        known, rows = _rows(get_at(scope, asked.path)), _rows(get_at(data, asked.path))
        own = _own_names(asked)
        if rows and any(row.keys() - own for row in known):
            carried = deepcopy(carried)
            set_at(carried, asked.path, _carried(asked, rows, known, own))
    return carried


def _carried(
    asked: Field, rows: Sequence[Row], known: Sequence[Row], own: frozenset[str]
) -> list[Answers]:
    """Each known row gives to one row that says the same, in their order."""
    left: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in known:
        left[_said(asked, row)].append(row)
    found: list[Answers] = []
    for row in rows:
        same = left.get(_said(asked, row))
        before = same.pop(0) if same else {}
        added = {name: cell for name, cell in before.items() if name not in own}
        found.append({**deepcopy(added), **row})
    return found


def _said(asked: Field, row: Row) -> tuple[object, ...]:
    """What a row says to what its form asks, so that equal answers are equal."""
    columns = (column for column in asked.row_fields if column.is_asked and not column.signs)
    return tuple(_comparable(get_at(row, column.path)) for column in columns)


def _comparable(value: object) -> object:
    if value is MISSING or is_empty(value):
        return None
    if isinstance(value, str):
        return value
    number = as_decimal(value)
    return repr(value) if number is None else number


def _own_names(asked: Field) -> frozenset[str]:
    """What the form itself writes into a row: its columns, and the texts of their codes."""
    columns = asked.row_fields
    texts = {column.text_name for column in columns if column.codes}
    return frozenset({column.path[0] for column in columns} | texts)


def _rows(value: object) -> list[Row]:
    found = value if isinstance(value, list | tuple) else []
    return [row for row in found if isinstance(row, Mapping)]
