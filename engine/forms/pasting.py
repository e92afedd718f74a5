"""Rows pasted from a spreadsheet: cells between tabs, one row a line.

Columns are found by their headings where the first line has some, else by order. A cell is read
as people write it: dates of Excel, amounts with separators, choices by what they say. What cannot
be read stays the text it was, with a sentence that names the row: nothing is lost in silence.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.forms import pasting_messages as messages
from engine.forms.codes import called, either_of
from engine.forms.components import Field, FieldKind
from engine.forms.formats import normalise
from engine.forms.paths import set_at
from engine.forms.values import as_decimal, clean_text, read_date, to_json_number
from engine.model.english import NO_ENGLISH, English
from engine.model.identity_numbers import excel_damage

Answers = dict[str, object]

LONGEST_PASTE = 400_000
"""Characters; a sheet of two thousand rows has some two hundred thousand."""

_MOST_FAULTS = 20
_ENOUGH_HEADINGS = 2
_SHORTEST_HEADING = 2
_ROW_NUMBERS = frozenset({"", "#", "序号", "编号", "行号", "No", "No."})
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = range(10_000, 80_000)  # 1927 to 2119
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
                   "dec")  # fmt: skip
_SAME = {
    "是": ("是", "有", "√", "✓", "y", "yes", "1", "true", "对"),
    "否": ("否", "无", "没有", "×", "n", "no", "0", "false", "不"),
}


@dataclass(frozen=True)
class Pasted:
    """The rows that were read, with the columns they say something about, and what was wrong."""

    rows: tuple[Answers, ...]
    columns: tuple[str, ...]
    faults: tuple[str, ...]


def read_pasted(
    asked: Field,
    text: str,
    first_column: str = "",
    first_row: int = 0,
    english: English = NO_ENGLISH,
) -> Pasted:
    """Read lines for a list; they begin at this column and fall on rows from ``first_row``.

    Columns and choices may be called as they are in ``english`` too.
    """
    if len(text) > LONGEST_PASTE:
        return Pasted((), (), (messages.too_much(),))
    lines = _lines(text)
    columns = [column for column in asked.row_fields if _takes_text(column)]
    order = _by_headings(columns, lines[0], english) if lines else None
    strange: tuple[str, ...] = ()
    if order is not None:
        strange = _strange_headings(order, lines)
        lines = lines[1:]
    else:
        order = _by_order(asked, first_column)
    if not lines:
        return Pasted((), (), (messages.nothing(asked.label),))
    most = asked.max_items or len(lines)
    kept, cut = lines[: max(0, most - first_row)], lines[max(0, most - first_row) :]
    reader = _Reader(order, first_row, english)
    for heading in strange:
        reader.fault(messages.strange_heading(heading))
    rows = tuple(reader.row(number, cells) for number, cells in enumerate(kept))
    if cut:
        reader.fault(messages.cut_off(asked.label, most, len(cut)))
    return Pasted(rows, tuple(c.key for c in order if c is not None), reader.told(len(rows)))


class _Reader:
    """Reads rows one by one; remembers which had a fault."""

    def __init__(self, order: Sequence[Field | None], first_row: int, english: English) -> None:
        self._order = order
        self._first_row = first_row
        self._english = english
        self._faults: list[str] = []
        self._faulty: set[int] = set()

    def row(self, number: int, cells: Sequence[str]) -> Answers:
        """One row; what stands beyond the last column is said."""
        row: Answers = {}
        for place, cell in enumerate(cells):
            text = clean_text(cell)
            column = self._order[place] if place < len(self._order) else None
            if place >= len(self._order) and text:
                self._fault_in(number, messages.shifted(len(cells)))
                break
            if column is not None and text:
                set_at(row, column.path, self._cell(number, column, text))
        return row

    def _cell(self, number: int, column: Field, text: str) -> object:
        damage = excel_damage(unicodedata.normalize("NFKC", text).upper())
        if damage is not None and not column.is_numeric:
            shown = unicodedata.normalize("NFKC", text).upper()
            self._fault_in(number, messages.damaged(column.label, shown))
            return text
        value, problem = read_cell(column, text, self._english)
        if problem:
            self._fault_in(number, problem)
        return value

    def _fault_in(self, number: int, problem: str) -> None:
        self._faulty.add(number)
        self.fault(messages.in_row(self._first_row + number + 1, problem))

    def fault(self, sentence: str) -> None:
        """Keep a sentence; after the first twenty only that there are more."""
        self._faults.append(sentence)

    def told(self, rows: int) -> tuple[str, ...]:
        """The sentences, and how many rows are right."""
        if not self._faults:
            return ()
        shown = self._faults[:_MOST_FAULTS]
        if len(self._faults) > _MOST_FAULTS:
            shown.append(messages.more(len(self._faults) - _MOST_FAULTS))
        return (*shown, messages.others_taken(rows - len(self._faulty)))


def read_cell(column: Field, text: str, english: English = NO_ENGLISH) -> tuple[object, str]:
    """The value of a cell, and what is wrong with it where it stays as it was."""
    if column.is_numeric:
        number = as_decimal(text)
        if number is None:
            return text, messages.no_number(column.label, text)
        return to_json_number(number), ""
    if column.kind is FieldKind.DATE:
        day = read_date(text) or _excel_day(text)
        return (text, messages.no_date(column.label, text)) if day is None else (str(day), "")
    if column.kind is FieldKind.CHECKBOX:
        return text.lower() in _SAME["是"], ""
    if column.kind is FieldKind.CHECKLIST:
        return _choices(column, text, english)
    if column.options:
        return _choice(column, text, english)
    return _text(column, text), ""


def _choice(column: Field, text: str, english: English) -> tuple[object, str]:
    """By the text, by the code, as people say yes and no, or by an everyday word for it."""
    plain = _plain(text)
    for option in column.options:
        if plain in map(_plain, (option.label, option.value, english.of(option.label))):
            return option.value, ""
    for option in column.options:
        if plain in _SAME.get(option.label, ()) or plain in _SAME.get(_yes_no(option.value), ()):
            return option.value, ""
    meant = called(column, text)
    if len(meant) == 1:
        return meant[0].value, ""
    if meant:
        return text, either_of(column, text, meant)
    return text, messages.no_choice(column.label, text)


def _choices(column: Field, text: str, english: English) -> tuple[object, str]:
    """Between commas, or between spaces where what stands there is no choice of several words."""
    found: list[tuple[object, str]] = []
    for part in filter(str.strip, re.split(r"[、,;\uff0c\uff1b]", text)):
        whole = _choice(column, part, english)
        found += [_choice(column, word, english) for word in part.split()] if whole[1] else [whole]
    return [value for value, _ in found], next((problem for _, problem in found if problem), "")


def _yes_no(value: str) -> str:
    return {"yes": "是", "no": "否"}.get(value, "")


def _text(column: Field, text: str) -> str:
    if column.format is not None:
        return normalise(column.format, text)
    if column.pattern is not None and not re.search(column.pattern, text):
        month = _month(text)
        if month and re.search(column.pattern, month):
            return month
    return text


def _month(text: str) -> str:
    """A month as Excel writes it: 2026年1月, 2026/1, Jan-26."""
    found = _MONTH.fullmatch(unicodedata.normalize("NFKC", text))
    if found:
        return f"{found[1]}-{int(found[2]):02d}"
    day = read_date(text) or _excel_day(text)
    if day is not None:
        return f"{day:%Y-%m}"
    name, _, year = text.lower().replace(" ", "-").partition("-")
    if name[:3] in _ENGLISH_MONTHS and re.fullmatch(r"(20)?\d\d", year):
        return f"20{year[-2:]}-{_ENGLISH_MONTHS.index(name[:3]) + 1:02d}"
    return ""


def _excel_day(text: str) -> date | None:
    """A day that came as Excel counts them."""
    if not re.fullmatch(r"[0-9]{5}", text) or int(text) not in _EXCEL_DAYS:
        return None
    return _EXCEL_EPOCH + timedelta(days=int(text))


def _lines(text: str) -> list[list[str]]:
    """The cells line by line; a cell in quotes may hold tabs and ends of lines."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    try:
        lines = list(csv.reader(io.StringIO(plain), delimiter="\t"))
    except csv.Error:
        lines = [line.split("\t") for line in plain.split("\n")]
    return [cells for cells in lines if any(cell.strip() for cell in cells)]


