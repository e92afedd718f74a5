"""Lists and counts of steps: the API's lists, the supervisor's; a person's inbox has its own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, and_, bindparam, func, literal, literal_column, or_, select
from sqlalchemy import case as when
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.selectable import Select

from engine.model.actors import Actor
from engine.model.items import unpack_items
from engine.model.tasks import TaskLine
from engine.store.areas import lies_below
from engine.store.cases import visible_to
from engine.store.database import Tx
from engine.store.dated import valid
from engine.store.instants import NEVER, from_day, from_days, from_text, from_text_or_none, to_text
from engine.store.ready import Blank, Ready
from engine.store.ready_for import ReadyFor
from engine.store.tables import (
    case,
    organisation,
    person,
    process_version,
    queue,
    role_grant,
    task,
)

_handling = organisation.alias("handling")
_home = organisation.alias("home")
_due = func.coalesce(task.c.due_at, NEVER)


def bucket_of(now: datetime, today: date, soon: date) -> ColumnElement[str]:
    """The bucket of a step's due date; ``soon`` is the last day that counts as soon."""
    return when(
        (task.c.due_at.is_(None), "none"),
        (task.c.due_at < to_text(now), "overdue"),
        (task.c.due_date <= today.isoformat(), "today"),
        (task.c.due_date <= soon.isoformat(), "soon"),
        else_="later",
    )


_LINE = (
    task.c.id,
    task.c.case_id,
    task.c.token,
    task.c.element_id,
    task.c.name,
    task.c.item,
    task.c.process_key,
    task.c.queue_id,
    task.c.assignee,
    task.c.created_at,
    task.c.due_at,
    task.c.due_date,
    task.c.deadline,
    task.c.counted_from,
    task.c.limit_of,
    task.c.paused,
    task.c.lane_kind,
    task.c.provisional,
    task.c.returned_by,
    task.c.status,
    task.c.draft_at,
    task.c.completed_at,
    task.c.completed_by,
    task.c.by_profile,
    queue.c.role,
    queue.c.home_id,
    queue.c.handling_id,
    case.c.number.label("case_number"),
    case.c.title,
    process_version.c.name.label("process_name"),
    _home.c.name.label("home_name"),
    _handling.c.name.label("handling_name"),
    person.c.name.label("assignee_name"),
)


def line_query() -> Select[Any]:
    """Steps with the names that stand in their lines."""
    return select(*_LINE).select_from(
        task.join(queue, queue.c.id == task.c.queue_id)
        .join(case, case.c.id == task.c.case_id)
        .join(process_version, process_version.c.id == case.c.definition_id)
        .join(_home, _home.c.id == queue.c.home_id)
        .join(_handling, _handling.c.id == queue.c.handling_id)
        .outerjoin(person, person.c.id == task.c.assignee)
    )


def line_of(row: Any, *, is_sole: bool = False, is_by_profile: bool = False) -> TaskLine:
    """A line from a row of these columns."""
    return TaskLine(
        is_sole=is_sole,
        is_by_profile=is_by_profile,
        id=row.id,
        case_id=row.case_id,
        token=row.token,
        case_number=row.case_number,
        title=row.title,
        element_id=row.element_id,
        name=row.name,
        process_key=row.process_key,
        process_name=row.process_name,
        role=row.role,
        organisation_id=row.home_id,
        organisation_name=row.home_name,
        handling_id=row.handling_id,
        handling_name=row.handling_name,
        assignee=row.assignee,
        assignee_name=row.assignee_name,
        created_at=from_text(row.created_at),
        due_at=from_text_or_none(row.due_at),
        due_date=from_day(row.due_date),
        deadline=row.deadline,
        provisional=row.provisional,
        is_returned=row.returned_by is not None,
        status=row.status,
        draft_at=from_text_or_none(row.draft_at),
        completed_at=from_text_or_none(row.completed_at),
        completed_by=row.completed_by,
        items=unpack_items(row.item),
        lane_kind=row.lane_kind,
        counted_from=from_day(row.counted_from),
        limit_of=row.limit_of,
        paused=from_days(row.paused),
    )


@dataclass(frozen=True)
class TaskQuestion:
    """What a list of steps is narrowed to. ``step``: the process's key / the element's id."""

    id: str = ""
    status: str = ""
    case_id: str = ""
    assignee: str | None = None
    unassigned: bool = False
    completed_by: str = ""
    drafted_by: str = ""
    element_id: str = ""
    step: str = ""
    below: str = ""
    handling: str = ""
    overdue_at: datetime | None = None
    after: str = ""
    skip: int = 0
    limit: int = 50


