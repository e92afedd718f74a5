"""Every text of the pages has an English one, with the same values in it."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

from webapp.shared.language import counted, speak

WEBAPP = Path(__file__).parents[2] / "webapp"
KEYWORDS = {"_": None, "lazy": None, "counting": None}
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
VALUES = re.compile(r"%\((\w+)\)s")


def texts():
    found = extract_from_dir(str(WEBAPP), METHODS, {}, keywords=KEYWORDS)
    return {text for file, _, text, _, _ in found if not file.startswith(("assets/", "demo/"))}


def english():
    with (WEBAPP / "translations/en/LC_MESSAGES/messages.po").open("rb") as source:
        return dict(each_form(read_po(source)))


def each_form(catalogue):
    """Chinese and English of each message; of one that counts, the form for many."""
    for message in catalogue:
        if isinstance(message.id, tuple):
            yield message.id[0], message.string[-1]
        elif message.id:
            yield message.id, message.string


def test_every_text_has_an_english_one():
    catalogue = english()
    assert not sorted(text for text in texts() if not catalogue.get(text))


def test_nothing_is_translated_that_no_page_says():
    assert not sorted(english().keys() - texts())


def test_the_values_are_the_same():
    wrong = [
        text
        for text, translated in english().items()
        if set(VALUES.findall(text)) != set(VALUES.findall(translated))
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("language", "n", "told"),
    [
        ("en", 1, "1 working day late"),
        ("en", 2, "2 working days late"),
        ("zh_Hans_CN", 1, "超 1 个工作日"),
        ("zh_Hans_CN", 2, "超 2 个工作日"),
    ],
)
def test_a_number_has_its_own_form(language, n, told):
    app = Flask(__name__)
    speak(app)
    with app.test_request_context(headers={"Cookie": f"lang={language}"}):
        assert counted("超 %(n)s 个工作日", n) == told
