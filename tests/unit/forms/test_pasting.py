"""Lines from a spreadsheet in a table: read as people write them, and what is wrong is said."""

from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import BUSINESS_ZONE, EvaluationContext
from engine.forms import RowAction, find_row_action
from engine.forms.pasting import read_pasted
from engine.model.english import English
from webapp.forms.page import told_of
from webapp.forms.render import live_answer
from webapp.shared.language import speak

CONTEXT = EvaluationContext(now=datetime(2026, 11, 16, 10, tzinfo=BUSINESS_ZONE))

YES_NO = [{"value": "yes", "label": "是"}, {"value": "no", "label": "否"}]


def column(kind, key, label, **more):
    return {"type": kind, "id": f"C_{key}", "key": key, "label": label, **more}


@pytest.fixture
def form(compiled):
    made = compiled(
        {
            "type": "dynamiclist", "id": "L", "path": "members", "label": "家庭成员",
            "properties": {"maxItems": "5"},
            "components": [
                column("select", "relation", "与户主关系",
                       values=[{"value": "1", "label": "配偶"}, {"value": "2", "label": "子"}]),
                column("textfield", "name", "姓名", validate={"required": True},
                       properties={"format": "name"}),
                column("textfield", "id_number", "证件号码", properties={"format": "id-document"}),
                column("filepicker", "paper", "凭证"),
                column("number", "income", "月收入", properties={"format": "money"}),
                column("select", "counted", "计入家庭人口", values=YES_NO, defaultValue="yes"),
                {"type": "datetime", "id": "B", "key": "born", "dateLabel": "出生日期",
                 "subtype": "date", "properties": {"more": "true"}},
                column("textfield", "month", "月份",
                       validate={"pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"},
                       properties={"more": "true", "example": "2026-01"}),
                column("checkbox", "here", "共同生活", properties={"more": "true"}),
            ],
        }
    )  # fmt: skip
    assert made.findings == ()
    return made


@pytest.fixture
def members(form):
    return form.fields["members"]


def test_cells_fall_into_the_columns_in_their_order(members):
    text = "配偶\t李 模拟\t350602199001019907\t\t¥1,200.5\t是\r\n子\t张小模\tM350000001\t\t\t否\r\n"
    pasted = read_pasted(members, text)
    assert pasted.faults == ()
    assert pasted.rows == (
        {"relation": "1", "name": "李模拟", "id_number": "350602199001019907", "income": 1200.5,
         "counted": "yes"},
        {"relation": "2", "name": "张小模", "id_number": "M350000001", "counted": "no"},
    )  # fmt: skip


def test_headings_say_which_column_is_which(members):
    text = (
        "序号\t姓名*\t月收入(元)\t出生 日期\t月份\t共同生活\n1\t李模拟\t0\t2020/1/5\t2026年1月\t√\n"
    )
    pasted = read_pasted(members, text)
    assert pasted.faults == ()
    assert pasted.rows == (
        {"name": "李模拟", "income": 0, "born": "2020-01-05", "month": "2026-01", "here": True},
    )


def test_a_heading_may_say_less_or_more_and_a_strange_one_is_told(members):
    text = "序号\t关系\t姓名\t证件号码\t爱好\n1\t子\t张模拟\tM350000001\t足球"
    pasted = read_pasted(members, text)
    assert pasted.rows == ({"relation": "2", "name": "张模拟", "id_number": "M350000001"},)
    assert pasted.faults[0] == "表头“爱好”没有对应的列,这一列没有粘贴。"


@pytest.mark.parametrize(
    ("cell", "born"),
    [("43835", "2020-01-05"), ("2020.1.5", "2020-01-05"), ("2020年1月5日", "2020-01-05")],
)
def test_days_of_excel_are_days(members, cell, born):
    assert read_pasted(members, cell, "born").rows == ({"born": born},)


@pytest.mark.parametrize("cell", ["2026-01", "2026/1", "2026年1月", "Jan-26", "2026-1-15"])
def test_months_of_excel_are_months(members, cell):
    assert read_pasted(members, cell, "month").rows == ({"month": "2026-01"},)


def test_a_paste_begins_at_the_cell_it_fell_on(members):
    assert read_pasted(members, "李模拟\tM350000001", "name").rows == (
        {"name": "李模拟", "id_number": "M350000001"},
    )


