"""A decision file as a whole: its decisions, what they need, and their evaluation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.decisions.declared_types import DeclaredType
from engine.decisions.findings import DecisionFinding, DecisionProblem
from engine.decisions.outcome import DecisionOutcome, DecisionRun
from engine.feel.context import EvaluationContext
from engine.feel.convert import to_json
from engine.feel.expression import evaluate_in
from engine.feel.functions import FUNCTIONS
from engine.feel.scope import Closure, RootScope


@dataclass(frozen=True)
class Decision:
    """One decision.

    `inputs` are the variables it reads from the case, those of required decisions included.
    """

    id: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Node:
    """An element of the requirement graph.

    `key` is its place in the file: ids are optional in DMN and must not identify anything by their
    absence. `logic` is None for an input, whose value comes from the case.
    """

    key: int
    id: str
    name: str
    type: DeclaredType | None
    logic: Closure | None
    requires: tuple[int, ...]


class DecisionModel:
    """The decisions of one file, ready to be asked. A model with problems does not answer."""

    def __init__(
        self,
        decisions: Mapping[str, Decision],
        keys: Mapping[str, int],
        nodes: Sequence[Node],
        problems: tuple[DecisionFinding, ...],
    ) -> None:
        self.decisions = decisions
        self.problems = problems
        self._keys = keys
        self._nodes = nodes

    def evaluate(
        self, decision_id: str, scope: Mapping[str, object], context: EvaluationContext
    ) -> DecisionOutcome:
        """Decide over a case's variables.

        Raises DecisionProblem for an id that the file does not have.
        """
        if decision_id not in self._keys:
            raise DecisionProblem(f"文件里没有编号为“{decision_id}”的决策", decision_id)
        if self.problems:
            return DecisionOutcome(None, (), tuple(finding.message for finding in self.problems))
        run = DecisionRun(context)
        root = RootScope(run, scope, FUNCTIONS)
        asked = _Asked(self._nodes, root, scope)
        result = evaluate_in(root, lambda _scope: asked.value_of(self._keys[decision_id]))
        value = evaluate_in(root, lambda inner: to_json(result, inner.run))
        return DecisionOutcome(value, tuple(run.hits), run.problems)


class _Asked:
    """One question to the graph: each element is evaluated once, however often it is needed."""

    def __init__(
        self, nodes: Sequence[Node], root: RootScope, variables: Mapping[str, object]
    ) -> None:
        self._nodes = nodes
        self._root = root
        self._variables = variables
        self._values: dict[int, object] = {}

    def value_of(self, key: int) -> object:
        if key not in self._values:
            node = self._nodes[key]
            self._values[key] = self._input(node) if node.logic is None else self._decided(node)
        return self._values[key]

    def _input(self, node: Node) -> object:
        value = self._root[node.name]
        if node.type is None:
            return value
        return node.type.fitted(value, f"“{node.name}”", self._root)

    def _decided(self, node: Node) -> object:
        assert node.logic is not None  # noqa: S101 - asked of nodes with logic only
        value = node.logic(self._root.inner(self._known_to(node)))
        if node.type is None:
            return value
        return node.type.fitted(value, f"决策“{node.name}”的结果", self._root)

    def _known_to(self, node: Node) -> Iterator[tuple[str, object]]:
        """Give the values that a node requires, by name and, as Camunda does, by id."""
        for key in node.requires:
            required = self._nodes[key]
            if required.logic is None and required.name not in self._variables:
                continue  # missed by its name where an expression reads it, and not before
            value = self.value_of(key)
            if required.id and required.logic is not None:
                yield required.id, value
            yield required.name, value
