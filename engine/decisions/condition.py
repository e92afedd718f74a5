"""What a cell of a table asks, told with the values that its names had when the rule was met.

``[1..sums.limits.upper)`` is asked of a figure, and nobody who reads why a rule fired knows the
name: what is kept of it is ``[1..2)``.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from engine.decisions.reader import Reader
from engine.decisions.source import Element, text_of
from engine.feel.scope import Closure, Scope

_TEXT_OR_NAME = re.compile(
    r'"(?:[^"\\]|\\.)*"|(?<![\w?])(?<!(?<!\.)\.)(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*\b)(?!\s*[(\[])'
)
_NAMES_OF_ITS_OWN = re.compile(r"\b(for|some|every|function)\b|\{|[\w)\]?]\s*\[")
"""Variables of a loop, keys of a context, columns of a filter: words there are no names."""

_LONGEST = 60
"""Characters of a value; what is longer tells nobody anything in the middle of a cell."""


@dataclass(frozen=True)
class Condition:
    """A cell as it is written, and where in it which names stand."""

    text: str
    names: tuple[tuple[int, int, Closure], ...] = ()

    def told(self, scope: Scope) -> str:
        """The cell with what its names are worth; a name that stands for no plain value stays."""
        told, at, problems = "", 0, scope.run.problem_count()
        for begin, end, value_of in self.names:
            value = _written(value_of(scope))
            told += self.text[at:begin] + (self.text[begin:end] if value is None else value)
            at = end
        scope.run.forget_problems_after(problems)  # the rule itself has told of them
        return told + self.text[at:]


def condition(reader: Reader, cell: Element, free: Collection[str]) -> Condition:
    """Read a cell; ``free`` are the names that its tests read, all other words are none."""
    text = text_of(cell)
    if not free or _NAMES_OF_ITS_OWN.search(text):
        return Condition(text)
    with reader.reading_names(kept=False):
        return Condition(
            text,
            tuple(
                (*found.span(), reader.expression(cell, found["name"]))
                for found in _TEXT_OR_NAME.finditer(text)
                if found["name"] and found["name"].split(".")[0] in free
            ),
        )


def _written(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str) and len(value) <= _LONGEST:
        return f'"{value}"'
    return None
