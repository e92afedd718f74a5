"""Decision tables: which rules hit, and what the hit policy makes of them (DMN 1.5, chapter 8)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.decisions.condition import Condition
from engine.decisions.declared_types import DeclaredType
from engine.decisions.outcome import DecisionRun, RuleHit
from engine.feel.compiler.tests import TESTED
from engine.feel.convert import to_json
from engine.feel.functions import FUNCTIONS
from engine.feel.run import Run
from engine.feel.scope import Closure, Scope
from engine.feel.values import equal


@dataclass(frozen=True)
class InputColumn:
    """A question the table asks. `allowed` tests the value under the name "?"."""

    label: str
    value: Closure
    type: DeclaredType | None
    allowed: Closure | None


@dataclass(frozen=True)
class OutputColumn:
    """A part of the answer.

    `ranked` are its values in the order of their priority, where they are written one by one;
    `allowed` tests a value under the name "?".
    """

    name: str
    label: str
    type: DeclaredType | None
    ranked: tuple[Closure, ...]
    allowed: Closure | None
    default: Closure | None


@dataclass(frozen=True)
class Rule:
    """A row.

    Tests by the position of their column (empty cells are left out), and an answer a column.
    `conditions` are what the cells ask, one a column.
    """

    number: int
    element_id: str
    tests: tuple[tuple[int, Closure], ...]
    outputs: tuple[Closure, ...]
    annotation: str
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A rule that hit, and what it says, a value a column."""

    rule: Rule
    values: tuple[object, ...]


@dataclass(frozen=True)
class Verdict:
    """What the hit policy made of the answers, and which rules stand behind it."""

    value: object
    answers: Sequence[Answer]


@dataclass(frozen=True)
class DecisionTable:
    """A table ready to be asked."""

    decision_id: str
    name: str
    hit_policy: str
    aggregation: str
    inputs: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    rules: tuple[Rule, ...]

    def decide(self, scope: Scope) -> object:
        """Ask the table over a scope; the rules that decided are noted in the run."""
        run = scope.run
        values = [self._ask(column, scope) for column in self.inputs]
        answers = self._answers(scope, values)
        if not answers:
            return self._without_answer(scope)
        verdict = _POLICIES[self.hit_policy](self, answers, run)
        for answer in verdict.answers:
            self._note(answer, values, scope)
        return verdict.value

    # Asking ---------------------------------------------------------------------

    def _ask(self, column: InputColumn, scope: Scope) -> object:
        """Give the value of a column; null with a reason where the column does not allow it."""
        value = column.value(scope)
        what = f"“{column.label}”"
        if column.type is not None and value is not None:
            value = column.type.fitted(value, what, scope)
        if column.allowed is None or value is None:
            return value
        if column.allowed(scope.inner([(TESTED, value)])) is True:
            return value
        return scope.run.null(f"{what}的值不在允许的范围内")

    def _answers(self, scope: Scope, values: list[object]) -> list[Answer]:
        tested = [scope.inner([(TESTED, value)]) for value in values]
        scope.run.charge(self.steps)
        answers: list[Answer] = []
        for rule in self.rules:
            for column, test in rule.tests:
                if test(tested[column]) is not True:
                    break
            else:
                answers.append(Answer(rule, self._values_of(rule, scope)))
                if self.hit_policy == "FIRST":
                    break
        return answers

    @cached_property
    def steps(self) -> int:
        """The price of asking once: a step a rule and a test."""
        return len(self.rules) + sum(len(rule.tests) for rule in self.rules)

    def _values_of(self, rule: Rule, scope: Scope) -> tuple[object, ...]:
        return tuple(
            self._checked(column, output(scope), scope)
            for column, output in zip(self.outputs, rule.outputs, strict=True)
        )

    def _checked(self, column: OutputColumn, value: object, scope: Scope) -> object:
        what = f"决策表“{self.name}”的输出“{column.label}”"
        if column.type is not None:
            value = column.type.fitted(value, what, scope)
        if value is None or column.allowed is None:
            return value
        if column.allowed(scope.inner([(TESTED, value)])) is not True:
            return scope.run.null(f"{what}的值不在允许的范围内")
        return value

    def _without_answer(self, scope: Scope) -> object:
        if any(column.default is not None for column in self.outputs):
            defaults = tuple(
                None
                if column.default is None
                else self._checked(column, column.default(scope), scope)
                for column in self.outputs
            )
            return self.result(defaults)
        if self.gives_list:
            return []
        if self.aggregation == "COUNT":
            return FUNCTIONS["count"].call(scope.run, [[]])
        return scope.run.null(f"决策表“{self.name}”没有一条规则符合,也没有默认值")

    # Answering ------------------------------------------------------------------

    @property
    def gives_list(self) -> bool:
        """Whether its value is a list, one item a rule."""
        if self.hit_policy == "COLLECT":
            return not self.aggregation
        return self.hit_policy in ("RULE ORDER", "OUTPUT ORDER")

    def result(self, values: tuple[object, ...]) -> object:
        """Give one column's value itself, several columns as a context."""
        if len(self.outputs) == 1:
            return values[0]
        return {column.name: value for column, value in zip(self.outputs, values, strict=True)}

    def _note(self, answer: Answer, values: list[object], scope: Scope) -> None:
        run = scope.run
        assert isinstance(run, DecisionRun)  # noqa: S101 - tables run only inside decisions
        inputs = zip((column.label for column in self.inputs), values, strict=True)
        outputs = zip((column.name for column in self.outputs), answer.values, strict=True)
        run.hits.append(
            RuleHit(
                self.decision_id,
                self.name,
                answer.rule.number,
                answer.rule.element_id,
                answer.rule.annotation,
                tuple((label, to_json(value, run)) for label, value in inputs),
                tuple((name, to_json(value, run)) for name, value in outputs),
                tuple(one.told(scope) for one in answer.rule.conditions),
            )
        )


