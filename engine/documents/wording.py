"""Values as papers have them: 2026年11月16日, 1,000.00 元, ☑ 是 □ 否."""

from collections.abc import Mapping

from engine.documents.capitals import capitals
from engine.forms.components import Field, FieldKind, Personal
from engine.forms.masking import mask_text
from engine.forms.values import as_decimal, is_empty, plain_text, read_date, show_money, show_number

TICKED, TO_TICK = "☑", "□"


def written(value: object, way: str, asked: Field | None) -> str:
    """A value in words, by its form field where it has one; empty where there is none."""
    if way == "boxes":
        return _boxes(value, asked)
    if is_empty(value):
        return ""
    if way in ("money", "capitals"):
        return _money(value, way)
    if way == "date":
        return date_in_words(plain_text(value))
    text = _plain(value, asked)
    if way == "mask":
        personal = Personal.NAME if asked is None or asked.pii is None else asked.pii
        return mask_text(personal, text)
    return text


def date_in_words(text: str) -> str:
    """2026年11月16日 for a day or an instant written any way; other texts as they are."""
    day = read_date(text[:10]) or read_date(text)
    return text if day is None else f"{day.year}年{day.month}月{day.day}日"


def _money(value: object, way: str) -> str:
    number = as_decimal(value)
    if number is None:
        return plain_text(value)
    return capitals(number) if way == "capitals" else f"{show_money(number)} 元"


def _plain(value: object, asked: Field | None) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_plain(item, asked) for item in value if not is_empty(item))
    if isinstance(value, Mapping):
        return "、".join(_plain(item, None) for item in value.values() if not is_empty(item))
    if asked is not None and asked.options:
        return asked.label_of(value)
    if asked is not None and _is_money(asked):
        return f"{show_money(value)} 元"
    text = plain_text(value) if isinstance(value, str) else show_number(value)
    if asked is not None and asked.kind is FieldKind.DATE:
        return date_in_words(text)
    return f"{text} {asked.unit}" if asked is not None and asked.unit else text


def _is_money(asked: Field) -> bool:
    return asked.kind is FieldKind.MONEY or (
        asked.kind is FieldKind.COMPUTED and asked.unit == "元"
    )


def _boxes(value: object, asked: Field | None) -> str:
    """Every choice with its box, for the pen where none is chosen yet."""
    chosen = {str(item) for item in (value if isinstance(value, list) else [value])}
    choices: tuple[tuple[str, str], ...]
    if asked is None or not asked.options:
        choices = (("true", "是"), ("false", "否"))
        chosen = {text.lower() for text in chosen}
    else:
        choices = tuple((option.value, option.label) for option in asked.options)
    return "  ".join(
        f"{TICKED if stored in chosen else TO_TICK} {label}" for stored, label in choices
    )
