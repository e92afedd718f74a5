"""Rows of a list: with what a new one begins, and when one says nothing."""

from collections.abc import Mapping, Sequence
from copy import deepcopy

from engine.forms.components import Field
from engine.forms.paths import MISSING, get_at, set_at
from engine.forms.values import is_blank_row, is_empty

Answers = dict[str, object]


def new_row(asked: Field) -> Answers:
    """A row as it is added: its columns' defaults."""
    row: Answers = {}
    for column in asked.row_fields:
        if column.default is not None and column.is_asked:
            set_at(row, column.path, column.default)
    return row


def is_blank(asked: Field, row: Mapping[str, object]) -> bool:
    """Whether nobody filled in anything: what stood there from the beginning says nothing."""
    left: Answers = {}
    for column in asked.row_fields:
        value = get_at(row, column.path)
        if value is not MISSING and (column.default is None or value != column.default):
            set_at(left, column.path, value)
    return is_blank_row(left)


def given_rows(asked: Field, said: object, known: object) -> list[Answers]:
    """The rows the case knows, in their order, with what is said of each in its other columns."""
    answers = said if isinstance(said, list | tuple) else ()
    rows: list[Answers] = []
    for number, row in enumerate(known if isinstance(known, list | tuple) else ()):
        answer = answers[number] if number < len(answers) else None
        rows.append({})
        for column in asked.row_fields:
            source = answer if column.is_asked else row
            value = get_at(source, column.path) if isinstance(source, Mapping) else MISSING
            if value is not MISSING:
                set_at(rows[-1], column.path, deepcopy(value))
    return rows


def known_rows(asked: Field, scope: Mapping[str, object]) -> list[Mapping[str, object]]:
    """The rows of a list that the case has and that stay."""
    value = get_at(scope, asked.path) if asked.keeps_rows else None
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def with_kept_rows(asked: Field, value: object, scope: Mapping[str, object]) -> list[Answers]:
    """What was filled in of a list, beside the rows that stay.

    The first rows are those of the case, in their order: what is locked in them, and who answered,
    comes from there. Nobody says of a new row who answered it: that is written down.
    """
    known = known_rows(asked, scope)
    given = value if isinstance(value, list) else []
    rows: list[Answers] = []
    for number in range(max(len(given), len(known))):
        row = given[number] if number < len(given) else {}
        kept = known[number] if number < len(known) else {}
        is_kept = number < len(known)
        own = deepcopy(dict(row)) if isinstance(row, Mapping) else {}
        for column in asked.row_fields:
            if column.signs or (column.locked and is_kept):
                own.pop(column.path[0], None)
                cell = get_at(kept, column.path)
                if cell is not MISSING:
                    set_at(own, column.path, deepcopy(cell))
        rows.append(own)
    return rows


def signed_rows(
    fields: Sequence[Field], data: Mapping[str, object], scope: Mapping[str, object], by: str
) -> Answers:
    """The answers with the name of whoever gave them, where a column keeps it.

    An answer that is as it was keeps the name of before; without an answer there is no name.
    """
    signing = [asked for asked in fields if any(column.signs for column in asked.row_fields)]
    signed: Answers = deepcopy(dict(data)) if signing else dict(data)
    for asked in signing:
        before = known_rows(asked, scope)
        value = get_at(signed, asked.path)
        for number, row in enumerate(value if isinstance(value, list) else ()):
            if isinstance(row, dict):
                _sign(asked, row, before[number] if number < len(before) else {}, by)
    return signed


def _sign(asked: Field, row: Answers, before: Mapping[str, object], by: str) -> None:
    for column in asked.row_fields:
        if not column.signs:
            continue
        answer = row.get(column.signs)
        if is_empty(answer):
            row.pop(column.name, None)
        elif answer != before.get(column.signs) or is_empty(before.get(column.name)):
            row[column.name] = by


def asked_rows(asked: Field, value: object) -> object:
    """The rows of a list with what its form asks for; another form may ask for more."""
    if not asked.row_fields or not isinstance(value, list):
        return value
    known = {column.path[0] for column in asked.row_fields}
    rows = (row for row in value if isinstance(row, dict))
    return [{name: cell for name, cell in row.items() if name in known} for row in rows]
