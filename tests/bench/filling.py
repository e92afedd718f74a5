"""Fill a database in seconds: a few real cases, and rows that are copies of theirs.

The copies have ids of the right form, and the same rows in every table, so that queries find
what they would find after years of work. They can be listed and counted, but not opened: what is
sealed is sealed for the case it was copied from, and the chain of their history is not theirs.
So ``bangfu invariants`` and ``bangfu audit verify`` rightly find fault with such a database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, MetaData, String, Table, Text, func, insert, select
from sqlalchemy import case as when

from engine import Engine
from engine.model.clock import SystemClock
from engine.model.ids import new_case_id
from engine.store import tables
from engine.store.database import Tx
from engine.store.settings import take_numbers

CHUNK = 10_000
"""Cases copied in one transaction: a million is a hundred of these, and memory stays flat."""

_COPIED = (
    tables.case,
    tables.task,
    tables.event,
    tables.case_attribute,
    tables.milestone,
    tables.job,
    tables.subscription,
)
_NUMBERS = "bench-"
CASE_ID_LENGTH = 26
_copy = Table(
    "bench_copy",
    MetaData(),
    Column("of_id", String(CASE_ID_LENGTH), nullable=False),
    Column("id", String(CASE_ID_LENGTH), primary_key=True),
    Column("number", String(40), nullable=False),
    Column("home_id", String(64)),
    Column("queue_id", BigInteger),
    Column("barred", Text),
    prefixes=["TEMPORARY"],
)
"""Which new case is a copy of which, and where it lies if it is to lie elsewhere."""


@dataclass(frozen=True)
class Home:
    """A unit; the queue of a copy's open step there, and who may not do it."""

    unit: str
    queue_id: int
    barred: str


def copy_cases(
    engine: Engine,
    samples: Sequence[str],
    how_many: int,
    homes: Sequence[Home] = (),
    copied: Sequence[Table] = _COPIED,
) -> list[str]:
    """Copy the sample cases in turn until there are so many more; the ids of the copies.

    ``homes``: the units they are of, in turns; where the samples are if there are none.
    """
    made: list[str] = []
    for start in range(0, how_many, CHUNK):
        size = min(CHUNK, how_many - start)
        at = [homes[place % len(homes)] if homes else None for place in range(start, start + size)]
        with engine.database.unit_of_work() as work:
            made += _copy_chunk(work.tx, samples, at, copied)
            work.commit()
    return made


def reckon(engine: Engine) -> None:
    """Let the database count what it holds, as it does by itself in service (ANALYZE)."""
    with engine.database.look() as tx:
        tx.exec_driver_sql("ANALYZE")


def _copy_chunk(
    tx: Tx, samples: Sequence[str], at: Sequence[Home | None], copied: Sequence[Table]
) -> list[str]:
    now = SystemClock().now()
    first = take_numbers(tx, _NUMBERS, len(at)) + 1
    new = [
        {
            "of_id": samples[place % len(samples)],
            "id": new_case_id(now),
            "number": f"{_NUMBERS}{first + place:09d}",
            "home_id": home and home.unit,
            "queue_id": home and home.queue_id,
            "barred": home and home.barred,
        }
        for place, home in enumerate(at)
    ]
    _copy.create(tx)
    tx.execute(insert(_copy), new)
    for table in copied:
        names, values = zip(*_columns(table), strict=True)
        source = table.join(_copy, _copy.c.of_id == _case_id_of(table))
        tx.execute(insert(table).from_select(names, select(*values).select_from(source)))
    _copy.drop(tx)
    return [str(one["id"]) for one in new]


def _case_id_of(table: Table) -> Column[str]:
    return table.c.id if table is tables.case else table.c.case_id


def _columns(table: Table) -> Iterator[tuple[str, object]]:
    """Each column to be written, with what a copy has there; running numbers come by themselves."""
    written: dict[str, object] = {_case_id_of(table).name: _copy.c.id}
    if table is tables.case:
        written["number"] = _copy.c.number
        written["organisation_id"] = func.coalesce(_copy.c.home_id, table.c.organisation_id)
    if table is tables.task:
        written["id"] = _copy.c.id + func.substr(table.c.id, CASE_ID_LENGTH + 1)
        is_open = table.c.status == "open"
        for name in ("queue_id", "barred"):
            own = table.c[name]
            written[name] = when((is_open, func.coalesce(_copy.c[name], own)), else_=own)
    for column in table.columns:
        if column.name in written:
            yield column.name, written[column.name]
        elif column.name != "id":
            yield column.name, column
