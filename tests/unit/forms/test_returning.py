"""Sending back with what is to be changed ticked: the property ``returnFields``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.forms import Option
from engine.forms.returning import tickable, ticked

TARGET = {
    "type": "select", "id": "T", "key": "return_to", "label": "退回到",
    "conditional": {"hide": '=not(decision = "return")'}, "properties": {"returnTargets": "true"},
}  # fmt: skip
ITEMS = {
    "type": "checklist", "id": "I", "key": "return_fields", "label": "请修改的项目",
    "conditional": {"hide": '=not(decision = "return")'}, "properties": {"returnFields": "true"},
}  # fmt: skip
DECISION = {
    "type": "radio", "id": "D", "key": "decision", "label": "意见",
    "values": [{"label": "同意", "value": "agree"}, {"label": "退回", "value": "return"}],
    "properties": {"decision": "true"},
}  # fmt: skip
OPTIONS = {
    "return_to": (Option("apply", "填写"), Option("visit", "入户")),
    "return_fields": (
        Option("apply/name", "姓名", "基本情况"),
        Option("apply/members", "家庭成员", "家庭成员"),
        Option("visit/finding", "调查情况"),
    ),
}


def codes(form):
    return [finding.code for finding in form.findings if finding.severity == "error"]


@pytest.fixture
def deciding(compiled):
    form = compiled(DECISION, TARGET, ITEMS)
    assert form.findings == ()
    for key, options in OPTIONS.items():
        form = form.with_options(key, options)
    return form


def test_what_a_form_asks_can_be_ticked_but_not_what_it_decides_or_shows(application, compiled):
    choices = list(tickable("apply", application.components))
    assert choices[0] == Option("apply/applicant_name", "姓名", "申请人")
    values = [choice.value for choice in choices]
    assert "apply/members" in values
    assert "apply/members.name" not in values
    form = compiled(
        DECISION, TARGET, ITEMS,
        {"type": "expression", "id": "E", "key": "sum", "expression": "=1"},
        {"type": "textfield", "id": "R", "key": "r", "label": "只读", "readonly": True},
    )  # fmt: skip
    assert list(tickable("x", form.components)) == []


def test_ticks_of_the_chosen_step_count_and_others_do_not(deciding, context):
    data = {
        "decision": "return",
        "return_to": "visit",
        "return_fields": ["apply/name", "visit/finding"],
    }
    done = deciding.validate(data, {}, context)
    assert done.ok
    assert done.data["return_fields"] == ["visit/finding"]
    none = deciding.validate({**data, "return_fields": ["apply/name"]}, {}, context)
    assert none.ok
    assert "return_fields" not in none.data
    assert none.variables["return_fields"] is None


@pytest.mark.parametrize("value", ["apply/nothing", "gone/name", "name", "", "/", 7, None])
def test_what_is_no_choice_is_refused_or_nothing(deciding, context, value):
    data = {"decision": "return", "return_to": "apply", "return_fields": [value]}
    done = deciding.validate(data, {}, context)
    assert not done.ok or not done.data.get("return_fields")


def test_the_schema_tells_a_client_what_can_be_ticked(deciding):
    schema = deciding.schema["properties"]["return_fields"]
    assert schema["x-return-fields"] is True
    assert schema["items"]["enum"] == ["apply/name", "apply/members", "visit/finding"]
    assert schema["items"]["x-groups"] == ["基本情况", "家庭成员", ""]


def test_the_last_time_is_not_ticked_again(deciding, context):
    assert deciding.initial({"return_fields": ["apply/name"]}, context) == {}


@pytest.mark.parametrize(
    ("components", "code"),
    [
        ((DECISION, ITEMS), "form-return-fields"),
        ((DECISION, TARGET, ITEMS, {**ITEMS, "id": "J", "key": "j"}), "form-return-fields"),
        ((DECISION, TARGET, {**ITEMS, "values": [{"value": "a", "label": "a"}]}), "form-options"),
        ((DECISION, TARGET, {**ITEMS, "defaultValue": ["a"]}), "form-default"),
        ((DECISION, TARGET, {**TARGET, "id": "X", "key": "x",
          "properties": {"returnFields": "true"}}), "form-property"),
        ((DECISION, TARGET,
          {"type": "dynamiclist", "id": "L", "path": "l", "label": "行", "components": [ITEMS]}),
         "form-return-fields"),
    ],
)  # fmt: skip
def test_misuse_is_refused(compiled, components, code):
    assert code in codes(compiled(*components))


@given(st.lists(st.text(max_size=20)), st.text(max_size=8))
def test_any_ticks_are_read(values, step):
    for key in ticked(values, step):
        assert f"{step}/{key}" in values
