"""The page 勘误 as a value: recorded values put right, lines added and taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from registry.correction import Correctable
from registry.correction_rows import MOST_NEW, REMOVED, LineTable, new_lines
from registry.upkeep import Correcting
from webapp.register.upkeep_pages import Refused
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.registry_port import Household
from webapp.shared.words import NOTHING

ONE_MORE = "_add"
"""The button that asks for one more new line; its value is the list's path."""


@dataclass(frozen=True)
class CorrectRow:
    """One recorded value with what was typed to replace it."""

    path: str
    label: str
    recorded: str
    options: Mapping[str, str]
    typed: str
    is_basis: bool = False


@dataclass(frozen=True)
class CorrectLine:
    """A line: its number, its values, and whether it is ticked to be taken away."""

    number: int
    cells: tuple[CorrectRow, ...]
    remove_path: str
    is_removed: bool


@dataclass(frozen=True)
class NewCell:
    """One value of a new line."""

    path: str
    label: str
    options: Mapping[str, str]
    typed: str
    is_person: bool


@dataclass(frozen=True)
class CorrectTable:
    """A list of lines: those there are, those that are new. ``columns`` (label, is needed)."""

    path: str
    columns: tuple[tuple[str, bool], ...]
    lines: tuple[CorrectLine, ...]
    new: tuple[tuple[NewCell, ...], ...]
    may_add: bool
    is_open: bool


@dataclass(frozen=True)
class CorrectPart:
    """The values of one part; ``table`` where it is a list of lines."""

    title: str
    rows: tuple[CorrectRow, ...]
    table: CorrectTable | None = None


@dataclass(frozen=True)
class CorrectPage(Page):
    """Recorded errors put right."""

    template: ClassVar[str] = "register/correct.html"

    file_no: str
    head_name: str
    back: str
    seen: int
    parts: tuple[CorrectPart, ...]
    people: tuple[str, ...]
    reason: str
    message: str

    @property
    def title(self) -> str:
        """勘误 · 姓名."""
        return f"{_('勘误')} · {self.head_name}"


def correct_page(shell: Shell, found: Household, it: Correcting, typed: Refused) -> CorrectPage:
    """The page of one file."""
    titles = dict.fromkeys(one.part for one in it.fields if one.row is None)
    return CorrectPage(
        shell=shell,
        file_no=found.line.file_no,
        head_name=found.line.head_name,
        back=url_for("register.household", file_no=found.line.file_no),
        seen=it.version,
        parts=(
            *(
                CorrectPart(title, tuple(_rows([f for f in it.fields if f.part == title], typed)))
                for title in titles
            ),
            *(CorrectPart(one.title, (), _table(one, it.fields, typed)) for one in it.tables),
        ),
        people=tuple(it.people),
        reason=typed.values.get("reason", ""),
        message=typed.message,
    )


def _rows(fields: Sequence[Correctable], typed: Refused) -> list[CorrectRow]:
    return [
        CorrectRow(
            one.path,
            one.label,
            one.recorded or NOTHING,
            one.options,
            typed.values.get(one.path, ""),
            one.is_basis,
        )
        for one in fields
    ]


def _table(table: LineTable, fields: Sequence[Correctable], typed: Refused) -> CorrectTable:
    of_line: dict[int, list[Correctable]] = {}
    for one in fields:
        if one.group == table.path and one.row is not None:
            of_line.setdefault(one.row, []).append(one)
    lines = tuple(
        CorrectLine(
            row + 1,
            tuple(_rows(cells, typed)),
            f"{table.path}.{row}.{REMOVED}",
            typed.values.get(f"{table.path}.{row}.{REMOVED}") == "yes",
        )
        for row, cells in of_line.items()
    )
    new = _new(table, typed)
    is_said = any(cell.typed for cells in new for cell in cells)
    is_touched = any(line.is_removed or any(c.typed for c in line.cells) for line in lines)
    return CorrectTable(
        path=table.path,
        columns=tuple((one.label, one.is_needed) for one in table.columns),
        lines=lines,
        new=new,
        may_add=len(new) < MOST_NEW,
        is_open=is_touched or is_said or typed.values.get(ONE_MORE) == table.path,
    )


def _new(table: LineTable, typed: Refused) -> tuple[tuple[NewCell, ...], ...]:
    """The new lines that were typed, one more where it was asked for; always one to begin with."""
    numbers = new_lines(table.path, typed.values)[:MOST_NEW]
    if not numbers or (typed.values.get(ONE_MORE) == table.path and len(numbers) < MOST_NEW):
        numbers.append(max(numbers, default=-1) + 1)
    return tuple(
        tuple(
            NewCell(
                path := f"{table.path}.new-{number}.{one.key}",
                one.label,
                one.options,
                typed.values.get(path, ""),
                one.is_person,
            )
            for one in table.columns
        )
        for number in numbers
    )
