"""Files as an Excel workbook in the national form's order: 户主, 家庭成员, 收支.

Numbers of people and accounts are text cells, so that Excel cannot round them (domain.md C4); a
text never becomes a formula, whatever it begins with.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from registry.household import ExportedFile, mapping, mappings, text
from registry.national import Entry, head_entries, member_entries, member_labels
from registry.printed_sheets import on_a4
from registry.sections import Mask
from registry.spreadsheet import Drawn, Layout
from registry.vocabulary import EXPENSE_KINDS, HOUSEHOLD_STATUSES, INCOME_KINDS, words

_MONEY = "#,##0.00"
_TEXT = "@"
_WIDEST, _NARROWEST = 40, 9
_ACROSS = 180
"""Characters across A4 that can be read without a glass."""
_WIDE = {"档案编号": 22, "单位": 24, "证号": 21, "证件号": 21, "卡号": 23, "账号": 23, "地址": 34}
"""Columns by a word of their headings: a number that is cut at the edge of a cell is misread."""
_WATERMARK, _AROUND = "{watermark}", "{around every page}"
"""Where the layout has the text of each export."""
_MOST_AROUND = 240
"""Characters; Excel takes 255 in a header or footer, its commands counted, and repairs the rest."""

_FIRST = ("档案编号", "单位", "状态", "全国系统编号", "建档日期")
_OF_WHOM = ("档案编号", "户主姓名")
_LINES = (*_OF_WHOM, "收入或支出", "月份或期间", "谁的收入或支出", "类别", "金额(元)")


class Register:
    """A workbook in the making: files are added batch by batch, and none is kept in memory.

    ``watermark`` stands in the first row and around every page; ``at`` is when it is made.
    """

    def __init__(self, mask: Mask, watermark: str, at: datetime) -> None:
        self._mask = mask
        words = {_WATERMARK: watermark, _AROUND: around(watermark)}
        self._book = _layout().begun(at, words)
        self._heads, self._members, self._money = self._book.sheets

    def add(self, files: Sequence[ExportedFile]) -> None:
        """Write files to all three sheets."""
        self._heads.extend(_heads(files, self._mask))
        self._members.extend(_members(files, self._mask))
        self._money.extend(_money(files))

    def finished(self) -> bytes:
        """The bytes of the workbook; nothing can be added any more."""
        return self._book.finished()


def around(watermark: str) -> str:
    """The watermark as a header takes it: in one line, cut where it is longer than Excel takes."""
    said = " ".join(watermark.split()).replace("&", "&&")  # one alone begins a command
    if len(said) <= _MOST_AROUND:
        return said
    cut = said[: _MOST_AROUND - 1]
    return f"{cut[:-1] if cut.count('&') % 2 else cut}…"


@cache
def _layout() -> Layout:
    """What is the same in every export: the national form has the same fields for everybody."""
    return Layout(_drawn, sheets=3)


def _drawn(times: Sequence[int]) -> Drawn:
    sheets = (
        ("户主", [*_FIRST, *(e.label for e in head_entries({}))]),
        ("家庭成员", [*_OF_WHOM, *member_labels()]),
        ("收支", _LINES),
    )
    book = Workbook(write_only=True)
    for (title, labels), how_many in zip(sheets, times, strict=True):
        _laid_out(book, title, labels)
        for number in range(2, how_many + 1):
            _laid_out(book, f"{title}({number})", labels)
    first = book.worksheets[0]
    amount = WriteOnlyCell(first)
    amount.number_format = _MONEY
    return Drawn(book, _cell(first, "").style_id, amount.style_id)


def _laid_out(book: Workbook, title: str, labels: Sequence[str]) -> None:
    """A sheet with its page, its columns and its first two rows."""
    sheet: Any = book.create_sheet(title)
    sheet.freeze_panes = "B3"
    on_a4(sheet, 2)
    sheet.HeaderFooter.oddHeader.center.text = _AROUND
    sheet.HeaderFooter.oddFooter.center.text = f"{_AROUND}  &P/&N"
    across = 0.0
    for place, label in enumerate(labels, start=1):
        width = min(max(2 * len(label) + 2, _NARROWEST), _WIDEST)
        width = max(width, next((wide for word, wide in _WIDE.items() if word in label), 12))
        sheet.column_dimensions[get_column_letter(place)].width = width
        across += width
    # Seventy columns on one page cannot be read; on several each begins with the file's number.
    sheet.page_setup.fitToWidth = max(1, round(across / _ACROSS))
    sheet.print_title_cols = "A:A"
    sheet.append([_cell(sheet, _WATERMARK, Font(bold=True, color="A51C1F"))])
    sheet.append([_heading(sheet, label) for label in labels])


def _heading(sheet: WriteOnlyWorksheet, label: str) -> Cell:
    cell = _cell(sheet, label, Font(bold=True))
    cell.fill = PatternFill("solid", fgColor="EEF0F2")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(sheet: WriteOnlyWorksheet, said: str, font: Font | None = None) -> Cell:
    """A text."""
    cell = WriteOnlyCell(sheet, said)
    cell.number_format = _TEXT
    if font is not None:
        cell.font = font
    return cell


def _heads(files: Sequence[ExportedFile], mask: Mask) -> Iterator[Sequence[object]]:
    for one in files:
        shown = one.file.shown
        yield [
            one.file.file_no,
            one.union,
            words(HOUSEHOLD_STATUSES, shown.status),
            shown.national_no,
            one.file.opened_on.isoformat(),
            *(_value(entry, mask) for entry in head_entries(one.content)),
        ]


def _members(files: Sequence[ExportedFile], mask: Mask) -> Iterator[Sequence[object]]:
    for one in files:
        for row in mappings(one.content.get("members")):
            entries = member_entries(one.content, row)
            yield [*_whose(one), *(_value(entry, mask) for entry in entries)]


def _money(files: Sequence[ExportedFile]) -> Iterator[Sequence[object]]:
    for one in files:
        for row in mappings(one.content.get("income_lines")):
            kind = words(INCOME_KINDS, row.get("income_kind"))
            who = text(row.get("person"))
            yield [*_whose(one), "收入", text(row.get("month")), who, kind, _amount(row)]
        for row in mappings(one.content.get("expense_lines")):
            kind = words(EXPENSE_KINDS, row.get("expense_kind"))
            who = text(row.get("person"))
            yield [*_whose(one), "支出", text(row.get("period")), who, kind, _amount(row)]


def _whose(one: ExportedFile) -> tuple[str, str]:
    return one.file.file_no, text(mapping(one.content.get("head")).get("name"))


def _value(entry: Entry, mask: Mask) -> object:
    if entry.personal is not None:
        return mask(entry.personal, entry.value) if entry.value else ""
    if "(元" in entry.label and entry.value:
        return _decimal(entry.value)
    return entry.value


def _amount(row: Mapping[str, object]) -> object:
    return _decimal(text(row.get("amount")))


def _decimal(said: str) -> object:
    try:
        return Decimal(said)
    except InvalidOperation:
        return said
