"""The FEEL texts of a form: conditions that hide, and computed values.

The server alone decides (design.md D4): nothing here is sent to the browser but the outcome.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.feel import EvaluationContext, Expression, FeelSyntaxError, compile_expression
from engine.sentences import Words


class NotFeel(Exception):
    """The text is no FEEL expression; ``told`` says to the designer why."""

    def __init__(self, told: Words) -> None:
        super().__init__(told.zh)
        self.told = told


class Computation(Protocol):
    """What gives a computed field its value: an expression, or a decision of the process."""

    @property
    def names(self) -> frozenset[str]:
        """The variables that it reads."""
        ...

    def value(self, facts: Mapping[str, object], context: EvaluationContext, /) -> object:
        """The value as JSON; null where there is none."""
        ...


@dataclass(frozen=True)
class Condition:
    """A FEEL text, compiled. ``names`` are the variables it reads."""

    text: str
    expression: Expression = field(compare=False, repr=False)

    @property
    def names(self) -> frozenset[str]:
        """The variables that the text reads."""
        return frozenset(self.expression.free_names)

    def holds(self, scope: Mapping[str, object], context: EvaluationContext) -> bool:
        """Whether the value is true; null and anything else is false."""
        return self.value(scope, context) is True

    def value(self, scope: Mapping[str, object], context: EvaluationContext) -> object:
        """The value as JSON; null where there is none."""
        return self.expression.evaluate(scope, context).value


def compile_condition(text: str) -> Condition:
    """Read a text that starts with ``=``; raises NotFeel otherwise."""
    stripped = text.strip()
    if not stripped.startswith("="):
        raise NotFeel(Words("表达式必须以 = 开头", "an expression begins with ="))
    try:
        return Condition(stripped, compile_expression(stripped[1:]))
    except FeelSyntaxError as problem:
        raise NotFeel(problem.told) from problem
