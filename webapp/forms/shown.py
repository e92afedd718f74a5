"""Values as people read them: 1,000.00 元, 是, 同意, 2026-11-16."""

from collections.abc import Mapping, Sequence

from engine.forms import CompiledForm, Field, FieldKind
from engine.forms.values import is_empty, plain_text, show_money, show_number
from webapp.shared.language import _, is_english

NOTHING = "—"

_KILO = 1024
_YUAN = frozenset({"元", "yuan"})
"""The unit of amounts, as it stands in a form and in its English."""


def in_language(form: CompiledForm) -> CompiledForm:
    """The form in the language of this request: to draw it, not to check answers."""
    return form.in_english() if is_english() else form


def shown_value(asked: Field, value: object) -> str:
    """One answer for reading, with its unit; a dash for none."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if is_empty(value):
        return NOTHING
    if isinstance(value, list):
        return _chosen_words(asked, value)
    if asked.options:
        return asked.label_of(value)
    return with_unit(asked, input_text(asked, value))


def _chosen_words(asked: Field, values: Sequence[object]) -> str:
    """What was chosen, under its headings where there are some: 基本情况:姓名、性别;…"""
    by_heading: dict[str, list[str]] = {}
    headings = {option.value: option.group for option in asked.options}
    for value in values:
        by_heading.setdefault(headings.get(str(value), ""), []).append(asked.label_of(value))
    return ";".join(
        f"{heading}:{_('、').join(words)}" if heading else _("、").join(words)
        for heading, words in by_heading.items()
    )


def with_unit(asked: Field, text: str) -> str:
    """The text with what stands before and after it on the form."""
    unit = f" {asked.unit}" if asked.unit else ""
    return f"{asked.prefix}{text}{unit}"


def input_text(asked: Field, value: object) -> str:
    """One answer as it stands in its input: amounts with separators."""
    if is_money(asked):
        return show_money(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return show_number(value)
    return "" if isinstance(value, list | Mapping) else plain_text(value)


def is_money(asked: Field) -> bool:
    """Whether the value is an amount in yuan."""
    return asked.kind is FieldKind.MONEY or (
        asked.kind is FieldKind.COMPUTED and asked.unit in _YUAN
    )


def shown_size(size: int) -> str:
    """The size of a file: 312 KB, 4.5 MB."""
    if size < _KILO * _KILO:
        return f"{max(1, round(size / _KILO))} KB"
    return f"{size / _KILO / _KILO:.1f} MB"
