"""What a table answers when no rule, one rule or several rules hit."""

import pytest

from engine.decisions import RuleHit


def table(policy: str, *rules: str, output: str = "", aggregation: str = "") -> str:
    """A table that asks for x; each rule is written "test -> answer"."""
    rows = "".join(
        f'<rule id="rule_{number}"><inputEntry><text>{test}</text></inputEntry>'
        f"<outputEntry><text>{answer}</text></outputEntry>"
        f"<annotationEntry><text>because {number}</text></annotationEntry></rule>"
        for number, (test, answer) in enumerate((rule.split(" -> ") for rule in rules), start=1)
    )
    aggregated = f' aggregation="{aggregation}"' if aggregation else ""
    return (
        f'<decision id="d" name="Decision"><decisionTable hitPolicy="{policy}"{aggregated}>'
        '<input label="the x"><inputExpression typeRef="number"><text>x</text></inputExpression></input>'
        f'<output name="answer">{output}</output>{rows}</decisionTable></decision>'
    )


ORDERED = '<outputValues><text>"high", "middle", "low"</text></outputValues>'
DEFAULT = '<defaultOutputEntry><text>"none"</text></defaultOutputEntry>'
SMALL, LARGE, ANY = "&lt; 10 -> ", "&gt;= 10 -> ", "- -> "


@pytest.mark.parametrize(
    ("drawn", "x", "value", "hits"),
    [
        (table("UNIQUE", SMALL + "1", LARGE + "2"), 5, 1, [1]),
        (table("UNIQUE", SMALL + "1", LARGE + "2"), 10, 2, [2]),
        (table("FIRST", SMALL + "1", ANY + "2"), 5, 1, [1]),
        (table("FIRST", SMALL + "1", ANY + "2"), 50, 2, [2]),
        (table("ANY", SMALL + '"a"', '5 -> "a"'), 5, "a", [1, 2]),
        (table("PRIORITY", ANY + '"low"', SMALL + '"high"', output=ORDERED), 5, "high", [2]),
        (table("PRIORITY", ANY + '"low"', SMALL + '"high"', output=ORDERED), 50, "low", [1]),
        (
            table("OUTPUT ORDER", ANY + '"low"', SMALL + '"high"', output=ORDERED),
            5,
            ["high", "low"],
            [2, 1],
        ),
        (table("RULE ORDER", ANY + "2", SMALL + "1"), 5, [2, 1], [1, 2]),
        (table("RULE ORDER", SMALL + "1"), 50, [], []),
        (table("COLLECT", ANY + "2", SMALL + "1", LARGE + "3"), 5, [2, 1], [1, 2]),
        (table("COLLECT", SMALL + "1"), 50, [], []),
        (table("COLLECT", ANY + "2", SMALL + "1.5", aggregation="SUM"), 5, 3.5, [1, 2]),
        (table("COLLECT", ANY + "2", SMALL + "1", aggregation="MIN"), 5, 1, [1, 2]),
        (table("COLLECT", ANY + "2", SMALL + "1", aggregation="MAX"), 5, 2, [1, 2]),
        (table("COLLECT", ANY + "2", SMALL + "2", aggregation="COUNT"), 5, 2, [1, 2]),
        (table("COLLECT", SMALL + "1", aggregation="COUNT"), 50, 0, []),
        (table("UNIQUE", SMALL + '"a"', output=DEFAULT), 50, "none", []),
    ],
)
def test_a_hit_policy_answers(model_of, context, drawn, x, value, hits):
    outcome = model_of(drawn).evaluate("d", {"x": x}, context)
    assert outcome.value == value
    assert [hit.rule for hit in outcome.hits] == hits
    assert outcome.problems == ()


