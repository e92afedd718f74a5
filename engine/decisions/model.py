"""A decision file as a whole: its decisions, what they need, and their evaluation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.decisions.declared_types import DeclaredType
from engine.decisions.findings import DecisionFinding, DecisionProblem
from engine.decisions.outcome import DecisionOutcome, DecisionRun
from engine.decisions.service import ServiceFunction
from engine.feel.context import EvaluationContext
from engine.feel.convert import to_feel, to_json
from engine.feel.expression import evaluate_in
from engine.feel.functions import FUNCTIONS
from engine.feel.scope import Closure, RootScope
from engine.feel.values import FeelFunction
from engine.sentences import Words


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
class Requirement:
    """A node that another one uses; `prefix` is the import's name, empty within one file."""

    key: int
    prefix: str = ""

    def known_as(self, name: str) -> str:
        """Give the name under which expressions speak of the node."""
        return f"{self.prefix}.{name}" if self.prefix else name


@dataclass(frozen=True)
class Node:
    """An element of the requirement graph.

    `key` is its place in the graph: ids are optional in DMN and must not identify anything by their
    absence. A file imported twice is there twice: `path` are the names of the imports that lead to
    it. `logic` gives a decision's value or a knowledge model's function. A service's `parameters`
    and `outputs` are nodes.
    """

    key: int
    kind: Literal["input", "decision", "knowledge", "service"]
    id: str
    name: str
    path: tuple[str, ...]
    namespace: str
    type: DeclaredType | None
    logic: Closure | None
    requires: tuple[Requirement, ...] = ()
    parameters: tuple[Requirement, ...] = ()
    outputs: tuple[Requirement, ...] = ()


@dataclass(frozen=True)
class Inputs:
    """What is known from outside.

    `variables` by name (an imported input's by the names of the imports before it, joined by dots,
    or as contexts within each other); `by_namespace` those of one file, wherever it is imported.
    """

    variables: Mapping[str, object]
    by_namespace: Mapping[tuple[str, str], object]


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
        self._by_name = {node.name: node for node in reversed(nodes) if not node.path}

    def evaluate(
        self, decision_id: str, scope: Mapping[str, object], context: EvaluationContext
    ) -> DecisionOutcome:
        """Decide over a case's variables.

        Raises DecisionProblem for an id that the file does not have.
        """
        if decision_id not in self._keys:
            raise DecisionProblem(
                Words(
                    f"文件里没有编号为“{decision_id}”的决策",
                    f"the file has no decision with the id “{decision_id}”",
                ),
                decision_id,
            )
        if self.problems:
            return DecisionOutcome(None, (), tuple(finding.message for finding in self.problems))
        run = DecisionRun(context)
        root = RootScope(run, scope, FUNCTIONS)
        asked = Question(self._nodes, root, Inputs(scope, {}))
        result = evaluate_in(root, lambda _scope: asked.value_of(self._keys[decision_id]))
        value = evaluate_in(root, lambda inner: to_json(result, inner.run))
        return DecisionOutcome(value, tuple(run.hits), run.problems)

    def ask_by_name(
        self, name: str, inputs: Inputs, context: EvaluationContext
    ) -> tuple[object, tuple[str, ...]]:
        """Give what an element of this name is worth as a FEEL value, and the reasons for nulls.

        For tests of decisions: a function (a knowledge model, a service) is called with the inputs
        that its parameters name, and what a file cannot do is null where it is needed and nowhere
        else. Raises DecisionProblem for a name that the file does not have.
        """
        node = self._by_name.get(name)
        if node is None:
            raise DecisionProblem(
                Words(f"文件里没有名为“{name}”的决策", f"the file has no decision called “{name}”"),
                name,
            )
        run = DecisionRun(context)
        declared = {one.name for one in self._nodes if one.kind == "input"}
        # An input that the file declares is known only to what requires it.
        loose = {name: value for name, value in inputs.variables.items() if name not in declared}
        root = RootScope(run, loose, FUNCTIONS)
        asked = Question(self._nodes, root, inputs)

        def answer(_scope: object) -> object:
            value = asked.value_of(node.key)
            if not isinstance(value, FeelFunction) or node.kind not in ("knowledge", "service"):
                return value
            given = {
                parameter: to_feel(inputs.variables.get(parameter), run)
                for parameter in value.parameter_names
            }
            return value.call_named(run, given)

        return evaluate_in(root, answer), run.problems


