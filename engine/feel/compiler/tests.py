"""Tests of a value: x in …, and the cells of decision tables (DMN 1.5, 10.3.2.8 and 10.3.2.13)."""

from collections.abc import Callable
from decimal import Decimal

from engine.feel import syntax
from engine.feel.compiler.dispatch import compile_node
from engine.feel.compiler.operators import ON_PLAIN_VALUES, comparison_of
from engine.feel.scope import Closure, Scope
from engine.feel.values import Range, satisfies

TESTED = "?"
"""The name under which a test can speak of the value it tests."""

Test = Callable[[object, Scope], object]
"""Tells of a value whether it meets a test: True, False or None."""


def compile_test(node: syntax.Node) -> Test:
    """Compile one test; its scope must know the tested value as "?" if the test mentions it."""
    if isinstance(node, syntax.OperatorTest):
        return _operator_test(node)
    if isinstance(node, syntax.StringLiteral):
        return _text_test(node.value)
    expected = compile_node(node)
    if mentions(node, TESTED):
        return _own_verdict(expected)

    def test(value: object, scope: Scope) -> object:
        wanted = expected(scope)
        if isinstance(wanted, bool) and not isinstance(value, bool):
            # A condition that needs no "?", count(members) > 3, is itself the verdict.
            return None if isinstance(node, syntax.BooleanLiteral) else wanted
        if wanted is None and not isinstance(node, syntax.NullLiteral):
            # Not false: under not(…) a misspelt name must not let every value through.
            return True if value is None else None
        return satisfies(value, wanted, scope.run)

    return _number_range_test(node, test) if isinstance(node, syntax.RangeLiteral) else test


def _operator_test(node: syntax.OperatorTest) -> Test:
    operand, compare = compile_node(node.operand), comparison_of(node.operator)
    if not isinstance(node.operand, syntax.NumberLiteral | syntax.StringLiteral):
        return lambda value, scope: compare(value, operand(scope), scope.run)
    constant = node.operand.value
    kind, on_plain_values = type(constant), ON_PLAIN_VALUES[node.operator]

    def test(value: object, scope: Scope) -> object:
        if type(value) is kind:  # most cells of most tables
            return on_plain_values(value, constant)
        return compare(value, constant, scope.run)

    return test


def _number_range_test(node: syntax.RangeLiteral, otherwise: Test) -> Test:
    """Compare with two numbers at once; any other value or bounds as every test."""
    low, high = node.start, node.end
    if not (isinstance(low, syntax.NumberLiteral) and isinstance(high, syntax.NumberLiteral)):
        return otherwise
    lowest, highest = low.value, high.value
    above = ON_PLAIN_VALUES[">=" if node.start_included else ">"]
    below = ON_PLAIN_VALUES["<=" if node.end_included else "<"]

    def test(value: object, scope: Scope) -> object:
        if type(value) is Decimal:
            return above(value, lowest) and below(value, highest)
        return otherwise(value, scope)

    return test


def _text_test(wanted: str) -> Test:
    def test(value: object, _scope: Scope) -> object:
        return value == wanted if isinstance(value, str) else _is_in_list(value, wanted)

    return test


def _is_in_list(value: object, wanted: str) -> bool | None:
    return False if value is None else (wanted in value if isinstance(value, list) else None)


def _own_verdict(expected: Closure) -> Test:
    """Test by an expression that mentions "?".

    True or false is the verdict, another value is compared.
    """

    def test(value: object, scope: Scope) -> object:
        verdict = expected(scope)
        if verdict is None or isinstance(verdict, bool):
            return verdict
        return satisfies(value, verdict, scope.run)

    return test


def mentions(node: syntax.Node, name: str) -> bool:
    """Tell whether a name occurs anywhere in a tree."""
    wanted = syntax.Name(name)
    return any(part == wanted for part, _depth in syntax.walk(node))


@compile_node.register
def _membership(node: syntax.Membership) -> Closure:
    value = compile_node(node.value)
    tests = [compile_test(test) for test in node.tests]

    def membership(scope: Scope) -> object:
        tested = value(scope)
        return _any_met(tested, tests, scope.inner([(TESTED, tested)]))

    return membership


def _any_met(value: object, tests: list[Test], scope: Scope) -> bool | None:
    result: bool | None = False
    for test in tests:
        met = test(value, scope)
        if met is True:
            return True
        if met is None:
            result = None
    return result


@compile_node.register
def _unary_tests(node: syntax.UnaryTestList) -> Closure:
    tests = [compile_test(test) for test in node.tests]
    if node.negated:

        def none_met(scope: Scope) -> object:
            met = _any_met(scope[TESTED], tests, scope)
            return None if met is None else not met

        return none_met
    if len(tests) == 1:
        only = tests[0]
        return lambda scope: only(scope[TESTED], scope)
    return lambda scope: _any_met(scope[TESTED], tests, scope)


@compile_node.register
def _any_value(_node: syntax.AnyValue) -> Closure:
    return lambda _scope: True


@compile_node.register
def _operator_range(node: syntax.OperatorTest) -> Closure:
    """A test as a value, (> 5): the range of what meets it."""
    operand, sign = compile_node(node.operand), node.operator

    def operator_range(scope: Scope) -> object:
        bound = operand(scope)
        if sign in ("=", "!="):
            only = sign == "="
            return Range(bound, start_included=only, end=bound, end_included=only, operator=sign)
        included = sign in ("<=", ">=")
        if sign[0] == "<":
            return Range(
                None, start_included=False, end=bound, end_included=included, operator=sign
            )
        return Range(bound, start_included=included, end=None, end_included=False, operator=sign)

    return operator_range
