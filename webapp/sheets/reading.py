"""The rows of an uploaded workbook, as answers to the forms its layout was made of.

Every row is read, whatever is wrong with another; a row keeps the number it has in its sheet,
also below empty, hidden or filtered rows. Nothing is computed and nothing is guessed.
"""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from PIL import Image

from engine.errors import Invalid
from engine.forms.paths import get_at, pointer, set_at
from registry.incoming.layout import HINTS, KEY, Column, Holds, Layout, SheetLayout
from registry.incoming.rows import Problem, Reading, ReadRow
from webapp.sheets.cells import RawCell, WrongCell, answer_of, text_of
from webapp.sheets.guard import damaged, must_be_workbook
from webapp.sheets.headings import HEADINGS_WITHIN, are_headings, heading, must_agree, places_of

MOST_ROWS = 20_000
MOST_LIST_ROWS = 100_000
_MOST_COLUMNS = 300
_LONGEST_KEY = 40

# What openpyxl raises for a workbook whose inside is not as the standard says.
UNREADABLE = (
    InvalidFileException,
    Image.DecompressionBombError,
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,  # its XML
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OverflowError,
    RecursionError,
    OSError,
)


def read_workbook(content: bytes, name: str, layout: Layout) -> Reading:
    """Read it; raises Invalid where it is not the template's workbook."""
    must_be_workbook(content, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts openpyxl does not keep; we only read
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            try:
                return _Reader(layout, name).read(book)
            finally:
                book.close()
        except UNREADABLE as error:
            raise Invalid(damaged(name)) from error


@dataclass(frozen=True)
class _Line:
    """A row of one sheet: its answers, and what is wrong with them."""

    row: int
    key: str
    unit: str
    data: dict[str, object]
    problems: tuple[Problem, ...]
    shown: Mapping[str, str]


class _Reader:
    """Reads one workbook."""

    def __init__(self, layout: Layout, name: str) -> None:
        self._layout = layout
        self._name = name

    def read(self, book: object) -> Reading:
        """All of it."""
        sheets = {sheet.title.strip(): sheet for sheet in book.worksheets}  # type: ignore[attr-defined]
        first = sheets.get(self._layout.main.title)
        if first is None:
            raise Invalid(
                f"“{self._name}”中没有“{self._layout.main.title}”工作表,没有导入。"
                "请用本页下载的模板填写,不要改工作表的名称。"
            )
        lines = list(self._lines(first, self._layout.main, MOST_ROWS))
        if not lines:
            raise Invalid(
                f"“{self._name}”的“{self._layout.main.title}”工作表里没有数据行,没有导入。"
                "请从填写说明的下一行开始填写。"
            )
        rows = [_as_row(line) for line in _with_twin_keys(lines, self._layout.main)]
        orphans: list[Problem] = []
        for below in self._layout.lists:
            sheet = sheets.get(below.title)
            if sheet is not None:
                found = list(self._lines(sheet, below, MOST_LIST_ROWS))
                rows, lost = _joined(rows, found, below, self._layout.main.title)
                orphans += lost
        return Reading(rows, orphans)

    def _lines(self, sheet: object, layout: SheetLayout, most: int) -> Iterator[_Line]:
        sheet.reset_dimensions()  # type: ignore[attr-defined]  # what a file says of its size may be wrong
        cells = enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), 1)  # type: ignore[attr-defined]
        places = self._find_headings(cells, layout)
        how_many = 0
        for number, row in cells:
            line = _line(number, _placed(row, places), layout)
            if line is None:
                continue
            how_many += 1
            if how_many > most:
                raise Invalid(
                    f"“{layout.title}”工作表超过 {most:,} 行,没有导入。请分成几个文件导入。"
                )
            yield line

    def _find_headings(
        self, cells: Iterator[tuple[int, Sequence[RawCell]]], layout: SheetLayout
    ) -> list[int]:
        """Go past the line of headings to where each column stands, -1 for nowhere.

        Invalid where they are not those of the template.
        """
        for number, row in cells:
            found = [heading(cell.value) for cell in row]
            if are_headings(found, layout):
                if layout.by_name:
                    return places_of(found, layout)
                must_agree(found, layout, number)
                return list(range(len(layout.columns)))
            if number >= HEADINGS_WITHIN:
                break
        raise Invalid(
            f"“{self._name}”的“{layout.title}”工作表没有模板的表头,没有导入。"
            "请用本页下载的模板填写,不要删改表头那一行。"
        )


@dataclass(frozen=True)
class _NoCell:
    """Stands for a cell of a column that is not there."""

    value: object = None
    data_type: str = "n"


_EMPTY = _NoCell()


def _placed(row: Sequence[RawCell], places: Sequence[int]) -> list[RawCell]:
    """The cells of a row in the order of the layout's columns."""
    return [row[place] if 0 <= place < len(row) else _EMPTY for place in places]


