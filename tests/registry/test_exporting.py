"""Files leave as a workbook that Excel cannot spoil, with a reason, a watermark and a record."""

import hashlib
import io
from datetime import date

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

import registry
from engine import SYSTEM, Engine
from engine.errors import Invalid, NotPermitted
from engine.store.settings import Parameter
from registry import exporting, spreadsheet
from registry.exporting import Exported
from registry.finding import Search
from tests.support.register import HEAD, on_file

NUMBER, CARD = "350602199001019907", "6217000000000000004"
RARE = "王\U00020bb7\U00030edd明"


@pytest.fixture
def register(engine: Engine) -> registry.Registry:
    return registry.Registry(engine)


def _book(made: Exported) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(made.content))


def _rows(book: Workbook, sheet: str) -> list[dict[str, object]]:
    _watermark, labels, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(labels, row, strict=True)) for row in rows]


def test_the_workbook_is_in_the_form_s_order_masked_with_text_cells(
    engine: Engine, register: registry.Registry
) -> None:
    file_no = on_file(engine, {"name": RARE}, national={"bank_account": CARD})
    made = register.exports.masked(engine.directory.actor_named("reviewer"), Search(), "", "")
    book = _book(made)
    assert book.sheetnames == ["户主", "家庭成员", "收支"]
    (head,) = _rows(book, "户主")
    assert list(head)[5:10] == ["档案级别", "困难类别", "职工/农民工", "姓名", "民族"]
    assert (head["档案编号"], head["姓名"], head["身份证号"]) == (file_no, RARE, "尾号 9907")
    assert (head["银行卡号"], head["手机号码"]) == ("尾号 0004", "154****0002")
    assert head["家庭年度总收入(元)"] == 9600
    (member,) = _rows(book, "家庭成员")
    assert (member["户主姓名"], member["姓名"], member["身份证号"]) == (RARE, "陈模拟", "尾号 9964")
    money = _rows(book, "收支")
    assert [one["收入或支出"] for one in money] == ["收入"] * 12 + ["支出"]
    assert NUMBER not in str([list(sheet.values) for sheet in book])


def test_whole_numbers_are_texts_of_full_length_and_no_text_is_a_formula(
    engine: Engine, register: registry.Registry
) -> None:
    head = {"name": "=HYPERLINK(1)", "employer": "+1+1\x07"}
    on_file(engine, head, national={"bank_account": CARD})
    entry = engine.directory.actor_named("entry")
    made = register.exports.whole(entry, Search(), "按月与民政核对", "")
    sheet = _book(made)["户主"]
    labels = [cell.value for cell in sheet[2]]
    cells = dict(zip(labels, sheet[3], strict=True))
    assert (cells["身份证号"].value, cells["身份证号"].data_type) == (NUMBER, "s")
    assert cells["身份证号"].number_format == "@"
    assert cells["银行卡号"].value == CARD
    assert (cells["姓名"].value, cells["姓名"].data_type) == ("=HYPERLINK(1)", "s")
    assert (cells["工作单位"].value, cells["工作单位"].data_type) == ("+1+1", "s")


def test_the_watermark_says_who_when_why_and_under_which_number(
    engine: Engine, register: registry.Registry
) -> None:
    on_file(engine)
    reviewer = engine.directory.actor_named("reviewer")
    made = register.exports.masked(reviewer, Search(), "会议审议", "芗城")
    book = _book(made)
    for sheet in book:
        said = str(sheet["A1"].value)
        for part in (
            "模拟reviewer",
            "芗城模拟区总工会",
            "2026-11-09 09:00",
            "导-2026-000001",
            "会议审议",
        ):
            assert part in said
        assert "导-2026-000001" in str(sheet.oddHeader.center.text)
        assert "导-2026-000001" in str(sheet.oddFooter.center.text)