@pytest.mark.parametrize(
    ("drawn", "x", "reason", "hits"),
    [
        (table("UNIQUE", ANY + "1", LARGE + "2", ANY + "3"), 50, "第 1、2、3 条都符合", [1, 2, 3]),
        (table("ANY", ANY + "1", SMALL + "2"), 5, "第 1、2 条规则都符合,但结果不一致", [1, 2]),
        (table("UNIQUE", SMALL + "1"), 50, "没有一条规则符合,也没有默认值", []),
        (table("FIRST", SMALL + "1"), 50, "没有一条规则符合,也没有默认值", []),
        (table("COLLECT", SMALL + "1", aggregation="SUM"), 50, "没有一条规则符合", []),
        (table("UNIQUE", SMALL + "1"), "7", "“the x”应为数字,得到文本", []),
        (
            table("FIRST", ANY + '"other"', output=ORDERED),
            5,
            "输出“answer”的值不在允许的范围内",
            [1],
        ),
    ],
)
def test_without_one_answer_there_is_a_reason(model_of, context, drawn, x, reason, hits):
    outcome = model_of(drawn).evaluate("d", {"x": x}, context)
    assert outcome.value is None
    assert any(reason in problem for problem in outcome.problems)
    assert [hit.rule for hit in outcome.hits] == hits


def test_a_hit_tells_what_a_page_shows(model_of, context):
    outcome = model_of(table("FIRST", SMALL + "x * 2", LARGE + "0")).evaluate(
        "d", {"x": 1.5}, context
    )
    assert outcome.hits == (
        RuleHit(
            "d",
            "Decision",
            1,
            "rule_1",
            "because 1",
            (("the x", 1.5),),
            (("answer", 3),),
            ("< 10",),
        ),
    )


def test_the_label_of_a_column_is_no_name(model_of, context):
    labelled = table("FIRST", SMALL + "1", ANY + "2").replace("the x", "a.price")
    model = model_of(labelled.replace("<text>x</text>", "<text>a.price</text>", 1))
    assert model.evaluate("d", {"a": {"price": 5}}, context).value == 1


def test_several_outputs_make_a_context(model_of, context):
    drawn = (
        '<decision id="d" name="D"><decisionTable>'
        "<input><inputExpression><text>x</text></inputExpression></input>"
        '<output name="a"/><output name="b"><defaultOutputEntry><text>9</text></defaultOutputEntry></output>'
        "<rule><description>why</description><inputEntry><text>1</text></inputEntry>"
        "<outputEntry><text>2</text></outputEntry><outputEntry><text/></outputEntry></rule>"
        "</decisionTable></decision>"
    )
    model = model_of(drawn)
    outcome = model.evaluate("d", {"x": 1}, context)
    assert outcome.value == {"a": 2, "b": None}
    assert outcome.hits[0].annotation == "why"
    assert outcome.hits[0].inputs == (("x", 1),)
    assert model.evaluate("d", {"x": 5}, context).value == {"a": None, "b": 9}
    assert model.decisions["d"].outputs == ("a", "b")


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST"])
def test_a_missing_input_meets_only_empty_and_null_cells(model_of, context, policy):
    model = model_of(table(policy, SMALL + "1", "null -> 2"))
    assert model.evaluate("d", {"x": None}, context).value == 2


def test_allowed_inputs_are_enforced(model_of, context):
    drawn = table("FIRST", ANY + "1").replace(
        "</inputExpression>", "</inputExpression><inputValues><text>[1..5]</text></inputValues>"
    )
    model = model_of(drawn)
    assert model.evaluate("d", {"x": 5}, context).value == 1
    outcome = model.evaluate("d", {"x": 6}, context)
    assert outcome.value == 1  # the table goes on with null, which a dash meets
    assert outcome.problems == ("“the x”的值不在允许的范围内",)
    strict = model_of(drawn.replace("<text>-</text>", "<text>&gt; 0</text>"))
    assert strict.evaluate("d", {"x": 6}, context).value is None


@pytest.mark.parametrize(("answer", "value"), [("3", 3), ("7", None), ("null", None)])
def test_the_values_of_an_output_may_be_a_range(model_of, context, answer, value):
    within = "<outputValues><text>[1..5]</text></outputValues>"
    model = model_of(table("UNIQUE", f"- -> {answer}", output=within))
    assert model.problems == ()
    outcome = model.evaluate("d", {"x": 1}, context)
    assert outcome.value == value
    if answer == "7":
        assert outcome.problems == ("决策表“Decision”的输出“answer”的值不在允许的范围内",)
