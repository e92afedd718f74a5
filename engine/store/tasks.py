"""Steps in the tables: load, write, and the inbox's two questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, insert, literal, or_, select, tuple_, union_all, update
from sqlalchemy import case as when
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.selectable import Select

from engine.model.actors import Actor
from engine.model.cases import Case
from engine.model.organisations import Queue, RoutingReason
from engine.model.tasks import InboxCounts, InboxFilter, Task, TaskLine, TaskStatus
from engine.store.areas import lies_below
from engine.store.cases import case_of, in_queues_of, matches, visible_to
from engine.store.database import Tx
from engine.store.instants import NEVER, from_text, from_text_or_none, to_text, to_text_or_none
from engine.store.tables import (
    case,
    job,
    organisation,
    person,
    process_version,
    queue,
    subscription,
    task,
)

_handling = organisation.alias("handling")
_home = organisation.alias("home")
_due = func.coalesce(task.c.due_at, NEVER)

_TASK = (
    *(c for c in task.c if c.name != "draft"),
    queue.c.role.label("queue_role"),
    queue.c.level.label("queue_level"),
    queue.c.home_id,
    queue.c.handling_id,
    queue.c.reason.label("queue_reason"),
    queue.c.reason_text.label("queue_reason_text"),
)


def task_of(r: Any) -> Task:
    """A step from its row, as a mapping, joined with its queue."""
    return Task(
        id=r["id"],
        case_id=r["case_id"],
        token=r["token"],
        process_key=r["process_key"],
        element_id=r["element_id"],
        name=r["name"],
        queue=Queue(
            r["queue_id"],
            r["queue_role"],
            r["queue_level"],
            r["home_id"],
            r["handling_id"],
            RoutingReason(r["queue_reason"]),
            r["queue_reason_text"],
        ),
        lane_kind=r["lane_kind"],
        status=TaskStatus(r["status"]),
        rev=r["rev"],
        assignee=r["assignee"],
        claimed_at=from_text_or_none(r["claimed_at"]),
        barred=frozenset(filter(None, r["barred"].split("|"))),
        priority=r["priority"],
        created_at=from_text(r["created_at"]),
        due_at=from_text_or_none(r["due_at"]),
        due_date=None if r["due_date"] is None else date.fromisoformat(r["due_date"]),
        deadline=r["deadline"],
        provisional=r["provisional"],
        completed_at=from_text_or_none(r["completed_at"]),
        completed_by=r["completed_by"],
    )


@dataclass(frozen=True)
class LoadedTask:
    """A step with its case: one statement."""

    task: Task
    case: Case
    draft: bytes | None
    draft_by: str | None
    draft_at: datetime | None


def load(tx: Tx, task_id: str) -> LoadedTask | None:
    """The step and its case, whoever asks."""
    return _loaded(tx, select_with_case().where(task.c.id == task_id))


def load_visible(tx: Tx, actor: Actor, task_id: str) -> LoadedTask | None:
    """The step and its case, if the actor may see the case."""
    return _loaded(tx, select_with_case().where(task.c.id == task_id, visible_to(actor)))


def select_with_case() -> Select[Any]:
    """Step, queue and case in one row; the case's columns are prefixed ``case_``."""
    return select(
        *_TASK,
        task.c.draft,
        *(c.label(f"case_{c.name}") for c in case.c if c.name != "id"),
    ).select_from(
        task.join(queue, queue.c.id == task.c.queue_id).join(case, case.c.id == task.c.case_id)
    )


def _loaded(tx: Tx, query: Select[Any]) -> LoadedTask | None:
    r = tx.execute(query).mappings().first()
    if r is None:
        return None
    of_case = {c.name: r[f"case_{c.name}"] for c in case.c if c.name != "id"}
    return LoadedTask(
        task=task_of(r),
        case=case_of({"id": r["case_id"], **of_case}),
        draft=r["draft"],
        draft_by=r["draft_by"],
        draft_at=from_text_or_none(r["draft_at"]),
    )


@dataclass(frozen=True)
class NewTask:
    """A step to be written."""

    id: str
    case_id: str
    number: int
    token: str
    process_key: str
    element_id: str
    name: str
    queue_id: int
    lane_kind: str
    barred: frozenset[str]
    priority: int
    created_at: datetime
    due_at: datetime | None
    due_date: date | None
    deadline: str | None
    provisional: bool
    next_alert_at: datetime | None
    pauses_clock: bool
    assignee: str | None = None


