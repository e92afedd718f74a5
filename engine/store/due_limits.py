"""Limits that are over or end before an instant: of open steps, of waits, of whole cases.

Each kind is counted by one question that begins at an index of what is due, however much is open.
The numbers say which stretches of that index the page needs; they are read in its order, and the
lines of those that are shown are asked for by their ids. What is asked of a step and of its case
stands in the indexes themselves: rows of a million cases lie all over the disk.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import and_, func, literal_column, or_, select, tuple_
from sqlalchemy import case as when
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.selectable import FromClause, Select

from engine.model.actors import Actor
from engine.model.tasks import TaskLine
from engine.store.cases import may_see_at, visible_to
from engine.store.database import Tx
from engine.store.instants import from_text
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


class Counted(NamedTuple):
    """How many limits of a kind, drawn at one place, end on a day of those that were asked."""

    kind: LimitKind
    drawn: DrawnLimit
    day: int
    n: int


class Span(NamedTuple):
    """The limits drawn at some places that end from one instant to before another, as stored."""

    since: str
    before: str
    places: frozenset[DrawnLimit]


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


def counted(tx: Tx, actor: Actor, ends: Sequence[str]) -> list[Counted]:
    """Of the cases the actor may see, how many limits end before each of these instants.

    ``ends``: ascending; ``day`` is how many of them are over when a limit ends, and what ends
    after all of them is not counted. While a case stands still the limit of its whole does not
    run, and is none of them.
    """
    found: list[Counted] = []
    for kind in LimitKind:
        due = _due(kind, ends[-1]).cte("due").prefix_with("MATERIALIZED")
        day = when(*((due.c.ends_at < end, n) for n, end in enumerate(ends)), else_=len(ends))
        rows, may_see, place = _seen(kind, due, actor)
        seen = select(*place, day.label("day")).select_from(rows).where(may_see).subquery()
        key = (seen.c.definition_id, seen.c.process_key, seen.c.element_id, seen.c.day)
        for version, process, element, number, n in tx.execute(
            select(*key, func.count()).group_by(*key)
        ):
            if version is not None:  # a step without its place is told by the invariants
                found.append(Counted(kind, _drawn(version, process, element), number, n))
    return found


def ending(
    tx: Tx, actor: Actor, kind: LimitKind, spans: Sequence[Span], limit: int | None
) -> list[Ending]:
    """Of the cases the actor may see, the limits of a kind in these spans, what ends first first.

    No more than ``limit``, and then no more is read than that takes.
    """
    if not spans:
        return []
    found = _due(kind, max(span.before for span in spans), min(span.since for span in spans))
    ends_at, own_id = found.selected_columns[:2]
    due = found.order_by(ends_at, own_id).cte("due").prefix_with("MATERIALIZED")
    rows, may_see, place = _seen(kind, due, actor)
    query = (
        select(due.c.id, due.c.ends_at, *place)
        .select_from(rows)
        .where(
            may_see,
            or_(
                *(
                    and_(
                        due.c.ends_at >= span.since,
                        due.c.ends_at < span.before,
                        tuple_(*place).in_([_as_stored(one) for one in sorted(span.places)]),
                    )
                    for span in spans
                )
            ),
        )
        .order_by(due.c.ends_at, due.c.id)
        .limit(limit)
    )
    return [Ending(kind, r[0], r[1], _drawn(*r[2:])) for r in tx.execute(query)]


def _due(kind: LimitKind, before: str, since: str = "") -> Select[Any]:
    """What ends in a span, in the order of its index and out of nothing else.

    Found first, so that no database begins with the cases to look for what each waits for.
    """
    if kind is LimitKind.WHOLE:
        ends_at = case.c.total_due_at
        found = select(
            ends_at.label("ends_at"),
            case.c.id,
            case.c.id.label("case_id"),
            _NOTHING.label("process_key"),
            _NOTHING.label("element_id"),
        ).where(_RUNS, case.c.paused_since.is_(None))
    else:
        table, lives = (task, _OPEN) if kind is LimitKind.STEP else (job, _WAITS)
        ends_at = table.c.due_at
        found = select(
            ends_at.label("ends_at"),
            table.c.id,
            table.c.case_id,
            table.c.process_key,
            table.c.element_id,
            *((task.c.place_id, task.c.definition_id) if kind is LimitKind.STEP else ()),
        ).where(lives)
    return found.where(ends_at < before, *([ends_at >= since] if since else []))


def _seen(
    kind: LimitKind, due: FromClause, actor: Actor
) -> tuple[FromClause, ColumnElement[bool], tuple[ColumnElement[str], ...]]:
    """Where those stand that the actor may see, which they are, and their places in drawings.

    Nothing of a case that has ended waits (invariant).
    """
    if kind is LimitKind.STEP:
        place = (due.c.definition_id, due.c.process_key, due.c.element_id)
        return due, may_see_at(actor, due.c.case_id, due.c.place_id), place
    joined = due.join(case, and_(case.c.id == due.c.case_id, case.c.ended_at.is_(None)))
    return joined, visible_to(actor), (case.c.definition_id, due.c.process_key, due.c.element_id)


def _drawn(version: str, process: str, element: str) -> DrawnLimit:
    return DrawnLimit(version, process or version.rpartition(":")[0], element)


def _as_stored(one: DrawnLimit) -> tuple[str, str, str]:
    """As :func:`_due` has it: the limit of a whole stands at no place of a drawing."""
    return one.definition_id, one.process_key if one.element_id else "", one.element_id


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
