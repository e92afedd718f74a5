"""What a month looked like: steps done, done late, and late at its end, counted from one view.

A step is late at an instant when its limit had passed, it had been come to, and it was still open.
Limits are those the steps have today: one that was reckoned anew counts by its new date.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select, true
from sqlalchemy import case as when
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.selectable import Subquery

from engine.model.actors import Actor
from engine.model.tasks import TaskLine
from engine.store.areas import lies_below
from engine.store.cases import visible_to
from engine.store.database import Tx
from engine.store.instants import to_text
from engine.store.tables import case, delay_reason, organisation, queue, task
from engine.store.task_lists import line_of, line_query

DONE, DONE_LATE, OPEN_LATE = "done", "done-late", "late"
WAS_DONE, WAS_LATE = "was-done", "was-late"
KINDS = (DONE, DONE_LATE, OPEN_LATE, WAS_DONE, WAS_LATE)
"""What is counted; ``was-done`` and ``was-late`` are those of the month before."""


@dataclass(frozen=True)
class Span:
    """A month: its first instant, that of the month before, and its end: now while it runs."""

    before: datetime
    start: datetime
    end: datetime


@dataclass(frozen=True)
class MonthCount:
    """What steps of one unit, name and reason come to."""

    handling_id: str
    handling_name: str
    step_id: str
    step_name: str
    reason: str
    done: int
    done_late: int
    late: int
    was_done: int
    was_late: int


@dataclass(frozen=True)
class MonthQuestion:
    """Which steps: the actor's, of units below one if it is named, of a span."""

    span: Span
    below: str = ""


def counts(tx: Tx, actor: Actor, question: MonthQuestion) -> list[MonthCount]:
    """The counts by unit, step and the reason told of those late at the end; no zero rows."""
    said = _reasons(question.span.end)
    late = _is(OPEN_LATE, question.span)
    # The steps first, their sums after: what is grouped by must be a column, not an expression.
    steps = (
        select(
            queue.c.handling_id,
            organisation.c.name.label("handling_name"),
            (task.c.process_key + "/" + task.c.element_id).label("step_id"),
            task.c.name.label("step_name"),
            when((late, func.coalesce(said.c.reason, "")), else_="").label("reason"),
            *(when((_is(kind, question.span), 1), else_=0).label(kind) for kind in KINDS),
        )
        .select_from(
            task.join(queue, queue.c.id == task.c.queue_id)
            .join(case, case.c.id == task.c.case_id)
            .join(organisation, organisation.c.id == queue.c.handling_id)
            .outerjoin(said, said.c.task_id == task.c.id)
        )
        .where(visible_to(actor), _among(question), or_(*(_is(k, question.span) for k in KINDS)))
        .subquery()
    )
    kept = (steps.c.handling_id, steps.c.handling_name, steps.c.step_id, steps.c.step_name)
    sums = (func.sum(steps.c[kind]) for kind in KINDS)
    found = select(*kept, steps.c.reason, *sums).group_by(*kept, steps.c.reason)
    return [MonthCount(*row[:5], *map(int, row[5:])) for row in tx.execute(found)]


@dataclass(frozen=True)
class Behind:
    """Which of the counted steps: of a kind, a unit, a step, a reason (None: any).

    The first ``skip`` of them are on pages before.
    """

    kind: str
    handling_id: str = ""
    step_id: str = ""
    reason: str | None = None
    skip: int = 0


@dataclass(frozen=True)
class StepsBehind:
    """The steps that a count counts, longest due first: how many in all, and those of a page."""

    total: int
    lines: Sequence[TaskLine]


def behind(
    tx: Tx, actor: Actor, question: MonthQuestion, narrowed: Behind, limit: int
) -> StepsBehind:
    """So many of the steps that a count counts."""
    said = _reasons(question.span.end)
    process, _, element = narrowed.step_id.partition("/")
    wanted = [visible_to(actor), _among(question), _is(narrowed.kind, question.span)]
    if narrowed.handling_id:
        wanted.append(queue.c.handling_id == narrowed.handling_id)
    if narrowed.step_id:
        wanted.append(and_(task.c.process_key == process, task.c.element_id == element))
    if narrowed.reason is not None:
        told = select(said.c.task_id).where(said.c.reason == narrowed.reason)
        if narrowed.reason:
            wanted.append(task.c.id.in_(told))
        else:
            wanted.append(task.c.id.not_in(select(said.c.task_id)))
    query = line_query().where(*wanted).order_by(task.c.due_at, task.c.id)
    lines = [line_of(row) for row in tx.execute(query.offset(narrowed.skip).limit(limit))]
    counted = (
        select(func.count())
        .select_from(
            task.join(queue, queue.c.id == task.c.queue_id).join(case, case.c.id == task.c.case_id)
        )
        .where(*wanted)
    )
    return StepsBehind(int(tx.execute(counted).scalar_one()), lines)


def units_below(tx: Tx, below: str) -> frozenset[str]:
    """The units from one down."""
    query = select(organisation.c.id).where(lies_below(organisation.c.id, [below]))
    return frozenset(tx.execute(query).scalars())


def _among(question: MonthQuestion) -> ColumnElement[bool]:
    return lies_below(queue.c.handling_id, [question.below]) if question.below else true()


def _is(kind: str, span: Span) -> ColumnElement[bool]:
    start, end = to_text(span.start), to_text(span.end)
    if kind == WAS_DONE:
        return _done_in(to_text(span.before), start)
    if kind == OPEN_LATE:
        return _late_at(end)
    if kind == WAS_LATE:
        return _late_at(start)
    done = _done_in(start, end)
    return done if kind == DONE else and_(done, task.c.completed_at > task.c.due_at)


def _done_in(start: str, end: str) -> ColumnElement[bool]:
    return and_(
        task.c.status == "completed", task.c.completed_at >= start, task.c.completed_at < end
    )


def _late_at(instant: str) -> ColumnElement[bool]:
    return and_(
        task.c.created_at < instant,
        task.c.due_at < instant,
        or_(task.c.status == "open", task.c.completed_at >= instant),
    )


def _reasons(until: datetime) -> Subquery:
    """The reason that was told last of each step, up to an instant."""
    last = (
        select(func.max(delay_reason.c.id))
        .where(delay_reason.c.at <= to_text(until))
        .group_by(delay_reason.c.task_id)
    )
    return (
        select(delay_reason.c.task_id, delay_reason.c.reason)
        .where(delay_reason.c.id.in_(last))
        .subquery()
    )
