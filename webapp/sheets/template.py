"""The empty workbook of a layout: text cells, drop-down lists, hints, and a sheet that explains."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from engine.forms import Field, FieldKind, TextFormat
from registry.incoming.layout import HINTS, KEY, UNIT, Column, Holds, Layout, SheetLayout
from registry.incoming.units import Units
from webapp.sheets.cells import writable

EXPLAINED = "填写说明"
CHOICES = "代码表"
UNITS = "单位"
_TEXT = "@"
_READY_ROWS = 300
"""So many empty rows are text already; further down Excel takes the style of the whole column."""

_MUST = PatternFill("solid", fgColor="FCE8D6")
_MAY = PatternFill("solid", fgColor="EAF0F6")
_HINT = PatternFill("solid", fgColor="F7F7F5")
_LINE = Side(style="thin", color="D5D9DE")
_BOX = Border(_LINE, _LINE, _LINE, _LINE)
_BOLD = Font(bold=True, color="1F2933")
_GREY = Font(color="6B7580", size=9)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_MIDDLE = Alignment(wrap_text=True, vertical="center", horizontal="center")
_FIRST_ROW = 3
_NARROW, _WIDE, _WIDEST = 10, 16, 24
_FEW = 6
_LINE_HEIGHT, _LETTERS_IN_LINE = 17, 62
_ABOUT_TEXT = (
    "所有单元格都是“文本”格式。证件号码、银行账号、统一社会信用代码请保持文本,"
    "Excel 会把 15 位以上的数字改成 3.5E+17 并丢掉末几位。"
)
_ABOUT_ERRORS = (
    "上传后逐行检查,有错的写在同一工作簿最后的“错误”列;可以先导入正确的行,改正后再传同一文件,"
    "已导入的行不会重复导入。"
)
_FORMATS = {
    TextFormat.RESIDENT_ID: "18 位身份证号",
    TextFormat.IDENTITY_DOCUMENT: "18 位身份证号或居住证号;护照、出生医学证明照证件填写",
    TextFormat.CREDIT_CODE: "18 位统一社会信用代码",
    TextFormat.BANK_ACCOUNT: "银行账号,只填数字",
    TextFormat.MOBILE: "11 位手机号",
    TextFormat.PHONE: "手机号,或带区号的固定电话",
    TextFormat.NAME: "姓名;少数民族姓名中间用“·”",
}


@dataclass(frozen=True)
class Told:
    """A sheet that is only to be read, such as the members of the households of a list."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def template(
    title: str,
    layout: Layout,
    units: Units,
    lines: Sequence[Mapping[str, str]] = (),
    told: Sequence[Told] = (),
) -> bytes:
    """The workbook to fill in; ``lines`` are what stands in it already, by heading."""
    book = Workbook()
    first = book.active
    if not isinstance(first, Worksheet):
        msg = "a new workbook begins with a worksheet"
        raise TypeError(msg)
    first.title = layout.main.title
    choices = _Choices()
    _draw(first, layout.main, choices, len(units.names))
    _write_lines(first, layout.main, lines)
    for below in layout.lists:
        _draw(book.create_sheet(below.title), below, choices, len(units.names))
    for one in told:
        _tell(book.create_sheet(one.title), one)
    explained = _about_listing(layout) if layout.main.by_name else _about_template(layout)
    _explain(book.create_sheet(EXPLAINED), title, layout, explained)
    choices.draw(book.create_sheet(CHOICES))
    if units.names:
        _list_units(book.create_sheet(UNITS), units)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


class _Choices:
    """The lists behind the drop-downs; a list that several columns share stands once."""

    def __init__(self) -> None:
        self._lists: dict[tuple[tuple[str, str], ...], tuple[int, str]] = {}

    def range_of(self, asked: Field) -> str:
        """The cells that hold a field's choices."""
        key = tuple((option.value, option.label) for option in asked.options)
        place, _ = self._lists.setdefault(key, (len(self._lists), asked.label))
        letter = get_column_letter(2 * place + 2)
        return f"{quote_sheetname(CHOICES)}!${letter}$2:${letter}${len(key) + 1}"

    def draw(self, sheet: Worksheet) -> None:
        """Code and words of every list, side by side."""
        for key, (place, label) in self._lists.items():
            column = 2 * place + 1
            for row, (code, words) in enumerate([("代码", label), *key], 1):
                for cell, told in (
                    (sheet.cell(row, column), code),
                    (sheet.cell(row, column + 1), words),
                ):
                    cell.value, cell.number_format = told, _TEXT
                    cell.font = _BOLD if row == 1 else Font()
            sheet.column_dimensions[get_column_letter(column + 1)].width = _WIDEST
        sheet.freeze_panes = "A2"


