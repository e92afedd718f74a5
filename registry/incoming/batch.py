"""A list while it is imported: its rows, each read, then good or bad, then done.

The work is cut into slices of a second or two, each its own transactions, so that twenty
thousand rows hold up nobody; a slice can be done by any process, and again after a crash.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

import orjson

from engine.store.database import Tx
from registry.incoming.layout import Layout
from registry.incoming.rows import Problem, ReadRow
from registry.incoming.units import Units

HOUSEHOLDS = "households"
"""The kind of a list of existing files; every other kind is the key of a process."""


class Status(Enum):
    """Where a list stands."""

    READING = "reading"  # the file is kept, its rows are still to be read
    REFUSED = "refused"  # the file is not the template's workbook; ``loose`` says why
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"


class State(Enum):
    """Where a row stands."""

    READ = "read"
    GOOD = "good"
    BAD = "bad"
    KNOWN = "known"  # it was imported before, or its household is on file: nothing to do
    DONE = "done"


@dataclass(frozen=True)
class Row:
    """A row of a list.

    ``organisation_id`` and the answers that count, ``checked``, are found while it is checked;
    ``result`` is the number of its file or the id of its case; ``twins`` are rows about the same
    person.
    """

    number: int
    state: State
    read: ReadRow
    label: str = ""
    organisation_id: str = ""
    problems: Sequence[Problem] = ()
    twins: Sequence[int] = ()
    result: str = ""
    result_label: str = ""
    checked: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """A list without its rows."""

    id: str
    kind: str
    by_id: str
    organisation_id: str
    file_name: str
    file_hash: str
    created_at: datetime
    changed_at: datetime
    status: Status
    loose: Sequence[Problem] = field(default=())


Keep = Callable[[Tx, Sequence[Row]], None]
"""Writes rows back as they are now, in the transaction they are given."""


class Kind(Protocol):
    """What the rows of a list become."""

    @property
    def name(self) -> str:
        """What the list is called."""
        ...

    @property
    def layout(self) -> Layout:
        """Its sheets and columns."""
        ...

    def units(self) -> Units:
        """The organisations the actor may bring rows for."""
        ...

    def check(self, rows: Sequence[Row]) -> list[Row]:
        """The rows, good, bad or known."""
        ...

    def load(self, rows: Sequence[Row], batch: Batch, keep: Keep) -> None:
        """Do what good rows ask for; each is kept done, known or bad.

        ``keep`` is said in the transaction that does it: a row is never done and not kept.
        """
        ...

    @property
    def load_at_once(self) -> int:
        """So many rows are loaded together."""
        ...


def packed_row(row: Row) -> bytes:
    """A row as bytes, but for its number and state."""
    return orjson.dumps(
        {
            "read": {
                "row": row.read.row,
                "key": row.read.key,
                "unit": row.read.unit,
                "data": row.read.data,
                "list_rows": row.read.list_rows,
                "shown": row.read.shown,
                "problems": packed_problems(row.read.problems),
            },
            "label": row.label,
            "organisation_id": row.organisation_id,
            "problems": packed_problems(row.problems),
            "twins": list(row.twins),
            "result": row.result,
            "result_label": row.result_label,
            "checked": row.checked,
        }
    )


def unpacked_row(number: int, state: str, content: bytes) -> Row:
    """A row from its bytes."""
    told = orjson.loads(content)
    read = told.pop("read")
    read["problems"] = unpacked_problems(read["problems"])
    told["problems"] = unpacked_problems(told["problems"])
    return Row(number=number, state=State(state), read=ReadRow(**read), **told)


def packed_problems(problems: Sequence[Problem]) -> list[list[object]]:
    """Problems as JSON."""
    return [[p.sheet, p.row, p.column, p.message, p.is_warning, p.place] for p in problems]


def unpacked_problems(told: Sequence[Sequence[object]]) -> list[Problem]:
    """Problems from JSON."""
    return [Problem(*one) for one in told]  # type: ignore[arg-type]
