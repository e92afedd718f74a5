"""The rows of any uploaded workbook as texts, for files that no template of ours has made."""

import io
import warnings

from openpyxl import load_workbook

from engine.errors import Invalid
from webapp.sheets.cells import RawCell, WrongCell, text_of
from webapp.sheets.guard import damaged, must_be_workbook
from webapp.sheets.reading import MOST_ROWS, UNREADABLE

_MOST_COLUMNS = 60


def rows_of_first_sheet(content: bytes, name: str) -> list[tuple[int, list[str]]]:
    """What stands in the first sheet: the rows that are not empty, with the numbers it shows.

    Raises Invalid, naming the row. A number that Excel has cut, a formula, an error value is
    refused, never guessed.
    """
    must_be_workbook(content, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts openpyxl does not keep; we only read
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            try:
                return _rows(book.worksheets[0], name)
            finally:
                book.close()
        except UNREADABLE as error:
            raise Invalid(damaged(name)) from error


def _rows(sheet: object, name: str) -> list[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # type: ignore[attr-defined]  # what a file says of its size may be wrong
    found: list[tuple[int, list[str]]] = []
    for number, row in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), 1):  # type: ignore[attr-defined]
        texts = [_text(cell, name, number, place) for place, cell in enumerate(row, 1)]
        if any(texts):
            found.append((number, texts))
        if len(found) > MOST_ROWS:
            raise Invalid(f"“{name}”超过 {MOST_ROWS:,} 行,没有导入。请分成几个文件导入。")
    return found


def _text(cell: RawCell, name: str, row: int, column: int) -> str:
    try:
        return text_of(cell)
    except WrongCell as wrong:
        said = wrong.message.rstrip("。")
        raise Invalid(f"“{name}”第 {row} 行第 {column} 列{said}。没有导入。") from wrong