def lines(tx: Tx, actor: Actor, question: TaskQuestion) -> list[TaskLine]:
    """Steps of the cases the actor may see, by id; one more than asked."""
    texts = _texts(question)
    is_all_open = texts.get("status") == "open" and texts.keys() <= {"status", "after"}
    if is_all_open and not question.unassigned:
        del texts["status"]
        texts["all_open"] = ""
    asked = {**texts, "most": question.limit + 1}
    if question.skip:
        asked["skip"] = question.skip
    shape = (frozenset(asked), question.unassigned)
    return [line_of(row) for row in _LINES.records(tx, actor, asked, *shape)]


def count(tx: Tx, actor: Actor, question: TaskQuestion) -> int:
    """How many there are, on whatever page they stand."""
    narrowed = _narrowed(_texts(question), unassigned=question.unassigned)
    steps = task.join(queue, queue.c.id == task.c.queue_id).join(case, case.c.id == task.c.case_id)
    query = select(func.count()).select_from(steps).where(visible_to(actor), *narrowed)
    return int(tx.execute(query).scalar_one())


def open_in_queues(
    tx: Tx, actor: Actor, queue_ids: Sequence[int], skip: int, limit: int
) -> list[TaskLine]:
    """So many open steps of these queues behind the first ones, what is due first."""
    found: dict[str, Any] = {}
    for begin in range(0, len(queue_ids), _MOST_AT_ONCE):
        query = (
            line_query()
            .where(
                task.c.queue_id.in_(queue_ids[begin : begin + _MOST_AT_ONCE]),
                task.c.status == "open",
                visible_to(actor),
            )
            .order_by(_due, task.c.id)
            .limit(skip + limit)
        )
        found |= {row.id: row for row in tx.execute(query)}
    rows = sorted(found.values(), key=lambda row: (row.due_at or NEVER, row.id))
    return [line_of(row) for row in rows[skip : skip + limit]]


_MOST_AT_ONCE = 5_000
"""Queues that one statement names: a database takes some ten thousand values."""


def _lines(actor: Actor, named: frozenset[str], unassigned: bool) -> Select[Any]:  # noqa: FBT001
    texts = {name: Blank(name) for name in named}
    query = line_query().where(visible_to(actor), *_narrowed(texts, unassigned=unassigned))
    if "late_at" in named:
        query = query.order_by(_due, task.c.id)
    elif "completed_by" in named:
        query = query.order_by(task.c.completed_at.desc(), task.c.id)
    else:
        query = query.order_by(task.c.id)
    if "skip" in named:
        query = query.offset(bindparam("skip", type_=Integer()))
    return query.limit(bindparam("most", type_=Integer()))


_LINES = ReadyFor(_lines)


def _texts(question: TaskQuestion) -> dict[str, str]:
    """What the question names, as it stands in the tables."""
    process, _separator, element = question.step.partition("/")
    late_at = question.overdue_at
    texts = {
        "id": question.id or None,
        "status": question.status or None,
        "case_id": question.case_id or None,
        "assignee": question.assignee,
        "completed_by": question.completed_by or None,
        "draft_by": question.drafted_by or None,
        "element_id": question.element_id or element or None,
        "process_key": process or None,
        "handling_id": question.handling or None,
        "below": question.below or None,
        "late_at": None if late_at is None else to_text(late_at),
        "after": question.after or None,
    }
    return {name: text for name, text in texts.items() if text is not None}


_EQUAL: Mapping[str, ColumnElement[Any]] = {
    "id": task.c.id,
    "status": task.c.status,
    "case_id": task.c.case_id,
    "assignee": task.c.assignee,
    "completed_by": task.c.completed_by,
    "draft_by": task.c.draft_by,
    "element_id": task.c.element_id,
    "process_key": task.c.process_key,
    "handling_id": queue.c.handling_id,
}


def _narrowed(texts: Mapping[str, str], *, unassigned: bool) -> list[ColumnElement[bool]]:
    narrowed = [column == texts[name] for name, column in _EQUAL.items() if name in texts]
    if unassigned:
        narrowed.append(task.c.assignee.is_(None))
    if "below" in texts:
        narrowed.append(lies_below(queue.c.home_id, [texts["below"]]))
    if "late_at" in texts:
        narrowed.append(task.c.status == "open")
        narrowed.append(task.c.due_at < texts["late_at"])
    if "after" in texts:
        narrowed.append(task.c.id > texts["after"])
    if "all_open" in texts:  # in the words of ix_task_open, which has nothing of what is done
        narrowed.append(task.c.status == literal_column("'open'"))
        narrowed.append(task.c.id > literal_column("''"))
    return narrowed


