"""Between what people type and what a case stores.

Numbers are typed ``1000``, ``1,000.00`` or in full width; dates ``2026-11-16``, ``2026/11/16``,
``2026年11月16日`` or ``20261116``. What cannot be read stays the text it was, so that nothing that
somebody typed is lost; validation says what is wrong with it.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

LARGEST_NUMBER = Decimal(10) ** 15
"""Numbers must be smaller: a JSON number holds fifteen digits exactly."""

MOST_DIGITS = 15

_GROUPED = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d\d)(\d\d)")


def read_number(text: str) -> Decimal | None:
    """The number a text writes, None where it writes none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = plain.removeprefix("¥").removesuffix("元").replace(" ", "").strip()
    if not any(character.isdigit() for character in plain) or not _GROUPED.fullmatch(plain):
        return None
    try:
        return Decimal(plain.replace(",", ""))
    except InvalidOperation:
        return None


def as_decimal(value: object) -> Decimal | None:
    """The exact number of a JSON value: 0.1 is one tenth; a tick is no number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        # Turning thousands of digits into a decimal is work that nobody asked for.
        return Decimal(value) if value.bit_length() < 4 * MOST_DIGITS * MOST_DIGITS else None
    if isinstance(value, float):
        number = Decimal(repr(value))
        return number if number.is_finite() else None
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    return read_number(value) if isinstance(value, str) else None


def fits_json(number: Decimal) -> bool:
    """Whether a JSON number holds it exactly."""
    return abs(number) < LARGEST_NUMBER and len(number.normalize().as_tuple().digits) <= MOST_DIGITS


def to_json_number(number: Decimal) -> int | float:
    """The number as a case stores it: whole ones as int, others as the nearest float."""
    return int(number) if number == number.to_integral_value() else float(number)


def read_date(text: str) -> date | None:
    """The day a text writes, None where it writes none or one that does not exist."""
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    parts = [int(part) for part in found.groups() if part is not None]
    try:
        return date(*parts)
    except ValueError:
        return None


def decimal_places(number: Decimal) -> int:
    """How many digits it has after the point, closing zeros not counted."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def show_number(value: object) -> str:
    """A number as people type it: ``1000``, ``0.5``; any other value as text."""
    number = None if isinstance(value, str) else as_decimal(value)
    if number is None:
        return plain_text(value)
    if number == number.to_integral_value():
        return str(int(number))
    return f"{number.normalize():f}"


def show_money(value: object) -> str:
    """An amount with separators and two digits, ``1,000.00``; more digits are not cut off."""
    number = None if isinstance(value, str) else as_decimal(value)
    if number is None:
        return plain_text(value)
    return f"{number:,.{max(2, decimal_places(number))}f}"


def plain_text(value: object) -> str:
    """A value as text: nothing for nothing, else as it is."""
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)


def clean_text(text: str) -> str:
    """The text without what only a paste brings: outer blanks, carriage returns, NUL.

    Halves of surrogate pairs, which no UTF-8 can hold, become question marks.
    """
    plain = text if text.isascii() else text.encode("utf-8", "replace").decode()
    return plain.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def is_empty(value: object) -> bool:
    """Whether a value says nothing: none, blank text, an empty list or object."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or value in ([], {}, ())


def is_blank_row(row: Mapping[str, object]) -> bool:
    """Whether nothing was filled in: a box that is not ticked says nothing."""
    return all(
        is_blank_row(value) if isinstance(value, Mapping) else value is False or is_empty(value)
        for value in row.values()
    )
