"""Code lists: the text is stored beside the code, and a code is offered while it is in force.

Our property ``codes`` makes a code list of the choices of a field. What was chosen once stays
readable: in the version of the form that it was chosen with, and by the text beside it wherever
the answers go. So a list may change without a word of what was said before it did.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date

from engine.forms.components import Field, FieldKind, Option
from engine.forms.paths import MISSING, get_at, set_at

Answers = dict[str, object]


def with_texts(fields: Sequence[Field], data: Mapping[str, object]) -> Answers:
    """The answers with the text of each code beside it, in rows too; nothing for no code."""
    coded = [asked for asked in fields if asked.codes or any(c.codes for c in asked.row_fields)]
    if not coded:
        return dict(data)
    told = deepcopy(dict(data))
    for asked in coded:
        value = get_at(told, asked.path)
        if asked.kind is FieldKind.LIST:
            for row in value if isinstance(value, list) else ():
                if isinstance(row, dict):
                    row.update(_texts(asked.row_fields, row))
        elif asked.codes and value is not MISSING:
            set_at(told, (*asked.path[:-1], asked.text_name), _text(asked, value))
    return told


def text_keys(fields: Sequence[Field]) -> Iterator[str]:
    """The names at the top of the data under which texts are stored."""
    return (asked.text_name for asked in fields if asked.codes and len(asked.path) == 1)


def called(asked: Field, word: str) -> list[Option]:
    """The choices that people mean with an everyday word; several where it does not tell them."""
    plain = _plain(word)
    return [one for one in asked.options if any(plain == _plain(name) for name in one.aliases)]


def either_of(asked: Field, word: str, meant: Sequence[Option]) -> str:
    """What to say of a word that several choices are called by."""
    known = "或".join(f"“{option.label}”" for option in meant)
    return f"“{asked.label}”的“{word}”可以是{known},请选定一个"


def expired(asked: Field, value: object, scope: Mapping[str, object], today: date) -> Option | None:
    """The chosen code that is not in force today; one that the case holds already may stay."""
    chosen = set(value) if isinstance(value, list) else {value}
    for option in asked.options:
        if option.value in chosen and not option.is_valid_on(today):
            return None if _holds(scope, asked.name, option.value) else option
    return None


def _plain(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())


def _texts(columns: Sequence[Field], row: Mapping[str, object]) -> Answers:
    return {
        column.text_name: _text(column, row[column.name])
        for column in columns
        if column.codes and column.name in row
    }


def _text(asked: Field, value: object) -> object:
    if isinstance(value, list):
        return [asked.label_of(one) for one in value]
    return asked.label_of(value)


def _holds(known: object, name: str, value: str) -> bool:
    """Whether an answer of this name has the value already, at the top or in a row."""
    if isinstance(known, Mapping):
        held = known.get(name)
        if held == value or (isinstance(held, list) and value in held):
            return True
        return any(_holds(inner, name, value) for inner in known.values())
    return isinstance(known, list) and any(_holds(inner, name, value) for inner in known)