def add(tx: Tx, new: Sequence[NewTask]) -> None:
    """Open steps."""
    if not new:
        return
    tx.execute(
        insert(task),
        [
            {
                "id": t.id,
                "case_id": t.case_id,
                "number": t.number,
                "token": t.token,
                "process_key": t.process_key,
                "element_id": t.element_id,
                "name": t.name,
                "queue_id": t.queue_id,
                "lane_kind": t.lane_kind,
                "status": "open",
                "rev": 1,
                "assignee": t.assignee,
                "claimed_at": None if t.assignee is None else to_text(t.created_at),
                "barred": f"|{'|'.join(sorted(t.barred))}|" if t.barred else "",
                "priority": t.priority,
                "created_at": to_text(t.created_at),
                "due_at": to_text_or_none(t.due_at),
                "due_date": None if t.due_date is None else t.due_date.isoformat(),
                "deadline": t.deadline,
                "provisional": t.provisional,
                "next_alert_at": to_text_or_none(t.next_alert_at),
                "alert_stage": 0,
                "pauses_clock": t.pauses_clock,
            }
            for t in new
        ],
    )


def complete(tx: Tx, task_id: str, seen_rev: int, person_id: str, at: datetime) -> bool:
    """Close a step its doer has finished; False when it was changed or closed meanwhile."""
    done = tx.execute(
        update(task)
        .where(task.c.id == task_id, task.c.status == "open", task.c.rev == seen_rev)
        .values(
            status="completed",
            rev=task.c.rev + 1,
            assignee=person_id,
            completed_at=to_text(at),
            completed_by=person_id,
            draft=None,
            draft_by=None,
            draft_at=None,
            next_alert_at=None,
        )
    )
    return done.rowcount == 1


def cancel(tx: Tx, case_id: str, tokens: Sequence[str], at: datetime) -> None:
    """Close steps that are no longer waited for; their drafts go."""
    if tokens:
        tx.execute(
            update(task)
            .where(task.c.case_id == case_id, task.c.token.in_(tokens), task.c.status == "open")
            .values(
                status="cancelled",
                rev=task.c.rev + 1,
                completed_at=to_text(at),
                draft=None,
                next_alert_at=None,
            )
        )


def give_to(tx: Tx, task_id: str, seen_rev: int, person_id: str | None, at: datetime) -> bool:
    """Give the step to a person, or to nobody; of two at once exactly one succeeds."""
    done = tx.execute(
        update(task)
        .where(task.c.id == task_id, task.c.status == "open", task.c.rev == seen_rev)
        .values(
            assignee=person_id,
            claimed_at=None if person_id is None else to_text(at),
            rev=task.c.rev + 1,
        )
    )
    return done.rowcount == 1


def save_draft(tx: Tx, task_id: str, draft: bytes, person_id: str, at: datetime) -> bool:
    """Keep a half-filled form with the step; the revision does not change (design.md D14)."""
    done = tx.execute(
        update(task)
        .where(task.c.id == task_id, task.c.status == "open")
        .values(draft=draft, draft_by=person_id, draft_at=to_text(at))
    )
    return done.rowcount == 1


@dataclass(frozen=True)
class WaitRow:
    """A row that waits for something: ``kind`` is task, timer, operation, retry or message."""

    kind: str
    token: str
    id: str
    due_at: datetime | None
    status: str

    def is_due(self, now: datetime) -> bool:
        """Whether it is a timer whose time has come and that nobody gave up on."""
        return (
            self.kind == "timer"
            and self.status != "failed"
            and self.due_at is not None
            and self.due_at <= now
        )


def wait_rows(tx: Tx, case_id: str) -> list[WaitRow]:
    """Everything the tables say a case waits for: compared with the engine's waits (D22)."""
    query = union_all(
        select(
            literal("task").label("kind"),
            task.c.token,
            task.c.id,
            literal("").label("due_at"),
            task.c.status,
        ).where(task.c.case_id == case_id, task.c.status == "open"),
        select(job.c.kind, job.c.token, literal("").label("id"), job.c.due_at, job.c.status).where(
            job.c.case_id == case_id, job.c.status.in_(("waiting", "running", "failed"))
        ),
        select(
            literal("message"), subscription.c.token, literal(""), literal(""), literal("waiting")
        ).where(subscription.c.case_id == case_id),
    )
    return [
        WaitRow(
            row.kind, row.token, row.id, from_text(row.due_at) if row.due_at else None, row.status
        )
        for row in tx.execute(query)
    ]


