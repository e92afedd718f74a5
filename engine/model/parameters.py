"""What a business parameter may be: its kind, its range, who may set it (design.md D8, D24).

A rule says what values a parameter takes; the values themselves are dated rows, for all or for
one organisation's area. What a law fixes cannot be lengthened; shortened only where the rule
says so.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from engine.errors import Invalid
from engine.model.deadlines import Deadline

LONGEST_REASON = 500
LONGEST_DOCUMENT = 200


class Kind(StrEnum):
    """What the value of a parameter is."""

    LIMIT = "limit"  # a text such as 5wd; only its number can be changed
    NUMBER = "number"
    MONEY = "money"  # yuan
    SWITCH = "switch"  # true or false
    CHOICE = "choice"  # one of the rule's choices
    DATE = "date"  # a day such as 2027-02-06


@dataclass(frozen=True)
class ParameterRule:
    """What is known of a parameter before anybody has set it.

    ``low`` and ``high`` bound its number, that of a limit too. ``law`` names law and article where
    ``basis`` is law. ``roles`` may set it for their own county where ``per_county`` allows it, for
    each of its townships where ``per_township`` does; an administrator always may. ``by_area``: a
    development zone without its own value takes that of the county it lies in, not of the
    organisation it approves under. ``value`` None: there is none before the federation has set one.
    """

    name: str
    title: str
    kind: Kind
    title_en: str = ""
    group: str = ""
    unit: str = ""
    basis: str = "parameter"
    law: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    decimals: int = 0
    choices: Mapping[str, str] = field(default_factory=dict)
    choices_en: Mapping[str, str] = field(default_factory=dict)
    per_county: bool = False
    per_township: bool = False
    by_area: bool = False
    roles: tuple[str, ...] = ()
    value: object = None
    source: str = ""
    about: str = ""
    about_en: str = ""

    @property
    def own_level(self) -> str | None:
        """The level whose organisations may have a value of their own; None: one for all."""
        if self.per_township:
            return "township"
        return "county" if self.per_county else None

    @property
    def is_locked(self) -> bool:
        """Whether nobody may change it: fixed by law, with nothing to choose."""
        return self.basis == "law" and (self.low is None or self.low == self.high)

    def read(self, text: str) -> object:
        """The value that somebody typed in; Invalid, with a sentence, where it cannot be one."""
        typed = unicodedata.normalize("NFKC", text).strip()
        if not typed:
            raise Invalid(f"请填写“{self.title}”的新值,未保存。")
        if self.kind is Kind.SWITCH:
            if typed not in ("true", "false"):
                raise Invalid(f"“{self.title}”只能选“是”或“否”,未保存。")
            return typed == "true"
        if self.kind is Kind.CHOICE:
            return typed
        if self.kind is Kind.DATE:
            return self._day(typed)
        if self.kind is Kind.LIMIT:
            return self._limit(typed)
        return _plain(self._number(typed))

    def _day(self, typed: str) -> str:
        """A day from what people type: 2027-02-06, 2027/2/6, 2027年2月6日."""
        found = _TYPED_DAY.fullmatch(typed)
        year, month, day = (int(part) for part in found.groups()) if found else (0, 0, 0)
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            raise Invalid(
                f"“{self.title}”要填日期,例如 2027-02-06,不能是“{typed[:20]}”,未保存。"
            ) from None

    def _limit(self, typed: str) -> str:
        """A limit from what people type: 20, 20个工作日, or 20wd as it stands in a file."""
        words = _TYPED_UNITS.get(self.unit, ())
        plain = next((typed.removesuffix(w).strip() for w in words if typed.endswith(w)), typed)
        if plain.isascii() and plain.isdigit():
            return plain + self.unit
        if plain.isascii() and plain[-1:] in {"d", "h"}:
            return plain
        within = f" {self.range_text} 之间的" if self.range_text else ""
        raise Invalid(
            f"“{self.title}”的新值“{typed[:20]}”不是数字。请填{within}整数,"
            f"按{UNIT_WORDS.get(self.unit, self.unit)}计算,未保存。"
        )

    def check(self, value: object) -> None:
        """Raise Invalid where the value is not one of this parameter."""
        if self.is_locked:
            raise Invalid(f"“{self.title}”是法定时限({self.law}),不得延长或缩短,未保存。")
        if self.kind is Kind.SWITCH:
            if not isinstance(value, bool):
                raise Invalid(f"“{self.title}”只能选“是”或“否”,未保存。")
        elif self.kind is Kind.CHOICE:
            if value not in self.choices:
                allowed = "、".join(self.choices.values())
                raise Invalid(f"“{self.title}”只能选:{allowed}。未保存。")
        elif self.kind is Kind.DATE:
            self._day(str(value))
        elif self.kind is Kind.LIMIT:
            self._check_limit(value)
        else:
            self._check_number(value)

    def _check_limit(self, value: object) -> None:
        limit = Deadline.parse(str(value))
        if limit.unit.value != self.unit:
            raise Invalid(f"“{self.title}”按{UNIT_WORDS[self.unit]}计算,不能改用别的单位,未保存。")
        self._check_range(Decimal(limit.amount), str(limit.amount))

    def _check_number(self, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
            raise Invalid(f"“{self.title}”要填数字,未保存。")
        self._check_range(self._number(str(value)), str(value))

    def _number(self, text: str) -> Decimal:
        try:
            number = Decimal(text.replace(",", "").replace(",", ""))
        except InvalidOperation:
            raise Invalid(f"“{self.title}”要填数字,不能是“{text[:40]}”,未保存。") from None
        if not number.is_finite():
            raise Invalid(f"“{self.title}”要填数字,不能是“{text[:40]}”,未保存。")
        places = 2 if self.kind is Kind.MONEY else self.decimals
        if number != round(number, places):
            raise Invalid(
                f"“{self.title}”"
                + (f"最多 {places} 位小数" if places else "要填整数")
                + f",不能是“{text[:40]}”,未保存。"
            )
        return number

    def _check_range(self, number: Decimal, text: str) -> None:
        if self.basis == "law" and self.kind is Kind.LIMIT and number > (self.high or number):
            raise Invalid(
                f"“{self.title}”是法定时限({self.law}),不得延长:最多 {self.high},"
                f"不能填 {text[:40]}。未保存。"
            )
        low_ok = self.low is None or number >= self.low
        if low_ok and (self.high is None or number <= self.high):
            return
        raise Invalid(f"“{self.title}”只能在 {self.range_text} 之间,不能填 {text[:40]}。未保存。")

    @property
    def range_text(self) -> str:
        """``3 至 7``; empty where nothing bounds it."""
        if self.low is None or self.high is None:
            return ""
        return f"{self.low:f} 至 {self.high:f}"


_TYPED_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_TYPED_UNITS: Mapping[str, tuple[str, ...]] = {
    "wd": ("个工作日", "工作日"),
    "d": ("日", "天"),
    "h": ("个小时", "小时"),
}
UNIT_WORDS: Mapping[str, str] = {"wd": "工作日", "d": "日", "h": "小时"}
"""The units of limits in words."""


def _plain(number: Decimal) -> int | float:
    """A number as JSON keeps it: whole where it is."""
    return int(number) if number == number.to_integral_value() else float(number)
