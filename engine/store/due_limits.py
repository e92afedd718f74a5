"""Limits that are over or end before an instant: of open steps, of waits, of whole cases.

Each kind is one question that begins at an index of what is due, however much is open. What it
finds are a few words a limit; the lines of those that are shown are asked for by their ids.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import and_, literal_column, select
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from engine.model.actors import Actor
from engine.model.tasks import TaskLine
from engine.store.cases import visible_to
from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.jobs import NOT_DONE
from engine.store.tables import case, job, organisation, process_version, task
from engine.store.task_lists import line_of, line_query


class LimitKind(StrEnum):
    """What a limit is of."""

    STEP = "step"
    WAIT = "wait"
    WHOLE = "whole"


class DrawnLimit(NamedTuple):
    """Where a version draws a limit; the element of that of a case as a whole is empty."""

    definition_id: str
    process_key: str
    element_id: str

    @property
    def case_process(self) -> str:
        """The key of the process the case was begun with; another one where it is a called one."""
        return self.definition_id.rpartition(":")[0]


class Ending(NamedTuple):
    """A limit, by the id of its step, job or case; ``ends_at`` is an instant as it is stored."""

    kind: LimitKind
    id: str | int
    ends_at: str
    drawn: DrawnLimit


@dataclass(frozen=True)
class LimitLine:
    """What is told of one of them; ``step`` is None for the two kinds that nobody holds.

    ``unit`` is the name of the organisation whose step or case it is; ``limit`` what was drawn, as
    ``60d``, empty where only the case's own state says it.
    """

    kind: LimitKind
    drawn: DrawnLimit
    ends_at: datetime
    case_id: str
    number: str
    title: str
    process_name: str
    unit: str
    limit: str
    step: TaskLine | None = None


# In the words of partial indexes: a database that does not find these reads all there ever was.
_OPEN = task.c.status == literal_column("'open'")
_WAITS = and_(NOT_DONE, job.c.kind == "timer")
_RUNS = and_(case.c.total_due_at.is_not(None), case.c.ended_at.is_(None))

_NOTHING: ColumnElement[str] = literal_column("''")


def ending(tx: Tx, actor: Actor, before: datetime) -> list[Ending]:
    """Of the cases the actor may see, what ends before an instant or has ended, unordered.

    While a case stands still the limit of its whole does not run, and is none of them.
    """
    found: list[Ending] = []
    for kind, due in (
        (LimitKind.STEP, _due_rows(task, _OPEN, before)),
        (LimitKind.WAIT, _due_rows(job, _WAITS, before)),
    ):
        rows = tx.execute(
            select(due.c.id, due.c.due_at, case.c.definition_id, *_place(due))
            .select_from(due.join(case, case.c.id == due.c.case_id))
            .where(visible_to(actor))
        )
        found += (Ending(kind, r[0], r[1], DrawnLimit(r[2], r[3], r[4])) for r in rows)
    whole = tx.execute(
        select(case.c.id, case.c.total_due_at, case.c.definition_id).where(
            _RUNS,
            case.c.total_due_at < to_text(before),
            case.c.paused_since.is_(None),
            visible_to(actor),
        )
    )
    found += (
        Ending(LimitKind.WHOLE, r[0], r[1], DrawnLimit(r[2], r[2].rpartition(":")[0], ""))
        for r in whole
    )
    return found


def _due_rows(table: Any, lives: ColumnElement[bool], before: datetime) -> FromClause:
    """Found first, so that no database begins with the cases to look for what each waits for."""
    query = select(
        table.c.id, table.c.case_id, table.c.due_at, table.c.process_key, table.c.element_id
    ).where(lives, table.c.due_at < to_text(before))
    return query.cte("due").prefix_with("MATERIALIZED")


def _place(due: FromClause) -> tuple[ColumnElement[str], ColumnElement[str]]:
    return due.c.process_key, due.c.element_id


def lines(tx: Tx, found: Sequence[Ending]) -> list[LimitLine]:
    """The same limits with what is told of them, in the order given."""
    known = {
        (kind, one_id): row
        for kind in LimitKind
        for one_id, row in _rows(tx, kind, [one.id for one in found if one.kind is kind])
    }
    return [_line(one, known[one.kind, one.id]) for one in found if (one.kind, one.id) in known]


def _rows(tx: Tx, kind: LimitKind, ids: Sequence[str | int]) -> Iterator[tuple[str | int, Any]]:
    if not ids:
        return
    if kind is LimitKind.STEP:
        query = line_query().where(task.c.id.in_(ids))
    else:
        rows: FromClause = case
        own_id: ColumnElement[Any] = case.c.id
        limit: ColumnElement[Any] = case.c.total_limit
        if kind is LimitKind.WAIT:
            rows, own_id = job.join(case, case.c.id == job.c.case_id), job.c.id
            limit = _NOTHING
        query = (
            select(
                own_id.label("id"),
                case.c.id.label("case_id"),
                case.c.number.label("case_number"),
                case.c.title,
                process_version.c.name.label("process_name"),
                organisation.c.name.label("handling_name"),
                limit.label("deadline"),
            )
            .select_from(
                rows.join(process_version, process_version.c.id == case.c.definition_id).join(
                    organisation, organisation.c.id == case.c.organisation_id
                )
            )
            .where(own_id.in_(ids))
        )
    for row in tx.execute(query):
        yield row.id, row


def _line(one: Ending, row: Any) -> LimitLine:
    return LimitLine(
        kind=one.kind,
        drawn=one.drawn,
        ends_at=from_text(one.ends_at),
        case_id=row.case_id,
        number=row.case_number,
        title=row.title,
        process_name=row.process_name,
        unit=row.handling_name,
        limit=row.deadline or "",
        step=line_of(row) if one.kind is LimitKind.STEP else None,
    )
