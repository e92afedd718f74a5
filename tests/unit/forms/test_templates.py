"""Texts that a button inserts (``text:…``): read from the file, drawn as text, never too long."""

import json

import pytest
from bs4 import BeautifulSoup

from engine.forms import compile_form
from webapp.forms.render import FormView, draw_form


def form(type_="textarea", validate=None, **properties):
    field = {"type": type_, "id": "F", "key": "said", "label": "事实", "properties": properties}
    if validate:
        field["validate"] = validate
    content = {"type": "default", "id": "f", "components": [field]}
    return compile_form(json.dumps(content).encode(), "f.form")


def test_each_has_its_button_in_the_order_of_the_file() -> None:
    made = form(**{"text:欠薪": "拖欠“三月”<工资>", "example": "x", "text:工伤": "受伤"})
    assert made.findings == ()
    assert made.fields["said"].templates == (("欠薪", "拖欠“三月”<工资>"), ("工伤", "受伤"))
    page = BeautifulSoup(str(draw_form(FormView(made, {}))), "html.parser")
    buttons = page.select("button[data-insert]")
    assert [one.get_text() for one in buttons] == ["欠薪", "工伤"]
    assert [one["data-insert"] for one in buttons] == ["拖欠“三月”<工资>", "受伤"]
    assert {one["type"] for one in buttons} == {"button"}
    assert all(page.find(id=one["data-into"]).name == "textarea" for one in buttons)


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (form(**{"text:": "受伤"}), "form-property"),
        (form(**{"text:工伤": " "}), "form-property"),
        (form(**{"text:工伤": 3}), "form-property"),
        (form(**{"text:工伤": "{{ 7 * 7 }}"}), "form-template"),
        (form(**{"text:工伤": "=1 + 1"}), "form-template"),
        (form(validate={"maxLength": 3}, **{"text:工伤": "四个字了"}), "form-property"),
        (form("textfield", **{"text:工伤": "受伤", "example": "x"}), "form-property"),
        (form("number", **{"text:工伤": "受伤"}), "form-property"),
    ],
)
def test_what_no_button_could_insert_is_refused(made, code) -> None:
    assert [one.code for one in made.findings] == [code]


def test_numbers_by_which_a_person_is_found_say_so_on_the_page() -> None:
    asked = {"example": "13900000000", "attribute": "search"}
    assert form("textfield", format="mobile", **asked).fields["said"].finds_persons
    assert (
        not form("textfield", format="mobile", example="13900000000").fields["said"].finds_persons
    )
    assert not form("textfield", **asked).fields["said"].finds_persons
    assert not form("textfield", pii="name", **asked).fields["said"].finds_persons
    page = str(draw_form(FormView(form("textfield", format="mobile", **asked), {})))
    assert "data-finds" in page
