"""What a cell of a table asks, told with the values that its names had when the rule was met.

``[1..sums.limits.upper)`` is asked of a figure, and nobody who reads why a rule fired knows the
name: what is kept of it is ``[1..2)``.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from engine.decisions.reader import Reader
from engine.decisions.source import Element, text_of
from engine.feel.scope import Closure, Scope

_TEXT_OR_NAME = re.compile(
    r'"(?:[^"\\]|\\.)*"|(?<!\w)(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*\b)(?!\s*\()'
)


@dataclass(frozen=True)
class Condition:
    """A cell as it is written, and where in it which names stand."""

    text: str
    names: tuple[tuple[int, int, Closure], ...] = ()

    def told(self, scope: Scope) -> str:
        """The cell with what its names are worth; a name that stands for no plain value stays."""
        told, at = "", 0
        for begin, end, value_of in self.names:
            value = _written(value_of(scope))
            told += self.text[at:begin] + (self.text[begin:end] if value is None else value)
            at = end
        return told + self.text[at:]


def condition(reader: Reader, cell: Element) -> Condition:
    """Read a cell; words of the language and functions are no names."""
    text = text_of(cell)
    return Condition(
        text,
        tuple(
            (*found.span(), reader.expression(cell, found["name"]))
            for found in _TEXT_OR_NAME.finditer(text)
            if found["name"] and _is_name(reader, found["name"])
        ),
    )


def _is_name(reader: Reader, path: str) -> bool:
    return path.split(".")[0] in reader.names | reader.local_names


def _written(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return f'"{value}"' if isinstance(value, str) else None