def _draw(sheet: Worksheet, layout: SheetLayout, choices: _Choices, units: int) -> None:
    for number, column in enumerate(layout.columns, 1):
        letter = get_column_letter(number)
        heading, hint = sheet.cell(1, number), sheet.cell(2, number)
        heading.value = f"{column.heading}*" if column.required else column.heading
        heading.font, heading.alignment, heading.border = _BOLD, _MIDDLE, _BOX
        heading.fill = _MUST if column.required else _MAY
        hint.value = HINTS if number == 1 else hint_of(column)
        hint.font, hint.alignment, hint.fill, hint.border = _GREY, _WRAPPED, _HINT, _BOX
        sheet.column_dimensions[letter].width = _width(column)
        # Of the whole column, and cell by cell: WPS looks at cells, Excel at columns as well.
        sheet.column_dimensions[letter].number_format = _TEXT
        for row in range(1, _READY_ROWS + 3):
            sheet.cell(row, number).number_format = _TEXT
        _offer(sheet, column, letter, choices, units)
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = 34, 52
    sheet.freeze_panes = "C3" if layout.asked is None else "B3"


def _offer(sheet: Worksheet, column: Column, letter: str, choices: _Choices, units: int) -> None:
    """The drop-down list of a column; it offers and does not forbid: codes may be typed too."""
    asked = column.asked
    if column.holds is Holds.UNIT and units:
        source = f"{quote_sheetname(UNITS)}!$B$2:$B${units + 1}"
    elif asked is not None and asked.options and asked.kind is not FieldKind.CHECKLIST:
        source = choices.range_of(asked)
    elif asked is not None and asked.kind is FieldKind.CHECKBOX:
        source = '"是,否"'
    else:
        if asked is not None and asked.options:
            choices.range_of(asked)  # not offered cell by cell, but to be looked up
        return
    offered = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=False)
    sheet.add_data_validation(offered)
    offered.add(f"{letter}3:{letter}{_READY_ROWS + 2}")


def _width(column: Column) -> float:
    if column.holds is Holds.KEY:
        return _NARROW if column.heading == KEY else _WIDEST
    if column.holds is Holds.SHOWN:
        return _WIDEST
    asked = column.asked
    if column.holds is Holds.UNIT or (
        asked and asked.format in _FORMATS and asked.format is not TextFormat.NAME
    ):
        return _WIDEST
    return max(_WIDE, min(_WIDEST, 2 * len(column.heading)))


def hint_of(column: Column) -> str:
    """What is to be written into a column."""
    if column.holds is Holds.SHOWN:
        return "不用填写"
    if column.holds is Holds.KEY:
        return "与首张工作表的序号一致" if column.heading == KEY else "不要改动"
    if column.holds is Holds.UNIT:
        return f"从下拉中选,或填单位代码(见“{UNITS}”表)"
    asked = column.asked
    if asked is None:
        return ""
    if asked.format is not None:
        return _FORMATS[asked.format]
    return _hint_of_kind(asked)


def _hint_of_kind(asked: Field) -> str:
    if asked.kind is FieldKind.DATE:
        return "日期,如 2026-01-31"
    if asked.kind is FieldKind.CHECKBOX:
        return "填“是”或“否”"
    if asked.options:
        words = "、".join(option.label for option in asked.options[:_FEW])
        more = "等" if len(asked.options) > _FEW else ""
        several = ";可填多项,用顿号隔开" if asked.kind is FieldKind.CHECKLIST else ""
        return (
            f"从下拉中选,或填代码:{words}{more}{several}"
            if not several
            else f"{words}{more}{several}"
        )
    if asked.is_numeric:
        return f"数字,单位 {asked.unit}" if asked.unit else "数字,不写单位"
    longest = f"不超过 {asked.max_length} 字" if asked.max_length else "文字"
    return f"{longest};例 {asked.example}" if asked.example else longest


