"""The text of an uploaded calendar: a text file, or a workbook with a day in each row."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from engine.errors import Invalid
from webapp.sheets.guard import damaged, must_be_workbook

LARGEST_UPLOAD = 2 * 1024 * 1024
_MOST_ROWS, _MOST_COLUMNS = 2_000, 10
_UNREADABLE = (
    InvalidFileException,
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
    OSError,
)


def text_of_upload(name: str, content: bytes) -> str:
    """What stands in the file, a line a row; Invalid where it cannot be read."""
    if len(content) > LARGEST_UPLOAD:
        raise Invalid(f"“{name}”超过 2 MB,没有导入。请只保留放假安排的部分。")
    if name.lower().endswith(".xlsx"):
        return "\n".join(_rows(name, content))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid(
        f"“{name}”不是文字文件,没有导入。请另存为 .txt、.csv 或 .xlsx,或直接粘贴通知全文。"
    )


def _rows(name: str, content: bytes) -> Iterator[str]:
    must_be_workbook(content, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts openpyxl does not keep; we only read
        try:
            book = load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            sheet = book.worksheets[0]
            rows = sheet.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS, values_only=True)
            yield from [",".join(_text(cell) for cell in row) for row in rows]
            book.close()
        except _UNREADABLE as error:
            raise Invalid(damaged(name)) from error


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell or "")
