"""A list filled in again: a row that says what it said keeps what other steps wrote beside it."""

import pytest

SCOPE = {
    "lines": [
        {"month": "2026-01", "kind": "wage", "amount": 1500, "checked": 1450, "checker": "王模拟"},
        {"month": "2026-02", "kind": "wage", "amount": 1600.5, "checked": 1600.5},
        {
            "month": "2026-02",
            "kind": "wage",
            "amount": 1600.5,
            "checked": 1700,
            "checker": "李模拟",
        },
        {"month": "2026-03", "amount": 100},
    ]
}


def lines(**more):
    return {
        "type": "dynamiclist", "id": "L", "path": "lines", "label": "收入", **more,
        "components": [
            {"type": "textfield", "id": "F_month", "key": "month", "label": "月份"},
            {"type": "select", "id": "F_kind", "key": "kind", "label": "类别",
             "values": [{"label": "工资性", "value": "wage"}, {"label": "其他", "value": "other"}],
             "properties": {"codes": "kind"}},
            {"type": "number", "id": "F_amount", "key": "amount", "label": "金额",
             "properties": {"format": "money"}},
        ],
    }  # fmt: skip


@pytest.fixture
def form(compiled):
    made = compiled(lines())
    assert made.findings == ()
    return made


def rows_after(form, context, *rows, scope=SCOPE):
    """What the case has of the list when these rows are sent, without the texts of codes."""
    done = form.validate({"lines": list(rows)}, scope, context, by="赵模拟")
    assert done.ok
    return [
        {name: cell for name, cell in row.items() if name != "kind_text"}
        for row in done.variables["lines"]
    ]


def row(month, amount, kind="wage", **more):
    return {"month": month, "kind": kind, "amount": amount, **more}


def test_rows_sent_as_they_were_keep_what_was_added(form, context):
    sent = [
        {k: v for k, v in one.items() if k in ("month", "kind", "amount")} for one in SCOPE["lines"]
    ]
    assert rows_after(form, context, *sent) == SCOPE["lines"]


def test_a_changed_row_and_a_new_one_have_nothing_and_order_does_not_matter(form, context):
    found = rows_after(
        form, context, row("2026-02", "1,600.50"), row("2026-01", 1501), row("2026-04", 7)
    )
    assert found == [
        row("2026-02", 1600.5, checked=1600.5),
        row("2026-01", 1501),
        row("2026-04", 7),
    ]


@pytest.mark.parametrize(
    "changed", [row("2026-05", 1500), row("2026-01", 1500, "other"), row("2026-01", None)]
)
def test_any_answer_of_a_row_counts(form, context, changed):
    assert rows_after(form, context, changed) == [
        {name: cell for name, cell in changed.items() if cell is not None}
    ]


def test_nobody_can_send_what_others_add(form, context):
    forged = row("2026-01", 1500, checked=9, checker="赵模拟")
    done = form.validate({"lines": [forged]}, SCOPE, context)
    (kept,) = done.variables["lines"]
    assert (kept["checked"], kept["checker"]) == (1450, "王模拟")


def test_what_was_filled_in_is_kept_apart_from_what_the_case_has(form, context):
    done = form.validate({"lines": [row("2026-01", 1500)]}, SCOPE, context)
    assert done.data["lines"] == [row("2026-01", 1500)]
    assert SCOPE["lines"][0]["checked"] == 1450


@pytest.mark.parametrize("scope", [{}, {"lines": None}, {"lines": "x"}, {"lines": ["x", None]}])
def test_a_case_without_such_rows_has_nothing_to_give(form, context, scope):
    assert rows_after(form, context, row("2026-01", 1500), scope=scope) == [row("2026-01", 1500)]


def test_a_list_that_was_emptied_is_empty(form, context):
    assert form.validate({"lines": []}, SCOPE, context).variables["lines"] is None
