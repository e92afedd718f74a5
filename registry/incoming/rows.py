"""What was read of a list, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """Something wrong with a cell or row; ``row`` is the number its sheet shows.

    ``is_warning``: it is only to be looked at again. ``place`` is the pointer of the answer
    within its line, so that no other rule speaks of the same cell.
    """

    sheet: str
    row: int
    column: str
    message: str
    is_warning: bool = False
    place: str = ""


@dataclass(frozen=True)
class ReadRow:
    """A line of the first sheet with its lines in the others.

    ``data`` are answers by path; ``list_rows`` says for each list, by key, the row of each item;
    ``shown`` is what stands in columns that only tell whose row it is.
    """

    row: int
    key: str
    unit: str
    data: dict[str, object]
    list_rows: Mapping[str, Sequence[int]] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    shown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """Everything a list says. ``problems`` are those of no line of the first sheet."""

    rows: Sequence[ReadRow]
    problems: Sequence[Problem] = ()
