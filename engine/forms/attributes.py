"""What a case may be found and counted by: values copied out of a form (design.md D17)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from engine.forms.components import AttributeUse, Field, FieldKind, Personal
from engine.forms.masking import last_four
from engine.forms.validation import each_value
from engine.forms.values import as_decimal, read_date

LONGEST_TEXT = 200
"""Characters of an attribute's text; more is cut off."""

_SECRET = frozenset({Personal.ID, Personal.ACCOUNT, Personal.PHONE})


class AttributeKind(StrEnum):
    """How an attribute is stored."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    SECRET = "secret"  # noqa: S105 - the name of a kind: stored as keyed hash and last four


@dataclass(frozen=True)
class FormAttribute:
    """One value to copy.

    ``value`` is a text, Decimal or date by ``kind``; a ``SECRET`` is the clear number, to be
    stored as keyed hash only, with ``last4`` beside it. ``name`` is the field's key, in a list
    with the row's number: ``members.0.id_no``. For a choice ``value`` is the stored one.
    """

    name: str
    label: str
    kind: AttributeKind
    value: str | Decimal | date
    last4: str | None
    use: AttributeUse


def attributes_of(fields: Sequence[Field], data: Mapping[str, object]) -> tuple[FormAttribute, ...]:
    """The attributes of cleaned answers, in form order; empty ones are left out."""
    found = []
    for steps, asked, value in each_value(fields, data):
        if asked.attribute is None:
            continue
        attribute = _attribute(asked, asked.attribute, ".".join(map(str, steps)), value)
        if attribute is not None:
            found.append(attribute)
    return tuple(found)


def _attribute(asked: Field, use: AttributeUse, name: str, value: object) -> FormAttribute | None:
    if asked.pii in _SECRET:
        text = str(value).strip().upper()
        if not text:
            return None
        return FormAttribute(name, asked.label, AttributeKind.SECRET, text, last_four(text), use)
    kind, plain = _plain(asked, value)
    if plain is None:
        return None
    return FormAttribute(name, asked.label, kind, plain, None, use)


def _plain(asked: Field, value: object) -> tuple[AttributeKind, str | Decimal | date | None]:
    if asked.kind is FieldKind.DATE and isinstance(value, str):
        return AttributeKind.DATE, read_date(value)
    if isinstance(value, bool):
        return AttributeKind.TEXT, "true" if value else "false"
    if asked.is_numeric or isinstance(value, int | float):
        return AttributeKind.NUMBER, as_decimal(value)
    if isinstance(value, str):
        return AttributeKind.TEXT, value.strip()[:LONGEST_TEXT] or None
    return AttributeKind.TEXT, None
