"""A roster leaves for Excel and comes back: shifted rows are told, and nothing follows from them."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from werkzeug.test import TestResponse

from engine import SYSTEM
from engine.errors import Conflict, NotPermitted
from engine.store.settings import Parameter
from registry.funds.roster_rows import RosterColumn
from registry.funds.rosters import RosterRefused
from tests.funds.purse import Purse
from tests.support.register import Visitor, site_of

HEADINGS = [column.value for column in RosterColumn]
AMOUNT = HEADINGS.index(RosterColumn.AMOUNT) + 1
NAME = HEADINGS.index(RosterColumn.NAME) + 1
FIRST = 3
"""The row of the first line: a watermark and the headings come before it."""

Change = Callable[[Worksheet], object]


@pytest.fixture
def site(desk: Purse, tmp_path: Path) -> Flask:
    return site_of(desk.engine, tmp_path)


@pytest.fixture
def number(desk: Purse) -> str:
    """A draft of the accountant with five households, a thousand yuan each."""
    draft = desk.draft(desk.allocate())
    for place in range(5):
        file_no = desk.household(place)
        desk.register.batches.add_household(desk.actor("accountant"), draft, file_no, "1000")
    return draft


def fetched(visitor: Visitor, number: str, reason: str = "") -> TestResponse:
    page = f"/funds/batches/{number}/excel"
    return visitor.post(f"{page}/export", {"reason": reason}, page)


def brought_back(visitor: Visitor, number: str, change: Change, **more: str) -> TestResponse:
    """The roster as it is fetched, changed in Excel, and sent."""
    book = load_workbook(io.BytesIO(fetched(visitor, number).data))
    change(book.worksheets[0])
    return sent(visitor, number, book, **more)


def sent(visitor: Visitor, number: str, book: Workbook, **more: str) -> TestResponse:
    content = io.BytesIO()
    book.save(content)
    page = f"/funds/batches/{number}/excel"
    file = (io.BytesIO(content.getvalue()), "名单.xlsx")
    return visitor.post(page, {"file": file, **more}, page)


def lines(desk: Purse, number: str) -> list[tuple[int, str, int, str]]:
    view = desk.register.batches.view(desk.actor("accountant"), number)
    return [(one.number, one.payee.name, one.fen // 100, one.exception) for one in view.payments]


def test_amounts_reasons_and_households_are_changed_in_excel(
    site: Flask, desk: Purse, number: str
) -> None:
    new = desk.household(9)
    accountant = Visitor(site, desk.engine, "accountant")
    answer = fetched(accountant, number)
    assert unquote(answer.headers["Content-Disposition"]).endswith(f"发放名单{number}.xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert [cell.value for cell in sheet[FIRST - 1]] == HEADINGS
    assert [sheet.cell(row, AMOUNT).value for row in range(FIRST, FIRST + 5)] == [1000] * 5

    def change(sheet: Worksheet) -> None:
        sheet.cell(FIRST, AMOUNT).value = 800
        sheet.cell(FIRST + 1, AMOUNT).value = "1,200.50元"
        sheet.cell(FIRST + 1, AMOUNT + 1).value = "重病"
        sheet.delete_rows(FIRST + 4)
        sheet.append([None, new, "林模拟9", None, None, 600])

    refused = brought_back(accountant, number, change)
    assert refused.status_code == 422
    assert "名单上有 1 行不在表里:序号 5 林模拟4。名单没有改动。" in refused.text
    assert lines(desk, number) == [(n + 1, f"林模拟{n}", 1000, "") for n in range(5)]

    done = brought_back(accountant, number, change, removes="yes")
    assert done.status_code == 303
    told = accountant.text(f"/funds/batches/{number}")
    assert "改 2 行、加 1 户、移除 1 行,合计由 5,000.00 元 变为 4,600.50 元" in told
    assert lines(desk, number) == [
        (1, "林模拟0", 800, ""),
        (2, "林模拟1", 1200, "重病"),
        (3, "林模拟2", 1000, ""),
        (4, "林模拟3", 1000, ""),
        (6, "林模拟9", 600, ""),
    ]
    again = brought_back(accountant, number, lambda _sheet: None)
    assert again.status_code == 303
    assert "表里的名单与现在一样,没有改动。" in accountant.text(f"/funds/batches/{number}")


def test_shifted_rows_are_told_one_by_one_and_nothing_is_changed(
    site: Flask, desk: Purse, number: str
) -> None:
    """Somebody has deleted one cell of the names, and Excel moved the others up."""

    def shift(sheet: Worksheet) -> None:
        for row in range(FIRST + 1, FIRST + 4):
            sheet.cell(row, NAME).value = sheet.cell(row + 1, NAME).value
        sheet.cell(FIRST + 4, NAME).value = None
        sheet.cell(FIRST, AMOUNT).value = 1

    accountant = Visitor(site, desk.engine, "accountant")
    refused = brought_back(accountant, number, shift)
    assert refused.status_code == 422
    assert "表里有 4 处对不上,名单没有改动。" in refused.text
    for row, (n, there, here) in enumerate(
        [(2, "林模拟1", "林模拟2"), (3, "林模拟2", "林模拟3"), (4, "林模拟3", "林模拟4")], FIRST + 1
    ):
        told = f"序号 {n} 在名单上是“{there}”,这一行写的是“{here}”,可能错行了。"
        assert re.search(rf"{row}</td><td>姓名\(名称\)</td><td[^>]*>{told}", refused.text), told
    assert "序号 5 在名单上是“林模拟4”,这一行写的是“空白”,可能错行了。" in refused.text
    assert lines(desk, number) == [(n + 1, f"林模拟{n}", 1000, "") for n in range(5)]
    desk.must_hold()


def set_cell(row: int, column: RosterColumn, value: object) -> Change:
    def change(sheet: Worksheet) -> None:
        sheet.cell(row, HEADINGS.index(column) + 1).value = value

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (set_cell(FIRST, RosterColumn.AMOUNT, "一千"), "金额“一千”不是数字"),
        (set_cell(FIRST, RosterColumn.AMOUNT, 0), "金额应大于 0"),
        (set_cell(FIRST, RosterColumn.AMOUNT, None), "请填写金额。"),
        (set_cell(FIRST, RosterColumn.AMOUNT, 10.005), "金额最多两位小数。"),
        (set_cell(FIRST, RosterColumn.AMOUNT, "=SUM(F4:F5)"), "是公式,不能导入"),
        (set_cell(FIRST, RosterColumn.EXCEPTION, "长" * 301), "理由不超过 300 字。"),
        (set_cell(FIRST, RosterColumn.NUMBER, 77), "名单上没有序号 77。"),
        (set_cell(FIRST, RosterColumn.NUMBER, "1.5"), "名单上没有序号 1.5。"),
        (set_cell(FIRST, RosterColumn.NUMBER, 2), "序号 2 在名单上是“林模拟1”"),
        (set_cell(FIRST, RosterColumn.NUMBER, None), "这一户已在名单上,请改原来的那一行。"),
        (set_cell(FIRST - 1, RosterColumn.AMOUNT, "数额"), "表里没有找到表头"),
        (set_cell(FIRST - 1, RosterColumn.NOTE, "序号"), "表头有两列“序号”"),
        (lambda s: s.append([3, None, "林模拟2", None, None, 5]), "序号 3 与第 5 行重复"),
        (lambda s: s.append([None, "漳芗-1999-0001", "林", None, None, 5]), "没有在档的"),
        (lambda s: s.append([None, None, "某人", None, None, 5]), "没有序号,也没有档案编号。"),
        (lambda s: s.delete_rows(FIRST, 5), "表里没有一行名单,名单没有改动。"),
    ],
)
def test_whatever_is_wrong_is_told_and_the_roster_stays(
    site: Flask, desk: Purse, number: str, change: Change, told: str
) -> None:
    before = lines(desk, number)
    accountant = Visitor(site, desk.engine, "accountant")
    refused = brought_back(accountant, number, change, removes="yes")
    assert refused.status_code in (409, 422)
    assert told in refused.text
    assert lines(desk, number) == before


def test_a_new_household_under_the_name_of_another_is_told(
    site: Flask, desk: Purse, number: str
) -> None:
    new = desk.household(9)
    accountant = Visitor(site, desk.engine, "accountant")
    wrong = [None, new, "林模拟8", None, None, 600]
    refused = brought_back(accountant, number, lambda sheet: sheet.append(wrong))
    assert f"档案 {new} 是“林模拟9”,这一行写的是“林模拟8”,可能错行了。" in refused.text
    twice = [None, new, "林模拟9", None, None, 600]

    def change(sheet: Worksheet) -> None:
        sheet.append(twice)
        sheet.append(twice)

    refused = brought_back(accountant, number, change)
    assert f"与第 {FIRST + 5} 行重复,请只留一行。" in refused.text
    assert len(lines(desk, number)) == 5


def test_no_file_and_another_file_are_refused_in_words(
    site: Flask, desk: Purse, number: str
) -> None:
    accountant = Visitor(site, desk.engine, "accountant")
    page = f"/funds/batches/{number}/excel"
    assert accountant.post(page, {}, page).status_code == 422
    for content in (b"", b"PK\x03\x04 broken", "序号,姓名".encode("gbk")):
        file = (io.BytesIO(content), "名单.xlsx")
        refused = accountant.post(page, {"file": file}, page)
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text
    assert sent(accountant, number, Workbook()).status_code == 422


def test_only_who_makes_the_draft_and_only_while_it_is_one(
    site: Flask, desk: Purse, number: str
) -> None:
    page = f"/funds/batches/{number}/excel"
    assert "用 Excel 修改" in Visitor(site, desk.engine, "accountant").text(page[:-6])
    for other in ("reviewer", "far_accountant", "officer"):
        assert Visitor(site, desk.engine, other).get(page).status_code in (403, 404)
    desk.register.batches.submit(desk.actor("accountant"), number)
    with pytest.raises(Conflict, match="已经提交"):
        desk.register.rosters.take(desk.actor("accountant"), number, [(1, HEADINGS)], removes=False)
    with pytest.raises(NotPermitted):
        desk.register.rosters.export(desk.actor("reviewer"), number, "核对")
    assert "用 Excel 修改" not in Visitor(site, desk.engine, "accountant").text(page[:-6])


def test_many_lines_leave_with_a_reason_and_that_is_on_record(
    site: Flask, desk: Purse, number: str
) -> None:
    today = desk.engine.environment.today()
    few = Parameter("export reason rows", None, today, 4)
    desk.engine.settings.add_parameters(SYSTEM, [few])
    accountant = Visitor(site, desk.engine, "accountant")
    refused = fetched(accountant, number)
    assert refused.status_code == 422
    assert "名单超过 4 行,请填写导出原因。没有导出。" in refused.text
    answer = fetched(accountant, number, "与街道核对")
    first = load_workbook(io.BytesIO(answer.data)).worksheets[0].cell(1, 1).value
    assert isinstance(first, str)
    assert "导出,共 5 行" in first
    assert number in first


def test_a_sheet_that_is_missing_a_line_says_which(desk: Purse, number: str) -> None:
    rows = [(2, HEADINGS), (3, ["1", "", "", "", "", "5", ""])]
    view = desk.register.batches.view(desk.actor("accountant"), number)
    one = view.payments[0]
    rows[1] = (3, ["1", one.payee.key, one.payee.name, "", "", "5", ""])
    with pytest.raises(RosterRefused) as refused:
        desk.register.rosters.take(desk.actor("accountant"), number, rows, removes=False)
    assert refused.value.is_missing_lines
    assert "名单上有 4 行不在表里" in refused.value.message
