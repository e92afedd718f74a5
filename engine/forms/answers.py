"""From whatever was sent to values of the right types, with a note of what does not fit.

Nothing here raises, whatever the data are. A value of the wrong type is left out and noted, so
that all later rules meet only values of the kind they were written for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.forms.components import Field, FieldKind
from engine.forms.formats import normalise
from engine.forms.paths import MISSING, get_at, pointer, set_at
from engine.forms.rows import given_rows, with_kept_rows
from engine.forms.values import as_decimal, clean_text, is_empty, read_date, to_json_number
from engine.forms.visibility import Answers

_UNFIT = object()

_MOST_UNKNOWN = 20
_LARGEST_CARD_NUMBER = 10**30
_LARGEST_FLOAT_EXPONENT = 300


@dataclass(frozen=True)
class Misfit:
    """A value that is not of its field's type; ``asked`` is None where no field asks for it."""

    steps: tuple[str | int, ...]
    asked: Field | None
    code: str

    @property
    def pointer(self) -> str:
        """Where it stands in the data."""
        return pointer(*self.steps)


@dataclass
class Answered:
    """The values that fit, and what does not."""

    data: Answers = field(default_factory=dict)
    misfits: list[Misfit] = field(default_factory=list)


def read_answers(
    fields: Sequence[Field], data: Mapping[str, object], scope: Mapping[str, object]
) -> Answered:
    """Take each field's value from the data; what people cannot change comes from the scope."""
    answered = Answered()
    _find_unknown(answered, fields, data)
    for asked in fields:
        if asked.kind is FieldKind.COMPUTED:
            continue
        source = data if asked.is_asked else scope
        value = get_at(source, asked.path)
        if asked.keeps_rows and _is_list(value):
            value = with_kept_rows(asked, value, scope) or MISSING
        if value is MISSING and not asked.is_asked:
            value = asked.default
        fitted = _fit(answered, asked, value, asked.path)
        if asked.fixed_rows and asked.is_asked:
            fitted = _among_given(answered, asked, fitted, get_at(scope, asked.path))
        if not is_empty(fitted):
            set_at(answered.data, asked.path, fitted)
    return answered


def _is_list(value: object) -> bool:
    """Whether rows can be read: nothing at all counts as none."""
    return value is MISSING or value is None or isinstance(value, list)


def _fit(answered: Answered, asked: Field, value: object, steps: tuple[str | int, ...]) -> object:
    """The value as its kind stores it, None where there is none or it does not fit."""
    if value is MISSING or is_empty(value):
        return None
    if asked.kind is FieldKind.LIST:
        return _fit_rows(answered, asked, value, steps)
    fitted = _FITS[asked.kind](asked, value)
    if fitted is _UNFIT:
        answered.misfits.append(Misfit(steps, asked, "type"))
        return None
    return fitted


def _among_given(answered: Answered, asked: Field, fitted: object, known: object) -> object:
    """The rows the case has, with what is said of them; more than it has are noted."""
    rows = given_rows(asked, fitted, known)
    if isinstance(fitted, list) and len(fitted) > len(rows):
        answered.misfits.append(Misfit(asked.path, asked, "fixedRows"))
    return rows


def _fit_rows(
    answered: Answered, asked: Field, value: object, steps: tuple[str | int, ...]
) -> object:
    """Rows keep their places, so that pointers into what was sent stay right."""
    if not isinstance(value, list | tuple):
        answered.misfits.append(Misfit(steps, asked, "type"))
        return None
    most = asked.max_items if asked.max_items is not None else len(value)
    if len(value) > most:
        # Reading on would do work for nothing: the list is refused as a whole.
        answered.misfits.append(Misfit(steps, asked, "maxItems"))
        return None
    rows: list[Answers] = []
    for number, row in enumerate(value):
        fitted: Answers = {}
        if isinstance(row, Mapping):
            _fit_row(answered, asked, row, fitted, (*steps, number))
        elif not is_empty(row):
            answered.misfits.append(Misfit((*steps, number), asked, "type"))
        rows.append(fitted)
    return rows


def _fit_row(
    answered: Answered,
    asked: Field,
    row: Mapping[str, object],
    fitted: Answers,
    steps: tuple[str | int, ...],
) -> None:
    _find_unknown(answered, asked.row_fields, row, steps)
    for column in asked.row_fields:
        if column.is_asked or column.signs:
            cell = _fit(answered, column, get_at(row, column.path), (*steps, *column.path))
            if not is_empty(cell):
                set_at(fitted, column.path, cell)


def _fit_text(asked: Field, value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return _UNFIT
    if isinstance(value, int):
        # Excel and some clients send numbers of cards and identity cards as numbers.
        if asked.format is None or not 0 <= value < _LARGEST_CARD_NUMBER:
            return _UNFIT
        return normalise(asked.format, str(value))
    text = clean_text(value)
    return normalise(asked.format, text) if asked.format is not None else text


def _fit_number(_: Field, value: object) -> object:
    number = as_decimal(value)
    if number is None or abs(number.adjusted()) > _LARGEST_FLOAT_EXPONENT:
        return _UNFIT
    return to_json_number(number)


def _fit_date(_: Field, value: object) -> object:
    if not isinstance(value, str):
        return _UNFIT
    day = read_date(value)
    return _UNFIT if day is None else day.isoformat()


def _fit_choice(_: Field, value: object) -> object:
    return clean_text(value) if isinstance(value, str) else _UNFIT


def _fit_checkbox(_: Field, value: object) -> object:
    if isinstance(value, bool):
        return value
    return {"true": True, "on": True, "1": True, "false": False}.get(
        value if isinstance(value, str) else "", _UNFIT
    )


def _fit_several(_: Field, value: object) -> object:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        return _UNFIT
    return list(dict.fromkeys(clean_text(item) for item in items if item))


def _fit_file(asked: Field, value: object) -> object:
    return _fit_several(asked, value) if asked.multiple else _fit_choice(asked, value)


_FITS: dict[FieldKind, Callable[[Field, object], object]] = {
    FieldKind.TEXT: _fit_text,
    FieldKind.TEXTAREA: _fit_text,
    FieldKind.NUMBER: _fit_number,
    FieldKind.MONEY: _fit_number,
    FieldKind.DATE: _fit_date,
    FieldKind.SELECT: _fit_choice,
    FieldKind.RADIO: _fit_choice,
    FieldKind.CHECKBOX: _fit_checkbox,
    FieldKind.CHECKLIST: _fit_several,
    FieldKind.FILE: _fit_file,
}


def _find_unknown(
    answered: Answered,
    fields: Sequence[Field],
    data: Mapping[str, object],
    steps: tuple[str | int, ...] = (),
    depth: int = 0,
) -> None:
    """Note each key that no field asks for."""
    known: dict[str, list[Field]] = {}
    texts: set[str] = set()
    for asked in fields:
        known.setdefault(asked.path[depth], []).append(asked)
        if asked.codes and len(asked.path) == depth + 1:
            texts.add(asked.text_name)  # a client may send back what it got: it is made anew
    for key, value in data.items():
        here = (*steps, str(key))
        inner = known.get(key)
        if inner is None and str(key) in texts:
            continue
        if inner is None:
            if len(answered.misfits) < _MOST_UNKNOWN:
                answered.misfits.append(Misfit(here, None, "unknown"))
        elif len(inner[0].path) > depth + 1:
            if isinstance(value, Mapping):
                _find_unknown(answered, inner, value, here, depth + 1)
            elif not is_empty(value):
                answered.misfits.append(Misfit(here, None, "type"))