def test_more_than_fifty_ask_a_reason_and_whole_numbers_always_do(
    engine: Engine, register: registry.Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_file(engine)
    on_file(engine, {"id_number": "350628199007049932", "mobile": "15400000009"}, members=[])
    reviewer = engine.directory.actor_named("reviewer")
    assert not register.exports.offer(reviewer, Search()).needs_reason
    one = Parameter("export reason rows", None, date(2026, 1, 1), 1)
    engine.settings.add_parameters(SYSTEM, [one])
    assert register.exports.offer(reviewer, Search()).needs_reason
    with pytest.raises(Invalid, match="这次导出 2 户"):
        register.exports.masked(reviewer, Search(), "  ", "")
    with pytest.raises(Invalid, match="60 字"):
        register.exports.masked(reviewer, Search(), "长" * 61, "")
    register.exports.masked(reviewer, Search(NUMBER), "", "")
    with pytest.raises(Invalid, match="完整号码"):
        register.exports.whole(reviewer, Search(NUMBER), "", "")
    assert register.exports.offer(reviewer, Search()).last_reason == ""
    register.exports.masked(reviewer, Search(), "年度复核", "")
    assert register.exports.offer(reviewer, Search()).last_reason == "年度复核"
    monkeypatch.setattr(exporting, "MOST_FILES", 1)
    with pytest.raises(Invalid, match="缩小范围"):
        register.exports.masked(reviewer, Search(), "年度复核", "")


def test_who_may_export_what_is_a_matter_of_role_and_area(
    engine: Engine, register: registry.Registry
) -> None:
    on_file(engine)
    on_file(engine, {"id_number": "350628199007049932"}, "lw-u", members=[])
    for name in ("chair", "township", "designer", "admin"):
        with pytest.raises(NotPermitted, match="没有导出"):
            register.exports.masked(engine.directory.actor_named(name), Search(), "x", "")
    supervisor = engine.directory.actor_named("supervisor")
    assert register.exports.masked(supervisor, Search(), "", "").files == 1
    with pytest.raises(NotPermitted, match="完整号码"):
        register.exports.whole(supervisor, Search(), "会议审议", "")
    assert (
        register.exports.masked(engine.directory.actor_named("city"), Search(), "", "").files == 2
    )


def test_households_that_withdrew_their_consent_are_left_out_and_counted(
    engine: Engine, register: registry.Registry
) -> None:
    file_no = on_file(engine)
    reviewer = engine.directory.actor_named("reviewer")
    register.upkeep.withdraw_consent(reviewer, file_no, "来信")
    made = register.exports.masked(reviewer, Search(), "", "")
    assert (made.files, made.withheld) == (0, 1)
    assert _rows(_book(made), "户主") == []


def test_every_export_is_on_record_for_who_may_look(
    engine: Engine, register: registry.Registry
) -> None:
    on_file(engine)
    reviewer = engine.directory.actor_named("reviewer")
    made = register.exports.whole(reviewer, Search(), "按月与民政核对", "待录入")
    (line,) = register.exports.log(engine.directory.actor_named("admin"))
    assert line.record.sha256 == hashlib.sha256(made.content).hexdigest()
    assert (line.record.files, line.record.is_whole, line.record.narrowed) == (1, True, "待录入")
    assert (line.by_name, line.organisation_name) == ("模拟reviewer", "芗城模拟区总工会")
    assert [one.record.number for one in register.exports.log(reviewer)] == ["导-2026-000001"]
    assert list(register.exports.log(engine.directory.actor_named("far_reviewer"))) == []
    written = [row.action for row in engine.audit.entries(0, 1_000)]
    assert written.count("register-exported-whole") == 1


def test_more_lines_than_a_sheet_has_rows_go_on_in_the_next(
    engine: Engine, register: registry.Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of incomes and expenses each household has dozens: they are the first to fill a sheet."""
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 8)
    file_no = on_file(engine)
    made = register.exports.masked(engine.directory.actor_named("reviewer"), Search(), "", "")
    book = _book(made)
    assert book.sheetnames == ["户主", "家庭成员", "收支", "收支(2)", "收支(3)"]
    money = [_rows(book, name) for name in book.sheetnames[2:]]
    assert [len(rows) for rows in money] == [6, 6, 1]
    lines = [row for rows in money for row in rows]
    assert {one["档案编号"] for one in lines} == {file_no}
    assert [one["收入或支出"] for one in lines] == ["收入"] * 12 + ["支出"]
    for sheet in book:
        assert "导-2026-000001" in str(sheet["A1"].value)
        assert sheet.print_title_rows == "$1:$2"
        assert sheet.page_setup.paperSize == 9, "A4"
        assert sheet.print_title_cols == "$A:$A"
    wide = [(book[name].page_setup.fitToWidth or 1) > 1 for name in ("户主", "收支")]
    assert wide == [True, False]


def test_every_batch_is_exported(
    engine: Engine, register: registry.Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_BATCH", 2)
    numbers = (
        "350602199001019907",
        "350628199007049932",
        "350624199211059964",
        "35062519990315992X",
        "350681199007049942",
    )
    made_files = {on_file(engine, {**HEAD, "id_number": number}, members=[]) for number in numbers}
    reviewer = engine.directory.actor_named("reviewer")
    rows = _rows(_book(register.exports.masked(reviewer, Search(), "", "")), "户主")
    assert {row["档案编号"] for row in rows} == made_files
    assert len(rows) == len(numbers)
