"""A null says why: the person who looks for the fault must not have to guess."""

import pytest


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("missing > 5", "没有名为“missing”的变量"),
        ("a > 5", "“>”不能比较文本和数字"),
        ("a + 1", "“+”不能用于文本和数字"),
        ("1 / 0", "“/”:除数是 0"),
        ("10 ** 7000", "“**”:结果超出数字范围"),
        ("a and true", "“and”的一边不是是否值,而是文本"),
        ("a.b", "文本没有属性“b”"),
        ("c.d", "上下文里没有“d”"),
        ("[1][2]", "列表没有这一项"),
        ("substring(5, 1)", "函数 substring:参数“string”应为文本,得到数字"),
        ("substring()", "函数 substring:参数个数不对"),
        ("a(1)", "“a”不是函数"),
        ('date("2026-02-30")', "函数 date:没有这个日期"),
        ("working days(today(), 5)", "函数 working days:这里不能使用日历和参数"),
        ("for x in null return x", "for:要逐项处理的列表是空值"),
        ("function(x) x", "结果是函数,不能保存"),
    ],
)
def test_the_reason_is_recorded(evaluate, text, reason):
    evaluation = evaluate(text, {"a": "7", "c": {}})
    assert evaluation.value is None
    assert reason in evaluation.problems


def test_a_value_without_trouble_has_no_problems(evaluate):
    assert evaluate("1 + 1").problems == ()


def test_asking_for_a_default_is_no_problem(evaluate):
    assert evaluate("get or else(missing.field, 3)").problems == ()
    assert evaluate("is defined(missing)").problems == ()


def test_each_reason_is_told_once(evaluate):
    problems = evaluate("for x in 1..50 return missing").problems
    assert problems == ("没有名为“missing”的变量",)


def test_reasons_do_not_quote_what_people_wrote(evaluate):
    secret = "350602199001019907"
    for text in ("number(x + x)", "date(x)", "age(x + x)", "x > 1", "duration(x)"):
        assert secret not in " ".join(evaluate(text, {"x": secret + "z"}).problems)


def test_the_items_of_an_empty_list_lack_nothing(evaluate):
    evaluation = evaluate('count(none[kind = "head"])', {"none": []})
    assert (evaluation.value, evaluation.problems) == (0, ())
    assert evaluate("none[n]", {"none": [], "n": 1}).problems == ("列表是空的,没有这一项",)
