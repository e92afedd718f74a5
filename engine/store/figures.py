"""What is going on, in numbers, for machines that watch: no persons, no cases, no content.

Each number is read off an index or off counters, so that asking costs little at a million steps.
Whoever reads them may be whom a case is about: cases that are sealed or kept from somebody are in
none of them (docs/decisions/0041). Who may know of such a case sees on its page what is wrong.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case as when
from sqlalchemy import func, literal_column, or_, select, text, union_all
from sqlalchemy.sql import ColumnElement

from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.jobs import FAILED, NOT_DONE
from engine.store.tables import case, errand, job, message, queue, task, waiting, waiting_change

LATE = timedelta(seconds=5)
"""A job due for longer than this is late: while a worker runs it takes two seconds at most."""

MOST_COUNTED = 100_000
"""Jobs that wait are counted up to here; more than that is told as this number."""

_ERRANDS = ("waiting", "running", "failed")
_TO_BE_SENT = message.c.status.in_([literal_column("'waiting'"), literal_column("'sending'")])
"""In the words of ``ix_message_waiting``."""

_KEPT = select(case.c.id).where(text("(excludes OR confidentiality >= 2)"))
"""Cases that not everybody may know of, in the words of ``ix_cases_kept``."""

_JOB_FOR_ALL = job.c.case_id.not_in(_KEPT)
_MESSAGE_FOR_ALL = or_(message.c.case_id.is_(None), message.c.case_id.not_in(_KEPT))


@dataclass(frozen=True)
class Waiting:
    """Open steps that nobody holds, of a role at a level."""

    role: str
    level: str
    steps: int
    overdue: int


@dataclass(frozen=True)
class Figures:
    """The numbers of one moment."""

    waiting_jobs: int
    late_jobs: int
    oldest_late_seconds: float
    failed_jobs: int
    errands: dict[str, int]
    waiting_messages: int
    inboxes: tuple[Waiting, ...]


def figures(tx: Tx, business_now: datetime) -> Figures:
    """Count."""
    late = NOT_DONE & _JOB_FOR_ALL & (job.c.due_at < to_text(business_now - LATE))
    oldest = tx.execute(select(func.min(job.c.due_at)).where(late)).scalar()
    return Figures(
        waiting_jobs=_counted(tx, job.c.due_at, NOT_DONE & _JOB_FOR_ALL),
        late_jobs=_counted(tx, job.c.due_at, late),
        oldest_late_seconds=0.0 if oldest is None else _behind(oldest, business_now),
        failed_jobs=_counted(tx, job.c.id, FAILED & _JOB_FOR_ALL),
        errands=_errands(tx),
        waiting_messages=_counted(tx, message.c.id, _TO_BE_SENT & _MESSAGE_FOR_ALL),
        inboxes=_inboxes(tx, business_now),
    )


def _behind(due_at: str, now: datetime) -> float:
    """Of a spoilt row without end: it must raise the alarm, and leave the other numbers be."""
    try:
        return (now - from_text(due_at)).total_seconds()
    except ValueError:
        return math.inf


def _counted(tx: Tx, column: ColumnElement[Any], condition: ColumnElement[bool]) -> int:
    some = select(column).where(condition).limit(MOST_COUNTED).subquery()
    return int(tx.execute(select(func.count()).select_from(some)).scalar_one())


def _errands(tx: Tx) -> dict[str, int]:
    rows = tx.execute(
        select(errand.c.status, func.count())
        .where(errand.c.status.in_(_ERRANDS))
        .group_by(errand.c.status)
    )
    return dict.fromkeys(_ERRANDS, 0) | {status: int(n) for status, n in rows}


def _inboxes(tx: Tx, business_now: datetime) -> tuple[Waiting, ...]:
    """By role and level, off the numbers the database keeps (engine.store.waiting)."""
    noted = union_all(
        *(
            select(one.c.queue_id, one.c.due_at, one.c.n).where(one.c.person_id == "")
            for one in (waiting, waiting_change)
        )
    ).subquery()
    is_over = (noted.c.due_at != "") & (noted.c.due_at < to_text(business_now))
    rows = tx.execute(
        select(
            queue.c.role,
            queue.c.level,
            func.sum(noted.c.n).label("steps"),
            func.sum(when((is_over, noted.c.n), else_=0)).label("overdue"),
        )
        .join(queue, queue.c.id == noted.c.queue_id)
        .group_by(queue.c.role, queue.c.level)
        .order_by(queue.c.role, queue.c.level)
    )
    kept = _kept_steps(tx, business_now)
    found = []
    for row in rows:
        steps, overdue = kept.get((row.role, row.level), (0, 0))
        # Nor may a role stand there with nothing, where it would not stand without the kept ones.
        if row.steps > steps:
            found.append(
                Waiting(row.role, row.level, int(row.steps) - steps, int(row.overdue) - overdue)
            )
    return tuple(found)


def _kept_steps(tx: Tx, business_now: datetime) -> dict[tuple[str, str], tuple[int, int]]:
    """How many of them are of kept cases, and how many of these are past their limit."""
    is_over = task.c.due_at.is_not(None) & (task.c.due_at < to_text(business_now))
    rows = tx.execute(
        select(
            queue.c.role,
            queue.c.level,
            func.count().label("steps"),
            func.sum(when((is_over, 1), else_=0)).label("overdue"),
        )
        .select_from(task.join(queue, queue.c.id == task.c.queue_id))
        .where(task.c.case_id.in_(_KEPT), task.c.status == "open", task.c.assignee.is_(None))
        .group_by(queue.c.role, queue.c.level)
    )
    return {(row.role, row.level): (int(row.steps), int(row.overdue)) for row in rows}
