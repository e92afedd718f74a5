"""Birth date and sex come from the identity number where nobody filled them in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

NUMBER = "350602199001019907"


def parts(**more):
    return [
        {"type": "textfield", "id": "N", "key": "number", "label": "身份证号",
         "properties": {"format": "id-document"}},
        {"type": "datetime", "id": "B", "key": "born", "dateLabel": "出生日期", "subtype": "date",
         "validate": {"required": True}, "properties": {"fromId": "number", **more}},
        {"type": "radio", "id": "S", "key": "sex", "label": "性别",
         "values": [{"value": "1", "label": "男"}, {"value": "2", "label": "女"}],
         "properties": {"fromId": "number"}},
    ]  # fmt: skip


@pytest.fixture(scope="module")
def form(compiled):
    rows = {"type": "dynamiclist", "id": "L", "path": "members", "label": "成员"}
    made = compiled(*parts(), {**rows, "components": parts()})
    assert made.findings == ()
    return made


def test_the_number_says_what_nobody_filled_in(form, context):
    data = {"number": "3506 0219 9001 0199 07", "members": [{"number": NUMBER}]}
    done = form.validate(data, {}, context)
    assert done.ok, done.errors
    said = {"number": NUMBER, "born": "1990-01-01", "sex": "2"}
    assert done.data == {**said, "members": [said]}
    assert form.derived(data, context.now.date()) == {
        "born": "1990-01-01", "sex": "2", "members.0.born": "1990-01-01", "members.0.sex": "2",
    }  # fmt: skip


def test_what_somebody_wrote_stays_and_is_doubted(form, context):
    done = form.validate({"number": NUMBER, "born": "1991-01-01", "sex": "1"}, {}, context)
    assert done.ok
    assert done.data["born"] == "1991-01-01"
    assert {doubt.code for doubt in done.warnings} == {"sex", "birth"}


@pytest.mark.parametrize("number", ["350602199001019900", "M350000001", "", "350602900101990"])
def test_a_number_that_says_nothing_fills_nothing(form, context, number):
    assert form.derived({"number": number}, context.now.date()) == {}
    assert "/born" in {e.pointer for e in form.validate({"number": number}, {}, context).errors}


def test_the_number_must_stand_beside_it(compiled):
    (_, born, _) = parts()
    made = compiled(born)
    assert [finding.code for finding in made.findings] == ["form-property"]


@given(data=st.recursive(st.none() | st.text(max_size=20), st.lists, max_leaves=4))
def test_any_data_can_be_looked_through(compiled, data):
    made = compiled(*parts())
    from datetime import date

    assert isinstance(made.derived({"number": data, "members": data}, date(2026, 1, 1)), dict)