def _takes_text(column: Field) -> bool:
    return column.is_asked and column.kind is not FieldKind.FILE


def _by_headings(
    columns: Sequence[Field], cells: Sequence[str], english: English
) -> list[Field | None] | None:
    """The column under each heading, None where the line has none; unknown ones are passed over."""
    known = {_plain(column.label): column for column in columns}
    in_english = {_plain(english.of(column.label)): column for column in columns}
    found = [known.get(_plain(cell)) or in_english.get(_plain(cell)) for cell in cells]
    enough = min(_ENOUGH_HEADINGS, len(columns))
    if sum(column is not None for column in found) < enough:
        return None
    return [
        column or _alike(known, _plain(cell), found)
        for column, cell in zip(found, cells, strict=True)
    ]


def _alike(known: Mapping[str, Field], heading: str, taken: Sequence[Field | None]) -> Field | None:
    """The one free column whose label holds the heading, or is held by it: 关系, 与户主关系."""
    if len(heading) < _SHORTEST_HEADING:
        return None
    alike = [
        column
        for label, column in known.items()
        if column not in taken and (heading in label or label in heading)
    ]
    return alike[0] if len(alike) == 1 else None


def _strange_headings(
    order: Sequence[Field | None], lines: Sequence[Sequence[str]]
) -> tuple[str, ...]:
    """Headings of no column, with something below them; numbers of rows are not missed."""
    return tuple(
        heading.strip()
        for place, heading in enumerate(lines[0])
        if order[place] is None
        and heading.strip() not in _ROW_NUMBERS
        and any(len(line) > place and line[place].strip() for line in lines[1:])
    )


def _by_order(asked: Field, first: str) -> list[Field | None]:
    """The columns as they stand in the table, those below the row last; papers are passed over."""
    ordered = sorted(asked.row_fields, key=lambda column: column.more)
    begin = next((place for place, column in enumerate(ordered) if column.key == first), 0)
    return [column if _takes_text(column) else None for column in ordered[begin:]]


def _plain(text: str) -> str:
    """A heading or a choice without what differs between two sheets that mean the same."""
    half_width = unicodedata.normalize("NFKC", text).strip().lower()
    return re.sub(r"\s|\*|\((必填|元|选填|required|yuan|optional)\)|:$", "", half_width)
