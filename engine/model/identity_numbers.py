"""Numbers that identify people, units and accounts: what is certainly wrong with one.

Every ``…_problem`` gives None for a number that can be right, else a sentence for the person who
typed it. They are strict about writing (ASCII digits, capital X, no spaces), because the same
number must always be stored the same way: call :func:`normalised` first to be kind. A
``…_warning`` says what is unusual but may be right, and never refuses.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum import luhn
from stdnum.cn import uscc

from engine.errors import Invalid

_RESIDENT_ID = re.compile(r"[0-9]{17}[0-9X]")
_OLD_RESIDENT_ID = re.compile(r"[0-9]{15}")
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_BANK_ACCOUNT = re.compile(r"[0-9]{8,32}")
_CUT_BY_EXCEL = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]{1,2}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"

_CARD_LENGTHS = range(16, 20)
_OLDEST = 130  # years; nobody alive is older

_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
"""First two digits in use by GB/T 2260; 81 to 83 also begin the residence permits of 港澳台."""


class Sex(StrEnum):
    """As the 17th digit says it."""

    MALE = "男"
    FEMALE = "女"


class ResidentIdKind(StrEnum):
    """Which document an 18-digit number is from."""

    MAINLAND = "居民身份证"
    HONG_KONG = "港澳居民居住证（香港）"
    MACAO = "港澳居民居住证（澳门）"
    TAIWAN = "台湾居民居住证"
    FOREIGNER = "外国人永久居留身份证"


@dataclass(frozen=True)
class ResidentId:
    """What an 18-digit number of GB 11643 says of its holder.

    ``area_code`` is that of her first registration: it stays for life and may be the code of an
    area that has been renamed since, or that did not yet exist when she was born.
    """

    number: str
    kind: ResidentIdKind
    area_code: str
    birth_date: date
    sex: Sex


def normalised(text: str) -> str:
    """A number as it is stored: half-width, capitals, without spaces and hyphens."""
    half_width = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\u2010-\u2015-]", "", half_width).upper()


def resident_id(number: str, today: date) -> ResidentId:
    """Read an 18-digit number (GB 11643); Invalid, with a sentence, where it cannot be right.

    Length, birth date and check character only. Not the area: holders keep the code of their
    first registration, so any list of codes refuses real people. Numbers of
    residence permits of 港澳台 (81, 82, 83) and of the foreigner's permanent residence card (9)
    are built alike.
    """
    damage = excel_damage(number)
    if damage is not None:
        raise Invalid(damage)
    if _OLD_RESIDENT_ID.fullmatch(number):
        raise Invalid("这是 15 位旧号,请按现在的身份证填写 18 位号码。")
    if _RESIDENT_ID.fullmatch(number) is None:
        raise Invalid("身份证号应为 18 位:前 17 位是数字,末位是数字或大写 X。")
    birth_date = _birth_date(number[6:14])
    if birth_date > today or birth_date.year < today.year - _OLDEST:
        raise Invalid(f"身份证号中的出生日期“{number[6:14]}”不可能,请核对第 7 至 14 位。")
    if resident_id_check_character(number[:17]) != number[17]:
        raise Invalid("身份证号最后一位校验不符,请对照证件逐位核对。")
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return ResidentId(number, kind_of(number), number[:6], birth_date, sex)


def resident_id_problem(number: str, today: date) -> str | None:
    """What is wrong with a resident's number, or None: see :func:`resident_id`."""
    try:
        resident_id(number, today)
    except Invalid as refusal:
        return refusal.message
    return None


def resident_id_warning(number: str) -> str | None:
    """What is unusual about a resident's number that has no problem, or None."""
    if kind_of(number) is not ResidentIdKind.FOREIGNER and not _PROVINCE.match(number):
        return f"身份证号前两位“{number[:2]}”不是常见的省级代码,请与证件核对。"
    return None


def resident_id_check_character(first17: str) -> str:
    """The 18th character for the first 17 digits (ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first17, strict=True))
    return _CHECK_CHARACTERS[total % len(_CHECK_CHARACTERS)]


def credit_code_problem(number: str) -> str | None:
    """What is wrong with a unified social credit code (GB 32100), or None."""
    if _CREDIT_CODE.fullmatch(number) is None:
        return "统一社会信用代码应为 18 位数字和大写字母,不含 I、O、S、V、Z。"
    if uscc.calc_check_digit(number[:17]) != number[17]:
        return "统一社会信用代码的校验位不对,可能输错了字符,请逐位核对。"
    return None


def bank_account_problem(number: str) -> str | None:
    """What is certainly wrong with an account number, or None.

    Passbooks and accounts of rural banks have other lengths than cards, so little is certain.
    """
    damage = excel_damage(number)
    if damage is not None:
        return damage
    if _BANK_ACCOUNT.fullmatch(number) is None:
        return "银行账号只能填数字,8 至 32 位,不含空格和横线。"
    return None


def bank_account_warning(number: str) -> str | None:
    """What is unusual about an account number that has no problem, or None.

    16 to 19 digits with the check digit of Luhn are a card; some passbooks and social security
    cards are right without it, so a second person confirms instead.
    """
    if len(number) not in _CARD_LENGTHS:
        return f"银行卡号一般为 16 至 19 位,这里是 {len(number)} 位。如是存折账号,请再核对一遍。"
    if not luhn.is_valid(number):
        return "卡号校验位不符,可能输错了数字。如与卡面一致,请由第二人核对确认。"
    return None


def excel_damage(number: str) -> str | None:
    """What a spreadsheet did to a long number, or None: its last digits are lost for ever."""
    if _CUT_BY_EXCEL.fullmatch(number) is None:
        return None
    return f"号码已被 Excel 改成 {number},末几位已丢失。请将该列设为“文本”后重新填写。"


def mobile_problem(number: str) -> str | None:
    """What is wrong with a mobile number, or None."""
    if _MOBILE.fullmatch(number) is None:
        return "手机号码应为 11 位数字,以 13 至 19 开头。"
    return None


def _birth_date(digits: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise Invalid(
            f"身份证号第 7 至 14 位应为出生日期,“{digits}”不是有效日期,请核对。"
        ) from None


def kind_of(number: str) -> ResidentIdKind:
    """Which document an 18-digit number is from, by its first digits."""
    if number.startswith("9"):
        return ResidentIdKind.FOREIGNER
    permits = {
        "81": ResidentIdKind.HONG_KONG,
        "82": ResidentIdKind.MACAO,
        "83": ResidentIdKind.TAIWAN,
    }
    return permits.get(number[:2], ResidentIdKind.MAINLAND)