def _line(number: int, row: Sequence[RawCell], layout: SheetLayout) -> _Line | None:
    """A row as answers; None where it is empty or holds the hints."""
    cells = list(row)
    if layout.by_name:
        cells_asked = [c for column, c in zip(layout.columns, cells, strict=True) if column.asked]
    else:
        cells_asked = cells
    if all(cell.value in (None, "") or str(cell.value).isspace() for cell in cells_asked):
        return None
    if str(cells[0].value or "").strip().startswith(HINTS):
        return None
    data: dict[str, object] = {}
    told: dict[Holds, str] = {}
    shown: dict[str, str] = {}
    problems: list[Problem] = []
    for column, cell in zip(layout.columns, cells, strict=False):
        try:
            if column.holds is Holds.SHOWN:
                shown[column.heading] = text_of(cell)
            elif column.asked is None:
                told[column.holds] = text_of(cell)
            else:
                value = answer_of(cell, column.asked)
                if value is not None:
                    set_at(data, column.path, value)
        except WrongCell as wrong:
            problems.append(_wrong(layout, number, column, wrong.message))
    problems += _shifted(layout, number, data)
    return _Line(
        row=number,
        key=told.get(Holds.KEY, "")[:_LONGEST_KEY],
        unit=told.get(Holds.UNIT, ""),
        data=data,
        problems=tuple(problems),
        shown=shown,
    )


def _wrong(layout: SheetLayout, row: int, column: Column, message: str) -> Problem:
    subject = "" if message.startswith("“") else column.heading
    return Problem(
        layout.title, row, column.heading, f"{subject}{message}", place=pointer(*column.path)
    )


_LIKE_IDENTITY = re.compile(r"[0-9]{17}[0-9Xx]")


def _shifted(layout: SheetLayout, row: int, data: Mapping[str, object]) -> list[Problem]:
    """A row whose identity number stands in the column beside its own."""
    own = layout.identity
    if own is None or _LIKE_IDENTITY.fullmatch(str(get_at(data, own.path))):
        return []
    place = layout.columns.index(own)
    for side, way in ((place - 1, "左"), (place + 1, "右")):
        if not 0 < side < len(layout.columns):
            continue
        beside = layout.columns[side]
        if beside.asked and _LIKE_IDENTITY.fullmatch(str(get_at(data, beside.path))):
            said = f"{own.heading}填到了“{beside.heading}”列,这一行可能整体向{way}错了一列,请核对"
            return [Problem(layout.title, row, own.heading, said, place=pointer(*own.path))]
    return []


def _with_twin_keys(lines: Sequence[_Line], layout: SheetLayout) -> list[_Line]:
    """The lines, those that share a 序号 each told of the other."""
    key = layout.columns[0].heading
    rows: dict[str, list[int]] = {}
    for line in lines:
        if line.key:
            rows.setdefault(line.key, []).append(line.row)
    told: list[_Line] = []
    for line in lines:
        twins = tuple(
            Problem(layout.title, line.row, key, f"{key}“{line.key}”与第 {row} 行重复,请核对")
            for row in rows.get(line.key, ())
            if row != line.row
        )
        told.append(replace(line, problems=(*line.problems, *twins[:1])))
    return told


def _as_row(line: _Line) -> ReadRow:
    return ReadRow(line.row, line.key, line.unit, line.data, {}, line.problems, line.shown)


def _joined(
    rows: Sequence[ReadRow], found: Sequence[_Line], layout: SheetLayout, main: str
) -> tuple[list[ReadRow], list[Problem]]:
    """The rows with their items of a list, and what belongs to no row."""
    asked = layout.asked
    if asked is None:
        return list(rows), []
    known = {row.key for row in rows if row.key}
    items: dict[str, list[_Line]] = {}
    lost: list[Problem] = []
    for line in found:
        if line.key in known:
            items.setdefault(line.key, []).append(line)
            continue
        said = (
            f"没有填写{KEY},不知道属于“{main}”的哪一行"
            if not line.key
            else f"“{main}”工作表里没有{KEY}“{line.key}”"
        )
        lost.append(Problem(layout.title, line.row, KEY, said))
    joined: list[ReadRow] = []
    for row in rows:
        own = items.get(row.key, []) if row.key else []
        if not own:
            joined.append(row)
            continue
        data = dict(row.data)
        set_at(data, asked.path, [line.data for line in own])
        moved = [
            replace(problem, place=pointer(*asked.path, place) + problem.place)
            for place, line in enumerate(own)
            for problem in line.problems
        ]
        joined.append(
            replace(
                row,
                data=data,
                list_rows={**row.list_rows, asked.key: [line.row for line in own]},
                problems=(*row.problems, *moved),
            )
        )
    return joined, lost
