"""What a decision came to, and why."""

from dataclasses import dataclass

from engine.feel.context import EvaluationContext
from engine.feel.run import Run


@dataclass(frozen=True)
class RuleHit:
    """A rule of a table that decided: what a case keeps and a page shows.

    `rule` counts from 1 as the table is drawn. Values are plain JSON values.
    `conditions` are the rule's cells, beside the inputs, with what their names were worth.
    """

    decision_id: str
    decision_name: str
    rule: int
    rule_id: str
    annotation: str
    inputs: tuple[tuple[str, object], ...]
    outputs: tuple[tuple[str, object], ...]
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class DecisionOutcome:
    """The value of a decision, the rules behind it (required decisions first), its problems."""

    value: object
    hits: tuple[RuleHit, ...]
    problems: tuple[str, ...]


class DecisionRun(Run):
    """The state of one evaluation of a decision: also collects the rules that hit."""

    __slots__ = ("hits",)

    def __init__(self, context: EvaluationContext) -> None:
        super().__init__(context)
        self.hits: list[RuleHit] = []
