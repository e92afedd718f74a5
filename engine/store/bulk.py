"""Rows of many cases, gathered and written together (design.md D10).

While rows are *gathered*, what the store is told to write (:class:`engine.store.ready.Ready`) is
kept here and nothing is sent: one case is begun after the other by the very code that begins a
single one, from a view of the database that takes no lock. Then all their rows go into the tables
at once, a COPY a table on PostgreSQL, one prepared statement a table on SQLite.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, insert

from engine.store import bell
from engine.store.ready import GATHERED, Ready, send_writes, told_by_driver
from engine.store.tables import (
    case,
    case_attribute,
    event,
    job,
    milestone,
    subscription,
    task,
)

_ORDER = (case, milestone, task, job, subscription, case_attribute, event)
"""Tables in the order in which their rows refer to each other."""

_KEYED = (milestone, case_attribute)
"""Tables whose rows of one case may come twice; of two the later holds."""


class CannotGather(Exception):
    """What was to be written is no new row of a case: this case must be begun by itself."""


class Gathered:
    """Rows that have not been written yet, by table."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Mapping[str, Any]]] = {}
        self.cases: dict[str, dict[str, Any]] = {}
        self.rings = False

    def __len__(self) -> int:
        return len(self.cases)

    def take(self, table: Table | None, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep new rows. Raises CannotGather for any other write."""
        if table is None or table not in _ORDER:
            raise CannotGather
        if table is case:
            self.cases.update((row["id"], dict(row)) for row in rows)
        else:
            self.rows.setdefault(table.name, []).extend(rows)

    def change_case(self, case_id: str, values: Mapping[str, Any]) -> None:
        """Put what has become of a case in the place of what it began with."""
        self.cases[case_id].update(values)

    def add(self, other: "Gathered") -> None:
        """Take over what was gathered of other cases."""
        self.cases.update(other.cases)
        for name, rows in other.rows.items():
            self.rows.setdefault(name, []).extend(rows)
        self.rings = self.rings or other.rings

    def tables(self, **of_each_case: object) -> Iterator[tuple[Table, Sequence[Mapping[str, Any]]]]:
        """Tables with their rows, in the order in which they refer to each other.

        ``of_each_case`` are columns that every case's row has besides.
        """
        for table in _ORDER:
            rows = self._of(table, of_each_case)
            if table in _KEYED:
                keys = [column.name for column in table.primary_key]
                rows = list({tuple(row[key] for key in keys): row for row in rows}.values())
            if rows:
                yield table, rows

    def write(self, tx: Connection, **of_each_case: object) -> None:
        """Write all of them."""
        for table, rows in self.tables(**of_each_case):
            _write(tx, table, rows)
        if self.rings:
            bell.ring(tx)

    def _of(self, table: Table, of_each_case: Mapping[str, object]) -> list[Mapping[str, Any]]:
        if table is case:
            return [{**row, **of_each_case} for row in self.cases.values()]
        return self.rows.get(table.name, [])


@contextmanager
def gathering(tx: Connection) -> Iterator[Gathered]:
    """Inside, what the store is told to write on this connection is gathered."""
    gathered = Gathered()
    tx.info[GATHERED] = gathered
    try:
        yield gathered
    finally:
        if not tx.invalidated:  # else it is kept with a connection that is gone
            tx.info.pop(GATHERED, None)


def _write(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if tx.dialect.name != "postgresql":
        _insert(table, tuple(rows[0])).write_all(tx, rows)
        return
    names = tuple(rows[0])
    columns = ", ".join(f'"{name}"' for name in names)
    text = f'COPY "{table.name}" ({columns}) FROM STDIN'
    send_writes(tx)
    with told_by_driver(tx, text) as driver, driver.cursor() as cursor, cursor.copy(text) as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])


@cache
def _insert(table: Table, _names: tuple[str, ...]) -> Ready:
    return Ready(insert(table))
