"""The sentences about a field, for the people who fill in the form (product.md §4).

They name the field and say what to do; no codes, no English.
"""

from collections.abc import Callable

from engine.forms.components import Field, FieldKind
from engine.forms.values import show_money, show_number


def message_for(code: str, asked: Field | None, label: str) -> str:
    """The sentence for an error of this code at this field."""
    if code == "unknown" or asked is None:
        return f"本表没有“{label}”这一项,请删去后再提交。"
    write = _SENTENCES.get(code)
    return write(asked) if write else f"“{label}”填写有误,请核对。"


def _required(asked: Field) -> str:
    if asked.kind is FieldKind.CHECKBOX:
        return f"请勾选“{asked.label}”。"
    if asked.kind is FieldKind.FILE:
        return f"请上传“{asked.label}”。"
    if asked.kind is FieldKind.LIST:
        return f"请至少填写 {asked.min_items or 1} 行“{asked.label}”。"
    if asked.is_choice or asked.kind is FieldKind.CHECKLIST:
        return f"请选择“{asked.label}”。"
    return f"请填写“{asked.label}”。"


def _type(asked: Field) -> str:
    if asked.is_numeric:
        return f"“{asked.label}”须填数字,例如 {_number_example(asked)}。"
    if asked.kind is FieldKind.DATE:
        return f"“{asked.label}”须填真实的日期,例如 2026-11-16。"
    if asked.kind is FieldKind.LIST:
        return f"“{asked.label}”须是若干行,每行一组内容。"
    return f"“{asked.label}”的内容不对,请重新填写。"


def _number_example(asked: Field) -> str:
    return "1000 或 1,000.00" if asked.kind is FieldKind.MONEY else "12"


def _limit(asked: Field, limit: object) -> str:
    shown = show_money(limit) if asked.kind is FieldKind.MONEY else show_number(limit)
    return f"{shown} {asked.unit}".strip()


def _min(asked: Field) -> str:
    return f"“{asked.label}”不能小于 {_limit(asked, asked.minimum)}。"


def _max(asked: Field) -> str:
    if asked.maximum is None:
        return f"“{asked.label}”的数字太大或位数太多,请核对。"
    return f"“{asked.label}”不能大于 {_limit(asked, asked.maximum)}。"


def _decimals(asked: Field) -> str:
    if not asked.decimals:
        return f"“{asked.label}”须填整数。"
    return f"“{asked.label}”最多保留 {asked.decimals} 位小数。"


def _min_length(asked: Field) -> str:
    return f"“{asked.label}”至少填写 {asked.min_length or 1} 个字。"


def _max_length(asked: Field) -> str:
    return f"“{asked.label}”最多填写 {asked.max_length} 个字,请精简。"


def _pattern(asked: Field) -> str:
    if asked.kind is FieldKind.FILE:
        return f"“{asked.label}”的附件没有上传成功,请重新上传。"
    if asked.example:
        return f"“{asked.label}”的格式不对,例如:{asked.example}。"
    return f"“{asked.label}”的格式不对,请核对。"


def _enum(asked: Field) -> str:
    return f"“{asked.label}”的选项不在列表中,请重新选择。"


def _min_items(asked: Field) -> str:
    what = "行" if asked.kind is FieldKind.LIST else "项"
    return f"“{asked.label}”至少需要 {asked.min_items or 1} {what}。"


def _max_items(asked: Field) -> str:
    what = "行" if asked.kind is FieldKind.LIST else "项"
    return f"“{asked.label}”最多 {asked.max_items} {what},请减少后再提交。"


def _fixed_rows(asked: Field) -> str:
    return f"“{asked.label}”的行由办件带出,不能增加;请刷新页面,按现有各行填写。"


_SENTENCES: dict[str, Callable[[Field], str]] = {
    "required": _required,
    "type": _type,
    "min": _min,
    "max": _max,
    "decimals": _decimals,
    "minLength": _min_length,
    "maxLength": _max_length,
    "pattern": _pattern,
    "enum": _enum,
    "minItems": _min_items,
    "maxItems": _max_items,
    "fixedRows": _fixed_rows,
}