# Hit policies -------------------------------------------------------------------


def _rule_numbers(answers: Sequence[Answer]) -> str:
    return "、".join(str(answer.rule.number) for answer in answers)


def _unique(table: DecisionTable, answers: Sequence[Answer], run: Run) -> Verdict:
    if len(answers) == 1:
        return Verdict(table.result(answers[0].values), answers)
    reason = f"决策表“{table.name}”只能有一条规则符合,但第 {_rule_numbers(answers)} 条都符合"
    return Verdict(run.null(reason), answers)


def _first(table: DecisionTable, answers: Sequence[Answer], _run: Run) -> Verdict:
    return Verdict(table.result(answers[0].values), answers[:1])


def _any(table: DecisionTable, answers: Sequence[Answer], run: Run) -> Verdict:
    results = [table.result(answer.values) for answer in answers]
    if all(equal(result, results[0], run) is True for result in results):
        return Verdict(results[0], answers)
    reason = f"决策表“{table.name}”第 {_rule_numbers(answers)} 条规则都符合,但结果不一致"
    return Verdict(run.null(reason), answers)


def _rank(value: object, column: OutputColumn, scope: Scope) -> int:
    """Give the place of a value among the column's allowed ones.

    Behind them all when it is none.
    """
    for place, ranked in enumerate(column.ranked):
        if equal(ranked(scope), value, scope.run) is True:
            return place
    return len(column.ranked)


def _by_priority(table: DecisionTable, answers: Sequence[Answer], run: Run) -> list[Answer]:
    """Order answers by the first column's allowed values, then the second's … (stable)."""
    scope = Scope(run, None)

    def priority(answer: Answer) -> list[int]:
        return [
            _rank(value, column, scope)
            for column, value in zip(table.outputs, answer.values, strict=True)
            if column.ranked
        ]

    return sorted(answers, key=priority)


def _priority(table: DecisionTable, answers: Sequence[Answer], run: Run) -> Verdict:
    best = _by_priority(table, answers, run)[:1]
    return Verdict(table.result(best[0].values), best)


def _output_order(table: DecisionTable, answers: Sequence[Answer], run: Run) -> Verdict:
    ordered = _by_priority(table, answers, run)
    return Verdict([table.result(answer.values) for answer in ordered], ordered)


def _rule_order(table: DecisionTable, answers: Sequence[Answer], _run: Run) -> Verdict:
    return Verdict([table.result(answer.values) for answer in answers], answers)


def _collect(table: DecisionTable, answers: Sequence[Answer], run: Run) -> Verdict:
    results = [table.result(answer.values) for answer in answers]
    if not table.aggregation:
        return Verdict(results, answers)
    function = FUNCTIONS[AGGREGATIONS[table.aggregation]]
    return Verdict(function.call(run, [results]), answers)


AGGREGATIONS: Mapping[str, str] = {"SUM": "sum", "COUNT": "count", "MIN": "min", "MAX": "max"}

_POLICIES: Mapping[str, Callable[[DecisionTable, Sequence[Answer], Run], Verdict]] = {
    "UNIQUE": _unique,
    "FIRST": _first,
    "ANY": _any,
    "PRIORITY": _priority,
    "RULE ORDER": _rule_order,
    "OUTPUT ORDER": _output_order,
    "COLLECT": _collect,
}
HIT_POLICIES = frozenset(_POLICIES)