def test_a_number_that_excel_cut_off_is_said_with_its_row_and_the_rest_is_taken(members):
    text = "李模拟\tM350000001\n张模拟\t3.50602E+17\n王模拟\tM350000002"
    pasted = read_pasted(members, text, "name", first_row=1)
    assert len(pasted.rows) == 3
    assert pasted.faults == (
        "第 3 行“证件号码”已被 Excel 改成 3.50602E+17,末几位已丢失。请将该列设为“文本”后重新填写。",
        "其余 2 行已粘贴。",
    )


def test_what_cannot_be_read_stays_as_it_was_and_is_said(members):
    pasted = read_pasted(members, "舅舅\t李模拟\tM350000001\t\t很多\t也许")
    assert pasted.rows[0]["relation"] == "舅舅"
    assert pasted.rows[0]["income"] == "很多"
    assert [("第 1 行" in fault) for fault in pasted.faults] == [True, True, True, False]
    assert "“与户主关系”的“舅舅”不在选项里" in pasted.faults[0]


def test_everyday_words_are_read_and_those_that_mean_two_choices_are_left_to_choose(compiled):
    known = [
        {"value": "1", "label": "配偶", "aliases": ["妻子", "丈夫"]},
        {"value": "2", "label": "子", "aliases": ["儿子", "孩子"]},
        {"value": "3", "label": "女", "aliases": ["女儿", "孩子"]},
    ]
    made = compiled(
        {
            "type": "dynamiclist", "id": "L", "path": "members", "label": "家庭成员",
            "components": [column("select", "relation", "关系", values=known),
                           column("textfield", "name", "姓名")],
        }
    )  # fmt: skip
    asked = made.fields["members"]
    lines = "妻子\t甲\n 女 儿\t乙\n孩子\t丙\n子\t丁\n舅舅\t戊"
    pasted = read_pasted(asked, lines)
    assert [row["relation"] for row in pasted.rows] == ["1", "3", "孩子", "2", "舅舅"]
    assert pasted.faults == (
        "第 3 行“关系”的“孩子”可以是“子”或“女”,请选定一个。",
        "第 5 行“关系”的“舅舅”不在选项里,请改选。",
        "其余 3 行已粘贴。",
    )


@pytest.mark.parametrize("aliases", [[""], [1], {"妻子": 1}, 7])
def test_everyday_words_that_are_no_texts_are_refused(compiled, aliases):
    values = [{"value": "1", "label": "配偶", "aliases": aliases}]
    made = compiled(column("select", "relation", "关系", values=values))
    assert [found.code for found in made.findings] == ["form-options"]


def test_shifted_columns_are_noticed(members):
    pasted = read_pasted(members, "\t".join(["子"] + ["x"] * 12))
    assert "可能错了列" in pasted.faults[-2]


def test_more_rows_than_the_table_takes_are_told(members):
    pasted = read_pasted(members, "\n".join(["子\t张模拟"] * 8), first_row=2)
    assert len(pasted.rows) == 3
    assert "最多 5 行,多出的 5 行没有粘贴" in pasted.faults[0]


def test_quoted_cells_of_excel_hold_ends_of_lines(members):
    assert len(read_pasted(members, '子\t"张\n模拟"\n配偶\t李模拟').rows) == 2


def test_without_scripts_the_box_fills_the_table(form, context):
    post = {
        "_paste": ["members"],
        "_pasted.members": ["子\t张模拟\t3.5E+17\n配偶\t李模拟"],
        "_row": ["members.0", "members.1"],
        "members.0.name": ["王模拟"],
        "members.0.counted": ["yes"],
        "members.1.counted": ["yes"],
    }
    action = find_row_action(post)
    assert action == RowAction("paste", "members", text="子\t张模拟\t3.5E+17\n配偶\t李模拟")
    data = form.read_post(post)
    (fault,) = form.paste_faults(data, action)
    assert fault.pointer == "/members"
    assert "第 2 行" in fault.message
    filled = form.apply_row_action(data, action)["members"]
    assert [row["name"] for row in filled] == ["王模拟", "张模拟", "李模拟"]
    assert all(row["counted"] == "yes" for row in filled)


def test_a_row_with_nothing_but_its_defaults_is_no_row(form, context):
    done = form.validate({"members": [{"counted": "yes"}, {"name": "李模拟"}]}, {}, context)
    assert done.ok
    assert done.data["members"] == [{"name": "李模拟"}]
    assert not form.validate({"members": [{"counted": "no"}]}, {}, context).ok


