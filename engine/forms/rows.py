"""Rows of a list: with what a new one begins, and when one says nothing."""

from collections.abc import Mapping
from copy import deepcopy

from engine.forms.components import Field
from engine.forms.paths import MISSING, get_at, set_at
from engine.forms.values import is_blank_row

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


def asked_rows(asked: Field, value: object) -> object:
    """The rows of a list with what its form asks for; another form may ask for more."""
    if not asked.row_fields or not isinstance(value, list):
        return value
    known = {column.path[0] for column in asked.row_fields}
    rows = (row for row in value if isinstance(row, dict))
    return [{name: cell for name, cell in row.items() if name in known} for row in rows]
