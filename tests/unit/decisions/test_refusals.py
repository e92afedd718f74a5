"""A file that cannot be run as drawn is refused with place and sentence, never run otherwise."""

import pytest

from engine.decisions import DecisionProblem, read_decisions

GOOD = '<decision id="good" name="Good"><literalExpression><text>1</text></literalExpression></decision>'
CELL = "<literalExpression><text>1</text></literalExpression>"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "不是完整的 XML"),
        (b"<definitions", "不是完整的 XML"),
        (b"<definitions/>", "不是 DMN 1.2 至 1.6"),
        (
            b'<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd"/>',
            "不是 DMN 1.2 至 1.6",
        ),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "DOCTYPE"),
        (
            '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode(
                "utf-16"
            ),
            "DOCTYPE",
        ),
        (b"x" * 5_000_000, "超过 4 MB"),
    ],
)
def test_what_is_no_decision_file_is_refused_at_once(content, says):
    with pytest.raises(DecisionProblem, match=says):
        read_decisions(content, "规则.dmn")


def _table(
    attributes: str = "", outputs: str = '<output name="o"/>', rule: str | None = None
) -> str:
    row = "<rule><inputEntry><text>1</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
    return (
        f'<decision id="t" name="T"><decisionTable {attributes}><input>'
        f"<inputExpression><text>x</text></inputExpression></input>{outputs}"
        f"{row if rule is None else rule}</decisionTable></decision>"
    )


@pytest.mark.parametrize(
    ("inside", "code", "element_id"),
    [
        ('<import namespace="x" importType="y"/>' + GOOD, "dmn-import", "file"),
        ('<decisionService id="s" name="S"/>' + GOOD, "dmn-service", "s"),
        ('<somethingNew id="n"/>' + GOOD, "dmn-unsupported", "n"),
        ("", "dmn-empty", "file"),
        ('<decision id="e" name="E"/>', "dmn-empty", "e"),
        ('<decision id="e" name="E"><literalExpression/></decision>', "dmn-empty", "e"),
        (
            f'<decision id="e" name="E"><filter><in>{CELL}</in></filter></decision>',
            "dmn-empty",
            "e",
        ),
        (
            '<decision id="e" name="E"><literalExpression><text>1 +</text></literalExpression></decision>',
            "dmn-expression",
            "e",
        ),
        (
            (
                '<decision id="e" name="E"><literalExpression id="l" expressionLanguage="juel"><text>1</text>'
                "</literalExpression></decision>"
            ),
            "dmn-language",
            "l",
        ),
        (
            (
                '<decision id="e" name="E"><informationRequirement><requiredDecision href="#gone"/>'
                f"</informationRequirement>{CELL}</decision>"
            ),
            "dmn-reference",
            "e",
        ),
        (
            (
                '<decision id="e" name="E"><informationRequirement><requiredDecision href="other#e"/>'
                f"</informationRequirement>{CELL}</decision>"
            ),
            "dmn-import",
            "e",
        ),
        (
            (
                '<decision id="e" name="E"><informationRequirement><requiredDecision href="#e"/>'
                f"</informationRequirement>{CELL}</decision>"
            ),
            "dmn-cycle",
            "e",
        ),
        (GOOD + GOOD.replace("Good", "Other"), "dmn-duplicate", "good"),
        (
            '<businessKnowledgeModel id="b" name="B"><encapsulatedLogic kind="Java"/></businessKnowledgeModel>'
            + GOOD,
            "dmn-external",
            "b",
        ),
        (
            f'<decision id="e" name="E"><variable name="E" typeRef="tGone"/>{CELL}</decision>',
            "dmn-type",
            "e",
        ),
        (
            '<itemDefinition id="i" name="t"><typeRef>t</typeRef></itemDefinition>' + GOOD,
            "dmn-type",
            "i",
        ),
        (_table('hitPolicy="BEST"'), "dmn-hit-policy", "t"),
        (_table('hitPolicy="FIRST" aggregation="SUM"'), "dmn-hit-policy", "t"),
        (_table('hitPolicy="PRIORITY"'), "dmn-hit-policy", "t"),
        (_table(outputs=""), "dmn-cells", "t"),
        (_table(rule=""), "dmn-cells", "t"),
        (
            _table(rule='<rule id="r"><inputEntry><text>1</text></inputEntry></rule>'),
            "dmn-cells",
            "r",
        ),
        (
            _table(
                'hitPolicy="PRIORITY"',
                outputs='<output name="o"><outputValues><text>[1..5]</text></outputValues></output>',
            ),
            "dmn-hit-policy",
            "t",
        ),
    ],
)
def test_what_is_not_run_is_a_finding(model_of, context, inside, code, element_id):
    model = model_of(inside)
    found = [finding for finding in model.problems if finding.code == code]
    assert element_id in [finding.element_id for finding in found]
    assert found[0].line == 1
    assert found[0].message
    for identity in model.decisions:
        outcome = model.evaluate(identity, {}, context)
        assert outcome.value is None
        assert found[0].message in outcome.problems


def test_every_fault_is_told_at_once_with_its_line(model_of):
    model = model_of(
        "\n"
        + _table(
            rule='<rule id="r"><inputEntry><text>1 +</text></inputEntry>\n<outputEntry><text>a b</text></outputEntry></rule>'
        )
        + "\n\n<import/>"
    )
    assert sorted((finding.code, finding.line) for finding in model.problems) == [
        ("dmn-expression", 2),
        ("dmn-expression", 3),
        ("dmn-import", 5),
    ]


def test_what_has_no_effect_is_no_finding(model_of, context):
    model = model_of(
        '<textAnnotation id="a"/><knowledgeSource id="k" name="K"/><association id="c"/><description>d</description>'
        '<extensionElements><x xmlns="urn:other"/></extensionElements>'
        '<d:DMNDI xmlns:d="https://www.omg.org/spec/DMN/20191111/DMNDI/"/>' + GOOD
    )
    assert model.problems == ()
    assert model.evaluate("good", {}, context).value == 1
