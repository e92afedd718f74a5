"""What a ``.form`` file may say: the part of form-js that we run, and our own properties.

Everything else is refused with a sentence; nothing is silently ignored (design.md D6).
"""

from types import MappingProxyType

from engine.sentences import Words

COMMON = frozenset({"type", "id", "layout", "conditional", "properties"})

INPUT = frozenset(
    {"key", "label", "description", "readonly", "disabled", "defaultValue", "validate"}
)

# Settings of form-js that change only how its own viewer looks or behaves.
HARMLESS = frozenset(
    {
        "showOutline",
        "verticalAlignment",
        "height",
        "searchable",
        "increment",
        "use24h",
        "timeLabel",
        "timeInterval",
        "timeSerializingFormat",
        "disallowPassedDates",
        "serializeToString",
        "isRepeating",
        "disableCollapse",
        "nonCollapsedItems",
        "computeOn",
    }
)

ATTRIBUTES = MappingProxyType(
    {
        "textfield": INPUT | {"appearance"},
        "textarea": INPUT,
        "number": INPUT | {"appearance", "decimalDigits"},
        "datetime": (INPUT - {"label"}) | {"label", "dateLabel", "subtype"},
        "select": INPUT | {"values"},
        "radio": INPUT | {"values"},
        "checklist": INPUT | {"values"},
        "taglist": INPUT | {"values"},
        "checkbox": INPUT,
        "filepicker": INPUT | {"accept", "multiple"},
        "group": frozenset({"label", "path", "components"}),
        "dynamiclist": frozenset(
            {
                "label",
                "path",
                "components",
                "defaultRepetitions",
                "description",
                "allowAddRemove",
            }
        ),
        "text": frozenset({"text"}),
        "separator": frozenset[str](),
        "spacer": frozenset[str](),
        "expression": frozenset({"key", "expression", "label", "description"}),
        "button": frozenset({"label", "action"}),
    }
)
"""What each component may carry beside ``COMMON`` and ``HARMLESS``."""

REFUSED_COMPONENTS = MappingProxyType(
    {
        "html": Words("请改用纯文本“text”", "use plain text “text”"),
        "image": Words("请把图片放进附件或说明文件", "put pictures into attachments"),
        "iframe": Words("表单不能嵌入别的网页", "a form cannot hold another page"),
        "table": Words("填写多行请用动态列表“dynamiclist”", "for several rows use a “dynamiclist”"),
        "documentPreview": Words(
            "附件由系统在办理页显示", "the system shows attachments beside the form"
        ),
        "multipage": Words(
            "分页请用分组“group”并设 tab=true", "for pages use a “group” with tab=true"
        ),
        "page": Words("分页请用分组“group”并设 tab=true", "for pages use a “group” with tab=true"),
    }
)
"""Components of form-js that we do not draw, with what to use instead."""

REFUSED_ATTRIBUTES = MappingProxyType(
    {
        "valuesExpression": Words(
            "选项须写在 values 中,不能由表达式给出",
            "write the choices in values; an expression cannot give them",
        ),
        "valuesKey": Words(
            "选项须写在 values 中,不能由数据给出",
            "write the choices in values; data cannot give them",
        ),
        "valuesFunction": Words(
            "选项须写在 values 中,不能由程序给出",
            "write the choices in values; a program cannot give them",
        ),
    }
)

VALIDATIONS = MappingProxyType(
    {
        "textfield": frozenset({"required", "minLength", "maxLength", "pattern", "validationType"}),
        "textarea": frozenset({"required", "minLength", "maxLength"}),
        "number": frozenset({"required", "min", "max"}),
    }
)
"""What ``validate`` may hold; any other input only ``required``."""

_RULES = frozenset({"rule", "ruleMessage", "doubt", "doubtMessage", "more", "compartment"})
_FROM_ID = frozenset({"fromId"})
_BEGINS = frozenset({"prefill", "keep"})
_PERSONAL = frozenset({"pii", "example", "attribute"}) | _RULES | _BEGINS
_SEVERAL = (
    frozenset({"pii", "example", "minItems", "maxItems", "returnFields", "codes"})
    | _RULES
    | _BEGINS
)

PROPERTIES = MappingProxyType(
    {
        "textfield": _PERSONAL | {"format", "unit", "signs"},
        "textarea": _PERSONAL,
        "number": _PERSONAL | {"format", "unit", "total", "copyFrom"},
        "datetime": _PERSONAL | _FROM_ID,
        "select": _PERSONAL | {"decision", "returnTargets", "codes", "units"} | _FROM_ID,
        "radio": _PERSONAL | {"decision", "returnTargets", "codes"} | _FROM_ID,
        "checklist": _SEVERAL,
        "taglist": _SEVERAL,
        "checkbox": frozenset({"attribute"}) | _RULES,
        "filepicker": frozenset(
            {"maxSizeMb", "accept", "multiple", "minItems", "maxItems", "scan", "paper", "keep"}
        )
        | _RULES,
        "group": frozenset({"tab", "folded"}),
        "dynamiclist": frozenset({"minItems", "maxItems", "keepsRows", "keep"})
        | (_RULES - {"more"}),
        "expression": frozenset({"format", "unit", "attribute", "pii", "total", "papersFrom"})
        | _RULES,
    }
)
"""Our own properties, by component."""

ANYWHERE = frozenset({"onlyFor"})
"""Our properties that any component may have."""

TEMPLATE = "text:"
"""Before a word: the property of a textarea with a text that a button of that name inserts."""

KEYWORDS = frozenset(
    {
        "and", "between", "case", "else", "every", "external", "false", "for", "function", "if",
        "in", "instance", "not", "null", "of", "or", "return", "satisfies", "some", "then", "true",
    }
)  # fmt: skip
"""No names of fields: words of FEEL, and the reserved variable ``case``."""