# --- the inbox -------------------------------------------------------------------------------


def _mine(actor: Actor) -> ColumnElement[bool]:
    """Open steps the actor may do: in her queues, not barred for her, held by her or nobody."""
    return and_(
        task.c.status == "open",
        in_queues_of(actor),
        or_(task.c.barred == "", task.c.barred.not_like(f"%|{actor.person_id}|%")),
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


def inbox_counts(tx: Tx, actor: Actor, now: datetime, today: date, soon: date) -> InboxCounts:
    """Exact counts of the actor's open steps."""
    bucket = bucket_of(now, today, soon)
    grouped = (
        select(
            task.c.queue_id,
            case.c.definition_id,
            bucket.label("bucket"),
            func.count().label("n"),
            func.count(task.c.assignee).label("held"),
        )
        .where(_mine(actor), _free_or_held_by(actor))
        .select_from(task.join(case, case.c.id == task.c.case_id))
        .group_by(task.c.queue_id, case.c.definition_id, bucket)
        .subquery()
    )
    rows = tx.execute(
        select(
            queue.c.role,
            queue.c.home_id,
            organisation.c.name,
            grouped.c.definition_id,
            grouped.c.bucket,
            grouped.c.n,
            grouped.c.held,
        ).select_from(
            grouped.join(queue, queue.c.id == grouped.c.queue_id).join(
                organisation, organisation.c.id == queue.c.home_id
            )
        )
    ).all()
    by_bucket: dict[str, int] = {}
    by_role: dict[str, int] = {}
    by_organisation: dict[str, int] = {}
    by_process: dict[str, int] = {}
    for row in rows:
        by_bucket[row.bucket] = by_bucket.get(row.bucket, 0) + row.n
        by_role[row.role] = by_role.get(row.role, 0) + row.n
        by_organisation[row.home_id] = by_organisation.get(row.home_id, 0) + row.n
        process_key = row.definition_id.rpartition(":")[0]
        by_process[process_key] = by_process.get(process_key, 0) + row.n
    held = sum(row.held for row in rows)
    return InboxCounts(
        total=sum(by_bucket.values()),
        held=held,
        by_bucket=by_bucket,
        by_role=by_role,
        by_organisation=by_organisation,
        organisation_names={row.home_id: row.name for row in rows},
        by_process=by_process,
    )


def _free_or_held_by(actor: Actor) -> ColumnElement[bool]:
    return or_(task.c.assignee.is_(None), task.c.assignee == actor.person_id)


_LINE = (
    task.c.id,
    task.c.case_id,
    task.c.element_id,
    task.c.name,
    task.c.process_key,
    task.c.assignee,
    task.c.created_at,
    task.c.due_at,
    task.c.due_date,
    task.c.deadline,
    task.c.provisional,
    task.c.status,
    task.c.draft_at,
    task.c.completed_at,
    task.c.completed_by,
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


def _lines() -> Select[Any]:
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
        status=row.status,
        draft_at=from_text_or_none(row.draft_at),
        completed_at=from_text_or_none(row.completed_at),
        completed_by=row.completed_by,
    )


@dataclass(frozen=True)
class InboxDay:
    """The moment the inbox is looked at."""

    now: datetime
    today: date
    soon: date


def inbox_lines(
    tx: Tx,
    actor: Actor,
    narrowed: InboxFilter,
    day: InboxDay,
    lookup_hash: str,
    after: tuple[str, str] | None,
) -> list[TaskLine]:
    """The actor's open steps, longest overdue first; one more than asked."""
    query = _lines().where(_mine(actor))
    if narrowed.holding == "mine":
        query = query.where(task.c.assignee == actor.person_id)
    elif narrowed.holding == "free":
        query = query.where(task.c.assignee.is_(None))
    elif narrowed.holding != "all":
        query = query.where(_free_or_held_by(actor))
    if narrowed.bucket:
        query = query.where(bucket_of(day.now, day.today, day.soon) == narrowed.bucket)
    if narrowed.role:
        query = query.where(queue.c.role == narrowed.role)
    if narrowed.organisation_id:
        query = query.where(queue.c.home_id == narrowed.organisation_id)
    if narrowed.process_key:
        query = query.where(process_version.c.key == narrowed.process_key)
    if narrowed.text:
        query = query.where(matches(narrowed.text, lookup_hash))
    if after is not None:
        query = query.where(tuple_(_due, task.c.id) > after)
    query = query.order_by(_due, task.c.id).limit(narrowed.limit + 1)
    return [line_of(row) for row in tx.execute(query)]


@dataclass(frozen=True)
class TaskQuestion:
    """What a list of steps is narrowed to."""

    id: str = ""
    status: str = ""
    case_id: str = ""
    assignee: str | None = None
    unassigned: bool = False
    completed_by: str = ""
    element_id: str = ""
    below: str = ""
    handling: str = ""
    overdue_at: datetime | None = None
    after: str = ""
    limit: int = 50


def lines(tx: Tx, actor: Actor, question: TaskQuestion) -> list[TaskLine]:
    """Steps of the cases the actor may see, by id; one more than asked."""
    query = _lines().where(visible_to(actor), *_narrowed(question))
    if question.overdue_at is not None:
        query = query.order_by(_due, task.c.id)
    elif question.completed_by:
        query = query.order_by(task.c.completed_at.desc(), task.c.id)
    else:
        query = query.order_by(task.c.id)
    return [line_of(row) for row in tx.execute(query.limit(question.limit + 1))]


def _narrowed(question: TaskQuestion) -> list[ColumnElement[bool]]:
    equal: tuple[tuple[ColumnElement[Any], str | None], ...] = (
        (task.c.id, question.id or None),
        (task.c.status, question.status or None),
        (task.c.case_id, question.case_id or None),
        (task.c.assignee, question.assignee),
        (task.c.completed_by, question.completed_by or None),
        (task.c.element_id, question.element_id or None),
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
            _lines()
            .where(task.c.case_id == case_id, task.c.status == "open")
            .order_by(task.c.number)
        )
    ]


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
            task.c.element_id,
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
        grouped(found.c.element_id, found.c.name),
        grouped(found.c.handling_id, found.c.handling_name),
        grouped(found.c.assignee, found.c.assignee_name),
    )


