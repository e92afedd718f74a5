"""Decisions that need others, and the forms of logic besides tables."""

import pytest

from engine.decisions import DecisionProblem
from engine.sentences.english import in_english


def literal(identity: str, name: str, text: str, *requires: str, variable: str = "") -> str:
    needed = "".join(
        f'<informationRequirement><requiredDecision href="#{one}"/></informationRequirement>'
        for one in requires
    )
    return (
        f'<decision id="{identity}" name="{name}">{variable}{needed}'
        f"<literalExpression><text>{text}</text></literalExpression></decision>"
    )


def test_a_decision_uses_the_results_of_others_by_name_and_by_id(model_of, context):
    model = model_of(
        literal("sum", "monthly sum", "a + b")
        + literal("double", "Double", "monthly sum * 2 + sum * 0", "sum")
        + literal("all", "All", "[Double, monthly sum, c]", "double", "sum")
    )
    assert model.problems == ()
    assert model.evaluate("all", {"a": 1, "b": 2, "c": 3}, context).value == [6, 3, 3]
    assert model.decisions["all"].inputs == ("a", "b", "c")


def test_a_decision_needed_twice_is_evaluated_once(model_of, context):
    chain = literal("d0", "n0", "1")
    for number in range(1, 25):
        before = f"d{number - 1}"
        chain += literal(
            f"d{number}", f"n{number}", f"n{number - 1} + n{number - 1}", before, before
        )
    assert model_of(chain).evaluate("d24", {}, context).value == 2**24


def test_decisions_without_ids_are_known_by_name_and_not_mixed_up(model_of, context):
    model = model_of(
        '<decision name="one"><literalExpression><text>1</text></literalExpression></decision>'
        '<decision name="two"><literalExpression><text>2</text></literalExpression></decision>'
    )
    assert model.evaluate("one", {}, context).value == 1
    assert model.evaluate("two", {}, context).value == 2


@pytest.mark.parametrize("version", ["20180521", "20191111", "20211108", "20230324"])
def test_all_versions_since_1_2_are_read(model_of, context, version):
    assert model_of(literal("d", "D", "1 + 1"), version).evaluate("d", {}, context).value == 2


def test_a_context_names_its_steps(model_of, context):
    box = (
        '<decision id="d" name="D"><context>'
        '<contextEntry><variable name="net income"/><literalExpression><text>gross - tax</text>'
        "</literalExpression></contextEntry>"
        '<contextEntry><variable name="rate"/><literalExpression><text>net income / gross</text>'
        "</literalExpression></contextEntry>"
        "{last}</context></decision>"
    )
    result = "<contextEntry><literalExpression><text>rate * 100</text></literalExpression></contextEntry>"
    scope = {"gross": 200, "tax": 50}
    without, with_result = model_of(box.format(last="")), model_of(box.format(last=result))
    assert without.evaluate("d", scope, context).value == {"net income": 150, "rate": 0.75}
    assert with_result.evaluate("d", scope, context).value == 75
    assert with_result.decisions["d"].inputs == ("gross", "tax")


def test_lists_relations_and_invocations(model_of, context):
    cell = "<literalExpression><text>{}</text></literalExpression>".format
    model = model_of(
        f'<decision id="list" name="List"><list>{cell("1")}{cell("x")}</list></decision>'
        '<decision id="relation" name="Relation"><relation><column name="a"/><column name="b"/>'
        f"<row>{cell('1')}{cell('2')}</row></relation></decision>"
        '<businessKnowledgeModel id="f" name="add up"><encapsulatedLogic>'
        f'<formalParameter name="p"/><formalParameter name="q"/>{cell("p + q")}'
        "</encapsulatedLogic></businessKnowledgeModel>"
        '<decision id="call" name="Call"><knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>'
        f'<invocation>{cell("add up")}<binding><parameter name="q"/>{cell("x")}</binding>'
        f'<binding><parameter name="p"/>{cell("10")}</binding></invocation></decision>'
        '<decision id="text" name="Text"><knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>'
        f"{cell('add up(x, 1)')}</decision>"
    )
    assert model.problems == ()
    values = {name: model.evaluate(name, {"x": 5}, context).value for name in model.decisions}
    assert values == {"list": [1, 5], "relation": [{"a": 1, "b": 2}], "call": 15, "text": 6}
    assert model.decisions["call"].inputs == ("x",)


def test_typed_inputs_read_the_text_that_json_holds(model_of, context):
    model = model_of(
        '<inputData id="i" name="born"><variable name="born" typeRef="date"/></inputData>'
        '<decision id="d" name="D"><variable name="D" typeRef="number"/>'
        '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
        "<literalExpression><text>born.year</text></literalExpression></decision>"
    )
    assert model.evaluate("d", {"born": "1990-01-01"}, context).value == 1990
    outcome = model.evaluate("d", {"born": "yesterday"}, context)
    assert outcome.value is None
    assert "“born”应为日期,得到文本" in outcome.problems


