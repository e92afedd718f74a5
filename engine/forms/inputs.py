"""Reading one input of a ``.form`` file: what is asked, and our properties of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from engine.forms.components import (
    UNITS_BELOW,
    AttributeUse,
    Field,
    FieldKind,
    Option,
    Personal,
    Rule,
    TextFormat,
)
from engine.forms.conditions import Condition
from engine.forms.nodes import Node
from engine.forms.patterns import pattern_problem
from engine.forms.values import read_date
from engine.forms.vocabulary import TEMPLATE
from engine.sentences import Words

_KINDS = {
    "textfield": FieldKind.TEXT,
    "textarea": FieldKind.TEXTAREA,
    "number": FieldKind.NUMBER,
    "datetime": FieldKind.DATE,
    "select": FieldKind.SELECT,
    "radio": FieldKind.RADIO,
    "checkbox": FieldKind.CHECKBOX,
    "checklist": FieldKind.CHECKLIST,
    "taglist": FieldKind.CHECKLIST,
    "filepicker": FieldKind.FILE,
    "dynamiclist": FieldKind.LIST,
    "expression": FieldKind.COMPUTED,
}

LONGEST_TEXT = 500
LONGEST_TEXTAREA = 10_000
MOST_ROWS = 500
"""Limits where the form sets none, so that no text and no list is endless."""

_FORMAT_PII = {
    TextFormat.RESIDENT_ID: Personal.ID,
    TextFormat.IDENTITY_DOCUMENT: Personal.ID,
    TextFormat.BANK_ACCOUNT: Personal.ACCOUNT,
    TextFormat.MOBILE: Personal.PHONE,
    TextFormat.PHONE: Personal.PHONE,
    TextFormat.NAME: Personal.NAME,
}


def read_input(node: Node, path: tuple[str, ...], hide_if: Condition | None) -> Field:
    """One input component as a field; faults become findings of the node."""
    kind = _KINDS[node.type]
    label = node.text("label") or node.text("dateLabel") or ""
    if not label and kind is not FieldKind.COMPUTED:
        node.refuse(
            "form-label",
            Words(
                "没有标签 label,填写的人不知道问的是什么",
                "it has no label, so nobody knows what is asked",
            ),
        )
    basis = Field(
        id=node.id,
        path=path,
        label=label or path[-1],
        kind=kind,
        placement=node.placement,
        section=node.around.section,
        description=node.text("description"),
        readonly=node.flag("readonly") or node.flag("disabled"),
        hide_if=hide_if,
        conditional=node.around.conditional or hide_if is not None,
        silent=kind is FieldKind.COMPUTED and not label,
    )
    limited = _with_limits(node, basis)
    return _with_default(node, _with_properties(node, _with_own_settings(node, limited)))


def _with_limits(node: Node, basis: Field) -> Field:
    rules = node.section_of("validate")
    required = rules.get("required", False)
    if not isinstance(required, bool):
        node.refuse(
            "form-attribute",
            Words("validate.required 只能是 true 或 false", "validate.required is true or false"),
        )
    if rules.get("validationType") not in (None, "", "custom"):
        node.refuse(
            "form-attribute",
            Words(
                "请用属性 format(如 phone)代替 validate.validationType",
                "use the property format (such as phone) instead of validate.validationType",
            ),
        )
    longest = {FieldKind.TEXT: LONGEST_TEXT, FieldKind.TEXTAREA: LONGEST_TEXTAREA}.get(basis.kind)
    limited = replace(
        basis,
        required=required is True,
        minimum=node.number("validate.min", rules.get("min")),
        maximum=node.number("validate.max", rules.get("max")),
        min_length=node.whole("validate.minLength", rules.get("minLength")),
        max_length=node.whole("validate.maxLength", rules.get("maxLength")) or longest,
        pattern=_pattern(node, rules.get("pattern")),
    )
    if _crossed(limited.minimum, limited.maximum) or _crossed(
        limited.min_length, limited.max_length
    ):
        node.refuse(
            "form-attribute",
            Words(
                "最小值大于最大值,没有内容能通过",
                "the least is more than the most: nothing could pass",
            ),
        )
    return limited


def _crossed(least: Decimal | int | None, most: Decimal | int | None) -> bool:
    return least is not None and most is not None and least > most


def _pattern(node: Node, pattern: object) -> str | None:
    if pattern is None or pattern == "":
        return None
    problem = (
        pattern_problem(pattern)
        if isinstance(pattern, str)
        else Words("须为文字", "it must be a text")
    )
    if problem:
        node.refuse(
            "form-pattern",
            Words(
                f"validate.pattern 不能使用:{problem}",
                f"validate.pattern cannot be used: {problem.en}",
            ),
        )
        return None
    return str(pattern)


def _with_own_settings(node: Node, basis: Field) -> Field:
    """What only this type of component has."""
    if node.type == "datetime" and node.raw.get("subtype", "date") != "date":
        node.refuse(
            "form-attribute",
            Words(
                "日期组件只支持 subtype=date;时刻请用文本并写明格式",
                "a date has subtype=date only; for a time of day use a text and say how it is "
                "written",
            ),
        )
    if "values" in node.raw or basis.is_choice or basis.kind is FieldKind.CHECKLIST:
        return replace(basis, options=_options(node))
    if basis.kind is FieldKind.COMPUTED:
        return _computed(node, basis)
    if basis.is_numeric:
        decimals = node.whole("decimalDigits", node.raw.get("decimalDigits"))
        return _with_adorners(node, replace(basis, decimals=decimals))
    return _with_adorners(node, basis)


def _computed(node: Node, basis: Field) -> Field:
    """An expression, or the papers that a decision asks for (``papersFrom``)."""
    written = node.raw.get("expression")
    decision = _own_text(node.section_of("properties"), "papersFrom")
    if decision:
        if written:
            node.refuse(
                "form-property",
                Words(
                    "有属性 papersFrom,值由决策表给出,请删去 expression",
                    "with the property papersFrom a decision gives the value; delete expression",
                ),
            )
        return replace(basis, papers_from=decision)
    expression = node.expression(written, "expression")
    if expression is None:
        node.refuse(
            "form-expression",
            Words("没有可用的计算式 expression", "it has no expression that can be used"),
        )
    return replace(basis, expression=expression)


def _with_adorners(node: Node, basis: Field) -> Field:
    appearance = node.section_of("appearance")
    texts = {}
    for ours, theirs in (("unit", "suffixAdorner"), ("prefix", "prefixAdorner")):
        value = appearance.get(theirs)
        texts[ours] = node.plain(theirs, value) if isinstance(value, str) else ""
    return replace(basis, unit=texts["unit"], prefix=texts["prefix"])


def _options(node: Node) -> tuple[Option, ...]:
    raw = node.raw.get("values")
    options: list[Option] = []
    for item in raw if isinstance(raw, list) else ():
        value = item.get("value") if isinstance(item, Mapping) else None
        if not isinstance(item, Mapping) or not isinstance(value, str) or not value:
            node.refuse(
                "form-options",
                Words(
                    "values 的每一项须有文字的 value 和 label",
                    "every item of values needs a value and a label that are texts",
                ),
            )
            continue
        label = item.get("label")
        options.append(
            Option(
                value,
                node.plain("values", label) if isinstance(label, str) else value,
                valid_from=_valid_day(node, item, "validFrom"),
                valid_to=_valid_day(node, item, "validTo"),
                aliases=_aliases(node, item.get("aliases")),
            )
        )
    values = [option.value for option in options]
    if len(set(values)) != len(values):
        node.refuse("form-options", Words("values 中有重复的 value", "values has one value twice"))
    if node.section_of("properties").get("units"):
        return ()  # the directory gives them
    if node.on("returnFields") and raw is not None:
        node.refuse(
            "form-options",
            Words(
                "设了属性 returnFields 的选项由系统给出,请删去 values",
                "with the property returnFields the system gives the choices; delete values",
            ),
        )
    elif not options and not (node.on("returnTargets") or node.on("returnFields")):
        node.refuse("form-options", Words("没有选项 values", "it has no choices (values)"))
    return tuple(options)


def _aliases(node: Node, value: object) -> tuple[str, ...]:
    """Everyday words for a choice, as sheets have them; two choices may share one."""
    if value is None:
        return ()
    words = value if isinstance(value, list) else [value]
    texts = tuple(word.strip() for word in words if isinstance(word, str) and word.strip())
    if len(texts) != len(words):
        node.refuse(
            "form-options",
            Words(
                'values 中的 aliases 须是一列文字,例如 ["妻子", "丈夫"]',
                "aliases in values must be a list of texts",
            ),
        )
        return ()
    return texts


def _valid_day(node: Node, item: Mapping[str, object], name: str) -> date | None:
    """The first or the last day on which a code is in force."""
    text = item.get(name)
    if text is None:
        return None
    day = read_date(text) if isinstance(text, str) else None
    if day is None:
        node.refuse(
            "form-options",
            Words(
                f"values 中的 {name} 须是日期,例如 2026-01-01",
                f"{name} in values must be a date, such as 2026-01-01",
            ),
        )
    return day


def _codes(node: Node, basis: Field, value: object) -> str:
    """The name of the code list; the texts of its codes are stored beside them."""
    if value in (None, ""):
        return ""
    name = str(value)
    if not re.fullmatch(r"\w{1,40}", name):
        node.refuse(
            "form-property",
            Words(
                "属性 codes 须是代码表的名称,一个词,例如 health",
                "the property codes is the name of a code list, one word, such as health",
            ),
        )
    elif node.on("decision") or node.on("returnTargets") or node.on("returnFields"):
        node.refuse(
            "form-property",
            Words(
                "决定和退回的选项不是代码表,请删去属性 codes",
                "the choices of decisions and returns are no code list; delete the property codes",
            ),
        )
    elif not any(option.is_valid_on(date.max) for option in basis.options):
        node.refuse(
            "form-options",
            Words(
                f"代码表 {name} 里没有仍在使用的代码",
                f"the code list {name} has no code that is still in use",
            ),
        )
    return name


def _rules(node: Node, ours: Mapping[str, object]) -> Iterator[Rule]:
    for name, refuses in (("rule", True), ("doubt", False)):
        message = ours.get(f"{name}Message")
        condition = node.expression(ours.get(name), name)
        if condition is None and (message or ours.get(name)):
            node.refuse(
                "form-property",
                Words(
                    f"属性 {name} 须是以 = 开头的表达式,成立即为正常",
                    f"the property {name} must be an expression that begins with = and holds "
                    "where all is well",
                ),
            )
        elif condition is not None and not (isinstance(message, str) and message.strip()):
            node.refuse(
                "form-property",
                Words(
                    f"有属性 {name},还须写 {name}Message:不成立时说什么",
                    f"beside the property {name} write {name}Message: what is said where it does "
                    "not hold",
                ),
            )
        elif condition is not None and str(message).lstrip().startswith("="):
            words = node.expression(message, f"{name}Message")
            yield Rule(condition, "", refuses, words)
        elif condition is not None:
            yield Rule(condition, node.plain(f"{name}Message", str(message)), refuses)


def _keep(node: Node) -> bool:
    """Whether an empty answer leaves what the case has."""
    if node.on("keep") and node.around.in_list:
        node.refuse(
            "form-property",
            Words(
                "属性 keep 不用于动态列表里的字段",
                "the property keep is not for columns of a dynamic list",
            ),
        )
    return node.on("keep")


def _units(node: Node, ours: Mapping[str, object]) -> str:
    """Which organisations are its choices; only of a field of the form's own."""
    name = _own_text(ours, "units")
    if name and (name != UNITS_BELOW or node.raw.get("values") or node.around.in_list):
        node.refuse(
            "form-property",
            Words(
                "属性 units 只能是 below,不写 values,不用于动态列表里的字段",
                "the property units can only be below, without values, and not in a dynamic list",
            ),
        )
    return name


