"""Decisions that need others, and the forms of logic besides tables."""

import pytest

from engine.decisions import DecisionProblem


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