@pytest.mark.parametrize(
    ("kind", "given", "text", "expected"),
    [
        ("tPerson", {"name": "甲", "born": "1990-05-01"}, "x.born.year", 1990),
        ("tPerson", [{"name": "甲", "born": "1990-05-01"}], "x.born.year", 1990),
        ("tPerson", {"name": "甲", "born": "spring"}, "x", None),
        (
            "tPeople",
            [{"name": "甲", "born": "1990-05-01"}, {"name": "乙", "born": None}],
            "x[1].born.month",
            5,
        ),
        ("tPeople", {"name": "甲", "born": "1990-05-01"}, "x[1].born.month", 5),
        (
            "tHome",
            {"head": {"name": "甲", "born": "1990-05-01"}, "visits": ["2026-01-02", "2026-03-04"]},
            "max(x.visits).month + x.head.born.day",
            4,
        ),
        ("tDates", ["2026-01-02", "2026-03-04"], "max(x).month", 3),
        ("date", ["2026-01-02"], "x.year", 2026),
        ("string", "2026-01-02", "x", "2026-01-02"),
    ],
)
def test_dates_inside_a_typed_input_are_read_as_well(
    model_of, context, kind, given, text, expected
):
    """A case is JSON: the dates of its structures and lists are text like a date by itself."""
    types = (
        '<itemDefinition name="tHome"><itemComponent name="head"><typeRef>tPerson</typeRef></itemComponent>'
        '<itemComponent name="visits"><typeRef>tDates</typeRef></itemComponent></itemDefinition>'
        '<itemDefinition name="tPerson"><itemComponent name="name"><typeRef>string</typeRef></itemComponent>'
        '<itemComponent name="born"><typeRef>tPast</typeRef></itemComponent></itemDefinition>'
        '<itemDefinition name="tPeople" isCollection="true"><typeRef>tPerson</typeRef></itemDefinition>'
        '<itemDefinition name="tDates" isCollection="true"><typeRef>date</typeRef></itemDefinition>'
        '<itemDefinition name="tPast"><typeRef>date</typeRef><allowedValues><text>&lt; @"2026-11-16"</text></allowedValues></itemDefinition>'
    )
    model = model_of(
        f'{types}<inputData id="i" name="x"><variable name="x" typeRef="{kind}"/></inputData><decision id="d" name="D">'
        '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
        f"<literalExpression><text>{text}</text></literalExpression></decision>"
    )
    assert model.problems == ()
    outcome = model.evaluate("d", {"x": given}, context)
    assert outcome.value == expected
    assert bool(outcome.problems) is (expected is None)


@pytest.mark.parametrize(
    ("given", "chinese", "english"),
    [
        (7, "“家庭”应为tHome,得到数字", "“家庭” must be tHome, and it is a number"),
        ({"成员": []}, "“家庭”中没有“来访”", "“家庭” has no “来访”"),
        (
            {"成员": [], "来访": "春天"},
            "“家庭”中的“来访”应为日期,得到文本",
            "“来访” in “家庭” must be a date, and it is a text",
        ),
        (
            {"成员": [{"收入": 1}, {"收入": "多"}], "来访": None},
            "“家庭”中的“成员[2].收入”应为数字,得到文本",
            "“成员[2].收入” in “家庭” must be a number, and it is a text",
        ),
        (
            {"成员": [{"收入": -1}], "来访": None},
            "“家庭”中的“成员[1].收入”的值不在允许的范围内",
            "The value of “成员[1].收入” in “家庭” is not among those that are allowed",
        ),
        (
            {"成员": [{}], "来访": None},
            "“家庭”中没有“成员[1].收入”",
            "“家庭” has no “成员[1].收入”",
        ),
    ],
)
def test_which_part_of_a_structure_is_wrong_is_told(model_of, context, given, chinese, english):
    model = model_of(
        '<itemDefinition name="tHome"><itemComponent name="成员" isCollection="true"><typeRef>tMember</typeRef></itemComponent>'
        '<itemComponent name="来访"><typeRef>date</typeRef></itemComponent></itemDefinition>'
        '<itemDefinition name="tMember"><itemComponent name="收入"><typeRef>number</typeRef>'
        "<allowedValues><text>&gt;= 0</text></allowedValues></itemComponent></itemDefinition>"
        '<inputData id="i" name="家庭"><variable name="家庭" typeRef="tHome"/></inputData><decision id="d" name="D">'
        '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
        "<literalExpression><text>家庭</text></literalExpression></decision>"
    )
    outcome = model.evaluate("d", {"家庭": given}, context)
    assert (outcome.value, outcome.problems) == (None, (chinese,))
    assert in_english(chinese) == english


def test_declared_types_are_kept(model_of, context):
    types = (
        '<itemDefinition name="tLevel"><typeRef>string</typeRef>'
        '<allowedValues><text>"county", "city"</text></allowedValues></itemDefinition>'
        '<itemDefinition name="tPerson"><itemComponent name="level"><typeRef>tLevel</typeRef></itemComponent>'
        '<itemComponent name="age"><typeRef>number</typeRef></itemComponent></itemDefinition>'
        '<itemDefinition name="tPeople" isCollection="true"><typeRef>tPerson</typeRef></itemDefinition>'
    )
    model = model_of(
        types
        + literal("level", "Level", "x", variable='<variable name="Level" typeRef="tLevel"/>')
        + literal("people", "People", "x", variable='<variable name="People" typeRef="tPeople"/>')
    )
    assert model.problems == ()
    person = {"level": "county", "age": 40}
    assert model.evaluate("level", {"x": "city"}, context).value == "city"
    assert model.evaluate("level", {"x": "moon"}, context).value is None
    assert model.evaluate("people", {"x": person}, context).value == [person]
    assert model.evaluate("people", {"x": [{"level": "county"}]}, context).value is None


def test_an_unknown_decision_is_told(model_of, context):
    with pytest.raises(DecisionProblem, match="没有编号为“other”的决策"):
        model_of(literal("d", "D", "1")).evaluate("other", {}, context)


def test_a_table_that_asks_too_much_ends(model_of):
    from datetime import datetime

    from engine.feel import BUSINESS_ZONE, EvaluationContext

    small = EvaluationContext(now=datetime(2026, 1, 1, tzinfo=BUSINESS_ZONE), steps=50)
    outcome = model_of(literal("d", "D", "for x in 1..1000 return x")).evaluate("d", {}, small)
    assert outcome.value is None
    assert outcome.problems == ("计算量超出限制,已停止",)
