"""What an identity number says by itself: birth date and sex (our property ``fromId``).

It is filled in where nothing was answered, and never changes what somebody wrote: where the two
differ, the number's doubt says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date

from engine.forms.components import Field, FieldKind
from engine.forms.formats import normalise
from engine.forms.paths import MISSING, get_at, set_at
from engine.forms.values import is_empty
from engine.model import identity_numbers

Answers = dict[str, object]
Place = tuple[str | int, ...]


def derived(
    fields: Sequence[Field], data: Mapping[str, object], today: date
) -> Iterator[tuple[Place, str]]:
    """The places that have no answer, with what the number beside them says."""
    yield from _beside(fields, data, today)
    for asked in fields:
        rows = get_at(data, asked.path) if asked.kind is FieldKind.LIST else None
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, Mapping):
                for steps, value in _beside(asked.row_fields, row, today):
                    yield (*asked.path, number, *steps), value


def with_derived(fields: Sequence[Field], data: Mapping[str, object], today: date) -> Answers:
    """The answers with these places filled in."""
    found = list(derived(fields, data, today))
    filled = deepcopy(dict(data)) if found else dict(data)
    for steps, value in found:
        _write(filled, steps, value)
    return filled


def _beside(
    fields: Sequence[Field], data: Mapping[str, object], today: date
) -> Iterator[tuple[Place, str]]:
    for asked in fields:
        present = get_at(data, asked.path)
        if not asked.from_id or not (present is MISSING or is_empty(present)):
            continue
        source = next((other for other in fields if other.key == asked.from_id), None)
        text = None if source is None else get_at(data, source.path)
        if source is not None and source.format is not None and isinstance(text, str):
            value = _said(asked, normalise(source.format, text), today)
            if value:
                yield asked.path, value


def _said(asked: Field, number: str, today: date) -> str:
    if identity_numbers.resident_id_problem(number, today) is not None:
        return ""
    read = identity_numbers.resident_id(number, today)
    if asked.kind is FieldKind.DATE:
        return read.birth_date.isoformat()
    return next((o.value for o in asked.options if o.label == read.sex), "")


def _write(data: Answers, steps: Place, value: str) -> None:
    holder: object = data
    rest = steps
    if any(isinstance(step, int) for step in steps):
        at = next(place for place, step in enumerate(steps) if isinstance(step, int))
        rows = get_at(data, [str(step) for step in steps[:at]])
        number = steps[at]
        holder = rows[number] if isinstance(rows, list) and isinstance(number, int) else None
        rest = steps[at + 1 :]
    if isinstance(holder, dict):
        set_at(holder, [str(step) for step in rest], value)