def due_alerts(tx: Tx, now: datetime, limit: int) -> list[tuple[str, int, datetime, str | None]]:
    """(task id, stage, created at, …) of open steps whose next reminder is due."""
    return [
        (row.id, row.alert_stage, from_text(row.created_at), row.deadline)
        for row in tx.execute(
            select(task.c.id, task.c.alert_stage, task.c.created_at, task.c.deadline)
            .where(task.c.next_alert_at <= to_text(now), task.c.status == "open")
            .order_by(task.c.next_alert_at)
            .limit(limit)
        )
    ]


def alerted(
    tx: Tx, task_id: str, seen_stage: int, stage: int, next_alert_at: datetime | None
) -> bool:
    """Note that a reminder went out; False when another worker was faster."""
    done = tx.execute(
        update(task)
        .where(task.c.id == task_id, task.c.alert_stage == seen_stage)
        .values(alert_stage=stage, next_alert_at=to_text_or_none(next_alert_at))
    )
    return done.rowcount == 1


def queue_row(tx: Tx, queue_id: int) -> Queue | None:
    """A queue by its number."""
    row = tx.execute(select(queue).where(queue.c.id == queue_id)).first()
    if row is None:
        return None
    return Queue(
        row.id,
        row.role,
        row.level,
        row.home_id,
        row.handling_id,
        RoutingReason(row.reason),
        row.reason_text,
    )


def unstaffed(tx: Tx, actor: Actor) -> list[tuple[TaskLine, str]]:
    """Open steps nobody can do, with the routing's sentence (无人办理)."""
    rows = tx.execute(
        _lines()
        .add_columns(queue.c.reason_text)
        .where(task.c.status == "open", queue.c.reason == "unstaffed", visible_to(actor))
        .order_by(_due, task.c.id)
        .limit(500)
    ).all()
    return [(line_of(row), row.reason_text) for row in rows]
