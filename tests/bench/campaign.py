"""The cases of a list: begun in bulk, each with its form checked, sealed and chained by itself.

The limit writes the same rows with the same bytes, a COPY or one prepared INSERT a table and one
commit a batch, through the driver; nothing is computed meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

from engine import SYSTEM
from engine.model.fan_out import AT_ONCE, FanOut, Line
from engine.store import fan_outs as stored
from engine.work import fan_out
from tests.bench.ground import PROCESS, Ground
from tests.bench.limits import Script, recording
from tests.bench.rows import Done, Measured, in_turns, timed

UNITS = ("u1", "u2", "lw-u")
_NUMBERS = count(1)


def lines(how_many: int) -> list[Line]:
    """Lines that were never given before, of all unions in turn."""
    return [
        Line(f"h{n:07}", UNITS[n % len(UNITS)], {"subject": f"慰问困难职工 {n}"})
        for n in (next(_NUMBERS) for _ in range(how_many))
    ]


@dataclass(frozen=True)
class Rows:
    """What one batch puts into one table."""

    table: str
    columns: tuple[str, ...]
    values: Sequence[tuple[Any, ...]]


def prepared(ground: Ground, found: FanOut, some: Sequence[Line]) -> list[Rows]:
    """The rows of a batch, worked out and not written."""
    engine = ground.engine
    environment, places = engine.environment, fan_out.Places()
    batch = engine.ask(lambda tx: fan_out.check(environment, tx, SYSTEM, found, some, places))
    engine.execute(lambda tx: fan_out.take_numbers(tx, batch))
    engine.ask(lambda tx: fan_out.gather(environment, tx, SYSTEM, batch))
    assert not batch.by_itself
    return [
        Rows(table.name, tuple(rows[0]), [tuple(row.values()) for row in rows])
        for table, rows in batch.gathered.tables(fan_out_id=found.id)
    ]


class Bare:
    """The driver's own connection."""

    def __init__(self, ground: Ground) -> None:
        self._database = ground.engine.database
        self._lent = self._database.engine.raw_connection()

    def write(self, batch: Sequence[Rows]) -> None:
        """One transaction."""
        cursor: Any = self._lent.cursor()
        if self._database.is_sqlite:
            cursor.execute("BEGIN IMMEDIATE")
            for one in batch:
                marks = ", ".join("?" * len(one.columns))
                into = f"INSERT INTO {one.table} ({', '.join(one.columns)}) VALUES ({marks})"
                cursor.executemany(into, [_sqlite(values) for values in one.values])
            cursor.execute("COMMIT")
        else:
            cursor.execute("BEGIN")
            for one in batch:
                columns = ", ".join(f'"{name}"' for name in one.columns)
                with cursor.copy(f'COPY "{one.table}" ({columns}) FROM STDIN') as copy:
                    for values in one.values:
                        copy.write_row(values)
            cursor.execute("COMMIT")
        cursor.close()

    def close(self) -> None:
        """Give the connection back."""
        self._lent.close()


def _sqlite(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(str(v) if isinstance(v, Decimal) else v for v in values)


def start_campaign(ground: Ground, work: str, rounds: int, each: int) -> Measured:
    """A list of its own each round; the bare rows belong to one more list."""
    lists = ground.engine.fan_outs
    lists.begin(SYSTEM, "warm", PROCESS, lines(AT_ONCE))
    with recording(ground.engine.database) as sent:
        lists.begin(SYSTEM, "recorded", PROCESS, lines(min(each, AT_ONCE)))
    script = Script(tuple(sent))
    bare_list = lists.begin(SYSTEM, "bare", PROCESS, ())
    bare = Bare(ground)
    batches: Mapping[int, list[list[Rows]]] = {
        n: [prepared(ground, bare_list, some) for some in _batches(each)] for n in range(rounds)
    }

    def ours(part: range) -> Done:
        given = lines(len(part))
        lasted = timed(lambda n: lists.begin(SYSTEM, f"list {n}", PROCESS, given), part.start)
        return (lasted / len(part),) * len(part), lasted

    def rows(part: range) -> Done:
        mine = batches[part.start // each]
        lasted = sum(timed(lambda n: bare.write(mine[n]), n) for n in range(len(mine)))
        return (lasted / len(part),) * len(part), lasted

    found = in_turns(rounds, each, ours, rows)
    bare.close()
    ground.engine.execute(
        lambda tx: stored.add_begun(tx, bare_list.id, rounds * each)
    )  # they are real cases
    return Measured(work, ground.db, found, script.statements, script.commits)


def _batches(how_many: int) -> list[list[Line]]:
    given = lines(how_many)
    return [given[n : n + AT_ONCE] for n in range(0, how_many, AT_ONCE)]
