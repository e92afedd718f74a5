"""Code lists: code and text are stored, and a code is offered while it is in force."""

import json

import pytest

from engine.forms import Option

OLD = "新农合"
LIST = [
    {"value": "1", "label": "职工医保"},
    {"value": "2", "label": "居民医保", "validFrom": "2016-01-01"},
    {"value": "3", "label": OLD, "validTo": "2019-12-31"},
    {"value": "4", "label": "明年的", "validFrom": "2027-01-01"},
]


def insured(key="insured", **more):
    return {
        "type": "select", "id": f"F_{key}", "key": key, "label": "医保状况", "values": LIST,
        "properties": {"codes": "insurance"}, **more,
    }  # fmt: skip


@pytest.fixture
def form(compiled):
    made = compiled(
        insured(),
        {**insured("also"), "type": "checklist"},
        {
            "type": "dynamiclist", "id": "L", "path": "members", "label": "家庭成员",
            "components": [
                {"type": "textfield", "id": "N", "key": "name", "label": "姓名"}, insured("theirs"),
            ],
        },
    )  # fmt: skip
    assert made.findings == ()
    return made


ANSWERS = {
    "insured": "1",
    "also": ["2", "1"],
    "members": [{"name": "甲", "theirs": "2"}, {"name": "乙"}],
}


def test_the_text_is_stored_beside_the_code(form, context):
    done = form.validate(ANSWERS, {}, context)
    assert done.ok
    assert done.data == ANSWERS
    assert done.variables == {
        **ANSWERS,
        "insured_text": "职工医保",
        "also_text": ["居民医保", "职工医保"],
        "members": [{"name": "甲", "theirs": "2", "theirs_text": "居民医保"}, {"name": "乙"}],
    }


def test_a_code_that_is_gone_takes_its_text_along(form, context):
    done = form.validate({}, {"insured": "1", "insured_text": "职工医保"}, context)
    assert done.variables["insured"] is None
    assert done.variables["insured_text"] is None


def test_what_a_client_got_it_may_send_back(form, context):
    told = form.validate(ANSWERS, {}, context).variables
    again = form.validate(told, {}, context)
    assert again.ok
    assert again.variables == told
    shown = form.initial(told, context)
    assert shown["members"][0] == {"name": "甲", "theirs": "2"}


@pytest.mark.parametrize(("code", "says"), [("3", "停用"), ("4", "没有启用")])
def test_a_code_that_is_not_in_force_is_refused(form, context, code, says):
    for data in ({"insured": code}, {"also": [code]}, {"members": [{"theirs": code}]}):
        done = form.validate(data, {}, context)
        assert [error.code for error in done.errors] == ["expired"]
        assert says in done.errors[0].message
        assert "请改选" in done.errors[0].message


def test_what_was_chosen_while_it_was_in_force_may_stay(form, context):
    known = {"insured": "3", "also": ["3"], "members": [{"name": "甲", "theirs": "3"}]}
    done = form.validate(known, known, context)
    assert done.ok
    assert done.variables["insured_text"] == OLD
    moved = {"members": [{"name": "乙"}, {"name": "甲", "theirs": "3"}]}
    assert form.validate(moved, known, context).ok


def test_the_schema_tells_when_a_code_is_in_force(form):
    schema = form.schema["properties"]["insured"]
    assert schema["x-codes"] == "insurance"
    assert schema["x-valid-to"] == [None, None, "2019-12-31", None]
    assert schema["x-valid-from"] == [None, "2016-01-01", None, "2027-01-01"]


def errors(form):
    return {finding.code for finding in form.findings if finding.severity == "error"}


@pytest.mark.parametrize(
    ("component", "code"),
    [
        (insured(values=[{"value": "1", "label": "x", "validTo": "bald"}]), "form-options"),
        (insured(values=[{"value": "1", "label": "x", "validTo": "2019-12-31"}]), "form-options"),
        (insured(properties={"codes": "two words"}), "form-property"),
        (insured(properties={"codes": "x", "decision": "true"}), "form-property"),
        ({"type": "textfield", "id": "T", "key": "t", "label": "t", "properties": {"codes": "x"}},
         "form-property"),
    ],
)  # fmt: skip
def test_misuse_is_refused(compiled, component, code):
    assert code in errors(compiled(component))


def test_the_name_of_the_text_is_taken(compiled):
    other = {"type": "textfield", "id": "T", "key": "insured_text", "label": "文字"}
    assert errors(compiled(insured(), other)) == {"form-key"}


def test_expired_codes_are_not_drawn_but_what_was_chosen_is(form):
    from datetime import date

    from webapp.forms.render import FormView, draw_form

    drawn = draw_form(FormView(form, {}, today=date(2026, 11, 23)))
    assert "居民医保" in drawn
    assert OLD not in drawn
    assert "明年的" not in drawn
    held = draw_form(FormView(form, {"insured": "3"}, today=date(2026, 11, 23)))
    assert held.count(OLD) == 1
    assert json.loads(json.dumps(form.schema))  # plain values
    assert form.fields["insured"].options[0] == Option("1", "职工医保")
