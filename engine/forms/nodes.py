"""One component of a ``.form`` file as it stands there, with where its faults are noted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from engine.forms.components import Placement
from engine.forms.conditions import Condition, NotFeel, compile_condition
from engine.forms.values import as_decimal
from engine.forms.vocabulary import KEYWORDS
from engine.sentences import Words

_WORD = re.compile(r"[^\W\d_]\w*")


class Notes(Protocol):
    """Who keeps the findings of a file."""

    def note(self, severity: str, code: str, told: Words, element_id: str | None) -> None:
        """Keep one."""
        ...


@dataclass(frozen=True)
class Surroundings:
    """Where a component stands: inside which paths and headings."""

    path: tuple[str, ...] = ()
    section: str = ""
    conditional: bool = False
    in_list: bool = False
    depth: int = 0


@dataclass
class Node:
    """One component as it stands in the file, with where its findings go."""

    raw: Mapping[str, object]
    id: str
    around: Surroundings
    notes: Notes
    placement: Placement = field(default_factory=Placement)

    @property
    def type(self) -> str:
        """The component's type."""
        return str(self.raw.get("type", ""))

    def refuse(self, code: str, told: Words) -> None:
        """Note an error of this component."""
        self.notes.note("error", code, self._of_this(told), self.id)

    def warn(self, code: str, told: Words) -> None:
        """Note a doubt about this component."""
        self.notes.note("warning", code, self._of_this(told), self.id)

    def _of_this(self, told: Words) -> Words:
        return Words(f"{self.title}:{told.zh}", f"{self.title}: {told.en}")

    @property
    def title(self) -> str:
        """How findings call the component."""
        name = self.raw.get("label") or self.raw.get("key") or self.raw.get("path") or self.id
        return f"“{name}”"

    def text(self, name: str) -> str:
        """A plain text of the component; expressions and templates in it are refused."""
        value = self.raw.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.refuse("form-attribute", Words(f"{name} 须为文字", f"{name} must be a text"))
            return ""
        return self.plain(name, value)

    def plain(self, name: str, value: str) -> str:
        """The text itself, refused where it is an expression or a template."""
        if "{{" in value or value.lstrip().startswith("="):
            self.refuse(
                "form-template",
                Words(
                    f"{name} 只能是纯文本,不能用 {{{{ }}}} 模板或表达式",
                    f"{name} is a plain text, without {{{{ }}}} templates or expressions",
                ),
            )
        return value.strip()

    def flag(self, name: str) -> bool:
        """A setting that is on or off."""
        value = self.raw.get(name, False)
        if isinstance(value, bool):
            return value
        self.refuse(
            "form-attribute",
            Words(
                f"{name} 只能是 true 或 false,不能用表达式",
                f"{name} is true or false, no expression",
            ),
        )
        return False

    def section_of(self, name: str) -> Mapping[str, object]:
        """An object inside the component, empty where there is none."""
        value = self.raw.get(name)
        if value is None:
            return {}
        if isinstance(value, Mapping):
            return value
        self.refuse("form-attribute", Words(f"{name} 须为对象", f"{name} must be an object"))
        return {}

    def whole(self, name: str, value: object) -> int | None:
        """A whole number from nought, written as number or text."""
        if value is None or value == "":
            return None
        number = as_decimal(value)
        if number is None or number != number.to_integral_value() or not 0 <= number <= 10**6:
            self.refuse(
                "form-attribute",
                Words(
                    f"{name} 须为不小于 0 的整数", f"{name} must be a whole number, not negative"
                ),
            )
            return None
        return int(number)

    def number(self, name: str, value: object) -> Decimal | None:
        """A number, written as number or text."""
        if value is None or value == "":
            return None
        number = as_decimal(value)
        if number is None:
            self.refuse("form-attribute", Words(f"{name} 须为数字", f"{name} must be a number"))
        return number

    def on(self, name: str) -> bool:
        """One of our properties that is on or off: ``true`` or ``false``."""
        value = self.section_of("properties").get(name)
        if value in (True, "true"):
            return True
        if value not in (None, False, "false", ""):
            self.refuse(
                "form-property",
                Words(f"属性 {name} 只能是 true 或 false", f"the property {name} is true or false"),
            )
        return False

    def expression(self, text: object, where: str) -> Condition | None:
        """A FEEL text, compiled; what is none is refused."""
        if not isinstance(text, str) or not text.strip():
            return None
        try:
            return compile_condition(text)
        except NotFeel as problem:
            self.refuse(
                "form-expression",
                Words(f"{where} 写错了,{problem}", f"{where} is wrong: {problem.told.en}"),
            )
            return None

    def path(self, name: str) -> tuple[str, ...]:
        """The key or path as words; refused where a part is not one word."""
        value = self.raw.get(name)
        if not isinstance(value, str) or not value:
            return ()
        parts = tuple(value.split("."))
        for part in parts:
            if not _WORD.fullmatch(part) or part in KEYWORDS:
                self.refuse(
                    "form-key",
                    Words(
                        f"{name}“{value}”不能用作名称:须是一个词(中文也可),"
                        "以文字开头,不含空格和符号,且不是表达式的保留词",
                        f"{name} “{value}” cannot be a name: use one word (Chinese too) that "
                        "begins with a letter, without spaces and signs, and is no word of the "
                        "expression language",
                    ),
                )
                return ()
        return parts
