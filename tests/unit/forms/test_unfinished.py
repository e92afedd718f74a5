"""What stands of answers to a form that somebody else finishes; choices that the directory gives."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import EvaluationContext
from engine.forms import Option

THEN = EvaluationContext(now=datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
NAME = {
    "type": "textfield", "id": "N", "key": "person.name", "label": "姓名",
    "validate": {"required": True, "maxLength": 4}, "properties": {"example": "张模拟"},
}  # fmt: skip
PHONE = {
    "type": "textfield", "id": "P", "key": "person.phone", "label": "手机",
    "validate": {"required": True}, "properties": {"format": "mobile"},
}  # fmt: skip
SINCE = {"type": "datetime", "subtype": "date", "id": "S", "key": "since", "dateLabel": "起"}
UNTIL = {
    "type": "datetime", "subtype": "date", "id": "U", "key": "until", "dateLabel": "止",
    "properties": {"rule": "=date(until) >= date(since)", "ruleMessage": "止早于起"},
}  # fmt: skip
ROWS = {
    "type": "dynamiclist", "id": "R", "path": "rows", "label": "名册",
    "components": [
        {"type": "textfield", "id": "W", "key": "who", "label": "姓名", "validate": {"required": True}, "properties": {"example": "甲"}},
        {"type": "number", "id": "A", "key": "amount", "label": "金额", "validate": {"min": 1}},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def form(compiled):
    found = compiled(NAME, PHONE, SINCE, UNTIL, ROWS)
    assert [finding for finding in found.findings if finding.severity == "error"] == []
    return found


def test_what_is_right_stands_and_what_is_wrong_is_as_if_it_had_not_been_said(form, context):
    said = {
        "person": {"name": "张模拟", "phone": "12"},
        "since": "2026-03-01",
        "until": "2026-02-01",
        "rows": [{"who": "甲", "amount": 5}, {"amount": 0}],
        "nowhere": 1,
    }
    left = form.unfinished(said, {}, context)
    assert left.data == {"person": {"name": "张模拟"}, "since": "2026-03-01"}
    assert [one.pointer for one in left.errors] == ["/person/phone"]
    assert said["person"] == {"name": "张模拟", "phone": "12"}, (
        "what was handed over is not changed"
    )


def test_nothing_at_all_is_unfinished_too(form, context):
    left = form.unfinished({}, {}, context)
    assert (left.data, {one.code for one in left.errors}) == ({}, {"required"})


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inside: (
        st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=6), inside, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["person", "since", "until", "rows", "x/y"]), ANYTHING))
def test_whatever_is_handed_over_what_is_left_lacks_answers_and_is_not_wrong(form, said):
    left = form.unfinished(said, {}, THEN)
    again = form.validate(left.data, {}, THEN)
    assert {one.code for one in again.errors} <= {"required"}


UNIT = {"type": "select", "id": "T", "key": "to", "label": "交办给", "validate": {"required": True}}


def test_the_directory_gives_the_choices(compiled, context):
    form = compiled({**UNIT, "properties": {"units": "below"}})
    assert form.findings == ()
    asked = form.with_options("to", [Option("模拟街道总工会", "模拟街道总工会")])
    assert asked.validate({"to": "模拟街道总工会"}, {}, context).ok
    assert not asked.validate({"to": "别处"}, {}, context).ok


@pytest.mark.parametrize(
    "wrong",
    [
        {**UNIT, "properties": {"units": "above"}},
        {**UNIT, "properties": {"units": "below"}, "values": [{"label": "甲", "value": "a"}]},
        {"type": "dynamiclist", "id": "L", "path": "rows", "label": "行", "components": [{**UNIT, "properties": {"units": "below"}}]},
    ],
)  # fmt: skip
def test_choices_of_the_directory_stand_by_themselves(compiled, wrong):
    assert "form-property" in {one.code for one in compiled(wrong).findings}
