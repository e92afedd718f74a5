"""Rows written as text are the rows openpyxl would have written, in a workbook that opens."""

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from zipfile import ZipFile

import pytest
from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell

from registry import spreadsheet
from registry.spreadsheet import Drawn, Layout
from registry.workbook import around

AT = datetime(2026, 11, 9, 1, 2, 4, tzinfo=UTC)
PLACE = "{place}"
ROWS: Sequence[Sequence[object]] = (
    ("350602199001019907", "=HYPERLINK(1)", "+1+1", "#N/A", "TRUE", "-1", "@x"),
    ("", "王\U00020bb7\U00030edd明", " 前后 ", "a&b<c>\"'", "多\n行", "回\r车", "\t制表"),
    (
        Decimal("1234.50"),
        Decimal("0.1"),
        Decimal("-99999999999.99"),
        Decimal("1E+3"),
        "",
        "_x000a_",
    ),
    ("字" * 40_000, "{place}", "&amp;", "]]>", "<!--"),
)
HOSTILE = (
    *("\x07铃", "\x00", "\uffff末", "\x1f "),
    *(Decimal("NaN"), Decimal("-Infinity"), Decimal("1E+400")),
)


def _book(times: Sequence[int] = (1, 1)) -> tuple[Workbook, list[Cell]]:
    book = Workbook(write_only=True)
    sheets = [
        book.create_sheet(f"{title}{number or ''}")
        for title, how_many in zip("甲乙", times, strict=True)
        for number in range(how_many)
    ]
    text, amount = WriteOnlyCell(sheets[0]), WriteOnlyCell(sheets[0])
    text.number_format, amount.number_format = "@", "#,##0.00"
    for sheet in sheets:
        sheet.append([PLACE, "标题"])
        sheet.HeaderFooter.oddHeader.center.text = PLACE
        sheet.freeze_panes = "B2"
    return book, [text, amount]


def _drawn(times: Sequence[int]) -> Drawn:
    book, (text, amount) = _book(times)
    return Drawn(book, text.style_id, amount.style_id)


def _ours(rows: Sequence[Sequence[object]], said: str = PLACE) -> bytes:
    made = Layout(_drawn, sheets=2).begun(AT, {PLACE: said})
    for row in rows:
        for sheet in made.sheets:
            sheet.extend([row])
    return made.finished()


def _theirs(rows: Sequence[Sequence[object]]) -> bytes:
    book, (text, amount) = _book()
    for sheet in book.worksheets:
        for row in rows:
            cells: list[Cell | None] = []
            for value in row:
                cell = WriteOnlyCell(sheet)
                is_amount = isinstance(value, Decimal)
                cell.number_format = (amount if is_amount else text).number_format
                cell.value = float(value) if isinstance(value, Decimal) else value  # type: ignore[assignment]
                cell.data_type = "n" if is_amount else "s"
                cells.append(cell if value != "" else None)
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _parts(content: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        return {
            name: re.sub(
                rb'W3CDTF">[^<]*',
                b"",
                etree.tostring(etree.fromstring(package.read(name)), method="c14n"),
            )
            for name in package.namelist()
        }


def test_it_is_what_openpyxl_writes_part_by_part() -> None:
    assert _parts(_ours(ROWS)) == _parts(_theirs(ROWS))


def test_what_no_cell_can_hold_is_left_out_and_the_rest_stays() -> None:
    (row,) = list(load_workbook(io.BytesIO(_ours([HOSTILE])))["乙"].iter_rows(2, values_only=True))
    assert row == ("铃", None, "末", " ", "NaN", "-Infinity", "1E+400")


@pytest.mark.parametrize(
    ("watermark", "said"),
    [
        ("漳州市总工会 · 林模拟", "漳州市总工会 · 林模拟"),
        ("甲&乙\n丙", "甲&&乙 丙"),
        ("长" * 300, "长" * 239 + "…"),
        ("长" * 238 + "&", "长" * 238 + "&&"),
        ("长" * 238 + "&尾", "长" * 238 + "…"),
        ("长" * 237 + "&尾巴", "长" * 237 + "&&…"),
    ],
)
def test_a_header_is_no_longer_than_excel_takes(watermark: str, said: str) -> None:
    assert around(watermark) == said
    assert len(around(watermark)) <= 240


@pytest.mark.parametrize("said", ["甲&乙 <丙>", "{place}", r"\g<0>\1", "铃\x07"])
def test_words_stand_where_the_layout_has_their_place(said: str) -> None:
    for sheet in load_workbook(io.BytesIO(_ours([["一"]], said))):
        assert (sheet["A1"].value, sheet["B1"].value) == (said.replace("\x07", ""), "标题")
        assert (sheet["A2"].value, sheet["A3"].value) == ("一", None)


def test_a_layout_serves_many_workbooks_and_each_says_when_it_was_made() -> None:
    layout = Layout(_drawn, sheets=2)
    first, second = layout.begun(AT, {PLACE: "一"}), layout.begun(AT, {PLACE: "二"})
    first.sheets[0].extend([["甲"], ["丙"]])
    second.sheets[0].extend([["乙"]])
    read = [load_workbook(io.BytesIO(one.finished())) for one in (first, second)]
    assert [list(one["甲"].values)[1:] for one in read] == [
        [("甲", None), ("丙", None)],
        [("乙", None)],
    ]
    assert [one.properties.created for one in read] == [AT.replace(tzinfo=None)] * 2


def test_more_rows_than_fit_into_memory_are_all_there() -> None:
    rows = [[f"{n:06d}", "字" * 100, "满" * 100] for n in range(8_000)]
    sheet = load_workbook(io.BytesIO(_ours(rows)), read_only=True)["甲"]
    assert [row[0] for row in sheet.iter_rows(2, values_only=True)] == [row[0] for row in rows]


@pytest.mark.parametrize(("rows", "sheets"), [(4, 1), (5, 2), (8, 2), (9, 3)])
@pytest.mark.parametrize("at_once", [1, 3, 100])
def test_a_full_sheet_goes_on_in_another_behind_it(
    monkeypatch: pytest.MonkeyPatch, rows: int, sheets: int, at_once: int
) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 5)  # the headings are one of them
    made = Layout(_drawn, sheets=2).begun(AT, {PLACE: "共"})
    for begin in range(0, rows, at_once):
        made.sheets[0].extend([f"{n}"] for n in range(begin, min(begin + at_once, rows)))
    made.sheets[1].extend([["乙"]])
    book = load_workbook(io.BytesIO(made.finished()))
    assert book.sheetnames == [*("甲", "甲1", "甲2")[:sheets], "乙"]
    read = [list(sheet.values) for sheet in book.worksheets]
    assert all(values[0] == ("共", "标题") for values in read)
    assert max(map(len, read)) <= 5
    assert [row[0] for values in read[:-1] for row in values[1:]] == [f"{n}" for n in range(rows)]
    assert read[-1][1:] == [("乙", None)]


def test_a_sheet_that_grows_too_large_for_readers_goes_on_in_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spreadsheet, "_LARGEST", 2_000)
    made = Layout(_drawn, sheets=2).begun(AT, {PLACE: "共"})
    for n in range(6):
        made.sheets[1].extend([[f"{n}", "字" * 300]])
    book = load_workbook(io.BytesIO(made.finished()))
    assert book.sheetnames == ["甲", "乙", "乙1", "乙2"]
    found = [
        row[0] for sheet in book.worksheets[1:] for row in sheet.iter_rows(2, values_only=True)
    ]
    assert found == [f"{n}" for n in range(6)]