_OPEN_OF_CASE = Ready(
    line_query()
    .where(task.c.case_id == bindparam("case"), task.c.status == "open")
    .order_by(task.c.number)
)


_OF_STEP = Ready(line_query().where(task.c.id == bindparam("step")))


def of_step(tx: Tx, task_id: str) -> TaskLine:
    """The line of a step that was found to be there, whoever asks."""
    (row,) = _OF_STEP.records(tx, {"step": task_id})
    return line_of(row)


def open_of_case(tx: Tx, case_id: str) -> list[TaskLine]:
    """The open steps of a case."""
    return [line_of(row) for row in _OPEN_OF_CASE.records(tx, {"case": case_id})]


def open_of_cases(tx: Tx, case_ids: Collection[str]) -> list[TaskLine]:
    """The open steps of these cases."""
    if not case_ids:
        return []
    query = line_query().where(task.c.case_id.in_(sorted(case_ids)), task.c.status == "open")
    return [line_of(row) for row in tx.execute(query.order_by(task.c.id))]


def of_ids(tx: Tx, actor: Actor, task_ids: Collection[str]) -> list[TaskLine]:
    """Those of these steps whose cases the actor may see."""
    if not task_ids:
        return []
    query = line_query().where(task.c.id.in_(sorted(task_ids)), visible_to(actor))
    return [line_of(row) for row in tx.execute(query.order_by(_due, task.c.id))]


@dataclass(frozen=True)
class OverdueCount:
    """How many overdue steps share a value."""

    id: str
    name: str
    count: int


def overdue_counts(
    tx: Tx, actor: Actor, now: datetime
) -> tuple[list[OverdueCount], list[OverdueCount], list[OverdueCount]]:
    """Overdue steps of the cases the actor may see: by step, by handling unit, by holder."""
    found = (
        select(
            # Two processes may have the same id at different steps.
            (task.c.process_key + "/" + task.c.element_id).label("step"),
            task.c.name,
            queue.c.handling_id,
            _handling.c.name.label("handling_name"),
            task.c.assignee,
            person.c.name.label("assignee_name"),
        )
        .select_from(
            task.join(queue, queue.c.id == task.c.queue_id)
            .join(case, case.c.id == task.c.case_id)
            .join(_handling, _handling.c.id == queue.c.handling_id)
            .outerjoin(person, person.c.id == task.c.assignee)
        )
        .where(visible_to(actor), *_narrowed({"late_at": to_text(now)}, unassigned=False))
        .subquery()
    )

    def grouped(key: ColumnElement[Any], name: ColumnElement[Any]) -> list[OverdueCount]:
        number = func.count()
        return [
            OverdueCount(row[0] or "", row[1] or "", row[2])
            for row in tx.execute(
                select(key, func.min(name), number).group_by(key).order_by(number.desc(), key)
            )
        ]

    return (
        grouped(found.c.step, found.c.name),
        grouped(found.c.handling_id, found.c.handling_name),
        grouped(found.c.assignee, found.c.assignee_name),
    )


def unstaffed(tx: Tx, actor: Actor, today: date, limit: int = 500) -> list[tuple[TaskLine, str]]:
    """Open steps nobody can do, with why (无人办理): nobody is there, or all must stay away."""
    rows = tx.execute(
        line_query()
        .add_columns(queue.c.reason, queue.c.reason_text)
        .where(
            task.c.status == "open",
            or_(queue.c.reason == "unstaffed", _all_must_stay_away(today)),
            visible_to(actor),
        )
        .order_by(_due, task.c.id)
        .limit(limit)
    ).all()
    return [
        (line_of(row), row.reason_text if row.reason == "unstaffed" else _STAY_AWAY) for row in rows
    ]


_STAY_AWAY = (
    "能办这一步的人都办过本件须与它分开的环节,按规定须回避。"
    "请授予另一人角色,或书面指定由其他单位办理。"
)


def _all_must_stay_away(today: date) -> ColumnElement[bool]:
    """There are holders of the role, and each has done what keeps her from this step."""
    hers = literal("%|") + person.c.id + literal("|%")
    may = (
        select(role_grant.c.id)
        .join(person, person.c.id == role_grant.c.person_id)
        .where(
            role_grant.c.role == queue.c.role,
            role_grant.c.organisation_id == queue.c.handling_id,
            valid(role_grant, today),
            person.c.active,
            task.c.barred.not_like(hers),
            or_(queue.c.profile_id.is_not(None), task.c.by_profile.not_like(hers)),
        )
        .correlate(task, queue)
        .exists()
    )
    return and_(or_(task.c.barred != "", task.c.by_profile != ""), ~may)
