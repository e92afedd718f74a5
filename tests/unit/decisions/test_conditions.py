"""What a case keeps of a rule's cells: with what their names were worth, as nobody knows the names."""

import pytest

from engine.decisions import DecisionModel, read_decisions

TABLE = """<decision id="kind" name="kind"><informationRequirement><requiredInput href="#i"/>
</informationRequirement><informationRequirement><requiredInput href="#l"/></informationRequirement>
<decisionTable hitPolicy="UNIQUE"><input label="数"><inputExpression><text>n</text></inputExpression>
</input><output name="kind"/><rule><inputEntry><text>{cell}</text></inputEntry>
<outputEntry><text>"yes"</text></outputEntry></rule></decisionTable></decision>
<inputData id="i" name="n"/><inputData id="l" name="limits"/>"""

LIMITS = {"upper": 2, "上限": 1.5, "word": "n", "list": [1]}


def model(cell: str) -> DecisionModel:
    inside = TABLE.format(cell=cell.replace("<", "&lt;").replace(">", "&gt;"))
    return read_decisions(
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="test" '
        f'id="file">{inside}</definitions>'.encode(),
        "test.dmn",
    )


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("[1..limits.upper)", "[1..2)"),
        ("< limits.上限", "< 1.5"),
        ("? > 0.5 and ? < limits.upper", "? > 0.5 and ? < 2"),
        ('string(?) != "limits.upper" + limits.word', 'string(?) != "limits.upper" + "n"'),
        ("limits.list", "limits.list"),
        ("-", "-"),
        ("< 1 + sum(limits.list) + limits.upper", "< 1 + sum(limits.list) + 2"),
    ],
)
def test_a_cell_is_kept_with_the_values_of_its_names(context, cell, told):
    read = model(cell)
    assert read.problems == ()
    outcome = read.evaluate("kind", {"n": 1, "limits": LIMITS}, context)
    (hit,) = outcome.hits
    assert hit.conditions == (told,)


@pytest.mark.parametrize(
    ("cell", "asked"),
    [
        ("?.limits > 3", {"limits": 5}),
        ("some limits in ? satisfies limits > 3", [1, 5]),
        ("count(?[limits > 3]) = 1", [{"limits": 5}, {"limits": 1}]),
        ("{limits: 5}.limits > 3", 1),
        ("? != limits.long", "y"),
    ],
)
def test_a_word_that_is_no_variable_here_stays_as_it_is_written(context, cell, asked):
    read = model(cell)
    assert read.problems == ()
    given = {"n": asked, "limits": {"long": "x" * 61}}
    (hit,) = read.evaluate("kind", given, context).hits
    assert hit.conditions == (cell,)


def test_telling_of_a_cell_asks_for_nothing_more(context):
    other = TABLE.replace('<requiredInput href="#l"/>', '<requiredInput href="#i"/>')
    inside = other.format(cell="?.limits &gt; 3")
    read = read_decisions(
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="test" '
        f'id="file">{inside}</definitions>'.encode(),
        "test.dmn",
    )
    outcome = read.evaluate("kind", {"n": {"limits": 5}}, context)
    assert (outcome.value, outcome.problems) == ("yes", ())
    assert [str(one) for one in read.decisions["kind"].inputs] == ["n"]