def _prefill(node: Node, value: object) -> Condition | None:
    """What a form begins with, as an expression over what the case knows."""
    if value in (None, ""):
        return None
    if node.around.in_list or node.on("decision") or node.on("returnTargets"):
        node.refuse(
            "form-property",
            Words(
                "属性 prefill 不用于列表里的字段、决定和退回",
                "the property prefill is not for columns of lists, decisions and returns",
            ),
        )
        return None
    found = node.expression(value, "prefill")
    if found is None:
        node.refuse(
            "form-property",
            Words(
                "属性 prefill 须是以 = 开头的表达式",
                "the property prefill must be an expression that begins with =",
            ),
        )
    return found


def _more(node: Node) -> bool:
    """Whether a column stands below its row."""
    if node.on("more") and not node.around.in_list:
        node.refuse(
            "form-property",
            Words(
                "属性 more 只用于动态列表里的字段",
                "the property more is for columns of dynamic lists only",
            ),
        )
    return node.on("more")


def _compartment(node: Node, name: str) -> str:
    if name and (node.around.in_list or not _WORD.fullmatch(name)):
        node.refuse(
            "form-property",
            Words(
                "属性 compartment 是一个词,写在字段上;列表整个放进去,不写在它的列上",
                "the property compartment is one word on a field; "
                "a list has it as a whole, not its columns",
            ),
        )
    return name


