"""A list whose rows the case brings: each is answered, none comes or goes."""

import json
from datetime import UTC, datetime

import pytest

from engine.feel import EvaluationContext
from engine.forms import compile_form
from engine.forms.posts import RowAction

FORM = {
    "type": "default",
    "id": "replies",
    "components": [
        {
            "type": "dynamiclist",
            "id": "List",
            "path": "replies",
            "label": "逐件答复",
            "allowAddRemove": False,
            "components": [
                {"type": "textfield", "id": "No", "key": "no", "label": "编号", "readonly": True},
                {
                    "type": "textfield",
                    "id": "Reply",
                    "key": "reply",
                    "label": "答复",
                    "validate": {"required": True},
                },
            ],
        }
    ],
}
KNOWN = {"replies": [{"no": "甲", "secret": "x"}, {"no": "乙"}]}
NOW = EvaluationContext(now=datetime(2026, 3, 2, 1, tzinfo=UTC))


@pytest.fixture
def form():
    compiled = compile_form(json.dumps(FORM, ensure_ascii=False).encode(), "replies.form")
    assert not compiled.findings
    return compiled


def test_each_row_of_the_case_is_answered_and_keeps_what_is_locked(form):
    said = form.read_post({"_row": ["replies.0", "replies.1"], "replies.0.reply": ["是"]})

    missing = form.validate(said, KNOWN, NOW)
    assert [one.pointer for one in missing.errors] == ["/replies/1/reply"]
    assert form.reopened(said, KNOWN, NOW)["replies"] == [{"no": "甲", "reply": "是"}, {"no": "乙"}]

    done = form.validate({"replies": [{"reply": "是"}, {"no": "假", "reply": "否"}]}, KNOWN, NOW)
    assert not done.errors
    assert done.data["replies"] == [{"no": "甲", "reply": "是"}, {"no": "乙", "reply": "否"}]


def test_rows_left_out_are_asked_for_all_the_same(form):
    errors = form.validate({}, KNOWN, NOW).errors

    assert [one.pointer for one in errors] == ["/replies/0/reply", "/replies/1/reply"]


def test_no_row_can_be_added(form):
    errors = form.validate({"replies": [{"reply": "一"}] * 3}, KNOWN, NOW).errors

    assert [one.pointer for one in errors] == ["/replies"]
    assert "不能增加" in errors[0].message
    begun = form.initial(KNOWN, NOW)
    assert begun["replies"] == [{"no": "甲"}, {"no": "乙"}]
    assert form.apply_row_action(begun, RowAction("add", "replies")) == begun
    assert form.apply_row_action(begun, RowAction("remove", "replies", 0)) == begun


def test_a_case_without_rows_asks_for_nothing(form):
    assert not form.validate({}, {}, NOW).errors
