"""Lists and counts of steps: the inbox, the API's lists, the supervisor's."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, literal, or_, select, tuple_
from sqlalchemy import case as when
from sqlalchemy.sql import ColumnElement, FromClause
from sqlalchemy.sql.selectable import Select

from engine.model.actors import Actor
from engine.model.items import unpack_items
from engine.model.tasks import InboxCounts, InboxFilter, TaskLine
from engine.store.areas import lies_below
from engine.store.cases import handled_by, in_queues_of, matches, visible_to
from engine.store.database import Tx
from engine.store.dated import valid
from engine.store.instants import NEVER, from_text, from_text_or_none, to_text
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


def _mine(actor: Actor) -> ColumnElement[bool]:
    """Open steps the actor may do: in her queues, not barred for her, held by her or nobody."""
    hers = f"%|{actor.person_id}|%"
    under_a_profile = task.c.queue_id.in_(select(queue.c.id).where(queue.c.profile_id.is_not(None)))
    return and_(
        task.c.status == "open",
        in_queues_of(actor),
        or_(task.c.barred == "", task.c.barred.not_like(hers)),
        or_(task.c.by_profile == "", task.c.by_profile.not_like(hers), under_a_profile),
    )


def bucket_of(now: datetime, today: date, soon: date) -> ColumnElement[str]:
    """The bucket of a step's due date; ``soon`` is the last day that counts as soon."""
    return when(
        (task.c.due_at.is_(None), "none"),
        (task.c.due_at < to_text(now), "overdue"),
        (task.c.due_date <= today.isoformat(), "today"),
        (task.c.due_date <= soon.isoformat(), "soon"),
        else_="later",
    )


@dataclass(frozen=True)
class InboxDay:
    """The moment the inbox is looked at; ``sole`` are the queues that only its owner handles."""

    now: datetime
    today: date
    soon: date
    sole: frozenset[int] = frozenset()


def sole_queues(tx: Tx, actor: Actor, today: date) -> frozenset[int]:
    """The actor's queues that nobody else handles: their steps need no claim (product.md §1.2)."""
    handlers = (
        select(queue.c.id)
        .join(
            role_grant,
            and_(
                role_grant.c.role == queue.c.role,
                role_grant.c.organisation_id == queue.c.handling_id,
                valid(role_grant, today),
            ),
        )
        .join(person, and_(person.c.id == role_grant.c.person_id, person.c.active))
        .where(handled_by(actor))
        .group_by(queue.c.id)
        .having(func.count(role_grant.c.person_id.distinct()) == 1)
    )
    return frozenset(tx.execute(handlers).scalars())


def _is_hers(actor: Actor, day: InboxDay) -> ColumnElement[bool]:
    """She holds it, or nobody else may do it."""
    alone = and_(task.c.assignee.is_(None), task.c.queue_id.in_(day.sole))
    return or_(task.c.assignee == actor.person_id, alone)


def inbox_counts(
    tx: Tx, actor: Actor, narrowed: InboxFilter, day: InboxDay, lookup_hash: str
) -> InboxCounts:
    """Exact counts of the actor's open steps.

    The counts of one filter hold with all others set: each number is that of the rows that
    choosing it shows.
    """
    rows = _counted(tx, actor, narrowed, day, lookup_hash)

    def tally(name: str) -> dict[str, int]:
        counts: dict[str, int] = {}
        for row in rows:
            if row.is_among(narrowed, but=name) and (n := row.number(narrowed.holding)):
                value = getattr(row, name)
                counts[value] = counts.get(value, 0) + n
        return counts

    def held_so(holding: str) -> int:
        return sum(row.number(holding) for row in rows if row.is_among(narrowed))

    return InboxCounts(
        total=held_so(narrowed.holding),
        held=held_so("mine"),
        free=held_so("free"),
        by_bucket=tally("bucket"),
        by_role=tally("role"),
        by_organisation=tally("organisation_id"),
        organisation_names={row.organisation_id: row.organisation_name for row in rows},
        by_process=tally("process_key"),
    )


@dataclass(frozen=True)
class _Counted:
    """How many steps agree in everything that the inbox can be narrowed to."""

    bucket: str
    role: str
    organisation_id: str
    organisation_name: str
    process_key: str
    every: int
    held: int

    def is_among(self, narrowed: InboxFilter, but: str = "") -> bool:
        """Whether the filter lets them through, one of its fields left aside."""
        return all(
            name == but or getattr(narrowed, name) in {"", getattr(self, name)}
            for name in ("bucket", "role", "organisation_id", "process_key")
        )

    def number(self, holding: str) -> int:
        """How many of them are held so: by her, by nobody, or either."""
        return {"mine": self.held, "free": self.every - self.held}.get(holding, self.every)


def _counted(
    tx: Tx, actor: Actor, narrowed: InboxFilter, day: InboxDay, lookup_hash: str
) -> list[_Counted]:
    bucket = bucket_of(day.now, day.today, day.soon)
    mine = (
        select(
            task.c.queue_id,
            task.c.case_process,
            bucket.label("bucket"),
            func.count().label("n"),
            func.sum(when((_is_hers(actor, day), 1), else_=0)).label("held"),
        )
        .where(_mine(actor), _free_or_held_by(actor))
        .group_by(task.c.queue_id, task.c.case_process, bucket)
    )
    if narrowed.text:
        mine = mine.select_from(task.join(case, case.c.id == task.c.case_id))
        mine = mine.where(matches(narrowed.text, lookup_hash))
    grouped = mine.subquery()
    rows = tx.execute(
        select(
            queue.c.role,
            queue.c.home_id,
            organisation.c.name,
            grouped.c.case_process,
            grouped.c.bucket,
            grouped.c.n,
            grouped.c.held,
        ).select_from(
            grouped.join(queue, queue.c.id == grouped.c.queue_id).join(
                organisation, organisation.c.id == queue.c.home_id
            )
        )
    )
    return [
        _Counted(
            bucket=row.bucket,
            role=row.role,
            organisation_id=row.home_id,
            organisation_name=row.name,
            process_key=row.case_process,
            every=row.n,
            held=row.held,
        )
        for row in rows
    ]


