"""Whatever is written and whatever the data: a syntax error for the designer, or a value."""

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.feel import (
    EvaluationContext,
    FeelSyntaxError,
    compile_expression,
    compile_unary_tests,
)
from engine.feel.functions import FUNCTIONS

QUICK = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["2026-11-16", "P5D", "10:00:00", "350602199001019907"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "item", "名称"]), inner, max_size=4)
    ),
    max_leaves=12,
)
LEAVES = st.sampled_from(
    [
        "a", "b", "missing", "1", "0", "-2.5", "1e300", '"x"', '"2026-11-16"', "true", "null", "[]", "{}",
        "[1, 2, 3]", "[1..5]", "(> 3)", '@"2026-11-16"', '@"P1D"', '@"P1M"', '@"10:00:00Z"', "now()",
        '@"2026-11-16T10:00:00"', "function(x, y) x < y", "?", "item", '{a: 1, b: [a]}',
    ]
)  # fmt: skip


def _combine(inner):
    operators = st.sampled_from(
        ["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or"]
    )
    functions = st.sampled_from(sorted(FUNCTIONS))
    return st.one_of(
        st.builds("({} {} {})".format, inner, operators, inner),
        st.builds("-({})".format, inner),
        st.builds("(if {} then {} else {})".format, inner, inner, inner),
        st.builds("(for x in {} return {})".format, inner, inner),
        st.builds("(some x in {} satisfies {})".format, inner, inner),
        st.builds("({} in ({}, {}))".format, inner, inner, inner),
        st.builds("({} between {} and {})".format, inner, inner, inner),
        st.builds("({})[{}]".format, inner, inner),
        st.builds("({}).{}".format, inner, st.sampled_from(["a", "year", "start", "time offset"])),
        st.builds("[{}..{}]".format, inner, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{a: {}, b: {}}}".format, inner, inner),
        st.builds("({} instance of list<number>)".format, inner),
        st.builds(
            lambda name, arguments: f"{name}({', '.join(arguments)})",
            functions,
            st.lists(inner, max_size=4),
        ),
    )


EXPRESSIONS = st.recursive(LEAVES, _combine, max_leaves=12)
PIECES = [
    *'abx12."@?[](){}<>=!+-*/,: \n工会，',
    "and ",
    "for ",
    "in ",
    "..",
    "not(",
    "instance of ",
]
GARBAGE = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


@pytest.fixture(scope="session")
def small(context) -> EvaluationContext:
    return EvaluationContext(now=context.now, steps=20_000)


@QUICK
@given(text=EXPRESSIONS, a=JSON, b=JSON)
def test_a_well_formed_expression_has_a_value_that_json_holds(small, text, a, b):
    try:
        expression = compile_expression(text)
    except FeelSyntaxError:
        return
    evaluation = expression.evaluate({"a": a, "b": b}, small)
    assert isinstance(evaluation.problems, tuple)
    if not _has_lone_surrogate(evaluation.value):
        orjson.dumps(evaluation.value)


@QUICK
@given(text=GARBAGE | EXPRESSIONS, a=JSON)
def test_a_cell_says_true_false_or_nothing(small, text, a):
    tests = _compiled_or_none(compile_unary_tests, text)
    assert tests is None or tests.matches(a, {"a": a}, small) in (True, False, None)


@QUICK
@given(text=GARBAGE)
def test_garbage_is_a_syntax_error_or_a_value(small, text):
    expression = _compiled_or_none(compile_expression, text)
    assert expression is None or expression.evaluate({}, small) is not None


def _compiled_or_none(compile_text, text):
    """What compiles, or None for a syntax error that knows its place."""
    try:
        return compile_text(text)
    except FeelSyntaxError as error:
        placed = error.message and error.line >= 1 and 1 <= error.column <= len(text) + 1
        if not placed:
            raise AssertionError(f"no place in {text!r}") from error
        return None


def _has_lone_surrogate(value: object) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in repr(value)) or "\\ud" in repr(
        value
    )
