"""Workbooks of one layout and many rows: the layout is made once, each row is written as text.

openpyxl lays the sheets out: columns, headings, styles, pages. Asked for the same layout for each
workbook and for an object a cell, it takes nine tenths of the time of an export (docs/decisions).
So it is asked once, for a workbook without rows; that is taken apart, and rows are put where they
belong (ECMA-376-1, 18.3.1.73 ``row`` and 18.3.1.4 ``c``).
"""

import io
import math
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from engine.model.clock import ZONE

LONGEST_TEXT = 32_767
"""Characters that Excel takes in a cell; what is longer is cut."""

_SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")
_ABOUT = "docProps/core.xml"
_INSTANT = re.compile(r'(W3CDTF">)[^<]*')
_END_OF_ROWS = "</sheetData>"
_IN_MEMORY = 4 << 20
"""Bytes of the rows of a sheet; what is more waits on the disk."""

_UNUSUAL = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|\A\s|\s\Z")
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TEXT = '" s="{style}" t="inlineStr"><is><t>'
_TEXT_WITH_ITS_SPACES = '" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
_AMOUNT = '" s="{style}" t="n"><v>'


@dataclass(frozen=True)
class _Part:
    """A file of the package; ``after`` is what follows the rows of a sheet, empty for others."""

    name: str
    before: str
    after: str = ""

    def told(self, places: re.Pattern[str], words: Mapping[str, str]) -> "_Part":
        """With words in their places; a place that is said in a word is no place."""
        if not self.after:
            return self
        before, after = (
            places.sub(lambda found: words[found[0]], one) for one in (self.before, self.after)
        )
        return _Part(self.name, before, after)


class Layout:
    """A workbook without its rows, taken apart; it serves any number of workbooks at once.

    ``text_style`` and ``amount_style`` are styles of the book (openpyxl's ``style_id``).
    """

    def __init__(self, book: Workbook, *, text_style: int, amount_style: int) -> None:
        saved = io.BytesIO()
        book.save(saved)
        with ZipFile(saved) as package:
            self._parts = [_part(name, package.read(name).decode()) for name in package.namelist()]
        self._styles = text_style, amount_style

    def begun(self, at: datetime, words: Mapping[str, str]) -> "Spreadsheet":
        """A workbook made at an instant; ``words`` stand in its sheets in the place of others.

        What XML cannot hold is left out of them.
        """
        places = re.compile("|".join(map(re.escape, words)))
        clean = {place: _escaped(_NO_XML.sub("", said)) for place, said in words.items()}
        parts = [part.told(places, clean) for part in self._parts]
        return Spreadsheet(parts, at, *self._styles)


def _part(name: str, content: str) -> _Part:
    if not _SHEET.fullmatch(name):
        return _Part(name, content)
    before, after = content.split(_END_OF_ROWS)
    return _Part(name, before, _END_OF_ROWS + after)


class Spreadsheet:
    """A workbook in the making; its sheets take rows in any order of sheets."""

    def __init__(
        self, parts: Sequence[_Part], at: datetime, text_style: int, amount_style: int
    ) -> None:
        self._parts, self._at = parts, at
        self._rows = {
            part.name: Rows(part.before.count("<row "), text_style, amount_style)
            for part in parts
            if part.after
        }

    @property
    def sheets(self) -> Sequence["Rows"]:
        """In the order of the layout."""
        return list(self._rows.values())

    def finished(self) -> bytes:
        """The bytes of the workbook; nothing can be added any more."""
        out = io.BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED) as package:
            for part in self._parts:
                with package.open(self._entry(part), "w") as file:
                    file.write(self._dated(part).encode())
                    if part.after:
                        self._rows[part.name].move_to(file)
                        file.write(part.after.encode())
        return out.getvalue()

    def _entry(self, part: _Part) -> ZipInfo:
        entry = ZipInfo(part.name, self._at.astimezone(ZONE).timetuple()[:6])
        entry.compress_type = ZIP_DEFLATED
        return entry

    def _dated(self, part: _Part) -> str:
        if part.name != _ABOUT:
            return part.before
        return _INSTANT.sub(rf"\g<1>{self._at:%Y-%m-%dT%H:%M:%SZ}", part.before)


class Rows:
    """The rows of a sheet, after those of its layout."""

    def __init__(self, laid_out: int, text_style: int, amount_style: int) -> None:
        self._number = laid_out
        self._file: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  closed by move_to
        self._columns: list[str] = []
        self._text = _TEXT.format(style=text_style)
        self._spaced = _TEXT_WITH_ITS_SPACES.format(style=text_style)
        self._amount = _AMOUNT.format(style=amount_style)

    def extend(self, rows: Iterable[Sequence[object]]) -> None:
        """Write rows: a Decimal is an amount, everything else a text, an empty text no cell.

        Numbers of people are therefore texts, and no text becomes a formula.
        """
        self._file.write("".join([self._row(row) for row in rows]).encode())

    def move_to(self, file: IO[bytes]) -> None:
        """Write all rows to a file and forget them."""
        self._file.seek(0)
        shutil.copyfileobj(self._file, file, 1 << 20)
        self._file.close()

    def _row(self, row: Sequence[object]) -> str:
        self._number += 1
        number = self._number
        while len(self._columns) < len(row):
            self._columns.append(f'<c r="{get_column_letter(len(self._columns) + 1)}')
        written = [f'<row r="{number}">']
        for column, value in zip(self._columns, row, strict=False):
            if value == "":
                continue
            if isinstance(value, Decimal) and math.isfinite(amount := float(value)):
                written.append(f"{column}{number}{self._amount}{amount:.16g}</v></c>")
                continue
            said = str(value)
            if len(said) <= LONGEST_TEXT and not _UNUSUAL.search(said):
                written.append(f"{column}{number}{self._text}{said}</t></is></c>")
                continue
            said = _NO_XML.sub("", said[:LONGEST_TEXT])
            if said:
                around = self._text if said == said.strip() else self._spaced
                written.append(f"{column}{number}{around}{_escaped(said)}</t></is></c>")
        written.append("</row>")
        return "".join(written)


def _escaped(said: str) -> str:
    """A carriage return would come back as a line feed."""
    return escape(said, {"\r": "&#13;"})