def _free_or_held_by(actor: Actor) -> ColumnElement[bool]:
    return or_(task.c.assignee.is_(None), task.c.assignee == actor.person_id)


_LINE = (
    task.c.id,
    task.c.case_id,
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


def line_of(row: Any) -> TaskLine:
    """A line from a row of these columns."""
    return TaskLine(
        id=row.id,
        case_id=row.case_id,
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
        due_date=None if row.due_date is None else date.fromisoformat(row.due_date),
        deadline=row.deadline,
        provisional=row.provisional,
        is_returned=row.returned_by is not None,
        status=row.status,
        draft_at=from_text_or_none(row.draft_at),
        completed_at=from_text_or_none(row.completed_at),
        completed_by=row.completed_by,
        items=unpack_items(row.item),
    )


def inbox_lines(
    tx: Tx,
    actor: Actor,
    narrowed: InboxFilter,
    day: InboxDay,
    lookup_hash: str,
    after: tuple[str, str] | None,
) -> list[TaskLine]:
    """The actor's open steps, longest overdue first; one more than asked.

    The page's steps are found first, and only they are joined with their names: the steps behind
    the page are sorted, not read.
    """
    page = select(task.c.id).select_from(_needed(narrowed)).where(_mine(actor))
    if narrowed.holding == "mine":
        page = page.where(_is_hers(actor, day))
    elif narrowed.holding == "free":
        page = page.where(task.c.assignee.is_(None), task.c.queue_id.not_in(day.sole))
    elif narrowed.holding != "all":
        page = page.where(_free_or_held_by(actor))
    if narrowed.bucket:
        page = page.where(bucket_of(day.now, day.today, day.soon) == narrowed.bucket)
    if narrowed.role:
        page = page.where(queue.c.role == narrowed.role)
    if narrowed.organisation_id:
        page = page.where(queue.c.home_id == narrowed.organisation_id)
    if narrowed.process_key:
        page = page.where(task.c.case_process == narrowed.process_key)
    if narrowed.text:
        page = page.where(matches(narrowed.text, lookup_hash))
    if after is not None:
        page = page.where(tuple_(_due, task.c.id) > after)
    page = page.order_by(_due, task.c.id).limit(narrowed.limit + 1)
    query = line_query().where(task.c.id.in_(page.scalar_subquery())).order_by(_due, task.c.id)
    hers = f"|{actor.person_id}|"
    return [
        replace(
            line_of(row),
            is_sole=row.queue_id in day.sole,
            is_by_profile=hers in row.by_profile,
        )
        for row in tx.execute(query)
    ]


def _needed(narrowed: InboxFilter) -> FromClause:
    """The steps with the tables that the filter looks at, and no others."""
    found: FromClause = task
    if narrowed.role or narrowed.organisation_id:
        found = found.join(queue, queue.c.id == task.c.queue_id)
    if narrowed.text:
        found = found.join(case, case.c.id == task.c.case_id)
    return found


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
    limit: int = 50


def lines(tx: Tx, actor: Actor, question: TaskQuestion) -> list[TaskLine]:
    """Steps of the cases the actor may see, by id; one more than asked."""
    query = line_query().where(visible_to(actor), *_narrowed(question))
    if question.overdue_at is not None:
        query = query.order_by(_due, task.c.id)
    elif question.completed_by:
        query = query.order_by(task.c.completed_at.desc(), task.c.id)
    else:
        query = query.order_by(task.c.id)
    return [line_of(row) for row in tx.execute(query.limit(question.limit + 1))]


def _narrowed(question: TaskQuestion) -> list[ColumnElement[bool]]:
    process, _separator, element = question.step.partition("/")
    equal: tuple[tuple[ColumnElement[Any], str | None], ...] = (
        (task.c.id, question.id or None),
        (task.c.status, question.status or None),
        (task.c.case_id, question.case_id or None),
        (task.c.assignee, question.assignee),
        (task.c.completed_by, question.completed_by or None),
        (task.c.draft_by, question.drafted_by or None),
        (task.c.element_id, question.element_id or element or None),
        (task.c.process_key, process or None),
        (queue.c.handling_id, question.handling or None),
    )
    narrowed = [column == value for column, value in equal if value is not None]
    if question.unassigned:
        narrowed.append(task.c.assignee.is_(None))
    if question.below:
        narrowed.append(lies_below(queue.c.home_id, [question.below]))
    if question.overdue_at is not None:
        narrowed.append(task.c.status == "open")
        narrowed.append(task.c.due_at < to_text(question.overdue_at))
    if question.after:
        narrowed.append(task.c.id > question.after)
    return narrowed


def open_of_case(tx: Tx, case_id: str) -> list[TaskLine]:
    """The open steps of a case."""
    return [
        line_of(row)
        for row in tx.execute(
            line_query()
            .where(task.c.case_id == case_id, task.c.status == "open")
            .order_by(task.c.number)
        )
    ]


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
        .where(visible_to(actor), *_narrowed(TaskQuestion(overdue_at=now)))
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


def unstaffed(tx: Tx, actor: Actor, today: date) -> list[tuple[TaskLine, str]]:
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
        .limit(500)
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
