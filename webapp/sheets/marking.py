"""The same workbook given back, with what is wrong beside each row in a column 错误."""

import io
import warnings
from collections import defaultdict
from collections.abc import Iterable

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from engine.errors import Invalid
from registry.incoming.layout import ERRORS, Layout, SheetLayout
from registry.incoming.rows import Problem
from webapp.sheets.cells import writable
from webapp.sheets.headings import heading, heading_row, is_errors_column
from webapp.sheets.reading import UNREADABLE

_WRONG = PatternFill("solid", fgColor="FDE2E0")
_DOUBTFUL = PatternFill("solid", fgColor="FFF3D6")
_NONE = PatternFill(fill_type=None)
_RED = Font(color="B42318")
_BOLD_RED = Font(color="B42318", bold=True)
NOT_GIVEN_BACK = (
    "这份工作簿里有系统不能改写的内容(如图片、图表),没有生成带错误说明的工作簿。"
    "请按本页列出的行号修改,或把数据粘贴到新下载的模板里再上传。"
)
_WIDTH = 60
_LONGEST = 2_000


def marked(content: bytes, layout: Layout, problems: Iterable[Problem]) -> bytes:
    """The workbook with every problem at its row; rows without one have an empty cell there.

    What an earlier check had marked is wiped, so that a corrected row is clean again.
    """
    by_sheet: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_sheet[problem.sheet].append(problem)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(io.BytesIO(content), keep_links=False)
        except UNREADABLE as error:
            raise Invalid(NOT_GIVEN_BACK) from error
    first_wrong = None
    for sheet in book.worksheets:
        known = next((one for one in layout.sheets if one.title == sheet.title.strip()), None)
        if known is not None:
            _mark(sheet, known, by_sheet.get(known.title, []))
            if by_sheet.get(known.title) and first_wrong is None:
                first_wrong = sheet
    if first_wrong is not None:
        book.active = first_wrong
    written = io.BytesIO()
    try:
        book.save(written)  # only now are its pictures looked at
    except UNREADABLE as error:
        raise Invalid(NOT_GIVEN_BACK) from error
    return written.getvalue()


def _mark(sheet: Worksheet, layout: SheetLayout, problems: list[Problem]) -> None:
    top = heading_row(sheet.iter_rows(), layout)
    last = max(len(layout.columns), *_places(sheet, top, layout).values(), 1)
    column = _errors_column(sheet, top, last)
    places = _places(sheet, top, layout)
    _wipe(sheet, top, column, last)
    by_row: dict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_row[problem.row].append(problem)
    for row, found in by_row.items():
        # The worst first: a cell with an error and a doubt is an error.
        for problem in sorted(found, key=lambda one: not one.is_warning):
            place = places.get(problem.column)
            if place is not None:
                fill = _DOUBTFUL if problem.is_warning else _WRONG
                _cell(sheet, row, place).fill = fill
        told = _cell(sheet, row, column)
        told.value = _sentence(found)
        told.data_type = "s"  # a text, whatever it begins with
        told.font = _RED
        told.alignment = Alignment(wrap_text=True, vertical="top")


def _places(sheet: Worksheet, top: int, layout: SheetLayout) -> dict[str, int]:
    """Where the columns stand in this workbook, by heading."""
    there = {heading(cell.value): number for number, cell in enumerate(sheet[top], 1)}
    found = {one.heading: there.get(heading(one.heading), 0) for one in layout.columns}
    return {name: number for name, number in found.items() if number}


def _sentence(found: list[Problem]) -> str:
    errors = [one.message for one in found if not one.is_warning]
    doubts = [f"提示:{one.message}" for one in found if one.is_warning]
    return writable(";".join(dict.fromkeys([*errors, *doubts])))[:_LONGEST]


def _errors_column(sheet: Worksheet, top: int, columns: int) -> int:
    """Where an earlier check wrote, else the first free column behind the template's."""
    last = max(sheet.max_column, columns)
    for number in range(columns + 1, last + 1):
        if is_errors_column(sheet.cell(top, number).value):
            return number
    number = columns + 1
    while any(sheet.cell(row, number).value not in (None, "") for row in range(top, top + 3)):
        number += 1
    titled = _cell(sheet, top, number)
    titled.value, titled.font = ERRORS, _BOLD_RED
    sheet.column_dimensions[get_column_letter(number)].width = _WIDTH
    return number


def _wipe(sheet: Worksheet, top: int, column: int, columns: int) -> None:
    ours = {_WRONG.fgColor.rgb, _DOUBTFUL.fgColor.rgb}
    for row in sheet.iter_rows(min_row=top + 1, max_col=max(column, columns)):
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            if cell.column == column and cell.value is not None:
                cell.value = None
            elif cell.has_style and cell.fill.fill_type and cell.fill.fgColor.rgb in ours:
                cell.fill = _NONE


def _cell(sheet: Worksheet, row: int, column: int) -> Cell:
    """A cell that can be written: that of a merged range is its first."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        for merged in sheet.merged_cells.ranges:
            if cell.coordinate in merged:
                first = sheet.cell(merged.min_row, merged.min_col)
                if isinstance(first, Cell):
                    return first
    return cell  # type: ignore[return-value]  # the first of a range is no merged cell
