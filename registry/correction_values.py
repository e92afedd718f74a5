"""A value that somebody types to put a recorded one right: read, checked, refused in words."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Protocol

from engine.errors import Invalid
from engine.model.identity_numbers import (
    bank_account_problem,
    credit_code_problem,
    mobile_problem,
    normalised,
    resident_id_problem,
)

_DATES = frozenset(
    {"birth_date", "contract_from", "union_joined_on", "event_date", "dibao_date", "work_start"}
)
_NUMBERS = frozenset({"dwellings", "floor_area", "school_years", "school_from", "engine"})
_RESIDENT_LENGTH = 18
_LONGEST_NAME = 50
_LONGEST = 200
_LONGEST_PERIOD = 20
_LARGEST = Decimal("9999999.99")
_FIRST_YEAR = 1980
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_NAME = re.compile(r"[^\d\s<>=@]+( [^\d\s<>=@]+)*")
_DOTS = str.maketrans({"•": "·", ".": "·", "‧": "·", "・": "·"})


class Asked(Protocol):
    """What is known of a value that somebody types."""

    @property
    def key(self) -> str:
        """Of the group it stands in."""

    @property
    def codes(self) -> Mapping[str, str] | None:
        """Where it is one of a list."""

    @property
    def money(self) -> bool:
        """Whether it is an amount."""


def value_of(asked: Asked, said: str, today: date) -> object:
    """What was typed as it is kept. Raises Invalid with a sentence."""
    if len(said) > _LONGEST:
        raise Invalid(f"不超过 {_LONGEST} 字。")
    if asked.codes is not None:
        return _code(asked.codes, said, is_many=asked.key == "causes_more")
    if asked.key == "needs":
        return [one.strip() for one in re.split("[、,\uff0c]", said) if one.strip()]
    if asked.money or asked.key in _NUMBERS:
        return _amount(said)
    if asked.key in _DATES:
        return _day(said, today)
    check = _CHECKS.get(asked.key)
    return said if check is None else check(said, today)


def _code(codes: Mapping[str, str], said: str, *, is_many: bool) -> object:
    by_words = {words: code for code, words in codes.items()}
    given = [one.strip() for one in said.split("、")] if is_many else [said]
    found = [one if one in codes else by_words.get(one, "") for one in given]
    if not all(found):
        raise Invalid(f"“{said}”不在代码表里,请选择:{'、'.join(dict.fromkeys(codes.values()))}。")
    return found if is_many else found[0]


def _amount(said: str) -> object:
    try:
        amount = Decimal(said.replace(",", "").replace("元", "").strip())
    except InvalidOperation:
        raise Invalid(f"“{said}”不是数字。") from None
    if not amount.is_finite() or amount < 0 or amount > _LARGEST:
        raise Invalid("应是不小于 0、不超过 9,999,999.99 的数。")
    if amount != amount.quantize(Decimal("0.01")):
        raise Invalid("最多两位小数。")
    return amount


def _day(said: str, today: date) -> str:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise Invalid("日期请写成 2026-11-16 的样子。") from None
    if day > today:
        raise Invalid(f"日期 {day} 还没有到。")
    return day.isoformat()


def _month(said: str, today: date) -> str:
    if _MONTH.fullmatch(said) is None:
        raise Invalid("月份请写成 2026-03 的样子。")
    if said > today.isoformat()[:7]:
        raise Invalid(f"月份 {said} 还没有到。")
    return said


def _period(said: str, _: date) -> str:
    if len(said) > _LONGEST_PERIOD:
        raise Invalid("期间请写成 2026-01 至 2026-12 的样子。")
    return said


def _year(said: str, today: date) -> object:
    if not (said.isascii() and said.isdigit()) or not _FIRST_YEAR <= int(said) <= today.year:
        raise Invalid(f"年份请写成 2019 的样子,在 {_FIRST_YEAR} 和今年之间。")
    return int(said)


def _name(said: str, _: date) -> str:
    name = said.translate(_DOTS)
    if len(name) > _LONGEST_NAME or _NAME.fullmatch(name) is None:
        raise Invalid(f"姓名不超过 {_LONGEST_NAME} 字,不含数字和符号(“·”可以)。")
    return name


def _id_number(said: str, today: date) -> str:
    """Strict for residents' numbers; other papers have their own forms."""
    found = normalised(said)
    if len(found) == _RESIDENT_LENGTH and (problem := resident_id_problem(found, today)):
        raise Invalid(problem)
    return found


def _mobile(said: str, _: date) -> str:
    found = normalised(said)
    if problem := mobile_problem(found):
        raise Invalid(problem)
    return found


def _uscc(said: str, _: date) -> str:
    found = normalised(said)
    if problem := credit_code_problem(found):
        raise Invalid(problem)
    return found


def _account(said: str, _: date) -> str:
    found = normalised(said)
    if problem := bank_account_problem(found):
        raise Invalid(problem)
    return found


_CHECKS: Mapping[str, Callable[[str, date], object]] = {
    "name": _name,
    "person": _name,
    "month": _month,
    "period": _period,
    "bought": _year,
    "id_number": _id_number,
    "mobile": _mobile,
    "employer_uscc": _uscc,
    "bank_account": _account,
    "account_holder": _name,
}
