"""Open steps that are late or fall due within some days: counted, and listed by the same words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, false, func, select, tuple_
from sqlalchemy import case as when
from sqlalchemy.sql import ColumnElement

from engine.model.actors import Actor
from engine.model.clock import first_instant
from engine.model.tasks import TaskLine
from engine.store.cases import visible_to
from engine.store.database import Tx
from engine.store.instants import to_text
from engine.store.tables import case, task
from engine.store.task_lists import line_of, line_query

LATE = "overdue"
"""In place of a day: due before now."""

DrawnStep = tuple[str, str, str]
"""A step as a version draws it: the version's id, the process it stands in, its element."""


@dataclass(frozen=True)
class DueDays:
    """From now to the end of the last of these days; the first is today."""

    now: datetime
    days: tuple[date, ...]


@dataclass(frozen=True)
class DueCount:
    """How many open steps of one kind are due on a day (LATE: were due before now)."""

    step: DrawnStep
    case_process: str
    day: str
    count: int


@dataclass(frozen=True)
class DueQuestion:
    """Which of them: those of a day, of a process, with a limit of law or without one."""

    day: str = ""
    process_key: str = ""
    is_law: bool | None = None


def counts(tx: Tx, actor: Actor, days: DueDays) -> list[DueCount]:
    """By version, step and day; no zero rows."""
    due = (
        select(
            case.c.definition_id,
            task.c.process_key,
            task.c.element_id,
            task.c.case_process,
            _day(days).label("day"),
        )
        .select_from(task.join(case, case.c.id == task.c.case_id))
        .where(_due(actor, days))
        .subquery()
    )
    kept = (
        due.c.definition_id,
        due.c.process_key,
        due.c.element_id,
        due.c.case_process,
        due.c.day,
    )
    rows = tx.execute(select(*kept, func.count()).group_by(*kept))
    return [DueCount((row[0], row[1], row[2]), row[3], row[4], int(row[5])) for row in rows]


def lines(
    tx: Tx,
    actor: Actor,
    days: DueDays,
    question: DueQuestion,
    law: Collection[DrawnStep],
    limit: int,
) -> Sequence[tuple[TaskLine, bool]]:
    """The steps that such a count counts, one more than asked; each with whether law limits it.

    By day, what is late first; of a day the limits of law first, then who is due first.
    """
    is_law = _is_among(law)
    wanted = [_due(actor, days)]
    if question.day:
        wanted.append(_day(days) == question.day)
    if question.process_key:
        wanted.append(task.c.case_process == question.process_key)
    if question.is_law is not None:
        wanted.append(is_law if question.is_law else ~is_law)
    number = when(
        (task.c.due_at < to_text(days.now), -1),
        *((_before_the_end_of(day), number) for number, day in enumerate(days.days)),
        else_=len(days.days),
    )
    found = tx.execute(
        line_query()
        .add_columns(when((is_law, 0), else_=1).label("after_law"))
        .where(*wanted)
        .order_by(number, "after_law", task.c.due_at, task.c.id)
        .limit(limit + 1)
    )
    return [(line_of(row), row.after_law == 0) for row in found]


def _due(actor: Actor, days: DueDays) -> ColumnElement[bool]:
    """Open, due before the end of the last day, of a case that the actor may see."""
    return and_(
        task.c.status == "open",
        _before_the_end_of(days.days[-1]),
        visible_to(actor),
    )


def _day(days: DueDays) -> ColumnElement[str]:
    """The day as text: limits of hours have no date of their own, all have an instant."""
    return when(
        (task.c.due_at < to_text(days.now), LATE),
        *((_before_the_end_of(day), day.isoformat()) for day in days.days),
        else_="",
    )


def _before_the_end_of(day: date) -> ColumnElement[bool]:
    return task.c.due_at < to_text(first_instant(day + timedelta(days=1)))


def _is_among(steps: Collection[DrawnStep]) -> ColumnElement[bool]:
    """That the step is one of these, as its case's version draws it."""
    if not steps:
        return false()
    drawn = tuple_(case.c.definition_id, task.c.process_key, task.c.element_id)
    return drawn.in_(sorted(steps))
