"""指标台账 as an Excel workbook: amounts are numbers, a text never becomes a formula."""

import io
from collections.abc import Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from registry.budget.amounts import yuan
from registry.budget.model import Column
from registry.printed_sheets import on_a4
from registry.store.funds import LineOfUnit
from webapp.funds.words import COLUMNS, programme_words, source_words
from webapp.shared.language import _
from webapp.sheets.cells import writable

_WIDTHS = (8, 26, 20, 26, 18, 18, 18, 18, 18, 10)
_MONEY = "#,##0.00"


def workbook(lines: Sequence[LineOfUnit], watermark: str) -> bytes:
    """The lines as they stand, and their sums."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("指标台账"))
    for place, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A3"
    on_a4(sheet, 2)

    def text(said: str, *, bold: bool = False) -> Cell:
        cell = WriteOnlyCell(sheet, writable(said))
        cell.data_type, cell.number_format = "s", "@"
        if bold:
            cell.font = Font(bold=True)
        return cell

    def number(value: int | Decimal, shape: str = "0") -> Cell:
        cell = WriteOnlyCell(sheet)
        cell.value = value
        cell.number_format = shape
        return cell

    sheet.append([text(watermark, bold=True)])
    heads = (_("年度"), _("单位"), _("帮扶项目"), _("资金来源"))
    told = [_("%(column)s(元)", column=words) for words in COLUMNS.values()]
    sheet.append([text(one, bold=True) for one in (*heads, *told, _("使用率"))])
    for one in lines:
        line, key = one.line, one.line.key
        sheet.append(
            [
                number(key.year),
                *map(text, (one.unit, programme_words(key.programme), source_words(key.source))),
                *(number(yuan(line.column(column)), _MONEY) for column in COLUMNS),
                text(f"{line.percent}%"),
            ]
        )
    sums = {c: sum(one.line.column(c) for one in lines) for c in Column}
    totals = [number(yuan(sums[column]), _MONEY) for column in COLUMNS]
    sheet.append([text(_("合计"), bold=True), text(""), text(""), text(""), *totals])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