def test_nothing_is_nothing(form, members):
    for text in ("", "\n\t\n", " "):
        pasted = read_pasted(members, text)
        assert pasted.rows == ()
        assert "没有可以粘贴的内容" in pasted.faults[0]
    assert form.paste_faults({}, RowAction("paste", "nowhere", text="x")) == ()
    assert form.apply_row_action({}, RowAction("paste", "nowhere", text="x")) == {}


@given(text=st.text(max_size=300), first=st.text(max_size=10), row=st.integers(0, 9))
def test_any_text_can_be_pasted(compiled, text, first, row):
    made = compiled(
        {"type": "dynamiclist", "id": "L", "path": "m", "label": "行", "components": [
            column("textfield", "a", "甲"), column("number", "b", "乙"),
            column("checklist", "c", "丙", values=YES_NO)]}
    )  # fmt: skip
    pasted = read_pasted(made.fields["m"], text, first, row)
    assert all(fault.endswith("。") for fault in pasted.faults)


ENGLISH = English(
    (
        """
"与户主关系" = "Relation to the head"
"配偶" = "Spouse"
"姓名" = "Name"
"月收入" = "Income a month"
"困难" = "Hardship"
"重病" = "Serious illness"
"失业" = "Lost work"
""".encode(),
    )
)


def test_the_words_of_an_english_page_are_headings_and_choices_too(form):
    text = "Relation to the head\tName\tIncome a month (yuan)\nspouse\t李模拟\t12\n子\t张模拟\t3"
    asked = form.fields["members"]
    pasted = read_pasted(asked, text, english=ENGLISH)
    assert pasted.faults == ()
    assert pasted.rows == (
        {"relation": "1", "name": "李模拟", "income": 12},
        {"relation": "2", "name": "张模拟", "income": 3},
    )
    action = RowAction("paste", "members", text=text)
    said = replace(form, english=ENGLISH)
    assert said.paste_faults({}, action) == ()
    assert [row["relation"] for row in said.apply_row_action({}, action)["members"]] == ["1", "2"]


def test_choices_of_several_words_are_told_apart_by_commas(compiled):
    values = [{"value": "ill", "label": "重病"}, {"value": "work", "label": "失业"}]
    made = compiled(
        {"type": "dynamiclist", "id": "L", "path": "m", "label": "行",
         "components": [column("checklist", "why", "困难", values=values)]}
    )  # fmt: skip
    for cell in ("Serious illness, lost work", "重病、失业", "重病 失业", "重病,lost work"):
        pasted = read_pasted(made.fields["m"], cell, english=ENGLISH)
        assert (pasted.rows, pasted.faults) == (({"why": ["ill", "work"]},), ()), cell


def test_what_is_wrong_is_told_in_the_language_of_the_page(form):
    lines = [
        "姓名\t月收入\t与户主关系\t爱好\t证件号码\t出生日期",
        "甲\t很多\t舅舅\t球\t3.5E+17\t也许",
    ]
    text = "\n".join([*lines, *["乙\tx"] * 20])
    action = RowAction("paste", "members", text=text)
    said = replace(form, english=ENGLISH)
    post = {"_paste": ["members"], "_pasted.members": [text]}
    app = Flask(__name__)
    speak(app)
    with app.test_request_context("/", environ_base={"HTTP_COOKIE": "lang=en"}):
        told = live_answer(said, post, {}, CONTEXT)["told"]
        (fault,) = said.paste_faults({}, action)
        assert told_of(said, fault.message).split("\n") == told
        damaged = told_of(said, "“姓名”的“子”可以是“配偶”或“子”,请选定一个")
    assert told[:6] == [
        "No column is called “爱好”; what stands below it was not pasted.",
        "Row 1: “很多” in “Income a month” is no number.",
        "Row 1: “舅舅” is no choice of “Relation to the head”; choose another.",
        (
            "Row 1: “证件号码” was changed to 3.5E+17 by Excel and has lost its last digits;"
            " make the column “Text” and fill it in once more."
        ),
        "Row 1: “也许” in “date of birth” is no date.",
        "Row 2: “x” in “Income a month” is no number.",
    ]
    assert told[-1] == "Check each row."
    assert damaged == "“子” in “Name” may be “Spouse” or “子”; choose one"
    with app.test_request_context("/"):
        assert live_answer(said, post, {}, CONTEXT)["told"][-1] == "请逐行核对。"
