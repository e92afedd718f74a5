"""Why a table said what it said: the rule, what it asks, and the values, on the case's page."""

import re

import pytest
from flask import Flask

from webapp.reading.conditions import in_words
from webapp.shared.language import speak


def test_a_case_page_says_which_rule_fired_on_what(federation, browse):
    browser, task_id = browse("reviewer"), federation.applied("三")
    page = browser.text(f"/tasks/{task_id}")
    case = re.search(r'"(/cases/[^"?#/]+)', page)[1]
    for html in (page, browser.text(f"{case}?tab=papers")):
        shown = re.search(r'<details class="decision-shown".*?</details>', html, re.DOTALL)[0]
        assert "第 1 条" in shown
        assert '<td>1200 <span class="quiet">条件:小于 5000</span></td>' in shown


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("-", ""),
        ("", ""),
        ("< 1200", "小于 1200"),
        (">= limit", "不少于 limit"),
        ("[1..5)", "不少于 1、小于 5"),
        ("]1..5]", "大于 1、不超过 5"),
        ('"甲", "乙"', "甲、乙"),
        ("1, 2", "1、2"),
        ("true", "是"),
        ("null", "没有填"),
        ('= "甲"', "等于 甲"),
        ('>= parameter("festival emergency people")', "不少于 “节前欠薪应急:人数”"),
        ('< parameter("own of ours")', "小于 “own of ours”"),
        ('not("甲", "乙")', "除了 甲、乙"),
        ("count(?) > 2 and ? != null", "count(?) > 2 and ? != null"),
    ],
)
def test_a_cell_in_words(cell, words):
    app = Flask(__name__)
    speak(app)
    with app.test_request_context():
        assert in_words(cell) == words


def test_the_texts_of_a_cell_are_english_however_they_are_asked_for(federation):
    with federation.app.test_request_context("/", environ_base={"HTTP_COOKIE": "lang=en"}):
        assert in_words('"重大","较大"') == "Major, Large"
        assert in_words('= "重大"') == "equal to Major"
        assert in_words("[1..5)") == "at least 1, less than 5"
