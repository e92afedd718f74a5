"""The report of a month as a workbook: the figures of the page, a sheet a table."""

import io

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from registry.printed_sheets import on_a4
from webapp.shared.language import _
from webapp.sheets.cells import writable
from webapp.supervision.report import MonthPage, ReportRow, ReportTable

_WIDEST = 34
_WIDE = 14
_BOLD = Font(bold=True)


def report_workbook(page: MonthPage) -> bytes:
    """The tables of the report; figures are numbers, everything else is text."""
    book = Workbook()
    sheets: list[Worksheet] = [book.active]  # type: ignore[list-item]
    sheets += [book.create_sheet() for _more in page.tables[1:]]
    for sheet, table in zip(sheets, page.tables, strict=True):
        _fill(sheet, page, table)
    reasons = book.create_sheet(_("超期原因"))
    put(reasons, [_("超期原因"), _("期末超期未办")], bold=True)
    for reason, figure in page.reasons:
        put(reasons, [reason, figure.count])
    put(reasons, [_("合计"), page.late.count], bold=True)
    reasons.column_dimensions["A"].width = _WIDEST
    on_a4(reasons, 1)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(sheet: Worksheet, page: MonthPage, table: ReportTable) -> None:
    sheet.title = table.label
    put(sheet, [f"{page.area} {page.heading} {page.title}"], bold=True)
    put(sheet, [_("统计到 %(moment)s", moment=page.until)])
    has_posts = table.total.posts is not None
    heads = [table.of, *heads_of_figures(), *([_("空缺岗位")] if has_posts else [])]
    put(sheet, list(heads), bold=True)
    for row in table.rows:
        put(sheet, _cells(row))
    put(sheet, _cells(table.total), bold=True)
    sheet.column_dimensions["A"].width = _WIDEST
    for number in range(1, len(heads)):
        sheet.column_dimensions["BCDEFGHI"[number - 1]].width = _WIDE
    sheet.freeze_panes = "B4"
    on_a4(sheet, 3)


def heads_of_figures() -> tuple[str, ...]:
    """What the figures of a row are."""
    return (
        _("本月办结"),
        _("上月办结"),
        _("其中超期办结"),
        _("期末超期未办"),
        _("上月末"),
        _("增减"),
    )


def _cells(row: ReportRow) -> list[str | int]:
    cells: list[str | int] = [
        row.label,
        row.done.count,
        row.was_done.count,
        row.done_late.count,
        row.late.count,
        row.was_late.count,
        row.change,
    ]
    return cells if row.posts is None else [*cells, row.posts.count]


def put(sheet: Worksheet, values: list[str | int], *, bold: bool = False) -> None:
    """Write one row below what there is; a text never becomes a formula."""
    cells: list[Cell] = []
    for value in values:
        cell = Cell(sheet, row=1, column=1)  # append gives it its place
        cell.value = writable(value) if isinstance(value, str) else value
        if isinstance(value, str):
            cell.data_type = "s"  # a name that begins with = is no formula
        if bold:
            cell.font = _BOLD
        cells.append(cell)
    sheet.append(cells)
