"""Files as an Excel workbook in the national form's order: 户主, 家庭成员, 收支.

Numbers of people and accounts are text cells, so that Excel cannot round them (domain.md C4); a
text never becomes a formula, whatever it begins with.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import IllegalCharacterError
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from registry.household import Content, File, mapping, mappings, text
from registry.national import Entry, head_entries, member_entries, member_labels
from registry.sections import Mask
from registry.vocabulary import EXPENSE_KINDS, HOUSEHOLD_STATUSES, INCOME_KINDS, words

_MONEY = "#,##0.00"
_TEXT = "@"
_WIDEST, _NARROWEST = 40, 9
_FIRST = ("档案编号", "单位", "状态", "全国系统编号", "建档日期")
_OF_WHOM = ("档案编号", "户主姓名")
_LINES = (*_OF_WHOM, "收入或支出", "月份或期间", "谁的收入或支出", "类别", "金额(元)")


@dataclass(frozen=True)
class ExportedFile:
    """One file to be written."""

    file: File
    union: str
    content: Content


class Register:
    """A workbook in the making: files are added batch by batch, and none is kept in memory.

    ``watermark`` stands in the first row and around every page.
    """

    def __init__(self, mask: Mask, watermark: str) -> None:
        self._mask = mask
        self._book = Workbook(write_only=True)
        heads = [*_FIRST, *(e.label for e in head_entries({}))]
        self._heads = _Sheet(self._book, "户主", heads, watermark)
        self._members = _Sheet(self._book, "家庭成员", [*_OF_WHOM, *member_labels()], watermark)
        self._money = _Sheet(self._book, "收支", _LINES, watermark)

    def add(self, files: Sequence[ExportedFile]) -> None:
        """Write files to all three sheets."""
        for row in _heads(files, self._mask):
            self._heads.append(row)
        for row in _members(files, self._mask):
            self._members.append(row)
        for row in _money(files):
            self._money.append(row)

    def finished(self) -> bytes:
        """The bytes of the workbook; nothing can be added any more."""
        out = io.BytesIO()
        self._book.save(out)
        return out.getvalue()


class _Sheet:
    """One sheet that is written row by row."""

    def __init__(self, book: Workbook, title: str, labels: Sequence[str], watermark: str) -> None:
        self._sheet = _laid_out(book.create_sheet(title), labels, watermark)
        # One cell of each kind a column, filled anew for every row: a style set a million times is
        # what would take the time.
        self._texts = [_cell(self._sheet, "") for _ in labels]
        self._amounts = [_amount_cell(self._sheet) for _ in labels]

    def append(self, row: Sequence[object]) -> None:
        """Write a row."""
        cells = zip(self._texts, self._amounts, row, strict=False)
        self._sheet.append([_filled(said, amount, value) for said, amount, value in cells])


def _laid_out(sheet: Any, labels: Sequence[str], watermark: str) -> Any:
    """The page, the columns and the first two rows."""
    sheet.freeze_panes = "B3"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:2"
    # An ampersand begins a command in headers.
    around = watermark.replace("&", "&&")
    sheet.HeaderFooter.oddHeader.center.text = around
    sheet.HeaderFooter.oddFooter.center.text = f"{around}  &P/&N"
    for place, label in enumerate(labels, start=1):
        width = min(max(2 * len(label) + 2, _NARROWEST), _WIDEST)
        sheet.column_dimensions[get_column_letter(place)].width = max(width, 12)
    sheet.append([_cell(sheet, watermark, Font(bold=True, color="A51C1F"))])
    sheet.append([_heading(sheet, label) for label in labels])
    return sheet


def _heading(sheet: WriteOnlyWorksheet, label: str) -> Cell:
    cell = _cell(sheet, label, Font(bold=True))
    cell.fill = PatternFill("solid", fgColor="EEF0F2")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(sheet: WriteOnlyWorksheet, said: str, font: Font | None = None) -> Cell:
    """A text."""
    cell = WriteOnlyCell(sheet)
    cell.number_format = _TEXT
    if font is not None:
        cell.font = font
    return _with_text(cell, said)


def _amount_cell(sheet: WriteOnlyWorksheet) -> Cell:
    cell = WriteOnlyCell(sheet)
    cell.number_format = _MONEY
    return cell


def _filled(said: Cell, amount: Cell, value: object) -> Cell | None:
    """An amount is a number, everything else a text; what says nothing needs no cell."""
    if value == "":
        return None
    if isinstance(value, Decimal):
        amount.value = float(value)
        return amount
    return _with_text(said, str(value))


def _with_text(cell: Cell, said: str) -> Cell:
    try:
        cell.value = said
    except IllegalCharacterError:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", said)
    cell.data_type = "s"  # also what begins with an equals sign
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