class Question:
    """One question to the graph: each element is evaluated once, however often it is needed."""

    def __init__(
        self,
        nodes: Sequence[Node],
        root: RootScope,
        inputs: Inputs,
        given: Mapping[int, object] | None = None,
    ) -> None:
        self._nodes = nodes
        self._root = root
        self._inputs = inputs
        self._values: dict[int, object] = dict(given or {})

    def value_of(self, key: int) -> object:
        """Give the value of an element."""
        if key not in self._values:
            self._values[key] = self._evaluated(self._nodes[key])
        return self._values[key]

    def given(self, values: Mapping[int, object]) -> "Question":
        """Ask again, with these elements' values given instead of evaluated."""
        return Question(self._nodes, self._root, self._inputs, values)

    def fitted(self, key: int, value: object) -> object:
        """Give a value as the type of an element has it."""
        node = self._nodes[key]
        kind = node.type
        if kind is not None and node.kind == "service":
            kind = kind.of_result
        return value if kind is None else kind.fitted(value, f"“{node.name}”", self._root)

    def taken(self, key: int, position: int, value: object) -> object:
        """Give an argument as the type of a service's variable has it."""
        node = self._nodes[key]
        kinds = () if node.type is None else node.type.taken
        kind = kinds[position] if position < len(kinds) else None
        if kind is None:
            return value
        return kind.fitted(value, f"“{node.name}”的第 {position + 1} 个输入", self._root)

    def _evaluated(self, node: Node) -> object:
        match node.kind:
            case "input":
                return self._input(node)
            case "service":
                return ServiceFunction(
                    (node.name, node.key),
                    tuple(
                        (one.known_as(self._nodes[one.key].name), one.key)
                        for one in node.parameters
                    ),
                    tuple((self._nodes[one.key].name, one.key) for one in node.outputs),
                    self,
                )
            case _:
                return self._decided(node)

    def _input(self, node: Node) -> object:
        value = self._from_outside(node)
        if node.type is None:
            return value
        return node.type.fitted(value, f"“{node.name}”", self._root, from_case=True)

    def _from_outside(self, node: Node) -> object:
        variables, run = self._inputs.variables, self._root.run
        if (node.namespace, node.name) in self._inputs.by_namespace:
            return to_feel(self._inputs.by_namespace[node.namespace, node.name], run)
        if node.path:
            dotted = ".".join((*node.path, node.name))
            if dotted in variables:
                return to_feel(variables[dotted], run)
            value: object = variables
            for step in (*node.path, node.name):
                value = value.get(step) if isinstance(value, Mapping) else None
            if value is not None:
                return to_feel(value, run)
        if node.name in variables:
            return to_feel(variables[node.name], run)
        return self._root[node.name]  # null, with the reason that there is no such variable

    def _decided(self, node: Node) -> object:
        if node.logic is None:
            return self._root.run.null(f"“{node.name}”没有决策逻辑")
        value = node.logic(self._root.inner(self._known_to(node)))
        if node.type is None or node.kind == "knowledge":
            return value
        return node.type.fitted(value, f"决策“{node.name}”的结果", self._root)

    def _known_to(self, node: Node) -> Iterator[tuple[str, object]]:
        """Give the values that a node requires, by name and, as Camunda does, by id."""
        imported: dict[str, dict[str, object]] = {}
        for requirement in node.requires:
            required = self._nodes[requirement.key]
            if self._is_missing(required):
                continue  # missed by its name where an expression reads it, and not before
            value = self.value_of(requirement.key)
            if requirement.prefix:
                imported.setdefault(requirement.prefix, {})[required.name] = value
            elif required.id and required.kind != "input":
                yield required.id, value
            yield requirement.known_as(required.name), value
        yield from imported.items()

    def _is_missing(self, node: Node) -> bool:
        return (
            node.kind == "input"
            and not node.path
            and node.key not in self._values
            and node.name not in self._inputs.variables
            and (node.namespace, node.name) not in self._inputs.by_namespace
        )
