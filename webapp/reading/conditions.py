"""The conditions of a decision table's rules in words: what a cell asks of its value."""

import re

from webapp.shared.items import named
from webapp.shared.language import _
from webapp.shared.parameter_words import title_of
from webapp.standard.parameters import standard_parameters

_COMPARED = re.compile(r'(<=|>=|<|>|=)\s*(parameter\(\s*"[^"]+"\s*\)|[^\s<>=,()\[\]]+)')
_PARAMETER = re.compile(r'parameter\(\s*"([^"]+)"\s*\)')
_RANGE = re.compile(r"([\[(\]])\s*([^\s,()\[\]]+?)\s*\.\.\s*([^\s,()\[\]]+?)\s*([\])\[])")
_TEXTS = re.compile(r'"[^"]*"(\s*,\s*"[^"]*")*')
_NUMBERS = re.compile(r"-?\d+(\.\d+)?(\s*,\s*-?\d+(\.\d+)?)*")


def in_words(cell: str) -> str:
    """What a cell asks, in words for the kinds that most rules are written in; else as written."""
    text = cell.strip()
    if text in ("", "-"):
        return ""
    if text.startswith("not(") and text.endswith(")") and text.count("(") == 1:
        return _("除了 %(what)s", what=in_words(text[4:-1]))
    if found := _COMPARED.fullmatch(text):
        return _comparing()[found[1]] % {"value": _compared(found[2])}
    if found := _RANGE.fullmatch(text):
        return _range(found[1] == "[", found[2], found[3], found[4] == "]")
    if _TEXTS.fullmatch(text):
        return _("、").join(map(named, re.findall(r'"([^"]*)"', text)))
    if _NUMBERS.fullmatch(text):
        return _("、").join(part.strip() for part in text.split(","))
    return _plain().get(text, text)


def _compared(value: str) -> str:
    """A parameter as its page calls it; one of the federation's own by its name."""
    found = _PARAMETER.fullmatch(value)
    if found is None:
        return named(value.strip('"')) if value.startswith('"') else value
    rule = standard_parameters().get(found[1])
    return f"“{found[1] if rule is None else title_of(rule)}”"


def _comparing() -> dict[str, str]:
    return {
        "<": _("小于 %(value)s"),
        "<=": _("不超过 %(value)s"),
        ">": _("大于 %(value)s"),
        ">=": _("不少于 %(value)s"),
        "=": _("等于 %(value)s"),
    }


def _range(from_it: bool, low: str, high: str, to_it: bool) -> str:  # noqa: FBT001 - brackets
    begin = _("不少于 %(value)s") if from_it else _("大于 %(value)s")
    end = _("不超过 %(value)s") if to_it else _("小于 %(value)s")
    return _("、").join((begin % {"value": low}, end % {"value": high}))


def _plain() -> dict[str, str]:
    return {"true": _("是"), "false": _("否"), "null": _("没有填")}