_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")


def _templates(node: Node, basis: Field, ours: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """The texts that a button inserts; each fits into its field."""
    for name, text in ours.items():
        if not name.startswith(TEMPLATE):
            continue
        label = name.removeprefix(TEMPLATE).strip()
        if not label or not isinstance(text, str) or not text.strip():
            node.refuse(
                "form-property",
                Words(
                    f"属性 {name}:冒号后面写按钮上的字,值写要插入的文字,都不能空",
                    f"the property {name}: the button's words behind the colon, the text as its "
                    "value; neither may be empty",
                ),
            )
        elif basis.max_length is not None and len(text) > basis.max_length:
            node.refuse(
                "form-property",
                Words(
                    f"属性 {name} 的文字超过这一项的 {basis.max_length} 字,填不进去",
                    f"the text of {name} is longer than the {basis.max_length} characters that fit",
                ),
            )
        else:
            yield label, node.plain(name, text)


def _with_properties(node: Node, basis: Field) -> Field:
    ours = node.section_of("properties")
    kind, text_format = _format(node, basis, ours.get("format"))
    # A computed amount stays a computed field; its unit is what makes it be shown as money.
    is_amount = kind is FieldKind.MONEY or (
        kind is FieldKind.COMPUTED and ours.get("format") == "money"
    )
    decimals = 2 if kind is FieldKind.MONEY and basis.decimals is None else basis.decimals
    found = replace(
        basis,
        kind=kind,
        decimals=decimals,
        format=text_format,
        unit=_own_text(ours, "unit") or basis.unit or ("元" if is_amount else ""),
        pii=_personal(node, ours.get("pii"), text_format),
        decision=node.on("decision"),
        return_targets=node.on("returnTargets"),
        return_fields=node.on("returnFields"),
        units=_units(node, ours),
        codes=_codes(node, basis, ours.get("codes")),
        rules=tuple(_rules(node, ours)),
        more=_more(node),
        from_id=_own_text(ours, "fromId"),
        total=node.on("total"),
        keep=_keep(node),
        keeps_rows=node.on("keepsRows"),
        compartment=_compartment(node, _own_text(ours, "compartment")),
        readonly=basis.readonly or bool(ours.get("signs")),
        signs=_own_text(ours, "signs"),
        copy_from=_own_text(ours, "copyFrom"),
        prefill=_prefill(node, ours.get("prefill")),
        papers=tuple(_own_text(ours, "paper").replace(",", " ").split()),
        example=ours.get("example"),
        templates=tuple(_templates(node, basis, ours)),
        fixed_rows=kind is FieldKind.LIST and _is_fixed(node),
        min_items=node.whole("minItems", ours.get("minItems")),
        max_items=node.whole("maxItems", ours.get("maxItems"))
        or (MOST_ROWS if kind is FieldKind.LIST else None),
    )
    if found.kind is FieldKind.LIST and found.min_items:
        found = replace(found, required=True)
    if found.kind is FieldKind.FILE:
        found = replace(
            found,
            accept=_own_text(ours, "accept") or node.text("accept"),
            multiple=node.on("multiple") or node.flag("multiple"),
            max_size_mb=node.whole("maxSizeMb", ours.get("maxSizeMb")),
            no_numbers=_scan(node, ours.get("scan")),
        )
    if _crossed(found.min_items, found.max_items):
        node.refuse(
            "form-property", Words("minItems 大于 maxItems", "minItems is more than maxItems")
        )
    return replace(found, attribute=_attribute(node, found, ours.get("attribute")))


def _is_fixed(node: Node) -> bool:
    """Whether the rows are given: form-js says ``allowAddRemove: false``."""
    return "allowAddRemove" in node.raw and not node.flag("allowAddRemove")


def _scan(node: Node, value: object) -> bool:
    if value in (None, ""):
        return False
    if value != "no-id-numbers":
        node.refuse(
            "form-property",
            Words(
                f"属性 scan 只能是 no-id-numbers,不是 {value}",
                f"the property scan can only be no-id-numbers, not {value}",
            ),
        )
    return True


def _own_text(ours: Mapping[str, object], name: str) -> str:
    value = ours.get(name)
    return value.strip() if isinstance(value, str) else ""


def _format(node: Node, basis: Field, value: object) -> tuple[FieldKind, TextFormat | None]:
    """``money`` makes an amount of a number; the other formats narrow a text."""
    if value is None or value == "":
        return basis.kind, None
    if basis.kind in (FieldKind.NUMBER, FieldKind.COMPUTED):
        if value != "money":
            node.refuse(
                "form-property",
                Words(
                    f"数字的属性 format 只能是 money,不是 {value}",
                    f"the property format of a number can only be money, not {value}",
                ),
            )
        elif basis.kind is FieldKind.NUMBER:
            return FieldKind.MONEY, None
        return basis.kind, None
    try:
        return basis.kind, TextFormat(str(value))
    except ValueError:
        known = "、".join(TextFormat)
        node.refuse(
            "form-property",
            Words(
                f"属性 format 不能是 {value},可用的有:{known}",
                f"the property format cannot be {value}; there are: {known}",
            ),
        )
        return basis.kind, None


def _personal(node: Node, value: object, text_format: TextFormat | None) -> Personal | None:
    implied = _FORMAT_PII.get(text_format) if text_format else None
    if value in (None, ""):
        return implied
    if value in (False, "false"):
        return None
    if value in (True, "true"):
        return implied or Personal.TEXT
    try:
        return Personal(str(value))
    except ValueError:
        known = "、".join(Personal)
        node.refuse(
            "form-property",
            Words(
                f"属性 pii 不能是 {value},可用的有:true、{known}",
                f"the property pii cannot be {value}; there are: true, {known}",
            ),
        )
        return Personal.TEXT


def _attribute(node: Node, found: Field, value: object) -> AttributeUse | None:
    if value in (None, ""):
        return None
    if found.pii in (Personal.TEXT, Personal.ADDRESS):
        node.refuse(
            "form-property",
            Words(
                "含个人信息的文字和地址不能设属性 attribute",
                "texts and addresses with personal data cannot have the property attribute",
            ),
        )
        return None
    try:
        return AttributeUse(str(value))
    except ValueError:
        node.refuse(
            "form-property",
            Words(
                f"属性 attribute 须为 search、report 或 both,不是 {value}",
                f"the property attribute is search, report or both, not {value}",
            ),
        )
        return None


def _with_default(node: Node, found: Field) -> Field:
    default = node.raw.get("defaultValue")
    if default is None or default == "":
        return found
    if found.decision:
        node.refuse(
            "form-decision",
            Words(
                "决定不能预先选好,请删去 defaultValue",
                "a decision is never made beforehand; delete defaultValue",
            ),
        )
        return found
    if found.return_fields:
        node.refuse(
            "form-default",
            Words(
                "要修改的项目不能预先勾好,请删去 defaultValue",
                "what is to be changed is never ticked beforehand; delete defaultValue",
            ),
        )
        return found
    if found.kind is FieldKind.CHECKBOX and found.required and default is True:
        node.refuse(
            "form-default",
            Words(
                "必须勾选的声明不能预先勾好,请删去 defaultValue",
                "a declaration that must be ticked is never ticked beforehand; delete defaultValue",
            ),
        )
        return found
    return replace(found, default=default)
