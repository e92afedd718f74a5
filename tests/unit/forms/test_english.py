"""A form on an English page: other words, the same questions, the same answers."""

import json
from dataclasses import replace

import pytest
from flask import Flask

from engine.forms import CompiledForm
from engine.forms.english import texts_of
from engine.model.english import English
from webapp.forms.render import FormView, draw_form
from webapp.shared.language import speak

WORDS = {
    "张三的表": "A form",
    "甲组": "Group",
    "姓名": "Name",
    "照证件填": "As on the document",
    "关系": "Relation",
    "配偶": "Spouse",
    "近亲": "Near",
    "成员": "Members",
    "收入": "Income",
    "元": "yuan",
    "请看清楚。": "Please read this.",
    "结论": "Conclusion",
    "常用": "Usual words",
}


def english(**more: str) -> English:
    lines = (f"{json.dumps(zh)} = {json.dumps(en)}" for zh, en in {**WORDS, **more}.items())
    return English(("\n".join(lines).encode(),))


@pytest.fixture
def form(compiled) -> CompiledForm:
    made = compiled(
        {"type": "text", "id": "t", "text": "请看清楚。"},
        {
            "type": "group",
            "id": "g",
            "label": "甲组",
            "components": [
                {
                    "type": "textfield",
                    "id": "n",
                    "key": "name",
                    "label": "姓名",
                    "description": "照证件填",
                    "validate": {"required": True},
                },
                {
                    "type": "select",
                    "id": "r",
                    "key": "relation",
                    "label": "关系",
                    "values": [
                        {"value": "spouse", "label": "配偶"},
                        {"value": "other", "label": "别的"},
                    ],
                },
            ],
        },
        {
            "type": "textarea",
            "id": "c",
            "key": "conclusion",
            "label": "结论",
            "properties": {"text:常用": "情况属实。"},
        },
        {
            "type": "dynamiclist",
            "id": "m",
            "path": "members",
            "label": "成员",
            "components": [
                {
                    "type": "number",
                    "id": "i",
                    "key": "income",
                    "label": "收入",
                    "properties": {"format": "money"},
                }
            ],
        },
        title="张三的表",
    )
    assert made.findings == ()
    return replace(made, english=english())


def test_what_people_read_is_english_and_what_has_none_stays(form):
    said = form.in_english()
    assert said.title == "A form"
    assert {"Name", "As on the document", "Spouse", "别的", "Members", "Income", "yuan"} <= set(
        texts_of(said.components)
    )
    assert "姓名" not in set(texts_of(said.components))


def test_what_is_asked_and_kept_is_the_same(form, context):
    said, sent = form.in_english(), {"name": "张模拟", "relation": "spouse"}
    assert list(said.fields) == list(form.fields)
    for key, asked in form.fields.items():
        assert [o.value for o in said.fields[key].options] == [o.value for o in asked.options]
    assert said.validate(sent, {}, context).data == form.validate(sent, {}, context).data
    assert said.fields["conclusion"].templates == (("Usual words", "情况属实。"),)


def test_a_chinese_page_is_the_same_with_and_without_english(form):
    answers = {"name": "张模拟", "members": [{"income": 12}]}
    alone = replace(form, english=English())
    assert draw_form(FormView(form, answers)) == draw_form(FormView(alone, answers))


def test_what_an_expression_puts_out_word_for_word_is_said_in_english(compiled):
    shown = {"type": "expression", "id": "e", "key": "e", "label": "结论", "expression": '="配偶"'}
    form = replace(compiled(shown), english=english())
    app = Flask(__name__)
    speak(app)
    with app.test_request_context("/", environ_base={"HTTP_COOKIE": "lang=en"}):
        assert ">Spouse</output>" in draw_form(FormView(form, {"e": "配偶"}))
        assert ">配偶的</output>" in draw_form(FormView(form, {"e": "配偶的"}))
    with app.test_request_context("/"):
        assert ">配偶</output>" in draw_form(FormView(form, {"e": "配偶"}))


def test_names_between_quotation_marks_are_english_in_a_sentence():
    assert english().within("Fill in “姓名”, not “别名”.") == "Fill in “Name”, not “别名”."


def test_of_two_files_the_first_comes_first_and_one_that_is_spoilt_says_nothing():
    first = English(('"甲" = "A"'.encode(),), (("乙", "B"),))
    other = English((b"\xff\xff", '"甲" = "X"\n"丙" = "C"'.encode()), (("乙", "Y"),))
    both = first.and_then(other)
    assert [both.of(text) for text in ("甲", "乙", "丙", "丁")] == ["A", "B", "C", "丁"]
