"""Lists whose rows are the case's: what stands stays, who checked a line is written beside it."""

import pytest
from bs4 import BeautifulSoup

from webapp.forms.render import FormView, draw_form

KNOWN = {
    "lines": [
        {"month": "2026-01", "amount": 1500, "slip": "slip1"},
        {"month": "2026-02", "amount": 1600, "checked": 1700, "checker": "王模拟"},
    ]
}


def amount(key, label, **more):
    return {
        "type": "number", "id": f"F_{key}", "key": key, "label": label,
        **{name: value for name, value in more.items() if name != "properties"},
        "properties": {"format": "money", "total": "true", **more.get("properties", {})},
    }  # fmt: skip


def lines(keeps="true", **properties):
    return {
        "type": "dynamiclist", "id": "L", "path": "lines", "label": "收入",
        "properties": {"keepsRows": keeps, **properties},
        "components": [
            {"type": "textfield", "id": "F_month", "key": "month", "label": "月份",
             "readonly": True, "validate": {"required": True}},
            amount("amount", "申报", readonly=True, validate={"required": True}),
            {"type": "filepicker", "id": "F_slip", "key": "slip", "label": "凭证",
             "readonly": True},
            amount("checked", "核实", properties={"copyFrom": "amount"}),
            {"type": "textfield", "id": "F_checker", "key": "checker", "label": "核实人",
             "properties": {"signs": "checked"}},
        ],
    }  # fmt: skip


def only_read():
    """The same list, all of it text: form-js's own way to say that rows are given."""
    found = lines(keeps="false") | {"allowAddRemove": False}
    for column in found["components"]:
        column["readonly"] = True
        column["properties"] = {"format": "money"} if column["type"] == "number" else {}
    return found


@pytest.fixture
def form(compiled):
    made = compiled(lines())
    assert made.findings == ()
    return made


def test_what_stands_cannot_be_changed_and_cannot_be_taken_away(form, context):
    sent = {"lines": [{"month": "1999-01", "amount": 1, "slip": "other", "checked": 1450}]}
    done = form.validate(sent, KNOWN, context, by="李模拟")
    assert done.ok
    assert done.data["lines"] == [
        {
            "month": "2026-01",
            "amount": 1500,
            "slip": "slip1",
            "checked": 1450,
            "checker": "李模拟",
        },
        {"month": "2026-02", "amount": 1600},  # the answer was emptied: nobody gave it
    ]


def test_who_answers_is_written_down_and_nobody_signs_for_another(form, context):
    same = {"lines": [{}, {"checked": 1700, "checker": "赵模拟"}]}
    rows = form.validate(same, KNOWN, context, by="李模拟").data["lines"]
    assert rows[1]["checker"] == "王模拟"  # as it was: her name stays
    changed = {"lines": [{}, {"checked": 1650, "checker": "赵模拟"}]}
    rows = form.validate(changed, KNOWN, context, by="李模拟").data["lines"]
    assert rows[1]["checker"] == "李模拟"
    assert "checker" not in rows[0]


def test_a_new_line_is_asked_for_everything(form, context):
    sent = {"lines": [{}, {}, {"checked": 300, "checker": "赵模拟"}]}
    done = form.validate(sent, KNOWN, context, by="李模拟")
    assert [error.pointer for error in done.errors] == ["/lines/2/month", "/lines/2/amount"]
    sent["lines"][2] |= {"month": "2026-03", "amount": 0}
    rows = form.validate(sent, KNOWN, context, by="李模拟").data["lines"]
    assert rows[2] == {"month": "2026-03", "amount": 0, "checked": 300, "checker": "李模拟"}


def test_a_draft_of_the_page_gets_back_what_does_not_travel_with_it(form, context):
    again = form.reopened({"lines": [{"checked": 1}, {}]}, KNOWN, context)
    assert [row["month"] for row in again["lines"]] == ["2026-01", "2026-02"]
    assert again["lines"][0]["checked"] == 1


def test_a_list_that_is_only_read_stays_whatever_is_sent(compiled, context):
    form = compiled(only_read())
    done = form.validate({"lines": [{"checked": 9}]}, KNOWN, context, by="李模拟")
    assert done.data["lines"] == KNOWN["lines"]


def test_on_the_page_known_cells_are_text_and_new_rows_have_inputs(form, context):
    data = form.initial(KNOWN, context)
    data["lines"].append({})
    page = BeautifulSoup(
        str(draw_form(FormView(form, data, kept=form.kept_rows(KNOWN)))), "html.parser"
    )
    assert page.find(attrs={"name": "lines.0.amount"}) is None
    assert page.find(attrs={"name": "lines.0.checked"})["value"] == ""
    assert page.find(attrs={"name": "lines.1.checked"})["value"] == "1,700.00"
    assert page.find(attrs={"name": "lines.2.amount"}) is not None
    assert [button["value"] for button in page.select("[data-remove-row]")] == ["lines.2"]
    assert page.select_one('[data-total="amount"]').get_text() == "3,100.00"
    assert page.select_one("[data-copy-into=checked]")["data-copy-from"] == "amount"


def test_a_list_to_read_has_no_button_that_adds(compiled, context):
    form = compiled(only_read())
    page = BeautifulSoup(str(draw_form(FormView(form, KNOWN))), "html.parser")
    assert page.select("[data-add-row], [data-remove-row], [data-copy-into]") == []
    assert page.find(attrs={"name": "lines.0.checked"}) is None


@pytest.mark.parametrize(
    ("component", "says"),
    [
        (lines(keeps="some"), "keepsRows 只能是 true 或 false"),
        (
            lines()
            | {
                "components": [
                    {
                        "type": "textfield", "id": "F_by", "key": "by", "label": "谁",
                        "properties": {"signs": "nothing"},
                    }
                ]
            },
            "没有找到“nothing”",
        ),
    ],
)  # fmt: skip
def test_a_slip_of_the_designer_is_told(compiled, component, says):
    assert any(says in finding.message for finding in compiled(component).findings)
