"""Which sheets and columns a form comes to.

The fields of one or more forms become the columns of a first sheet, one line a person or case;
every list becomes a sheet of its own whose lines name the line of the first sheet by its 序号.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from engine.forms import CompiledForm, Field, FieldKind, TextFormat

KEY = "序号"
UNIT = "受理工会"
ERRORS = "错误"
HINTS = "填写说明"
"""Stands in the first cell of the line below the headings; such a line is never data."""

_LONGEST_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")
_IN_BRACKETS = re.compile(r"[((].*[))]$")
_IDENTITY = (TextFormat.RESIDENT_ID, TextFormat.IDENTITY_DOCUMENT)


class Holds(Enum):
    """What a column holds."""

    KEY = "key"
    UNIT = "unit"
    SHOWN = "shown"  # told to whoever fills it in; what is written there only finds the row
    ANSWER = "answer"


@dataclass(frozen=True)
class Column:
    """One column; ``asked`` only where it holds an answer."""

    heading: str
    holds: Holds
    asked: Field | None = None
    required: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        """Where its answer lies in the data of a line."""
        return () if self.asked is None else self.asked.path


@dataclass(frozen=True)
class SheetLayout:
    """A sheet; ``asked`` is the list it holds the rows of, None for the first.

    ``by_name``: columns are found by their headings wherever they stand, others are passed over,
    and a line without an answer is none. It is for lists that another system has written.
    """

    title: str
    columns: tuple[Column, ...]
    asked: Field | None = None
    by_name: bool = False

    def heading_of(self, path: Sequence[str]) -> str:
        """The heading of an answer's column; empty where none holds it."""
        wanted = tuple(path)
        return next((c.heading for c in self.columns if c.path and c.path == wanted), "")

    @property
    def identity(self) -> Column | None:
        """The column that says who a line is about: its first with an identity number."""
        return next((c for c in self.columns if c.asked and c.asked.format in _IDENTITY), None)


@dataclass(frozen=True)
class Layout:
    """The sheets of a workbook."""

    main: SheetLayout
    lists: tuple[SheetLayout, ...]

    @property
    def sheets(self) -> tuple[SheetLayout, ...]:
        """The first and the others."""
        return (self.main, *self.lists)


def layout_of(
    title: str, forms: Iterable[CompiledForm], now: Iterable[str] | None = None
) -> Layout:
    """The sheets of these forms together.

    What two forms ask under one name is asked once. Files, computed values, decisions and locked
    fields are nobody's to type. ``now`` are the keys that must be filled in already, where the
    others are asked again later; without it all that the forms require.
    """
    fields = _merged(forms, None if now is None else frozenset(now))
    plain = [asked for asked in fields if asked.kind is not FieldKind.LIST]
    lists = [asked for asked in fields if asked.kind is FieldKind.LIST]
    first = (Column(KEY, Holds.KEY), Column(UNIT, Holds.UNIT, required=True))
    main = SheetLayout(_sheet_name(title), (*first, *_columns(plain)))
    below = tuple(
        SheetLayout(
            _sheet_name(asked.label),
            (
                Column(KEY, Holds.KEY, required=True),
                *_columns([c for c in asked.row_fields if _is_typed(c)]),
            ),
            asked,
        )
        for asked in lists
    )
    return Layout(main, below)


def listing_of(title: str, key: str, shown: Iterable[str], form: CompiledForm) -> Layout:
    """A sheet of steps to be done: whose they are, and what their form asks of each.

    Decisions are asked too; papers and lists are not: they belong into the step itself.
    """
    asked = [
        one
        for one in form.fields.values()
        if one.is_asked and one.kind not in (FieldKind.FILE, FieldKind.LIST)
    ]
    columns = (
        Column(key, Holds.KEY),
        *(Column(heading, Holds.SHOWN) for heading in shown),
        *_columns(asked),
    )
    return Layout(SheetLayout(_sheet_name(title), columns, by_name=True), ())


def _merged(forms: Iterable[CompiledForm], now: frozenset[str] | None) -> list[Field]:
    found: dict[str, Field] = {}
    for form in forms:
        for key, asked in form.fields.items():
            if not _is_typed(asked):
                continue
            before = found.get(key)
            required = asked.required or (before is not None and before.required)
            found[key] = replace(asked, required=required)
    return [asked if now is None or key in now else _later(asked) for key, asked in found.items()]


def _later(asked: Field) -> Field:
    """A field that need not be filled in yet, nor the columns of its rows."""
    rows = tuple(replace(column, required=False) for column in asked.row_fields)
    return replace(asked, required=False, row_fields=rows)


def _is_typed(asked: Field) -> bool:
    return (
        asked.is_asked
        and asked.kind is not FieldKind.FILE
        and not asked.decision
        and not asked.return_targets
    )


def _columns(fields: Sequence[Field]) -> list[Column]:
    """A column each; two fields of one label are told apart by their section."""
    labels = [asked.label for asked in fields]
    taken: dict[str, int] = {KEY: 1, UNIT: 1}
    columns: list[Column] = []
    for asked in fields:
        heading = asked.label
        if labels.count(heading) > 1 and asked.section:
            heading = f"{asked.section}:{heading}"
        number = taken[heading] = taken.get(heading, 0) + 1
        heading = heading if number == 1 else f"{heading}({number})"
        columns.append(
            Column(heading, Holds.ANSWER, asked, asked.required and not asked.conditional)
        )
    return columns


def _sheet_name(label: str) -> str:
    short = _IN_BRACKETS.sub("", label.strip()) or label
    return _NOT_IN_SHEET_NAMES.sub(" ", short)[:_LONGEST_SHEET_NAME]
