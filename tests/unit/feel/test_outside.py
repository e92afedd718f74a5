"""What goes in and comes out: JSON values, literals, cells, kept compilations."""

from datetime import date, datetime
from decimal import Context, Inexact, localcontext

import pytest

from engine.feel import (
    Expression,
    Literal,
    compile_expression,
    compile_unary_tests,
    value_or_expression,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.0", 1),
        ("2 ** 62", 2**62),
        ("2 ** 70", float(2**70)),
        ("1e400", None),
        ("-0", 0),
        ("0.1", 0.1),
        ('{a: date("2026-11-16"), b: [duration("P1Y")]}', {"a": "2026-11-16", "b": ["P1Y"]}),
        ("[1..5)", "[1..5)"),
        ("(> 5)", "> 5"),
    ],
)
def test_a_value_comes_out_as_json_holds_it(evaluate, text, value):
    result = evaluate(text).value
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "value", [0.1, 1e22, 5e-324, 123456.789, 2**62, -7, True, None, "x", [1, {"a": 2.5}]]
)
def test_json_goes_through_unchanged(evaluate, value):
    result = evaluate("x", {"x": value}).value
    assert result == value


def test_python_dates_are_understood(evaluate):
    scope = {"day": date(2026, 11, 16), "at": datetime.fromisoformat("2026-11-16T10:00:00+08:00")}
    assert evaluate("day = today() and at = now()", scope).value is True


def test_an_evaluation_also_gives_the_language_own_value(evaluate):
    evaluation = evaluate('date("2026-11-16")')
    assert str(evaluation.feel_value) == evaluation.value == "2026-11-16"


def test_a_text_with_an_equals_sign_is_feel_any_other_is_itself(context):
    literal, expression = value_or_expression("P5D"), value_or_expression("=2 + n", ["n"])
    assert isinstance(literal, Literal)
    assert isinstance(expression, Expression)
    assert literal.evaluate({}, context).value == "P5D"
    assert literal.free_names == frozenset()
    assert expression.evaluate({"n": 1}, context).value == 3
    assert expression.free_names == {"n"}
    assert value_or_expression("").evaluate({}, context).value == ""


@pytest.mark.parametrize(
    ("cell", "value", "met"),
    [
        ("-", None, True),
        ('"a"', "a", True),
        ('"a", "b"', "b", True),
        ('"a"', None, False),
        ('"a"', 5, None),
        ("5,6,7", 6, True),
        ("5,6,7", 8, False),
        ("not(5)", 6, True),
        ("not(5)", 5, False),
        ("[5..10]", 10, True),
        ('not("a", "b")', "c", True),
        ('not("a", "b")', "b", False),
        ("not(null)", None, False),
        ("null", None, True),
        ("> 5", 6, True),
        ("> 5", None, None),
        ("> 5", "7", None),
        ("[1..5], > 10", 11, True),
        ("]1..5[", 1, False),
        ("< limit", 3, True),
        ("limit", 4, True),
        ("options", "x", True),
        ("? > 3 and ? < 6", 5, True),
        ('contains(?, "b")', "abc", True),
        ("true", True, True),
        ("true", False, False),
        ("true", 1, None),
        ("count(options) = 2", "anything", True),
        ('date("2026-11-16")', date(2026, 11, 16), True),
        ("misspelt", ["a"], None),
        ("count(options[item = ?]) = 1", "x", True),
        ("count(options[item = ?]) = 1", "z", False),
        ("not(misspelt)", 5, None),
        ("-5", -5, True),
        ("not(1) and true", 5, None),
    ],
)
def test_a_cell_tests_a_value(context, cell, value, met):
    scope = {"limit": 4, "options": ["x", "y"]}
    assert compile_unary_tests(cell).matches(value, scope, context) is met


@pytest.mark.parametrize(
    "text",
    [
        "12345.678 + 0.001",
        "10 / 3",
        "-123456.789",
        "modulo(123456.789, 10.01)",
        "abs(-123456.789)",
        "stddev([1, 2, 4, 1000])",
        "round half up(123456.785, 2)",
        'duration("PT123456S") / 7',
    ],
)
def test_how_other_code_of_the_thread_reckons_changes_nothing(evaluate, text):
    before = evaluate(text).value
    with localcontext(Context(prec=3, traps=[Inexact])):
        assert evaluate(text).value == before


def test_a_text_is_compiled_once(context):
    text = "1 + 2 + 3 + 4"
    assert compile_expression(text) is compile_expression(text)
    assert compile_expression(text, ["a"]) is not compile_expression(text)
    assert compile_unary_tests("> 5") is compile_unary_tests("> 5")
