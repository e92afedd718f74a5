"""What the rest of the system sees of FEEL: compiled texts and what they are worth."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from typing_extensions import override

from engine.feel import syntax
from engine.feel.compiler import compile_node
from engine.feel.compiler.tests import TESTED
from engine.feel.context import EvaluationContext
from engine.feel.convert import to_feel, to_json
from engine.feel.errors import BudgetExceeded, NoValue
from engine.feel.free_names import free_names
from engine.feel.functions import FUNCTIONS, spaced_names
from engine.feel.names import KnownNames, one_line
from engine.feel.reader import parse, parse_unary_tests
from engine.feel.run import Run
from engine.feel.scope import Closure, RootScope, Scope

NO_TYPES: Mapping[str, syntax.DefinedType] = MappingProxyType({})
_KEPT_EXPRESSIONS = 4_096
_LANGUAGE_NAMES = spaced_names()


class Evaluation(NamedTuple):
    """What an expression is worth.

    `value` is plain Python that JSON can hold (dates and durations as ISO text), `feel_value` the
    value as the language has it, `problems` the reasons in Chinese why something became null on
    the way.
    """

    value: object
    feel_value: object
    problems: tuple[str, ...]


def open_scope(variables: Mapping[str, object], context: EvaluationContext) -> RootScope:
    """Begin an evaluation over a case's variables.

    Several expressions may share it, and its budget.
    """
    return RootScope(Run(context), variables, FUNCTIONS)


def evaluate_in(scope: Scope, closure: Closure) -> object:
    """Run a closure; whatever goes wrong inside is null with a recorded reason."""
    try:
        return closure(scope)
    except BudgetExceeded as problem:
        return scope.run.null(str(problem))
    except NoValue as problem:
        return scope.run.null(problem.reason)
    except RecursionError:
        return scope.run.null("计算嵌套太深,已停止")
    except (ArithmeticError, ValueError):
        return scope.run.null("计算结果超出范围")


def _evaluate(
    closure: Closure, variables: Mapping[str, object], context: EvaluationContext
) -> Evaluation:
    scope = open_scope(variables, context)
    result = evaluate_in(scope, closure)
    if result is None or result is True or result is False:  # what most conditions are worth
        return Evaluation(result, result, scope.run.problems)
    value = evaluate_in(scope, lambda inner: to_json(result, inner.run))
    return Evaluation(value, result, scope.run.problems)


class Expression:
    """A compiled expression. `free_names` are the variables it reads from outside.

    A name inside a filter may be a field of the list's items, and is therefore not among them.
    """

    __slots__ = ("closure", "free_names", "text")

    def __init__(self, text: str, tree: syntax.Node, names: frozenset[str]) -> None:
        self.text = text
        self.closure = compile_node(tree)
        self.free_names = free_names(tree, FUNCTIONS, names)

    def evaluate(self, scope: Mapping[str, object], context: EvaluationContext) -> Evaluation:
        """Compute the value over a case's variables.

        Never raises, whatever the text and the data.
        """
        return _evaluate(self.closure, scope, context)

    @override
    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


class UnaryTests:
    """A compiled cell of a decision table: a test of one value."""

    __slots__ = ("closure", "free_names", "text")

    def __init__(self, text: str, tree: syntax.Node, names: frozenset[str]) -> None:
        self.text = text
        self.closure = compile_node(tree)
        self.free_names = free_names(tree, FUNCTIONS, names)

    def evaluate(
        self, value: object, scope: Mapping[str, object], context: EvaluationContext
    ) -> Evaluation:
        """Test a value; the evaluation's value is True, False or None."""

        def test(root: Scope) -> object:
            tested = to_feel(value, root.run)
            return self.closure(root.inner([(TESTED, tested)]))

        return _evaluate(test, scope, context)

    def matches(
        self, value: object, scope: Mapping[str, object], context: EvaluationContext
    ) -> bool | None:
        """Tell whether a value meets the cell; None where that cannot be said."""
        verdict = self.evaluate(value, scope, context).feel_value
        return verdict if isinstance(verdict, bool) else None

    @override
    def __repr__(self) -> str:
        return f"UnaryTests({self.text!r})"


@dataclass(frozen=True, slots=True)
class Literal:
    """A text without "=": it is itself."""

    text: str

    @property
    def free_names(self) -> frozenset[str]:
        """It reads nothing."""
        return frozenset()

    def evaluate(self, _scope: Mapping[str, object], _context: EvaluationContext) -> Evaluation:
        """Give the text."""
        return Evaluation(self.text, self.text, ())


def compile_expression(
    text: str, names: Iterable[str] = (), types: Mapping[str, syntax.DefinedType] = NO_TYPES
) -> Expression:
    """Compile an expression; raises FeelSyntaxError. Compiled texts are kept and shared.

    `names` are the variables that exist; those of more than one word are recognised only if they
    are given. `types` are those that the model defines beside the language's own.
    """
    known = frozenset(names)
    if not types:
        return _expression(text, known)
    tree, shown = _compiled(text, known, parse)
    return Expression(text, _with_types(tree, types), shown)


def compile_unary_tests(
    text: str, names: Iterable[str] = (), types: Mapping[str, syntax.DefinedType] = NO_TYPES
) -> UnaryTests:
    """Compile a cell of a decision table.

    Raises FeelSyntaxError. Compiled texts are kept and shared.
    """
    known = frozenset(names)
    if not types:
        return _unary_tests(text, known)
    tree, shown = _compiled(text, known, parse_unary_tests)
    return UnaryTests(text, _with_types(tree, types), shown)


def _with_types(tree: syntax.Node, types: Mapping[str, syntax.DefinedType]) -> syntax.Node:
    def defined(node: syntax.Node) -> syntax.Node:
        if isinstance(node, syntax.TypeName) and node.name in types:
            return types[node.name]
        return node

    return syntax.rebuilt(tree, defined)


def value_or_expression(text: str, names: Iterable[str] = ()) -> Literal | Expression:
    """Read a text as Camunda 8 does: with a leading "=" it is FEEL, any other text is itself.

    Raises FeelSyntaxError, whose column counts the "=".
    """
    if not text.startswith("="):
        return Literal(text)
    return compile_expression(f" {text[1:]}", names)


def parse_value_list(text: str, names: Iterable[str]) -> list[tuple[syntax.Node, Closure]]:
    """Read a list of values separated by commas, each as its tree and its closure.

    Raises FeelSyntaxError.
    """
    tree, _known = _compiled(text, frozenset(names), parse_unary_tests)
    parts = tree.tests if isinstance(tree, syntax.UnaryTestList) else (tree,)
    return [(part, compile_node(part)) for part in parts]


@lru_cache(maxsize=256)
def _known_names(names: frozenset[str]) -> KnownNames:
    return KnownNames(_LANGUAGE_NAMES | names)


def _compiled(
    text: str, names: frozenset[str], read: Callable[[str, KnownNames], syntax.Node]
) -> tuple[syntax.Node, frozenset[str]]:
    known = frozenset(one_line(name) for name in names)
    return read(text, _known_names(known)), known


@lru_cache(maxsize=_KEPT_EXPRESSIONS)
def _expression(text: str, names: frozenset[str]) -> Expression:
    return Expression(text, *_compiled(text, names, parse))


@lru_cache(maxsize=_KEPT_EXPRESSIONS)
def _unary_tests(text: str, names: frozenset[str]) -> UnaryTests:
    return UnaryTests(text, *_compiled(text, names, parse_unary_tests))
