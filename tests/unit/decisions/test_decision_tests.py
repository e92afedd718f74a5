"""Test files in the TCK's format: read, run, compared; faults are results and never crashes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.decisions.testing import CaseResult, run_folder
from engine.feel import EvaluationContext

HEAD = (
    '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
)
MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="urn:t">
<inputData id="i" name="家庭 收入"><variable name="家庭 收入"/></inputData>
<decision id="d" name="D"><variable name="D"/>
  <informationRequirement><requiredInput href="#i"/></informationRequirement>
  <literalExpression><text>家庭 收入</text></literalExpression></decision>
<decision id="unasked" name="U"><variable name="U"/><literalExpression><text>家庭 收入</text></literalExpression></decision>
<decision id="third" name="T"><variable name="T"/><literalExpression><text>1 / 3</text></literalExpression></decision>
<decision id="broken" name="B"><variable name="B"/><literalExpression><text>1 +</text></literalExpression></decision>
<decision id="day" name="Day"><variable name="Day"/><literalExpression><text>[date("2026-11-16"), duration("P5D")]</text></literalExpression></decision>
</definitions>"""

Ran = Callable[[str], list[CaseResult]]


@pytest.fixture
def ran(tmp_path: Path, context: EvaluationContext) -> Ran:
    """Run the cases written inside a test file."""

    def run(inside: str, model: str = "model.dmn") -> list[CaseResult]:
        (tmp_path / "sub").mkdir(exist_ok=True)
        (tmp_path / "sub" / "model.dmn").write_text(MODEL, "utf-8")
        text = f"{HEAD}<modelName>{model}</modelName>{inside}</testCases>"
        (tmp_path / "sub" / "cases.xml").write_text(text, "utf-8")
        return list(run_folder(tmp_path, context))

    return run


def value(text: str, kind: str = "") -> str:
    return f'<value xsi:type="xsd:{kind}">{text}</value>' if kind else f"<value>{text}</value>"


def case(given: str, expected: str, node: str = "D") -> str:
    return (
        f'<testCase id="001"><inputNode name="家庭 收入">{given}</inputNode>'
        f'<resultNode name="{node}"><expected>{expected}</expected></resultNode></testCase>'
    )


@pytest.mark.parametrize(
    "written",
    [
        value("12.50", "decimal"),
        value("1.2E1", "double"),
        value("真实收入 ", "string"),
        value("true", "boolean"),
        value("2026-11-16", "date"),
        value("10:30:00", "time"),
        value("2026-11-16T10:30:00+08:00", "dateTime"),
        value("P5D", "duration"),
        value("P1Y2M", "yearMonthDuration"),
        value("500"),
        value("文字"),
        '<value xsi:nil="true"/>',
        f"<list><item>{value('1', 'decimal')}</item><item>{value('2', 'decimal')}</item></list>",
        "<list/>",
        '<list xsi:nil="true"/>',
        f'<component name="a">{value("1", "decimal")}</component><component name="b"><list/></component>',
    ],
)
def test_a_value_of_every_kind_goes_in_and_is_recognised_when_it_comes_out(ran, written):
    (result,) = ran(case(written, written))
    assert (result.file, result.case, result.node) == ("sub/cases.xml", "001", "D")
    assert result.verdict == "pass", result


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (value("1", "decimal"), value("2", "decimal")),
        (value("1", "decimal"), value("1", "string")),
        (value("1", "decimal"), '<value xsi:nil="true"/>'),
        (value("true", "boolean"), value("1", "decimal")),
        ("<list/>", '<list xsi:nil="true"/>'),
        (f"<list><item>{value('1', 'decimal')}</item></list>", value("1", "decimal")),
        (
            f'<component name="a">{value("1", "decimal")}</component>',
            f'<component name="b">{value("1", "decimal")}</component>',
        ),
    ],
)
def test_another_value_fails(ran, given, expected):
    (result,) = ran(case(given, expected))
    assert result.verdict == "fail", result


def test_numbers_may_be_cut_as_the_public_files_cut_them(ran):
    (result,) = ran(case(value("0"), value("0.333333333", "decimal"), "T"))
    assert result.verdict == "pass"
    (result,) = ran(case(value("0"), value("0.3333", "decimal"), "T"))
    assert (result.verdict, result.expected, result.got[:6]) == ("fail", "0.3333", "0.3333")


def test_an_input_is_known_only_to_what_requires_it(ran):
    (result,) = ran(case(value("1"), '<value xsi:nil="true"/>', "U"))
    assert result.verdict == "pass"
    assert "没有名为“家庭 收入”的变量" in result.reasons


def test_one_broken_decision_does_not_stop_the_others(ran):
    (result,) = ran(case(value("1"), '<value xsi:nil="true"/>', "B"))
    assert result.verdict == "pass"
    (result,) = ran(case(value("1"), value("1"), "D"))
    assert result.verdict == "pass"


def test_values_are_shown_as_json_can_hold_them(ran):
    expected = f"<list><item>{value('2026-11-16', 'date')}</item><item>{value('P6D', 'duration')}</item></list>"
    (result,) = ran(case(value("1"), expected, "Day"))
    assert (result.verdict, result.expected, result.got) == (
        "fail",
        ["2026-11-16", "P6D"],
        ["2026-11-16", "P5D"],
    )


@pytest.mark.parametrize(
    ("inside", "model", "says"),
    [
        (case(value("1"), value("1")), "gone.dmn", "没有找到决策文件“sub/gone.dmn”"),
        (case(value("1"), value("1"), "没有的"), "model.dmn", "文件里没有名为“没有的”的决策"),
        (case(value("1"), value("x", "decimal")), "model.dmn", "期望值不能读取:“x”不是decimal"),
        (case(value("x", "date"), value("1")), "model.dmn", "输入“家庭 收入”的值不能读取"),
        (case(value("1"), value("1", "hexBinary")), "model.dmn", "不认识类型“hexBinary”"),
        ("<testCase", "model.dmn", "不是完整的 XML"),
    ],
)
def test_what_cannot_be_run_is_an_error_with_a_reason(ran, inside, model, says):
    (result,) = ran(inside, model)
    assert result.verdict == "error"
    assert says in result.reasons[0]


def test_xml_of_another_kind_is_passed_over(tmp_path, context):
    (tmp_path / "other.xml").write_text("<project/>", "utf-8")
    assert list(run_folder(tmp_path, context)) == []
