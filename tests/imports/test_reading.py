"""What people do to a workbook before they bring it: every cell is read as it is, or named."""

import io
import zipfile
from datetime import date, datetime
from functools import cache

import pytest
from openpyxl import Workbook, load_workbook

from engine.errors import Invalid
from registry.imports.existing import household_layout
from registry.incoming.units import Units
from tests.imports.sheets import FIRST, TAIWAN_PERMIT, content_of, errors_of, household, put
from tests.registry.test_loading import number
from webapp.sheets.guard import LARGEST_FILE
from webapp.sheets.marking import marked
from webapp.sheets.reading import read_workbook
from webapp.sheets.template import template

LAYOUT = household_layout()
UNITS = Units({"u1": "模拟一厂工会"}, {"u1": "350602001001"})
NAME = "名单.xlsx"


@pytest.fixture
def book() -> Workbook:
    return load_workbook(io.BytesIO(_template()))


@cache
def _template() -> bytes:
    return template("已有档案", LAYOUT, UNITS)


def read(book: Workbook):
    return read_workbook(content_of(book), NAME, LAYOUT)


def test_the_template_is_all_text_with_lists_and_an_explanation(book):
    assert book.sheetnames == ["户主", "家庭成员", "收入", "填写说明", "代码表", "单位"]
    sheet = book["户主"]
    assert {cell.number_format for row in sheet.iter_rows(max_row=300) for cell in row} == {"@"}
    assert sheet["C1"].value == "姓名*"
    assert sheet["A2"].value == "填写说明"
    offered = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation}
    assert offered["B3:B302"] == "'单位'!$B$2:$B$2"
    assert book["单位"]["A2"].value == "350602001001"
    with pytest.raises(Invalid, match="没有数据行"):
        read(book)


def test_rows_keep_their_numbers_below_empty_and_hidden_ones(book):
    sheet = book["户主"]
    put(sheet, 3, household(0))
    put(sheet, 9, household(1))
    put(sheet, 10, household(2))
    for row in (4, 9):
        sheet.row_dimensions[row].hidden = True
    assert [row.row for row in read(book).rows] == [3, 9, 10]


def test_text_cells_make_the_round_trip(book):
    told = {
        "姓名": "买买提·吐尔逊",
        "证件号码": TAIWAN_PERMIT,
        "家庭住址": "𠮷𠀀𪚥路 00012 号",
        "银行账号": "0062220200000000000",
    }
    put(book["户主"], FIRST, household(0, **told))
    content = marked(content_of(book), LAYOUT, [])
    (row,) = read_workbook(content, NAME, LAYOUT).rows
    assert row.data["head"]["name"] == "买买提·吐尔逊"
    assert row.data["head"]["id_number"] == TAIWAN_PERMIT
    assert row.data["head"]["address"] == "𠮷𠀀𪚥路 00012 号"
    assert row.data["national"]["bank_account"] == "0062220200000000000"
    assert not row.problems


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (350602199001019900, "证件号码已被 Excel 改成 3.50602E+17,末几位已丢失"),
        (3.50602199001019e17, "证件号码已被 Excel 改成 3.50602E+17"),
        ("3.50602E+17", "证件号码已被 Excel 改成 3.50602E+17"),
        ("=A1&B1", "证件号码是公式,不能导入"),
    ],
)
def test_a_number_that_excel_has_changed_is_named_and_never_guessed(book, value, says):
    put(book["户主"], FIRST, household(0, 证件号码=value))
    (row,) = read(book).rows
    (problem,) = row.problems
    assert says in problem.message
    assert (problem.sheet, problem.row, problem.column) == ("户主", FIRST, "证件号码")
    assert "id_number" not in row.data["head"]


def test_short_numbers_dates_and_choices_are_read_as_people_type_them(book):
    line = household(
        0,
        手机号码=15400000001,
        建档日期=datetime(2019, 5, 6),  # noqa: DTZ001
        最近修改日期="2022年3月1日",
        建筑面积="62.5",
        主要致困原因=6,
        次要致困原因="子女上学、1",
        是否享受低保="否",
        困难类别="dibao",
    )
    put(book["户主"], FIRST, line)
    put(
        book["收入"],
        FIRST,
        {"序号": 1, "月份": date(2026, 3, 1), "类别": "工资性", "金额": "1,500元"},
    )
    (row,) = read(book).rows
    assert row.problems == ()
    assert row.data["head"]["mobile"] == "15400000001"
    assert (row.data["archived_on"], row.data["changed_on"]) == ("2019-05-06", "2022-03-01")
    assert row.data["assets"]["floor_area"] == 62.5
    assert row.data["hardship"] == {
        "cause_main": "6",
        "causes_more": ["9", "1"],
        "has_dibao": "no",
    }
    assert row.data["category"] == "dibao"
    assert row.data["income_lines"] == [{"month": "2026-03", "income_kind": "wage", "amount": 1500}]


def test_what_is_no_choice_says_what_can_be_filled_in(book):
    put(book["户主"], FIRST, household(0, 困难类别="低保以上"))
    (row,) = read(book).rows
    (problem,) = row.problems
    assert problem.message.startswith("“低保以上”不在可选的内容里,可填:低保户、")


def test_everyday_words_are_read_unless_they_mean_two_choices(book):
    put(book["户主"], FIRST, household(0, 健康状况="健康", 婚姻状况="单身"))
    (row,) = read(book).rows
    assert row.data["head"]["health"] == "良好"
    (problem,) = row.problems
    assert problem.message == "“婚姻状况”的“单身”可以是“未婚”或“离异”或“丧偶”,请选定一个。"


