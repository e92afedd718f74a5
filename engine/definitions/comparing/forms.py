"""What is known of a form and its fields, in words: read off the file, so that nothing is lost."""

from collections.abc import Hashable, Iterator, Mapping

import orjson

from engine.definitions.comparing.changes import Detail, differing
from engine.definitions.comparing.elements import NO, YES
from engine.sentences import Words

_NO_WORK = frozenset({"layout", "id", "components"})
_NAMES = {
    "label": Words("标签", "Label"),
    "type": Words("类型", "Kind"),
    "key": Words("变量", "Variable"),
    "description": Words("说明", "Description"),
    "expression": Words("算式", "Expression"),
    "defaultValue": Words("默认值", "Default"),
    "values": Words("选项", "Options"),
    "text": Words("文字", "Text"),
    "path": Words("变量", "Variable"),
    "readonly": Words("只读", "Read only"),
    "disabled": Words("停用", "Disabled"),
    "multiple": Words("可多个", "Several"),
    "validate.required": Words("必填", "Required"),
    "validate.min": Words("最小值", "Least"),
    "validate.max": Words("最大值", "Most"),
    "validate.minLength": Words("最短", "Shortest"),
    "validate.maxLength": Words("最长", "Longest"),
    "validate.pattern": Words("格式", "Pattern"),
    "conditional.hide": Words("隐藏条件", "Hidden if"),
    "properties.pii": Words("个人信息", "Personal data"),
    "properties.format": Words("格式", "Format"),
    "properties.attribute": Words("检索", "Searched by"),
    "properties.decision": Words("决定字段", "Deciding field"),
    "properties.papersFrom": Words("材料清单", "Papers from"),
}


_KINDS = {
    "textfield": Words("文本", "text"),
    "textarea": Words("多行文本", "long text"),
    "number": Words("数字", "number"),
    "datetime": Words("日期", "date"),
    "select": Words("下拉", "choice of a list"),
    "radio": Words("单选", "choice"),
    "taglist": Words("多选", "several choices"),
    "checklist": Words("多选", "several choices"),
    "checkbox": Words("勾选", "tick"),
    "filepicker": Words("附件", "file"),
    "expression": Words("计算", "calculation"),
    "dynamiclist": Words("列表", "list"),
    "group": Words("分组", "group"),
}


def differences(before: bytes, after: bytes) -> tuple[Detail, ...]:
    """What differs between two files of a form."""
    then, now = _form(before), _form(after)
    own = differing({"title": _title(then)}, {"title": _title(now)})
    return (*own, *_fields(dict(_components(then)), dict(_components(now))))


def title_of(content: bytes) -> str:
    """What a form is called."""
    form = _form(content)
    return str(form.get("title") or form.get("id") or "")


def _form(content: bytes) -> Mapping[str, object]:
    read = orjson.loads(content)
    return read if isinstance(read, dict) else {}


def _title(form: Mapping[str, object]) -> tuple[Words, Words]:
    return Words("标题", "Title"), Words.same(str(form.get("title") or ""))


def _components(around: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Every component by its id, in the order of the file."""
    parts = around.get("components")
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, dict):
            yield str(part.get("id") or part.get("key") or ""), part
            yield from _components(part)


def _fields(
    before: Mapping[str, Mapping[str, object]], after: Mapping[str, Mapping[str, object]]
) -> Iterator[Detail]:
    for identity in dict.fromkeys((*after, *before)):
        then, now = before.get(identity), after.get(identity)
        if then is None and now is not None:
            yield Detail(_called(now), None, _in_short(now))
        elif now is None and then is not None:
            yield Detail(_called(then), _in_short(then), None)
        elif then is not None and now is not None:
            called = _called(now)
            for detail in differing(_facts(then), _facts(now)):
                what = Words(
                    f"{called.zh}的{detail.what.zh}", f"{called.en}: {detail.what.en.lower()}"
                )
                yield Detail(what, detail.before, detail.after)


def _called(component: Mapping[str, object]) -> Words:
    name = str(component.get("label") or component.get("key") or component.get("id") or "")
    if not name or component.get("type") == "text":
        return Words("文字", "Text")
    if component.get("type") in {"group", "dynamiclist"}:
        return Words(f"分组“{name}”", f"Group “{name}”")
    return Words(f"字段“{name}”", f"Field “{name}”")


def _in_short(component: Mapping[str, object]) -> Words:
    if component.get("type") == "text":
        return Words.same(str(component.get("text") or ""))
    kind = _kind(component.get("type"))
    rules = component.get("validate")
    required = isinstance(rules, dict) and rules.get("required") is True
    return Words(f"{kind.zh},必填", f"{kind.en}, required") if required else kind


def _kind(name: object) -> Words:
    return _KINDS.get(str(name or ""), Words.same(str(name or "")))


def _facts(component: Mapping[str, object]) -> dict[Hashable, tuple[Words, Words]]:
    facts: dict[Hashable, tuple[Words, Words]] = {}
    for name, value in _flat(component, ""):
        facts[name] = (_NAMES.get(name, Words.same(name)), _said(name, value))
    return facts


def _flat(component: Mapping[str, object], before: str) -> Iterator[tuple[str, object]]:
    for name, value in component.items():
        if name in _NO_WORK and not before:
            continue
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _said(name: str, value: object) -> Words:
    if isinstance(value, bool):
        return YES if value else NO
    if name == "type":
        return _kind(value)
    if name == "values" and isinstance(value, list):
        return Words.listed(
            str(one.get("label", one.get("value", ""))) if isinstance(one, dict) else str(one)
            for one in value
        )
    if isinstance(value, str):
        return Words.same(value)
    return Words.same(orjson.dumps(value).decode())
