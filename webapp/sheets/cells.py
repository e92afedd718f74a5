"""One cell as somebody has left it, read as the answer to a field.

Excel keeps 15 digits of a number and shows the rest as zeros, so a number of a person that was
typed into a cell that is no text is lost for good: it is refused, never guessed.
"""

import math
import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from typing import Protocol

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from engine.forms import Field, FieldKind
from engine.forms.codes import called, either_of
from engine.forms.values import as_decimal, clean_text, read_date, to_json_number

MOST_DIGITS = 15
"""So many digits of a number Excel keeps."""

_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d{2}")
_BETWEEN_CHOICES = re.compile(r"[、,,;;\n/|]+")
_YES = frozenset({"是", "√", "✓", "☑", "1", "y", "yes", "true", "有"})
_NO = frozenset({"否", "×", "✗", "☐", "0", "n", "no", "false", "无"})
_MOST_SHOWN = 40
_FEW_CHOICES = 12


class RawCell(Protocol):
    """What openpyxl reads of a cell."""

    @property
    def value(self) -> object:
        """Its value."""
        ...

    @property
    def data_type(self) -> str:
        """``s`` text, ``n`` number, ``d`` date, ``b`` yes or no, ``f`` formula, ``e`` error."""
        ...


class WrongCell(Exception):
    """A cell that cannot be read; ``message`` says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def writable(text: str) -> str:
    """A text without the control characters that no workbook can hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", text)


def text_of(cell: RawCell) -> str:
    """A cell as a text; raises WrongCell where its text is not what was typed."""
    value = _typed(cell)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _digits(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, date | time):
        return value.isoformat()
    told = clean_text(str(value))
    if _SCIENTIFIC.fullmatch(told):
        raise WrongCell(_lost(told))
    return told


def answer_of(cell: RawCell, asked: Field) -> object:
    """A cell as the answer to a field, None where it is empty.

    A text that is no number or no date stays the text it is: the form's own rules say what is
    wrong with it.
    """
    if asked.kind is FieldKind.DATE:
        return _date(cell)
    if asked.is_numeric:
        return _number(cell)
    if asked.kind is FieldKind.CHECKBOX:
        return _tick(text_of(cell), asked)
    if asked.kind is FieldKind.CHECKLIST:
        told = text_of(cell)
        parts = [part for part in _BETWEEN_CHOICES.split(told) if part.strip()]
        whole = _choice_or_none(told, asked) if told else None
        return ([whole] if whole else [_choice(part, asked) for part in parts]) or None
    if asked.is_choice:
        told = text_of(cell)
        return _choice(told, asked) if told else None
    return _text(cell, asked)


def _text(cell: RawCell, asked: Field) -> object:
    value = cell.value
    if isinstance(value, date) and asked.pattern:
        # Excel has made a day of “2026-03”; the field says how it is to be written.
        month = f"{value:%Y-%m}"
        if re.fullmatch(asked.pattern, month):
            return month
    return text_of(cell) or None


def _typed(cell: RawCell) -> object:
    """The cell's value where it is one; a formula or an error is none."""
    if cell.data_type == "f":
        raise WrongCell("是公式,不能导入。请复制这一列,用“选择性粘贴”选“数值”后再上传。")
    if cell.data_type == "e":
        raise WrongCell(f"是错误值 {str(cell.value)[:_MOST_SHOWN]},请改为实际内容。")
    return cell.value


def _digits(value: float) -> str:
    """A number as its digits; refused where Excel can have changed them."""
    if math.isnan(value):
        raise WrongCell("不是数值,请改为实际内容。")
    if abs(value) >= 10**MOST_DIGITS:
        raise WrongCell(_lost(f"{value:.5E}"))
    if float(value).is_integer():
        return str(int(value))
    return f"{value:.15g}"


def _lost(shown: str) -> str:
    return f"已被 Excel 改成 {shown},末几位已丢失。请将该列设为“文本”后重新填写"


def _date(cell: RawCell) -> object:
    value = _typed(cell)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    told = text_of(cell)
    day = read_date(told) if told else None
    return day.isoformat() if day else told or None


def _number(cell: RawCell) -> object:
    value = _typed(cell)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return to_json_number(Decimal(_digits(value)))
    told = text_of(cell).removesuffix("元").strip()
    number = as_decimal(told) if told else None
    return told or None if number is None else to_json_number(number)


def _tick(told: str, asked: Field) -> object:
    if not told:
        return None
    plain = _plain(told)
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise WrongCell(f"“{told[:_MOST_SHOWN]}”不是“是”或“否”,请填写“是”或“否”({asked.label})。")


def _choice(told: str, asked: Field) -> str:
    found = _choice_or_none(told, asked)
    if found is None:
        meant = called(asked, told)
        if meant:
            raise WrongCell(f"{either_of(asked, told[:_MOST_SHOWN], meant)}。")
        labels = [option.label for option in asked.options]
        known = "、".join(labels[:_FEW_CHOICES]) + (" 等" if len(labels) > _FEW_CHOICES else "")
        raise WrongCell(f"“{told[:_MOST_SHOWN]}”不在可选的内容里,可填:{known}。")
    return found


def _choice_or_none(told: str, asked: Field) -> str | None:
    """The option by its words or its code; by 是 and 否 also where only codes are alike."""
    plain = _plain(told)
    for option in asked.options:
        if plain in (_plain(option.label), _plain(option.value)):
            return option.value
    # “1 无劳动能力”: code and words together, as older sheets have them.
    for option in asked.options:
        if plain == _plain(option.value + option.label):
            return option.value
    meant = called(asked, told)
    return meant[0].value if len(meant) == 1 else None


def _plain(text: str) -> str:
    """Without what two people write differently: width, blanks, capitals, dots."""
    return re.sub(r"[\s..、]", "", unicodedata.normalize("NFKC", text)).casefold()
