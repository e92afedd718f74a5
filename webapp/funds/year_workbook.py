"""年度报告 as an Excel workbook: the figures of the page, a sheet a table; amounts are numbers."""

import io

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from registry.budget.amounts import in_yuan, yuan
from registry.printed_sheets import on_a4
from webapp.funds.year_page import YearPage, YearRow, YearTable
from webapp.shared.language import _
from webapp.sheets.cells import writable

_WIDTHS = (30, 10, 10, 10, 18, 18, 18, 18, 18)
_MONEY, _COUNT = "#,##0.00", "#,##0"
_BOLD = Font(bold=True)


def year_workbook(page: YearPage, watermark: str) -> bytes:
    """The tables of the report."""
    book = Workbook()
    sheets: list[Worksheet] = [book.active]  # type: ignore[list-item]
    sheets += [book.create_sheet() for _more in page.tables[1:]]
    for sheet, table in zip(sheets, page.tables, strict=True):
        _fill(sheet, page, table, watermark)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def heads(of: str) -> tuple[str, ...]:
    """What stands above the columns; ``of``: what a row is one of."""
    return (
        of,
        _("笔数"),
        _("在档户"),
        _("其他对象"),
        _("项目支出(元)"),
        _("其他支出(元)"),
        _("合计(元)"),
        _("上年合计(元)"),
        _("增减(元)"),
    )


def _fill(sheet: Worksheet, page: YearPage, table: YearTable, watermark: str) -> None:
    sheet.title = table.label
    for place, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    _text(sheet, 1, 1, f"{page.area} {page.year} {page.title}", bold=True)
    until = "" if page.is_over else _("统计到 %(moment)s", moment=page.until)
    _text(sheet, 2, 1, " ".join(part for part in (watermark, until, _recovered(page)) if part))
    for column, said in enumerate(heads(table.of), start=1):
        _text(sheet, 3, column, said, bold=True)
    rows = [(row, False) for row in table.rows] + [(page.total, True)]
    for line, (row, is_total) in enumerate(rows, start=4):
        _row(sheet, line, row, bold=is_total)
    sheet.freeze_panes = "B4"
    on_a4(sheet, 3)


def _recovered(page: YearPage) -> str:
    """That the sums are less what came back; empty where nothing did."""
    paid = page.total.spent.paid
    if not paid.recoveries:
        return ""
    sum_of_it = in_yuan(paid.recovered)
    return _("已扣除追回 %(n)s 笔 %(sum)s", n=f"{paid.recoveries:,}", sum=sum_of_it)


def _row(sheet: Worksheet, line: int, row: YearRow, *, bold: bool) -> None:
    _text(sheet, line, 1, row.label, bold=bold)
    paid, spent = row.spent.paid, row.spent
    counts = (paid.payments, paid.households, paid.others)
    sums = (paid.fen, spent.other.fen, spent.fen, spent.was, row.change)
    for column, count in enumerate(counts, start=2):
        cell = sheet.cell(line, column, count)
        cell.number_format = _COUNT
        if bold:
            cell.font = _BOLD
    for column, fen in enumerate(sums, start=5):
        cell = sheet.cell(line, column, yuan(fen))
        cell.number_format = _MONEY
        if bold:
            cell.font = _BOLD


def _text(sheet: Worksheet, line: int, column: int, said: str, *, bold: bool = False) -> None:
    cell = sheet.cell(line, column)
    cell.value = writable(said)
    cell.data_type = "s"  # a name that begins with = is no formula
    if bold:
        cell.font = _BOLD