def _write_lines(sheet: Worksheet, layout: SheetLayout, lines: Sequence[Mapping[str, str]]) -> None:
    places = {column.heading: number for number, column in enumerate(layout.columns, 1)}
    for row, line in enumerate(lines, _FIRST_ROW):
        for name, text in line.items():
            cell = sheet.cell(row, places[name])
            cell.value, cell.number_format = writable(text), _TEXT
            cell.data_type = "s"  # a text, whatever it begins with


def _tell(sheet: Worksheet, told: Told) -> None:
    for row, line in enumerate((told.headings, *told.rows), 1):
        for number, text in enumerate(line, 1):
            cell = sheet.cell(row, number)
            cell.value, cell.number_format = writable(text), _TEXT
            cell.data_type = "s"
            cell.font = _BOLD if row == 1 else Font()
            sheet.column_dimensions[get_column_letter(number)].width = _WIDEST
    sheet.freeze_panes = "A2"


def _about_listing(layout: Layout) -> list[str]:
    main = layout.main
    shown = [column.heading for column in main.columns if column.asked is None]
    return [
        f"“{main.title}”工作表一行一件,请在后面的列里填写结果;没有结果的行空着,不登记也不算错。",
        f"按“{'”“'.join(shown)}”找到对应的办件。",
        "其他系统导出的表,把表头改成这里的列名也可以导入,列的先后不限,多余的列不管。",
        _ABOUT_TEXT,
        _ABOUT_ERRORS,
    ]


def _about_template(layout: Layout) -> list[str]:
    return [
        f"从“{layout.main.title}”工作表第 3 行起填写,一户(一件)一行;橙色表头、带 * 的必须填写。",
        "不要增删、移动或改名任何列和工作表。表头与模板不一致的文件不能导入。",
        _ABOUT_TEXT,
        *(
            f"“{below.title}”工作表:一人(一笔)一行,{KEY}写它属于“{layout.main.title}”的哪一行。"
            for below in layout.lists
        ),
        f"“{UNIT}”写单位全称或单位代码;可填的单位见“{UNITS}”工作表。",
        "可选内容可以填文字,也可以填代码,见“代码表”。不要用公式,不要合并单元格。",
        _ABOUT_ERRORS,
    ]


def _explain(sheet: Worksheet, title: str, layout: Layout, told: Sequence[str]) -> None:
    sheet.cell(1, 1, title).font = Font(bold=True, size=14)
    for row, line in enumerate(told, 3):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
        cell = sheet.cell(row, 1, f"{row - 2}. {line}")
        cell.alignment = _WRAPPED
        sheet.row_dimensions[row].height = _LINE_HEIGHT * (1 + len(line) // _LETTERS_IN_LINE)
    row = len(told) + 5
    for number, heading in enumerate(("工作表", "列", "必填", "怎样填写"), 1):
        sheet.cell(row, number, heading).font = _BOLD
    for one in layout.sheets:
        for column in one.columns:
            row += 1
            must = "必填" if column.required else _when(column)
            for number, text in enumerate((one.title, column.heading, must, hint_of(column)), 1):
                sheet.cell(row, number, text)
    for letter, width in (("A", 16), ("B", 34), ("C", 10), ("D", 76)):
        sheet.column_dimensions[letter].width = width


def _when(column: Column) -> str:
    asked = column.asked
    return "视情况" if asked is not None and asked.required else ""


def _list_units(sheet: Worksheet, units: Units) -> None:
    for number, heading in enumerate(("单位代码", "单位名称"), 1):
        sheet.cell(1, number, heading).font = _BOLD
    ordered = sorted((units.codes.get(one, ""), name) for one, name in units.names.items())
    for row, unit in enumerate(ordered, 2):
        for number, text in enumerate(unit, 1):
            cell = sheet.cell(row, number, text)
            cell.number_format = _TEXT
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = _WIDE, 50
    sheet.freeze_panes = "A2"
