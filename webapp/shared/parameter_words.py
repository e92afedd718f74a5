"""Values of business parameters, their ranges and their basis in words."""

from collections.abc import Mapping
from decimal import Decimal

from engine.model.parameters import Kind, ParameterRule
from webapp.shared.language import _, counted, counting, is_english, lazy
from webapp.shared.words import NOTHING, amount

_COUNTED = {
    "wd": counting("%(n)s 个工作日"),
    "months": counting("%(n)s 个月"),
    "years": counting("%(n)s 年"),
    "people": counting("%(n)s 人"),
    "files": counting("%(n)s 户"),
    "occasions": counting("%(n)s 次"),
}
_BEHIND: Mapping[str, object] = {
    "wd": lazy("个工作日"),
    "d": lazy("日"),
    "h": lazy("小时"),
    "months": lazy("个月"),
    "years": lazy("年"),
    "people": lazy("人"),
    "files": lazy("户"),
    "occasions": lazy("次"),
    "percent": "%",
    "times": lazy("倍"),
    "CNY": lazy("元"),
    "CNY/month": lazy("元/人·月"),
    "CNY/year": lazy("元/人·年"),
}
_BASIS: Mapping[str, object] = {
    "law": lazy("法定"),
    "parameter": lazy("规定"),
    "practice": lazy("惯例"),
}


def title_of(rule: ParameterRule) -> str:
    """Its name in the reader's language."""
    return rule.title_en if is_english() and rule.title_en else rule.title


def about(rule: ParameterRule) -> str:
    """The sentence that explains it."""
    return rule.about_en if is_english() and rule.about_en else rule.about


def choices_of(rule: ParameterRule) -> Mapping[str, str]:
    """What can be chosen, by code."""
    return rule.choices_en if is_english() and rule.choices_en else rule.choices


def unit_words(rule: ParameterRule) -> str:
    """What stands behind the number; empty where nothing does."""
    return str(_BEHIND[rule.unit]) if rule.unit in _BEHIND else ""


def basis_words(basis: str) -> str:
    """法定, 规定 or 惯例."""
    return str(_BASIS.get(basis, basis))


def value_words(rule: ParameterRule, value: object) -> str:
    """A value as people say it: 5 个工作日, 830.00 元/人·月, 是."""
    if value is None:
        return NOTHING
    if rule.kind is Kind.SWITCH:
        return _("是") if value else _("否")
    if rule.kind is Kind.CHOICE:
        return choices_of(rule).get(str(value), str(value))
    if rule.kind is Kind.LIMIT:
        return amount(str(value))
    if rule.kind is Kind.MONEY:
        return f"{Decimal(str(value)):,.2f} {unit_words(rule)}"
    if rule.unit in _COUNTED and isinstance(value, int):
        return counted(_COUNTED[rule.unit], value)
    behind = unit_words(rule)
    return f"{value}%" if rule.unit == "percent" else f"{value} {behind}".strip()


def short_words(rule: ParameterRule, value: object) -> str:
    """The same where the unit stands above the column."""
    if value is None or rule.kind is not Kind.MONEY:
        return value_words(rule, value)
    return f"{Decimal(str(value)):,.2f}"


def plain_value(rule: ParameterRule, value: object) -> str:
    """A value as it stands in the input of the form."""
    if value is None:
        return ""
    if rule.kind is Kind.SWITCH:
        return "true" if value else "false"
    if rule.kind is Kind.LIMIT:
        return str(value).rstrip("wdh")
    return str(value)


def range_words(rule: ParameterRule) -> str:
    """What it may be: 3 至 7 个工作日."""
    if rule.is_locked:
        return _("法定,不得修改")
    if rule.kind is Kind.SWITCH:
        return _("是、否")
    if rule.kind is Kind.CHOICE:
        return _("、").join(choices_of(rule).values())
    if rule.low is None or rule.high is None:
        return NOTHING
    low, high = _short(rule.low), _short(rule.high)
    return _("%(low)s 至 %(high)s", low=low, high=high) + f" {unit_words(rule)}".rstrip()


def _short(number: Decimal) -> str:
    return f"{number:,f}"
