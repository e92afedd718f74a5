"""A parameter there is none of is found wherever it is asked for: decision, form, drawing."""

import json

from engine.definitions.checks import parameters
from engine.definitions.draft import DecisionFile, Draft, FormFile
from engine.definitions.known import Known
from engine.forms import compile_form

DECISION = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" namespace="d">
<decision id="level" name="档次"><literalExpression id="e">
<text>if 1 &lt; parameter(&quot;known&quot;) then parameter("unknown") else 0</text>
</literalExpression></decision></definitions>"""
FORM = {
    "id": "ask",
    "title": "填报",
    "type": "default",
    "schemaVersion": 16,
    "components": [
        {
            "type": "expression",
            "id": "F",
            "key": "shown",
            "label": "上限",
            "expression": '=parameter("known") + parameter("misspelt")',
        }
    ],
}


def test_decisions_and_forms_are_looked_at_as_well() -> None:
    content = json.dumps(FORM).encode()
    draft = Draft(
        Known(parameters=frozenset({"known"})),
        decision_files=(DecisionFile("level.dmn", {}, True, DECISION.encode()),),
        form_files=(FormFile("ask.form", compile_form(content, "ask.form"), content),),
    )
    found = [(one.code, one.file, one.message) for one in parameters.check(draft)]
    assert [(code, file) for code, file, _ in found] == [
        ("parameter-unknown", "level.dmn"),
        ("parameter-unknown", "ask.form"),
    ]
    assert "决策“档次”用到参数“unknown”" in found[0][2]
    assert "表单“填报”用到参数“misspelt”" in found[1][2]
