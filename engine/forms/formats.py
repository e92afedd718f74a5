"""The formats of texts: tidying what was typed, refusing what is wrong, warning of what is odd.

Refused is what no real document can show (a wrong check digit, a day that does not exist). Area
codes, the sex in an identity number and the check digit of a card only warn: real people have
numbers that break these rules (domain.md §2.5).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from engine.forms.components import TextFormat
from engine.model import identity_numbers

_DOTS = re.compile("[•・.‧∙●⋅]")
_NAME_CHARACTERS = re.compile(r"[^\W\d_]+([ ·'’-]+[^\W\d_]+)*")
_SHORTEST_NAME = 2
_LONGEST_NAME = 50
_LANDLINE = re.compile(r"(0[0-9]{2,3}-?)?[0-9]{7,8}(-[0-9]{1,6})?")
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_OTHER_DOCUMENT = re.compile(r"(?=(?:.*[0-9]){4})[0-9A-Z()/]{5,24}")

_IDENTITY = frozenset({TextFormat.RESIDENT_ID, TextFormat.IDENTITY_DOCUMENT})

SEX_LABEL = "性别"
"""The label of the field that an identity number is compared with."""


def normalise(text_format: TextFormat, text: str) -> str:
    """The text as it is stored: half width, no blanks inside numbers, capital X, · in names."""
    if text_format is TextFormat.NAME:
        return _DOTS.sub("·", " ".join(text.split()))
    if text_format is TextFormat.PHONE:
        return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("—", "-")
    return identity_numbers.normalised(text)


def format_problem(text_format: TextFormat, text: str, today: date) -> str | None:
    """What is wrong with a normalised text, a sentence for the person; None where it is right."""
    return _CHECKS[text_format](text, today)


def format_warnings(
    text_format: TextFormat, text: str, beside: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """What is odd about a right text: codes with sentences; ``beside`` are answers by label."""
    if text_format is TextFormat.BANK_ACCOUNT:
        warning = identity_numbers.bank_account_warning(text)
        if warning:
            yield "account", warning
    elif text_format in _IDENTITY and _RESIDENT.fullmatch(text):
        yield from _resident_warnings(text, beside.get(SEX_LABEL, ""))


def _resident_warnings(text: str, told: str) -> Iterator[tuple[str, str]]:
    warning = identity_numbers.resident_id_warning(text)
    if warning:
        yield "area", warning
    sex = identity_numbers.Sex.MALE if int(text[16]) % 2 else identity_numbers.Sex.FEMALE
    if told in (identity_numbers.Sex.MALE, identity_numbers.Sex.FEMALE) and told != sex:
        yield "sex", f"身份证号第 17 位表示{sex},与填写的性别“{told}”不同,请与证件核对。"


def _name(text: str, _: date) -> str | None:
    if not _SHORTEST_NAME <= len(text) <= _LONGEST_NAME or not _NAME_CHARACTERS.fullmatch(text):
        return "姓名应为 2 至 50 个字,不含数字和符号(少数民族姓名中间用“·”)。"
    return None


def _phone(text: str, today: date) -> str | None:
    if _LANDLINE.fullmatch(text) or _mobile(text, today) is None:
        return None
    return "电话应为 11 位手机号,或带区号的固定电话,例如 0596-2000000。"


def _resident(text: str, today: date) -> str | None:
    return identity_numbers.resident_id_problem(text, today)


def _document(text: str, today: date) -> str | None:
    """An identity card, or what people have who have none: a passport, a birth certificate."""
    if _RESIDENT.fullmatch(text):
        return _resident(text, today)
    if _OTHER_DOCUMENT.fullmatch(text):
        return None
    return "证件号码应为 18 位身份证号,或护照、居住证、出生医学证明上的编号(字母和数字)。"


def _credit_code(text: str, _: date) -> str | None:
    return identity_numbers.credit_code_problem(text)


def _account(text: str, _: date) -> str | None:
    return identity_numbers.bank_account_problem(text)


def _mobile(text: str, _: date) -> str | None:
    return identity_numbers.mobile_problem(text)


_CHECKS: Mapping[TextFormat, Callable[[str, date], str | None]] = {
    TextFormat.RESIDENT_ID: _resident,
    TextFormat.IDENTITY_DOCUMENT: _document,
    TextFormat.CREDIT_CODE: _credit_code,
    TextFormat.BANK_ACCOUNT: _account,
    TextFormat.MOBILE: _mobile,
    TextFormat.PHONE: _phone,
    TextFormat.NAME: _name,
}
