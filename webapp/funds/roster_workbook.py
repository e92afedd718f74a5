"""A roster as an Excel workbook: texts that stay texts, amounts that can be reckoned with."""

import io

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from registry.budget.amounts import yuan
from registry.funds.roster_rows import SHEET, RosterColumn, cells_of
from registry.funds.rosters import RosterInExcel
from registry.printed_sheets import on_a4
from webapp.sheets.cells import writable

_WIDTHS = {
    RosterColumn.NUMBER: 8,
    RosterColumn.FILE: 22,
    RosterColumn.NAME: 18,
    RosterColumn.CHILD: 12,
    RosterColumn.NOTE: 32,
    RosterColumn.AMOUNT: 14,
    RosterColumn.EXCEPTION: 40,
}
_MAY_CHANGE = frozenset({RosterColumn.AMOUNT, RosterColumn.EXCEPTION})
_GREY = PatternFill("solid", fgColor="EEF1F5")
_MONEY = "#,##0.00"


def roster_workbook(sheet_of: RosterInExcel, watermark: str) -> bytes:
    """The lines in their order; what may not be changed is grey."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    for place, column in enumerate(RosterColumn, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS[column]
    sheet.freeze_panes = "A3"
    on_a4(sheet, 2)

    def text(said: str, *, bold: bool = False, grey: bool = False) -> Cell:
        cell = WriteOnlyCell(sheet, writable(said))
        cell.data_type, cell.number_format = "s", "@"
        if bold:
            cell.font = Font(bold=True)
        if grey:
            cell.fill = _GREY
        return cell

    def money(fen: int) -> Cell:
        cell = WriteOnlyCell(sheet)
        cell.value, cell.number_format = yuan(fen), _MONEY
        return cell

    sheet.append([text(watermark, bold=True)])
    sheet.append([text(column.value, bold=True) for column in RosterColumn])
    for one in sheet_of.listed:
        said = cells_of(one)
        sheet.append(
            [
                money(one.fen)
                if column is RosterColumn.AMOUNT
                else text(said[column], grey=column not in _MAY_CHANGE)
                for column in RosterColumn
            ]
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
