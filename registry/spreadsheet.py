"""Workbooks of one layout and many rows: the layout is made once, each row is written as text.

openpyxl lays the sheets out: columns, headings, styles, pages. Asked for the same layout for each
workbook and for an object a cell, it takes nine tenths of the time of an export (docs/decisions).
So it is asked once, for a workbook without rows; that is taken apart, and rows are put where they
belong (ECMA-376-1, 18.3.1.73 ``row`` and 18.3.1.4 ``c``). Where a sheet is full, its rows go on in
another behind it.
"""

import io
import math
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain, islice
from tempfile import SpooledTemporaryFile
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from engine.model.clock import ZONE

LONGEST_TEXT = 32_767
"""Characters that Excel takes in a cell; what is longer is cut."""

MOST_ROWS = 1_048_576
"""Rows that Excel has in a sheet; a file with one more it calls damaged."""

_LARGEST = 1 << 30
"""Bytes of the rows of a sheet: readers stop at two gigabytes, a zip of the older form at four."""

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


@dataclass(frozen=True)
class Drawn:
    """A workbook that openpyxl has laid out, and two of its styles (openpyxl's ``style_id``)."""

    book: Workbook
    text_style: int
    amount_style: int


Draw = Callable[[Sequence[int]], Drawn]
"""Lays out a workbook; told of each of its sheets in how many it stands, one behind the other."""


class Layout:
    """A workbook without its rows, taken apart; it serves any number of workbooks at once.

    ``sheets`` is how many ``draw`` lays out where none is full.
    """

    def __init__(self, draw: Draw, sheets: int) -> None:
        self._draw = draw
        self._plain = (1,) * sheets
        self._drawn: dict[Sequence[int], Sequence[_Part]] = {}
        drawn = draw(self._plain)
        self._drawn[self._plain] = _taken_apart(drawn.book)
        self._styles = drawn.text_style, drawn.amount_style

    def begun(self, at: datetime, words: Mapping[str, str]) -> "Spreadsheet":
        """A workbook made at an instant; ``words`` stand in its sheets in the place of others.

        What XML cannot hold is left out of them.
        """
        laid_out = [part.before.count("<row ") for part in self._drawn[self._plain] if part.after]
        return Spreadsheet(
            lambda times: self._told(times, words), at, [Rows(n, *self._styles) for n in laid_out]
        )

    def _told(self, times: Sequence[int], words: Mapping[str, str]) -> Sequence[_Part]:
        if times not in self._drawn:
            self._drawn[times] = _taken_apart(self._draw(times).book)
        places = re.compile("|".join(map(re.escape, words)))
        clean = {place: _escaped(_NO_XML.sub("", said)) for place, said in words.items()}
        return [part.told(places, clean) for part in self._drawn[times]]


def _taken_apart(book: Workbook) -> Sequence[_Part]:
    saved = io.BytesIO()
    book.save(saved)
    with ZipFile(saved) as package:
        return [_part(name, package.read(name).decode()) for name in package.namelist()]


def _part(name: str, content: str) -> _Part:
    if not _SHEET.fullmatch(name):
        return _Part(name, content)
    before, after = content.split(_END_OF_ROWS)
    return _Part(name, before, _END_OF_ROWS + after)


class Spreadsheet:
    """A workbook in the making; its sheets take rows in any order of sheets.

    ``parts`` gives the files of the package for so many sheets of each of ``sheets``.
    """

    def __init__(
        self,
        parts: Callable[[Sequence[int]], Sequence[_Part]],
        at: datetime,
        sheets: Sequence["Rows"],
    ) -> None:
        self._parts, self._at = parts, at
        self.sheets = sheets
        """In the order of the layout."""

    def finished(self) -> bytes:
        """The bytes of the workbook; nothing can be added any more."""
        out = io.BytesIO()
        parts = self._parts(tuple(len(rows.files) for rows in self.sheets))
        written = (file for rows in self.sheets for file in rows.files)
        with ZipFile(out, "w", ZIP_DEFLATED) as package:
            for part in parts:
                with package.open(self._entry(part), "w") as file:
                    file.write(self._dated(part).encode())
                    if part.after:
                        _move(next(written), file)
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


def _move(rows: IO[bytes], file: IO[bytes]) -> None:
    """Write all rows to a file and forget them."""
    rows.seek(0)
    shutil.copyfileobj(rows, file, 1 << 20)
    rows.close()


class Rows:
    """The rows of a sheet, after those of its layout; where it is full, of one more behind it."""

    def __init__(self, laid_out: int, text_style: int, amount_style: int) -> None:
        self._laid_out = laid_out
        self.files: list[IO[bytes]] = []
        """The rows of each sheet."""
        self._columns: list[str] = []
        self._text = _TEXT.format(style=text_style)
        self._spaced = _TEXT_WITH_ITS_SPACES.format(style=text_style)
        self._amount = _AMOUNT.format(style=amount_style)
        self._begin_sheet()

    def extend(self, rows: Iterable[Sequence[object]]) -> None:
        """Write rows: a Decimal is an amount, everything else a text, an empty text no cell.

        Numbers of people are therefore texts, and no text becomes a formula.
        """
        left: Iterator[Sequence[object]] = iter(rows)
        while True:
            room = self._room()
            written = [self._row(row) for row in islice(left, room)]
            self.files[-1].write("".join(written).encode())
            following = next(left, None) if len(written) == room else None
            if following is None:
                return
            self._begin_sheet()
            left = chain([following], left)

    def _begin_sheet(self) -> None:
        self._number = self._laid_out
        self.files.append(SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115  closed by _move

    def _room(self) -> int:
        return MOST_ROWS - self._number if self.files[-1].tell() < _LARGEST else 0

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
