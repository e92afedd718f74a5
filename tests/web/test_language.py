"""Every text of the pages has an English one, with the same values in it."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

WEBAPP = Path(__file__).parents[2] / "webapp"
KEYWORDS = {"_": None, "lazy": None}
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
VALUES = re.compile(r"%\((\w+)\)s")


def texts():
    found = extract_from_dir(str(WEBAPP), METHODS, {}, keywords=KEYWORDS)
    return {text for file, _, text, _, _ in found if not file.startswith(("assets/", "demo/"))}


def english():
    with (WEBAPP / "translations/en/LC_MESSAGES/messages.po").open("rb") as source:
        return {message.id: message.string for message in read_po(source) if message.id}


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
