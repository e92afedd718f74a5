"""Literals, names, arithmetic, comparison and three-valued logic."""

import operator as python_operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel import syntax
from engine.feel.arithmetic import NUMBER_OPERATIONS, calculate, negate
from engine.feel.compiler.dispatch import compile_node
from engine.feel.errors import NoValue
from engine.feel.run import Run
from engine.feel.scope import Closure, Scope
from engine.feel.temporal_text import read_temporal
from engine.feel.value_types import type_check
from engine.feel.values import equal, kind_word, less_than


def constant(value: object) -> Closure:
    """A closure that always gives the same value."""
    return lambda _scope: value


@compile_node.register
def _number(node: syntax.NumberLiteral) -> Closure:
    return constant(node.value)


@compile_node.register
def _string(node: syntax.StringLiteral) -> Closure:
    return constant(node.value)


@compile_node.register
def _boolean(node: syntax.BooleanLiteral) -> Closure:
    return constant(node.value)


@compile_node.register
def _null(_node: syntax.NullLiteral) -> Closure:
    return constant(None)


@compile_node.register
def _temporal(node: syntax.TemporalLiteral) -> Closure:
    try:
        value = read_temporal(node.text)
    except NoValue:
        value = None
    if value is None:
        reason = f"看不懂日期或时长“{node.text[:40]}”"
        return lambda scope: scope.run.null(reason)
    return constant(value)


@compile_node.register
def _name(node: syntax.Name) -> Closure:
    name = node.name
    return lambda scope: scope[name]


# Arithmetic ---------------------------------------------------------------------


@compile_node.register
def _chain(node: syntax.OperatorChain) -> Closure:
    first = compile_node(node.first)
    rest = [(sign, compile_node(operand)) for sign, operand in node.rest]
    if len(rest) == 1:
        return _single_operation(first, *rest[0])

    def chain(scope: Scope) -> object:
        result = first(scope)
        for sign, operand in rest:
            result = calculate(sign, result, operand(scope), scope.run)
        return result

    return chain


def _single_operation(left: Closure, sign: str, right: Closure) -> Closure:
    of_numbers = NUMBER_OPERATIONS.get(sign)

    def operation(scope: Scope) -> object:
        one, other = left(scope), right(scope)
        if of_numbers is not None and type(one) is Decimal and type(other) is Decimal:
            try:
                return of_numbers(one, other)
            except ArithmeticError:
                pass  # told with its reason below
        return calculate(sign, one, other, scope.run)

    return operation


@compile_node.register
def _negation(node: syntax.Negation) -> Closure:
    operand = compile_node(node.operand)
    return lambda scope: negate(operand(scope), scope.run)


# Comparison ---------------------------------------------------------------------

ON_PLAIN_VALUES: dict[str, Callable[[Any, Any], bool]] = {
    "=": python_operator.eq,
    "!=": python_operator.ne,
    "<": python_operator.lt,
    "<=": python_operator.le,
    ">": python_operator.gt,
    ">=": python_operator.ge,
}


def comparison_of(sign: str) -> Callable[[object, object, Run], object]:
    """Give the comparison that an operator means: true, false, or null with a reason."""
    on_plain_values = ON_PLAIN_VALUES[sign]

    def compare(left: object, right: object, run: Run) -> object:
        kind = type(left)
        if kind is type(right) and (kind is Decimal or kind is str):
            return on_plain_values(left, right)
        return _compare(sign, left, right, run)

    return compare


def _compare(sign: str, left: object, right: object, run: Run) -> object:
    if sign in ("=", "!="):
        result = equal(left, right, run)
        if result is not None and sign == "!=":
            result = not result
    elif sign in ("<", ">="):
        result = less_than(left, right, run)
        if result is not None and sign == ">=":
            result = not result
    else:
        result = less_than(right, left, run)
        if result is not None and sign == "<=":
            result = not result
    if result is None:
        return run.null(f"“{sign}”不能比较{kind_word(left)}和{kind_word(right)}")
    return result


@compile_node.register
def _comparison(node: syntax.Comparison) -> Closure:
    left, right = compile_node(node.left), compile_node(node.right)
    sign, on_plain_values = node.operator, ON_PLAIN_VALUES[node.operator]

    def comparison(scope: Scope) -> object:
        one, other = left(scope), right(scope)
        kind = type(one)
        if kind is type(other) and (kind is Decimal or kind is str):
            return on_plain_values(one, other)
        return _compare(sign, one, other, scope.run)

    return comparison


@compile_node.register
def _between(node: syntax.Between) -> Closure:
    value, low, high = (compile_node(part) for part in (node.value, node.low, node.high))

    def between(scope: Scope) -> object:
        tested = value(scope)
        above = _compare(">=", tested, low(scope), scope.run)
        below = _compare("<=", tested, high(scope), scope.run)
        return None if above is None or below is None else above is True and below is True

    return between


@compile_node.register
def _instance_of(node: syntax.InstanceOf) -> Closure:
    value, check = compile_node(node.value), type_check(node.type)
    null_type = syntax.TypeName("Null")

    def instance_of(scope: Scope) -> object:
        tested = value(scope)
        if check is None:
            return scope.run.null("instance of 后面的类型没有定义")
        if tested is None:
            return node.type == null_type
        return check(tested, scope.run)

    return instance_of


# Logic --------------------------------------------------------------------------


def _truth(value: object, sign: str, run: Run) -> object:
    """Give the value when it is true or false; anything else counts as null, with a reason."""
    if value is True or value is False:
        return value
    return run.null(f"“{sign}”的一边不是是否值,而是{kind_word(value)}")


@compile_node.register
def _conjunction(node: syntax.Conjunction) -> Closure:
    operands = [compile_node(operand) for operand in node.operands]

    def conjunction(scope: Scope) -> object:
        result: bool | None = True
        for operand in operands:
            value = operand(scope)
            if value is False:
                return False
            if value is not True:
                result = None
                _truth(value, "and", scope.run)
        return result

    return conjunction


@compile_node.register
def _disjunction(node: syntax.Disjunction) -> Closure:
    operands = [compile_node(operand) for operand in node.operands]

    def disjunction(scope: Scope) -> object:
        result: bool | None = False
        for operand in operands:
            value = operand(scope)
            if value is True:
                return True
            if value is not False:
                result = None
                _truth(value, "or", scope.run)
        return result

    return disjunction
