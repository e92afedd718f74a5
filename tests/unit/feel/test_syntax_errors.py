"""A badly written expression is refused with a place and a sentence for its designer."""

import pytest

from engine.feel import (
    FeelSyntaxError,
    compile_expression,
    compile_unary_tests,
    value_or_expression,
)


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("", 1, 1, "没有表达式"),
        ("   ", 1, 1, "没有表达式"),
        ("a ==b", 1, 4, "“等于”只写一个 ="),
        ("a <> b", 1, 4, "“不等于”写作 !="),
        ("a => b", 1, 4, "“大于等于”写作 >="),
        ("a > ,", 1, 5, "应为一个值"),
        ("a > “x”", 1, 5, "中文引号"),
        ("a \uff1e 5", 1, 3, "全角符号,请改用半角的 >"),
        ("f(1\uff0c2)", 1, 4, "全角符号,请改用半角的 ,"),
        ("a && b", 1, 3, "写作 and"),
        ("a | b", 1, 3, "写作 or"),
        ("!a", 1, 1, "写作 !="),
        ("a = 'x'", 1, 5, "英文双引号"),
        ('"abc', 1, 1, "缺少右边的双引号"),
        ("50%", 1, 3, "modulo"),
        ("if a then b", 1, 12, "此处应为else"),
        ("(1 + 2", 1, 7, "右括号“)”"),
        ("[1, 2", 1, 6, "右括号“]”"),
        ("total amount > 5", 1, 7, "“total”后面不能直接跟“amount”"),
        ("5wd", 1, 2, "“5”后面不能直接跟“wd”"),
        ("for x return 1", 1, 7, "此处应为in"),
        ("some x in y return 1", 1, 13, "此处应为satisfies"),
        ("a.", 1, 3, "一个名称"),
        ("1 +\n+ ) 3", 2, 1, "不能写“+”"),
        ("{\n  a: 1,\n  b 2\n}", 3, 3, "键名和冒号"),
        ("function(x) external {a: 1}", 1, 13, "不支持外部函数"),
        ("1e99999", 1, 1, "数字太大"),
    ],
)
def test_the_fault_is_placed_and_named(text, line, column, says):
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    error = caught.value
    assert (error.line, error.column) == (line, column)
    assert says in error.message
    assert f"第 {line} 行第 {column} 个字符" in str(error)


@pytest.mark.parametrize(
    "piece",
    ["for ", "for a in b,", "(1)", "not(", "a.", "[1..2[", "/*", "{a,", "function(a ", "<", "`"],
)
def test_long_nonsense_is_refused_soon(piece):
    with pytest.raises(FeelSyntaxError):
        compile_expression(piece * (19_000 // len(piece)))


def test_a_cell_of_a_table_is_refused_alike():
    with pytest.raises(FeelSyntaxError, match="第 1 行第 5 个字符"):
        compile_unary_tests("> 5 6")


def test_the_column_counts_the_equals_sign():
    with pytest.raises(FeelSyntaxError) as caught:
        value_or_expression("=a b")
    assert caught.value.column == 4


@pytest.mark.parametrize(
    "text",
    [
        "(" * 200 + "1",
        "-" * 200 + "a",
        "[" * 200,
        "not(" * 150 + "true" + ")" * 150,
        "x" + ".a" * 200,
        "x" + "[1]" * 200,
        "if a then 1 else " * 130 + "2",
        "1" * 20_001,
        "{" + ", ".join(f"a {i}: 1" for i in range(2000)) + "}",
        "{" + ", ".join(f'"a {i}": 1' for i in range(2000))[:19_000],
    ],
)
def test_what_is_too_deep_or_too_long_is_refused(text):
    with pytest.raises(FeelSyntaxError):
        compile_expression(text)
