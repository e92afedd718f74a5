"""The checks every kind of list shares: the form's rules, units, and people who stand twice."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.errors import FieldError
from engine.forms import TextFormat
from engine.forms.formats import normalise
from engine.forms.paths import MISSING, get_at, pointer
from registry.incoming.batch import Row, State
from registry.incoming.layout import Layout
from registry.incoming.rows import Problem, ReadRow


def prepared(rows: Sequence[ReadRow], layout: Layout) -> list[Row]:
    """The rows as a list begins: each with its label, and with the rows about the same person."""
    people = [person_of(row, layout) for row in rows]
    by_person: dict[str, list[int]] = {}
    named: dict[str, set[int]] = {}
    for row, person in zip(rows, people, strict=True):
        if person:
            by_person.setdefault(person, []).append(row.row)
        for number in {person, *(one.number for one in items_of(row, layout))} - {""}:
            named.setdefault(number, set()).add(row.row)
    return [
        Row(
            number,
            State.READ,
            replace(row, problems=(*row.problems, *_named_twice(row, layout, named))),
            label=_label(row, layout),
            twins=tuple(other for other in by_person.get(person, ()) if other != row.row),
        )
        for number, (row, person) in enumerate(zip(rows, people, strict=True), 1)
    ]


@dataclass(frozen=True)
class Item:
    """A person in a list of a row: where she stands, and her identity number."""

    sheet: str
    row: int
    column: str
    number: str
    place: str
    data: Mapping[str, object]


def items_of(row: ReadRow, layout: Layout) -> Iterator[Item]:
    """The people in the lists of a row who have an identity number."""
    for below in layout.lists:
        column, asked = below.identity, below.asked
        if column is None or asked is None:
            continue
        found = get_at(row.data, asked.path)
        numbers = row.list_rows.get(asked.key, ())
        for place, (item, number) in enumerate(
            zip(found if isinstance(found, list) else [], numbers, strict=False)
        ):
            told = get_at(item, column.path)
            if isinstance(told, str):
                yield Item(
                    below.title,
                    number,
                    column.heading,
                    normalise(TextFormat.IDENTITY_DOCUMENT, told),
                    pointer(*asked.path, place, *column.path),
                    item,
                )


def _named_twice(row: ReadRow, layout: Layout, named: Mapping[str, set[int]]) -> Iterator[Problem]:
    """Somebody of this household stands in another one of the list too."""
    for item in items_of(row, layout):
        others = sorted(named.get(item.number, set()) - {row.row})
        if others:
            told = "、".join(str(number) for number in others)
            yield Problem(
                item.sheet,
                item.row,
                item.column,
                f"此人在“{layout.main.title}”第 {told} 行的家庭中也有,请核实只计入一户",
                is_warning=True,
            )


def _label(row: ReadRow, layout: Layout) -> str:
    """Whom the row is about: the first name in it."""
    for column in layout.main.columns:
        if column.asked is not None and column.asked.format is TextFormat.NAME:
            told = get_at(row.data, column.path)
            if isinstance(told, str):
                return normalise(TextFormat.NAME, told)
    return ""


def person_of(row: ReadRow, layout: Layout) -> str:
    """The identity number a row is about, as it is compared; empty without one."""
    column = layout.main.identity
    told = MISSING if column is None else get_at(row.data, column.path)
    if not isinstance(told, str):
        return ""
    return normalise(TextFormat.IDENTITY_DOCUMENT, told)


def twin_problems(row: Row, layout: Layout) -> list[Problem]:
    """The same person in two rows: both are named, so that a person decides which is right."""
    column = layout.main.identity
    if column is None or not row.twins:
        return []
    others = "、".join(str(number) for number in row.twins)
    return [
        Problem(
            layout.main.title,
            row.read.row,
            column.heading,
            f"{column.heading}与第 {others} 行相同,同一人只能有一行,请删去多余的行",
            place=pointer(*column.path),
        )
    ]


def field_problems(
    row: ReadRow,
    layout: Layout,
    errors: Iterable[FieldError],
    *,
    warn: frozenset[str] = frozenset(),
) -> list[Problem]:
    """What the form says, at the rows and columns of the list.

    Errors of codes in ``warn`` are only to be looked at. What the reading has said of a cell is
    not said again; what no column holds (papers) is not asked of a list.
    """
    said = {problem.place for problem in row.problems if problem.place}
    found: list[Problem] = []
    for error in errors:
        if error.pointer in said or any(error.pointer.startswith(f"{place}/") for place in said):
            continue
        place = _where(row, layout, error.pointer)
        if place is None:
            continue
        sheet, number, column = place
        found.append(
            Problem(sheet, number, column, error.message, error.code in warn, error.pointer)
        )
    return found


_PART = re.compile(r"/([^/]*)")


def _where(row: ReadRow, layout: Layout, where: str) -> tuple[str, int, str] | None:
    steps = _PART.findall(where)
    for below in layout.lists:
        if below.asked is None or tuple(steps[: len(below.asked.path)]) != below.asked.path:
            continue
        inner = steps[len(below.asked.path) :]
        rows = row.list_rows.get(below.asked.key, ())
        if inner and inner[0].isdigit() and int(inner[0]) < len(rows):
            return below.title, rows[int(inner[0])], below.heading_of(inner[1:])
        return layout.main.title, row.row, ""  # of the list as a whole
    heading = layout.main.heading_of(steps)
    return (layout.main.title, row.row, heading) if heading else None


def judged(row: Row, layout: Layout, problems: Iterable[Problem]) -> Row:
    """A checked row, good or bad: what the reading said, and more.

    What is wrong in another sheet is pointed to from the row itself, where people look first.
    """
    found = [*row.read.problems, *problems]
    elsewhere: dict[str, list[int]] = {}
    for problem in found:
        if problem.sheet != layout.main.title and not problem.is_warning:
            elsewhere.setdefault(problem.sheet, []).append(problem.row)
    for sheet, numbers in elsewhere.items():
        told = "、".join(str(number) for number in sorted(set(numbers)))
        found.append(
            Problem(layout.main.title, row.read.row, "", f"“{sheet}”工作表第 {told} 行有错")
        )
    is_bad = any(not problem.is_warning for problem in found)
    return replace(row, problems=tuple(found), state=State.BAD if is_bad else State.GOOD)
