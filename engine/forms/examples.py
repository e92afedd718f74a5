"""A valid, made-up value for each field: for the schema's ``examples`` and for trying a form.

All numbers are synthetic; the check digits are right.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from engine.forms.components import Field, FieldKind, TextFormat
from engine.forms.paths import set_at
from engine.forms.values import as_decimal, read_date, to_json_number

_BY_FORMAT: Mapping[TextFormat, str] = {
    TextFormat.RESIDENT_ID: "350602199001019907",
    TextFormat.IDENTITY_DOCUMENT: "350602199001019907",
    TextFormat.CREDIT_CODE: "91350600MA0000001H",
    TextFormat.BANK_ACCOUNT: "6217000000000000004",
    TextFormat.MOBILE: "13800000000",
    TextFormat.PHONE: "0596-2000000",
    TextFormat.NAME: "张模拟",
}


def example_of(asked: Field) -> object:
    """A value that the field accepts; None for files and where nothing can be made up."""
    if asked.example not in (None, ""):
        return _written(asked)
    if asked.return_fields:
        return None  # what is to be changed depends on where the case is sent back to
    return _MADE_UP[asked.kind](asked)


def example_row(asked: Field) -> dict[str, object]:
    """A row of a list with every column that has an example."""
    row: dict[str, object] = {}
    for column in asked.row_fields:
        value = example_of(column) if column.is_asked else None
        if value is not None:
            set_at(row, column.path, value)
    return row


def _written(asked: Field) -> object:
    """The designer's own example, as the kind stores it."""
    text = str(asked.example)
    if asked.is_numeric:
        number = as_decimal(asked.example)
        return text if number is None else to_json_number(number)
    if asked.kind is FieldKind.DATE:
        day = read_date(text)
        return text if day is None else day.isoformat()
    if asked.kind is FieldKind.CHECKLIST:
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _text(asked: Field) -> str | None:
    if asked.format is not None:
        return _BY_FORMAT[asked.format]
    if asked.pattern is not None:
        return None
    text = "示例" + "例" * max(0, (asked.min_length or 0) - 2)
    return text[: asked.max_length]


def _number(asked: Field) -> int | float:
    number = Decimal(100 if asked.kind is FieldKind.MONEY else 1)
    if asked.maximum is not None:
        number = min(number, asked.maximum)
    if asked.minimum is not None:
        number = max(number, asked.minimum)
    return to_json_number(number)


def _day(_: Field) -> str:
    return "2026-01-01"


def _tick(_: Field) -> bool:
    return True


def _choice(asked: Field) -> str | None:
    return asked.options[0].value if asked.options else None


def _choices(asked: Field) -> list[str]:
    return [option.value for option in asked.options[: max(1, asked.min_items or 1)]]


def _rows(asked: Field) -> list[dict[str, object]]:
    return [example_row(asked) for _ in range(max(1, asked.min_items or 1))]


def _none(_: Field) -> None:
    return None


_MADE_UP: Mapping[FieldKind, Callable[[Field], object]] = {
    FieldKind.TEXT: _text,
    FieldKind.TEXTAREA: _text,
    FieldKind.NUMBER: _number,
    FieldKind.MONEY: _number,
    FieldKind.DATE: _day,
    FieldKind.SELECT: _choice,
    FieldKind.RADIO: _choice,
    FieldKind.CHECKBOX: _tick,
    FieldKind.CHECKLIST: _choices,
    FieldKind.FILE: _none,
    FieldKind.LIST: _rows,
    FieldKind.COMPUTED: _none,
}
