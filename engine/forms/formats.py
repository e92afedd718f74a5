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
from engine.model import identity_documents, identity_numbers

_DOTS = re.compile("[•・.‧∙●⋅･]")
_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
_BLANK_INSIDE = re.compile(f"(?<=[{_HAN}]) (?=[{_HAN}])")
_NAME_CHARACTERS = re.compile(r"[^\W\d_]+([ ·'’-]+[^\W\d_]+)*")
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
_SHORTEST_NAME = 2
_LONGEST_NAME = 50
_LANDLINE = re.compile(r"(0[0-9]{2,3}-?)?[0-9]{7,8}(-[0-9]{1,6})?")
_COUNTRY = re.compile(r"^(\+|00)?86-?(?=1[3-9][0-9]{9}$)")
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")

_IDENTITY = frozenset({TextFormat.RESIDENT_ID, TextFormat.IDENTITY_DOCUMENT})

SEX_LABEL = "性别"
KIND_LABEL = "证件种类"
BIRTH_LABEL = "出生日期"
"""The labels of the fields beside a number that it is compared with."""


def normalise(text_format: TextFormat, text: str) -> str:
    """The text as it is stored: half width, no blanks inside numbers, capital X, · in names."""
    if text_format is TextFormat.NAME:
        return _BLANK_INSIDE.sub("", _DOTS.sub("·", " ".join(text.split())))
    if text_format is TextFormat.PHONE:
        half_width = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
        dashed = re.sub(r"[—–转]|ext\.?", "-", half_width).replace("(", "").replace(")", "-")
        return _COUNTRY.sub("", dashed.strip("-"))
    if text_format is TextFormat.MOBILE:
        return _COUNTRY.sub("", identity_numbers.normalised(text))
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
        return
    if text_format is TextFormat.IDENTITY_DOCUMENT:
        warning = identity_documents.document_warning(text, beside.get(KIND_LABEL, ""))
        if warning:
            yield "kind", warning
    if text_format in _IDENTITY and _RESIDENT.fullmatch(text):
        yield from _resident_warnings(text, beside)


def _resident_warnings(text: str, beside: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    warning = identity_numbers.resident_id_warning(text)
    if warning:
        yield "area", warning
    sex = identity_numbers.Sex.MALE if int(text[16]) % 2 else identity_numbers.Sex.FEMALE
    told = beside.get(SEX_LABEL, "")
    if told in (identity_numbers.Sex.MALE, identity_numbers.Sex.FEMALE) and told != sex:
        yield "sex", f"身份证号第 17 位表示{sex},与填写的性别“{told}”不同,请与证件核对。"
    born, said = _born_in(text), beside.get(BIRTH_LABEL, "")
    if said and said != born:
        yield "birth", f"身份证号中的出生日期是 {born},与填写的 {said} 不同,请与证件核对。"


def _born_in(text: str) -> str:
    return f"{text[6:10]}-{text[10:12]}-{text[12:14]}"


def _name(text: str, _: date) -> str | None:
    unknown = _PRIVATE.search(text)
    if unknown is not None:
        return (
            "姓名里有别处显示不出来的自造字(或“□”),请换成标准字:"
            "输入法可用 U 模式拆字,或从公安、民政系统复制。"
        )
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
    damage = identity_numbers.excel_damage(text)
    return damage or identity_documents.document_problem(text, today)


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
