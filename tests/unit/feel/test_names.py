"""Which words are names, and which variables an expression reads."""

import pytest

from engine.feel import compile_expression


@pytest.mark.parametrize(
    ("text", "free"),
    [
        ('amount > 5 and 状态 = "open"', {"amount", "状态"}),
        ("household.members[income < limit]", {"household"}),
        ("for x in xs return x + y", {"xs", "y"}),
        ("for x in xs, y in x return y", {"xs"}),
        ("for x in 1..n return partial", {"n"}),
        ("some x in xs satisfies x > limit", {"xs", "limit"}),
        ("{a: b, c: a + d}", {"b", "d"}),
        ("{f: function(n) f(n - 1) + m}", {"m"}),
        ("function(a, b) a + c", {"c"}),
        ("date(birth) < today()", {"birth"}),
        ("count > 5", {"count"}),
        ("count(count)", set()),
        ("f(a: b)", {"f", "b"}),
        ("substring(string: s, start position: 1)", {"s"}),
        ("x instance of number", {"x"}),
        ("x in [1..y]", {"x", "y"}),
    ],
)
def test_the_free_names_are_what_must_be_provided(text, free):
    assert compile_expression(text).free_names == free


def test_a_known_variable_counts_even_where_a_function_has_its_name():
    assert compile_expression("count(count)", ["count"]).free_names == {"count"}


def test_names_of_several_words_are_known_by_being_given(evaluate):
    assert compile_expression("monthly  income * 2", ["monthly income"]).free_names == {
        "monthly income"
    }
    assert evaluate("pre-tax income - tax", {"pre-tax income": 5, "tax": 2}).value == 3


def test_the_longest_known_name_wins(evaluate):
    scope = {"net": 1, "net income": 2, "net income tax": 3}
    assert evaluate("net + net income + net income tax", scope).value == 6


def test_a_variable_does_not_hide_the_function_of_its_name(evaluate):
    scope = {"date": "2026-11-16", "count": 3}
    assert evaluate("date(date) = today()", scope).value is True
    assert evaluate("count([1, 2]) < count", scope).value is True


def test_inside_a_filter_fields_come_before_variables(evaluate):
    scope = {"xs": [{"a": 1}, {"b": 2}], "a": 1}
    assert evaluate("xs[a = 1]", scope).value == [{"a": 1}, {"b": 2}]
    assert evaluate("xs[item.b = 2]", scope).value == [{"b": 2}]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("]1..3].start", 1),
        ("[1..3[.end", 3),
        ("[1..xs[1]].end", 7),
        ("]1..xs[1][.end", 7),
        ("(1..3).start included", False),
        ("2 in ]1..3[ and true", True),
        ("[[1..2], ]3..4[]", ["[1..2]", "(3..4)"]),
        ("[]", []),
        ("xs[1] + xs[-1]", 15),
    ],
)
def test_square_brackets_mean_what_stands_around_them(evaluate, text, value):
    assert evaluate(text, {"xs": [7, 8]}).value == value
