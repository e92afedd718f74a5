"""Expressions written to exhaust the machine end early, as null with a reason."""

import pytest

from engine.feel import EvaluationContext, compile_expression

DOUBLING_CONTEXT = "{a0: [1, 1], " + ", ".join(f"a{i}: [a{i - 1}, a{i - 1}]" for i in range(1, 60))

ATTACKS = {
    "doubling a list through a built-in": (
        "{a0: [1], "
        + ", ".join(f"a{i}: concatenate(a{i - 1}, a{i - 1})" for i in range(1, 60))
        + "}.a59"
    ),
    "doubling a text": (
        '{a0: "xx", ' + ", ".join(f"a{i}: a{i - 1} + a{i - 1}" for i in range(1, 60)) + "}.a59"
    ),
    "a small list that is huge when written out": DOUBLING_CONTEXT + "}",
    "the same as text": DOUBLING_CONTEXT + ", r: string(a59)}.r",
    "the same compared": DOUBLING_CONTEXT + ", r: a59 = a59}.r",
    "the same flattened": DOUBLING_CONTEXT + ", r: flatten(a59)}.r",
    "the same as the bound of a range": DOUBLING_CONTEXT + ", r: (= a59)}.r",
    "nested loops": ("for a in 1..1000, b in 1..1000, c in 1..1000 return a * b * c"),
    "a loop over all numbers": "some x in 1..999999999999 satisfies x < 0",
    "a long body in a loop": "for x in 1..1000000 return " + " + ".join(["x"] * 4000),
    "endless recursion": "{f: function(x) f(x + 1), r: f(0)}.r",
    "branching recursion": "{f: function(x) f(x + 1) + f(x + 1), r: f(0)}.r",
    "partial results of partial results": "for i in 1..100 return [partial, partial]",
    "distinct values of many": "distinct values(for i in 1..20000 return i)",
    "sorting by an endless comparison": (
        "sort(for i in 1..5000 return i, function(a, b) modulo(a * 7919, 104729) < b)"
    ),
    "a hungry regular expression": 'matches("' + "a" * 5000 + 'b", "^(a+)+$")',
    "a long regular expression": (
        'matches("' + "a" * 5000 + '", "' + "(a?){500}" * 40 + 'a{500}")'
    ),
    "many hungry regular expressions": (
        '{t: string join(for i in 1..9000 return "ab"), '
        'r: for i in 1..1000 return matches(t, "([ab]{1,30}){1,30}c" + string(i))}.r'
    ),
    "replacing much by more": ('replace("' + "a" * 5000 + '", "a", "' + "b" * 5000 + '")'),
    "joining with a long text": ('string join(for i in 1..5000 return "x", "' + "y" * 5000 + '")'),
    "a power tower": "9 ** 9 ** 9 ** 9",
    "a huge duration": 'duration("P999999999Y") * 1e6000',
    "a huge position": "[1, 2][1e6000]",
    "a huge substring": 'substring("abc", 1e6000)',
    "a huge scale": "decimal(1.5, 1e6000)",
    "a far date": 'date("999999999-12-31") + duration("P999999999Y")',
    "a long loop of dates": '@"0001-01-01" in (for d in @"0001-01-01"..@"9999-12-31" return d)',
}


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_ends(evaluate, text):
    evaluation = evaluate(text)
    assert evaluation.value is None or evaluation.problems == ()


def test_the_budget_is_counted_so_that_it_is_the_same_on_every_machine(context):
    small = EvaluationContext(now=context.now, steps=100)
    expression = compile_expression("for x in 1..1000 return x")
    first, second = expression.evaluate({}, small), expression.evaluate({}, small)
    assert first.problems == second.problems == ("计算量超出限制,已停止",)
    assert expression.evaluate({}, context).problems == ()


@pytest.mark.parametrize("sign", ["+", "-", "*", "and", "or"])
def test_a_long_chain_is_no_deep_tree(evaluate, sign):
    operand = "true" if sign in ("and", "or") else "1"
    assert evaluate(f" {sign} ".join([operand] * 1000)).problems == ()


def test_deep_and_strange_data_is_null_with_a_reason(evaluate):
    deep: object = 1
    for _ in range(500):
        deep = [deep]
    assert "数据嵌套太深" in evaluate("x", {"x": deep}).problems
    assert evaluate("x", {"x": object()}).problems == ("不能使用这种数据:object",)
    assert evaluate("x[1]", {"x": [float("nan"), 1]}).problems == ("数字不是有限值",)
    assert evaluate("x[2]", {"x": [float("inf"), 1]}).value == 1
    assert evaluate("x", {"x": 10**7000}).problems == ("数字太大",)
    assert evaluate('matches(x, "a")', {"x": "\ud800"}).value is None
