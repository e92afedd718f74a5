"""The numbers of steps that wait: open, held by nobody, by queue, due instant and process.

Steps with a limit of days share the last second of their day.

The database counts by triggers (migration ``engine_waiting``), in the transaction that changes a
step; nothing here writes a number but the worker that adds changes up. PostgreSQL notes each
change as a row, because a number that many change would make them wait for each other; what is
waiting is the sum of ``waiting`` and ``waiting_change``, and adding up changes no sum. SQLite
changes the number itself.

A step is counted for everybody (``person_id`` empty), and once for each person who must stay away
from it, to be taken off her count: ``barred``, or ``profile`` where only a separation profile
would let her.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from sqlalchemy import delete, func, select, union_all
from sqlalchemy.dialects import postgresql

from engine.store.database import Tx
from engine.store.tables import task, waiting, waiting_change

Cell = tuple[int, str, str, str, str]
"""Queue, person, due instant, process, why."""

_CELL = (
    waiting.c.queue_id,
    waiting.c.person_id,
    waiting.c.due_at,
    waiting.c.process,
    waiting.c.why,
)
_NAMES = tuple(column.name for column in _CELL)
_LOCK = 0x77616974  # any number: whoever adds up does it alone
_AT_ONCE = 50_000


def _add_up() -> postgresql.Insert:
    oldest = (
        select(waiting_change.c.id).order_by(waiting_change.c.id).limit(_AT_ONCE).subquery("oldest")
    )
    # Up to a number, not one of so many: PostgreSQL remembers this table as it is most of the
    # time, empty, and would compare each change with each (fifty thousand took ten minutes).
    gone = (
        delete(waiting_change)
        .where(waiting_change.c.id <= select(func.max(oldest.c.id)).scalar_subquery())
        .returning(waiting_change)
        .cte("gone")
    )
    key = [gone.c[name] for name in _NAMES]
    summed = (
        select(*key, func.sum(gone.c.n).label("n")).group_by(*key).having(func.sum(gone.c.n) != 0)
    )
    adding = postgresql.insert(waiting).from_select([*_NAMES, "n"], summed)
    return adding.on_conflict_do_update(
        index_elements=list(_NAMES), set_={"n": waiting.c.n + adding.excluded.n}
    )


ADD_UP = _add_up()
_FORGET = delete(waiting).where(waiting.c.n == 0)


def add_up(tx: Tx) -> None:
    """Add the noted changes to the numbers; another that does so already is left to it."""
    if _alone(tx):
        tx.execute(ADD_UP)


def tidy(tx: Tx) -> None:
    """Give the room of what was added up back, outside a transaction; PostgreSQL alone needs it.

    Rows that are gone stay in the index until then, and every inbox reads past them: PostgreSQL
    does it by itself once a minute at most, when a busy office has left ten thousands. It takes
    some milliseconds; who is at it already is left alone.
    """
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql("VACUUM (SKIP_LOCKED) waiting_change")


def _alone(tx: Tx) -> bool:
    """Whether nobody else writes numbers; SQLite has one writer in any case."""
    if tx.dialect.name == "sqlite":
        return True
    return bool(tx.execute(select(func.pg_try_advisory_xact_lock(_LOCK))).scalar())


def any_noted(tx: Tx) -> bool:
    """Whether there are changes to be added up."""
    return tx.execute(select(waiting_change.c.id).limit(1)).first() is not None


def forget(tx: Tx) -> None:
    """Drop numbers that are nothing."""
    if _alone(tx):
        tx.execute(_FORGET)


def numbers(tx: Tx) -> dict[Cell, int]:
    """What is counted; nothing that is zero."""
    noted = union_all(
        select(*_CELL, waiting.c.n),
        select(*(waiting_change.c[name] for name in _NAMES), waiting_change.c.n),
    ).subquery()
    key = [noted.c[name] for name in _NAMES]
    total = func.sum(noted.c.n)
    rows = tx.execute(select(*key, total).group_by(*key).having(total != 0))
    return {tuple(row[:-1]): int(row[-1]) for row in rows}


def recounted(tx: Tx) -> dict[Cell, int]:
    """What the steps themselves say."""
    rows = tx.execute(
        select(
            task.c.queue_id,
            func.coalesce(task.c.due_at, "").label("due_at"),
            task.c.case_process,
            task.c.barred,
            task.c.by_profile,
            func.count().label("n"),
        )
        .where(task.c.status == "open", task.c.assignee.is_(None))
        .group_by(
            task.c.queue_id, task.c.due_at, task.c.case_process, task.c.barred, task.c.by_profile
        )
    )
    counted: Counter[Cell] = Counter()
    for row in rows:
        for person, why in _counted_for(row.barred, row.by_profile):
            counted[row.queue_id, person, row.due_at, row.case_process, why] += row.n
    return dict(counted)


def _counted_for(barred: str, by_profile: str) -> Iterator[tuple[str, str]]:
    kept_away = set(filter(None, barred.split("|")))
    yield "", ""
    for person in kept_away:
        yield person, "barred"
    for person in set(filter(None, by_profile.split("|"))) - kept_away:
        yield person, "profile"


def differences(tx: Tx) -> Mapping[Cell, tuple[int, int]]:
    """Where the numbers are not those of the steps: what is counted, and what there is."""
    counted, there = numbers(tx), recounted(tx)
    return {
        cell: (counted.get(cell, 0), there.get(cell, 0))
        for cell in sorted(counted.keys() | there.keys())
        if counted.get(cell, 0) != there.get(cell, 0)
    }
