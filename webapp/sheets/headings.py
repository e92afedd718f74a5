"""The line of headings in a sheet: where it is, and whether it is still the template's."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from engine.errors import Invalid
from registry.incoming.layout import ERRORS, SheetLayout
from webapp.sheets.cells import RawCell

HEADINGS_WITHIN = 10
"""So many rows may stand above the data: a title, a date."""

_MOST_MOVED_SHOWN = 3


def heading(value: object) -> str:
    """A heading without blanks and the star of what must be filled in."""
    return re.sub(r"[\s**]", "", unicodedata.normalize("NFKC", str(value or "")))


def are_headings(found: Sequence[str], layout: SheetLayout) -> bool:
    """Whether a row is meant as the template's headings, even if some are wrong."""
    if layout.by_name:
        held = {
            column.asked is not None
            for column in layout.columns
            if heading(column.heading) in found
        }
        return held == {True, False}  # whose row it is, and something to be filled in
    expected = {heading(column.heading) for column in layout.columns}
    return len(set(found) & expected) * 2 > len(expected)


def places_of(found: Sequence[str], layout: SheetLayout) -> list[int]:
    """Where each column stands in a line of headings; -1 for one that is not there."""
    names = [heading(column.heading) for column in layout.columns]
    return [found.index(name) if name in found else -1 for name in names]


def must_agree(found: Sequence[str], layout: SheetLayout, number: int) -> None:
    """Columns are taken by their place, so every heading must stand where it stood."""
    told: list[str] = []
    expected = [heading(column.heading) for column in layout.columns]
    padded = [*found, *[""] * (len(expected) - len(found))]
    for place, (is_there, should) in enumerate(zip(padded, expected, strict=False)):
        if is_there == should:
            continue
        column = layout.columns[place].heading
        here = f"现在是“{is_there}”" if is_there else "现在是空的"
        moved = f",“{column}”移到了{_letter(padded.index(should))}列" if should in padded else ""
        told.append(f"{_letter(place)}列应是“{column}”,{here}{moved}")
    if told:
        more = (
            f";另有 {len(told) - _MOST_MOVED_SHOWN} 列不符" if len(told) > _MOST_MOVED_SHOWN else ""
        )
        raise Invalid(
            f"“{layout.title}”工作表第 {number} 行的表头与模板不一致,可能插入、删除或移动了列,"
            f"没有导入:{';'.join(told[:_MOST_MOVED_SHOWN])}{more}。请按模板恢复后再上传。"
        )


def _letter(place: int) -> str:
    """``A`` for 0, as Excel names columns."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def is_errors_column(value: object) -> bool:
    """Whether a heading is that of the column errors are written into."""
    return heading(value) == ERRORS


def heading_row(rows: Iterable[Sequence[RawCell]], layout: SheetLayout) -> int:
    """The number of the row with the headings; 1 where there is none."""
    for number, row in enumerate(rows, 1):
        if are_headings([heading(cell.value) for cell in row], layout):
            return number
        if number >= HEADINGS_WITHIN:
            break
    return 1