def test_a_row_that_slipped_by_a_column_is_told_so(book):
    line = {**household(0), "证件号码": "林模拟", "出生日期": number(0)}
    put(book["户主"], FIRST, line)
    (row,) = read(book).rows
    (problem,) = row.problems
    assert problem.message == ("证件号码填到了“出生日期”列,这一行可能整体向右错了一列,请核对")


def test_members_find_their_household_and_the_lost_are_named(book):
    put(book["户主"], 3, household(0, 序号="A1"))
    put(book["户主"], 4, household(1, 序号="7"))
    members = book["家庭成员"]
    for place, key in enumerate(["7", "A1", "7", "9", None]):
        put(
            members,
            FIRST + place,
            {"序号": key, "与户主关系": "子", "姓名": f"林小{'甲乙丙丁戊'[place]}"},
        )
    found = read(book)
    assert [m["name"] for m in found.rows[0].data["members"]] == ["林小乙"]
    assert [m["name"] for m in found.rows[1].data["members"]] == ["林小甲", "林小丙"]
    assert found.rows[1].list_rows == {"members": [3, 5]}
    assert [(p.sheet, p.row, p.message) for p in found.problems] == [
        ("家庭成员", 6, "“户主”工作表里没有序号“9”"),
        ("家庭成员", 7, "没有填写序号,不知道属于“户主”的哪一行"),
    ]


def test_one_key_for_two_rows_is_named_at_both(book):
    for row in (3, 4):
        put(book["户主"], row, household(row, 序号="1"))
    told = [row.problems[0].message for row in read(book).rows]
    assert told == [
        "序号“1”与第 4 行重复,请核对",
        "序号“1”与第 3 行重复,请核对",
    ]


@pytest.mark.parametrize("way", ["inserted", "deleted", "swapped"])
def test_moved_columns_are_named_and_nothing_is_read(book, way):
    sheet = book["户主"]
    put(sheet, FIRST, household(0))
    if way == "inserted":
        sheet.insert_cols(4)
        says = "D列应是“性别”,现在是空的,“性别”移到了E列"
    elif way == "deleted":
        sheet.delete_cols(4)
        says = "D列应是“性别”,现在是“证件号码”"
    else:
        sheet["C1"].value, sheet["D1"].value = sheet["D1"].value, sheet["C1"].value
        says = "C列应是“姓名”,现在是“性别”,“姓名”移到了D列"
    with pytest.raises(Invalid, match="表头与模板不一致") as refused:
        read(book)
    assert says in refused.value.message


def test_a_title_above_the_headings_does_no_harm(book):
    sheet = book["户主"]
    put(sheet, FIRST, household(0))
    sheet.insert_rows(1)
    sheet["A1"].value = "芗城区困难职工花名册"
    assert [row.row for row in read(book).rows] == [4]


def test_the_errors_stand_beside_their_rows_and_go_when_they_are_mended(book):
    from registry.incoming.rows import Problem

    put(book["户主"], 3, household(0))
    put(book["户主"], 8, household(1))
    wrong = [
        Problem("户主", 8, "证件号码", "校验不符"),
        Problem("户主", 8, "手机号码", "请核对", is_warning=True),
    ]
    content = marked(content_of(book), LAYOUT, wrong)
    assert errors_of(content, "户主") == {8: "校验不符;提示:请核对"}
    again = load_workbook(io.BytesIO(content))
    assert again["户主"]["E8"].fill.fgColor.rgb.endswith("FDE2E0")
    assert again["户主"]["E8"].value == number(1)
    assert [row.row for row in read_workbook(content, NAME, LAYOUT).rows] == [3, 8]
    mended = marked(content, LAYOUT, [])
    assert errors_of(mended, "户主") == {}
    assert not load_workbook(io.BytesIO(mended))["户主"]["E8"].fill.fill_type


def _with(content: bytes, name: str, part: bytes) -> bytes:
    written = io.BytesIO(content)
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return written.getvalue()


def _refusals(book: Workbook) -> dict[str, tuple[bytes, str]]:
    plain = content_of(book)
    bomb = _with(plain, "xl/worksheets/sheet99.xml", b"<a>" + b" " * (200 * 1024 * 1024))
    return {
        "nothing": (b"", "请先选择要导入的 Excel 文件"),
        "old": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 .xls 文件"),
        "renamed": ("姓名,证件号码\n林模拟,1".encode(), "不是 Excel 工作簿"),
        "large": (b"PK\x03\x04" + b"\0" * LARGEST_FILE, "超过 20 MB"),
        "cut": (plain[: len(plain) // 2], "已损坏,打不开"),
        "macros": (_with(plain, "xl/vbaProject.bin", b"x"), "带有宏"),
        "bomb": (bomb, "解压后过大"),
        "entities": (
            _with(plain, "xl/more.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
            "不允许的声明",
        ),
        "other": (_with(b"", "word/document.xml", b"<a/>"), "不是 Excel 工作簿"),
    }


def test_what_is_no_workbook_of_ours_is_refused_in_words(book):
    for what, (content, says) in _refusals(book).items():
        with pytest.raises(Invalid) as refused:
            read_workbook(content, NAME, LAYOUT)
        assert says in refused.value.message, what
        assert "没有导入" in refused.value.message, what


def test_another_workbook_is_told_what_it_lacks():
    book = Workbook()
    with pytest.raises(Invalid, match="没有“户主”工作表"):
        read(book)
    book.active.title = "户主"
    book.active["A1"].value = "花名册"
    with pytest.raises(Invalid, match="没有模板的表头"):
        read(book)
