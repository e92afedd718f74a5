"""Boxed conditionals, filters and loops: the drawn forms of what FEEL writes as text."""

import pytest


def cell(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


def decision(box: str) -> str:
    return f'<decision id="d" name="D">{box}</decision>'


CHOICE = (
    f"<conditional><if>{cell('收入 &lt; 标准')}</if><then>{cell('&quot;低保户&quot;')}</then>"
    f"<else>{cell('&quot;不符合&quot;')}</else></conditional>"
)
POOR = f"<filter><in>{cell('成员')}</in><match>{cell('收入 &lt; 1000 and item.收入 &gt;= 最低')}</match></filter>"


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({"收入": 450, "标准": 500}, "低保户"),
        ({"收入": 500, "标准": 500}, "不符合"),
        ({"收入": None, "标准": 500}, "不符合"),  # an unknown condition is not met
    ],
)
def test_a_conditional_chooses(model_of, context, case, expected):
    model = model_of(decision(CHOICE))
    assert model.problems == ()
    assert model.evaluate("d", case, context).value == expected
    assert model.decisions["d"].inputs == ("收入", "标准")


def test_a_conditional_without_a_truth_value_is_null_with_a_reason(model_of, context):
    box = f"<conditional><if>{cell('1')}</if><then>{cell('1')}</then><else>{cell('2')}</else></conditional>"
    outcome = model_of(decision(box)).evaluate("d", {}, context)
    assert outcome.value is None
    assert outcome.problems == ("条件不是是否值,而是数字",)


def test_a_filter_keeps_what_matches_and_sees_the_fields_of_items(model_of, context):
    model = model_of(decision(POOR))
    people = [{"收入": 500}, {"收入": 100}, {"收入": 3000}]
    assert model.evaluate("d", {"成员": people, "最低": 200}, context).value == [{"收入": 500}]
    assert model.evaluate("d", {"成员": people[0], "最低": 200}, context).value == [people[0]]
    assert model.evaluate("d", {"成员": [], "最低": 200}, context).value == []
    assert model.evaluate("d", {"成员": None, "最低": 200}, context).value is None


def test_a_match_that_is_a_number_is_no_position(model_of, context):
    box = f"<filter><in>{cell('[10, 20]')}</in><match>{cell('2')}</match></filter>"
    outcome = model_of(decision(box)).evaluate("d", {}, context)
    assert outcome.value is None
    assert outcome.problems == ("筛选的条件不是是否值,而是数字",)


def test_loops_run_through_lists_and_ranges(model_of, context):
    doubled = f'<for iteratorVariable="x"><in>{cell("[1..4]")}</in><return>{cell("x * 系数")}</return></for>'
    growing = f'<for iteratorVariable="x"><in>{cell("1..3")}</in><return>{cell("x + sum(partial)")}</return></for>'
    nested = (
        f'<for iteratorVariable="x"><in>{cell("[1, 2]")}</in><return>'
        f'<for iteratorVariable="y"><in>{cell("[1, 2]")}</in><return>{cell("x * y")}</return></for>'
        "</return></for>"
    )
    model = model_of(decision(doubled))
    assert model.evaluate("d", {"系数": 2}, context).value == [2, 4, 6, 8]
    assert model.decisions["d"].inputs == ("系数",)
    assert model_of(decision(nested)).evaluate("d", {}, context).value == [[1, 2], [2, 4]]
    assert model_of(decision(growing)).problems != ()  # "1..3" alone is no expression


@pytest.mark.parametrize(
    ("word", "values", "expected"),
    [
        ("some", [1, 6], True),
        ("some", [1, 2], False),
        ("every", [6, 7], True),
        ("every", [6, 1], False),
        ("every", [], True),
        ("some", None, None),
    ],
)
def test_some_and_every(model_of, context, word, values, expected):
    box = f'<{word} iteratorVariable="x"><in>{cell("数")}</in><satisfies>{cell("x &gt; 5")}</satisfies></{word}>'
    model = model_of(decision(box))
    assert model.evaluate("d", {"数": values}, context).value is expected
    assert model.decisions["d"].inputs == ("数",)


@pytest.mark.parametrize(
    ("box", "code"),
    [
        (
            f"<conditional><if>{cell('true')}</if><then>{cell('1')}</then></conditional>",
            "dmn-empty",
        ),
        (f"<for><in>{cell('[1]')}</in><return>{cell('1')}</return></for>", "dmn-name"),
        (f'<some iteratorVariable="x"><in>{cell("[1]")}</in></some>', "dmn-empty"),
        (f"<filter><in>{cell('[1]')}</in><match/></filter>", "dmn-empty"),
    ],
)
def test_what_lacks_a_part_is_refused(model_of, box, code):
    assert code in [finding.code for finding in model_of(decision(box)).problems]


def test_columns_of_a_relation_have_types(model_of, context):
    relation = (
        '<relation><column name="姓名" typeRef="string"/><column name="收入" typeRef="number"/>'
        f"<row>{cell('&quot;甲&quot;')}{cell('1')}</row><row>{cell('2')}{cell('&quot;多&quot;')}</row></relation>"
    )
    outcome = model_of(decision(relation)).evaluate("d", {}, context)
    assert outcome.value == [{"姓名": "甲", "收入": 1}, {"姓名": None, "收入": None}]
    assert "“收入”应为数字,得到文本" in outcome.problems


@pytest.mark.parametrize("word", ["some", "every"])
def test_a_boxed_some_or_every_wants_booleans(model_of, context, word):
    """The text form decides by the others; the boxed one is null at the first that is none."""
    odd = cell("if x = 1 then &quot;no boolean&quot; else x = 2")
    box = f'<{word} iteratorVariable="x"><in>{cell("[1, 2, 3]")}</in><satisfies>{odd}</satisfies></{word}>'
    assert model_of(decision(box)).evaluate("d", {}, context).value is None
