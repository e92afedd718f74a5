"""Steps in the tables: load and write; lists of steps are in :mod:`engine.store.task_lists`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import and_, bindparam, func, insert, literal, or_, select, update
from sqlalchemy import case as when
from sqlalchemy.sql.selectable import Select

from engine.model.actors import Actor
from engine.model.cases import Case
from engine.model.items import Items, pack_items, same_item, unpack_items
from engine.model.organisations import Queue, RoutingReason
from engine.model.tasks import Task, TaskStatus
from engine.store.cases import FOR_ALL_TO_KNOW, case_of, visible_to
from engine.store.database import Tx
from engine.store.dated import valid
from engine.store.instants import (
    from_day,
    from_days,
    from_text,
    from_text_or_none,
    to_text,
    to_text_or_none,
)
from engine.store.ready import Ready
from engine.store.ready_for import ReadyFor
from engine.store.tables import (
    case,
    person,
    process_version,
    queue,
    role_grant,
    task,
)

_TASK = (
    *(c for c in task.c if c.name != "draft"),
    queue.c.role.label("queue_role"),
    queue.c.level.label("queue_level"),
    queue.c.home_id,
    queue.c.handling_id,
    queue.c.reason.label("queue_reason"),
    queue.c.reason_text.label("queue_reason_text"),
    queue.c.profile_id.label("queue_profile_id"),
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
            r["queue_profile_id"],
        ),
        lane_kind=r["lane_kind"],
        status=TaskStatus(r["status"]),
        rev=r["rev"],
        assignee=r["assignee"],
        claimed_at=from_text_or_none(r["claimed_at"]),
        barred=_people(r["barred"]),
        priority=r["priority"],
        created_at=from_text(r["created_at"]),
        due_at=from_text_or_none(r["due_at"]),
        due_date=from_day(r["due_date"]),
        deadline=r["deadline"],
        provisional=r["provisional"],
        returned_by=r["returned_by"],
        completed_at=from_text_or_none(r["completed_at"]),
        completed_by=r["completed_by"],
        by_profile=_people(r["by_profile"]),
        profile_id=r["profile_id"],
        items=unpack_items(r["item"]),
        counted_from=from_day(r["counted_from"]),
        limit_of=r["limit_of"],
        paused=from_days(r["paused"]),
    )


def _people(stored: str) -> frozenset[str]:
    return frozenset(filter(None, stored.split("|")))


def stored_people(people: frozenset[str]) -> str:
    """People as a row names them."""
    return f"|{'|'.join(sorted(people))}|" if people else ""


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
    row = _LOAD.first(tx, {"task_id": task_id})
    return None if row is None else _loaded(row)


class OpenStep(NamedTuple):
    """An open step by its id and its element."""

    id: str
    element_id: str


_OPEN_STEPS = (
    select(task.c.id, task.c.element_id)
    .where(task.c.case_id == bindparam("case"), task.c.status == "open")
    .order_by(task.c.number)
)


def open_steps(tx: Tx, case_id: str) -> list[OpenStep]:
    """Which steps of a case are open, and no more of them than that."""
    return [OpenStep(*row) for row in tx.execute(_OPEN_STEPS, {"case": case_id})]


_DUE_DATES = select(task.c.token, task.c.due_date).where(
    task.c.case_id == bindparam("case"), task.c.status == "open", task.c.due_date.is_not(None)
)


def due_dates(tx: Tx, case_id: str) -> dict[str, date]:
    """The last day of each open step of a case that has a limit, by its token."""
    rows = tx.execute(_DUE_DATES, {"case": case_id})
    return {row.token: date.fromisoformat(row.due_date) for row in rows}


def open_names(tx: Tx, case_id: str, element_ids: Sequence[str], items: Items) -> list[str]:
    """The names of those of these steps that are open in a case, for the same item if repeated."""
    rows = tx.execute(
        select(task.c.name, task.c.item)
        .where(
            task.c.case_id == case_id,
            task.c.status == "open",
            task.c.element_id.in_(element_ids),
        )
        .order_by(task.c.number)
    )
    names = [row.name for row in rows if same_item(unpack_items(row.item), items)]
    return list(dict.fromkeys(names))


def handling_by_element(tx: Tx, case_id: str) -> dict[str, set[str]]:
    """The organisations that handle, or handled, each step of a case so far."""
    found: dict[str, set[str]] = {}
    rows = tx.execute(
        select(task.c.element_id, queue.c.handling_id)
        .distinct()
        .join(queue, queue.c.id == task.c.queue_id)
        .where(task.c.case_id == case_id)
    )
    for row in rows:
        found.setdefault(row.element_id, set()).add(row.handling_id)
    return found


def load_visible(tx: Tx, actor: Actor, task_id: str) -> LoadedTask | None:
    """The step and its case, if the actor may see the case."""
    row = _LOAD_VISIBLE.first(tx, actor, {"task_id": task_id})
    return None if row is None else _loaded(row)


def open_in_lane(tx: Tx, case_id: str, lane_kind: str) -> list[Task]:
    """The open steps of a case in lanes of this kind, oldest first."""
    rows = tx.execute(
        select(*_TASK)
        .join(queue, queue.c.id == task.c.queue_id)
        .where(task.c.case_id == case_id, task.c.status == "open", task.c.lane_kind == lane_kind)
        .order_by(task.c.number)
    ).mappings()
    return [task_of(row) for row in rows]


def select_with_case() -> Select[Any]:
    """Step, queue and case in one row; the case's columns are prefixed ``case_``."""
    return select(
        *_TASK,
        task.c.draft,
        *(c.label(f"case_{c.name}") for c in case.c if c.name != "id"),
    ).select_from(
        task.join(queue, queue.c.id == task.c.queue_id).join(case, case.c.id == task.c.case_id)
    )


# Statements of the main road are built once: building one costs as much as running it.
_ONE = select_with_case().where(task.c.id == bindparam("task_id"))
_LOAD = Ready(_ONE)
_LOAD_VISIBLE = ReadyFor(lambda actor: _ONE.where(visible_to(actor)))
_ADD = Ready(insert(task))
_COMPLETE = Ready(
    update(task)
    .where(
        task.c.id == bindparam("task_id"),
        task.c.status == "open",
        task.c.rev == bindparam("seen_rev"),
    )
    .values(
        status="completed",
        rev=task.c.rev + 1,
        assignee=bindparam("doer"),
        completed_at=bindparam("at"),
        completed_by=bindparam("doer"),
        profile_id=bindparam("profile"),
        draft=None,
        draft_by=None,
        draft_at=None,
        next_alert_at=None,
    )
)
_OF_CASE = tuple(c.name for c in case.c if c.name != "id")


def _loaded(r: Mapping[str, Any]) -> LoadedTask:
    return LoadedTask(
        task=task_of(r),
        case=case_of({"id": r["case_id"], **{name: r[f"case_{name}"] for name in _OF_CASE}}),
        draft=r["draft"],
        draft_by=r["draft_by"],
        draft_at=from_text_or_none(r["draft_at"]),
    )


@dataclass(frozen=True)
class NewTask:
    """A step to be written; ``case_process`` is the key of the case's own process."""

    id: str
    case_id: str
    number: int
    token: str
    process_key: str
    element_id: str
    case_process: str
    name: str
    queue_id: int
    lane_kind: str
    barred: frozenset[str]
    by_profile: frozenset[str]
    priority: int
    created_at: datetime
    due_at: datetime | None
    due_date: date | None
    deadline: str | None
    provisional: bool
    next_alert_at: datetime | None
    pauses_clock: bool
    returned_by: str | None = None
    assignee: str | None = None
    items: Items = ()
    counted_from: date | None = None
    limit_of: str | None = None
    paused: tuple[tuple[date, date], ...] | None = None


def add(tx: Tx, new: Sequence[NewTask]) -> None:
    """Open steps."""
    _ADD.write_all(
        tx,
        [
            {
                "id": t.id,
                "case_id": t.case_id,
                "number": t.number,
                "token": t.token,
                "process_key": t.process_key,
                "case_process": t.case_process,
                "element_id": t.element_id,
                "name": t.name,
                "item": pack_items(t.items),
                "queue_id": t.queue_id,
                "lane_kind": t.lane_kind,
                "status": "open",
                "rev": 1,
                "assignee": t.assignee,
                "claimed_at": None if t.assignee is None else to_text(t.created_at),
                "barred": stored_people(t.barred),
                "by_profile": stored_people(t.by_profile),
                "priority": t.priority,
                "created_at": to_text(t.created_at),
                "due_at": to_text_or_none(t.due_at),
                "due_date": None if t.due_date is None else t.due_date.isoformat(),
                "deadline": t.deadline,
                "counted_from": None if t.counted_from is None else t.counted_from.isoformat(),
                "limit_of": t.limit_of,
                "paused": None if t.paused is None else orjson.dumps(t.paused).decode(),
                "provisional": t.provisional,
                "next_alert_at": to_text_or_none(t.next_alert_at),
                "alert_stage": 0,
                "pauses_clock": t.pauses_clock,
                "returned_by": t.returned_by,
            }
            for t in new
        ],
    )


def complete(
    tx: Tx, task_id: str, seen_rev: int, person_id: str, at: datetime, profile_id: int | None
) -> None:
    """Close a step its doer has finished.

    ``profile_id``: the separation profile without which she could not have. Raises Collision, at
    the latest at the commit, when the step was changed or closed meanwhile.
    """
    _COMPLETE.write_one(
        tx,
        {
            "task_id": task_id,
            "seen_rev": seen_rev,
            "doer": person_id,
            "at": to_text(at),
            "profile": profile_id,
        },
    )


def cancel(tx: Tx, case_id: str, tokens: Sequence[str], at: datetime) -> None:
    """Close the steps of a case that is withdrawn; their drafts go."""
    if tokens:
        tx.execute(
            update(task)
            .where(task.c.case_id == case_id, task.c.token.in_(tokens), task.c.status == "open")
            .values(
                status="cancelled",
                rev=task.c.rev + 1,
                completed_at=to_text(at),
                draft=None,
                draft_by=None,
                draft_at=None,
                next_alert_at=None,
            )
        )


class GivenUp(NamedTuple):
    """A step that is no longer waited for, and who had begun on it."""

    id: str
    process_key: str
    element_id: str
    begun_by: str | None


def give_up(tx: Tx, case_id: str, tokens: Sequence[str], at: datetime) -> list[GivenUp]:
    """Close steps that are no longer waited for; whoever has written a draft keeps it."""
    if not tokens:
        return []
    these = (task.c.case_id == case_id, task.c.token.in_(tokens), task.c.status == "open")
    begun_by = func.coalesce(task.c.draft_by, task.c.assignee)
    rows = tx.execute(
        select(task.c.id, task.c.process_key, task.c.element_id, begun_by)
        .where(*these)
        .order_by(task.c.number)
    )
    found = [GivenUp(*row) for row in rows]
    tx.execute(
        update(task)
        .where(*these)
        .values(
            status="cancelled",
            rev=task.c.rev + 1,
            completed_at=to_text(at),
            next_alert_at=None,
        )
    )
    return found


def forget_given_up(tx: Tx, before: datetime) -> None:
    """Drop the drafts of steps that were given up before an instant."""
    tx.execute(
        update(task)
        .where(
            task.c.status == "cancelled",
            task.c.draft_by.is_not(None),
            task.c.completed_at < to_text(before),
        )
        .values(draft=None, draft_by=None, draft_at=None)
    )


def bar(tx: Tx, task_ids: Sequence[str], person_id: str) -> list[str]:
    """Keep a person from open steps; those that she held are nobody's again, and are returned."""
    if not task_ids:
        return []
    named = f"|{person_id}|"
    still = (task.c.id.in_(task_ids), task.c.status == "open")
    tx.execute(
        update(task)
        .where(*still, task.c.barred.not_like(f"%{named}%"))
        .values(
            barred=when((task.c.barred == "", named), else_=task.c.barred + f"{person_id}|"),
            rev=task.c.rev + 1,
        )
    )
    hers = (*still, task.c.assignee == person_id)
    held = list(tx.execute(select(task.c.id).where(*hers).order_by(task.c.number)).scalars())
    if held:
        tx.execute(update(task).where(*hers).values(assignee=None, claimed_at=None))
    return held


def bar_without_profile(tx: Tx, task_ids: Sequence[str], person_id: str) -> None:
    """Let a person do open steps only where a separation profile holds."""
    if not task_ids:
        return
    named = f"|{person_id}|"
    tx.execute(
        update(task)
        .where(
            task.c.id.in_(task_ids),
            task.c.status == "open",
            task.c.by_profile.not_like(f"%{named}%"),
            task.c.barred.not_like(f"%{named}%"),
        )
        .values(
            by_profile=when(
                (task.c.by_profile == "", named), else_=task.c.by_profile + f"{person_id}|"
            ),
            rev=task.c.rev + 1,
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


@dataclass(frozen=True)
class HeldStep:
    """An open step as it is handed over; ``is_held`` by her, ``has_draft`` of hers."""

    id: str
    case_number: str
    process: str
    name: str
    due_date: date | None
    is_held: bool
    has_draft: bool


def held_by(tx: Tx, person_id: str) -> list[HeldStep]:
    """The open steps that a person holds or has a draft in, the earliest due first.

    Without titles: whoever hands work over need not see whose case it is. Without cases that are
    kept from some: those steps go back to whoever may do them.
    """
    rows = tx.execute(
        select(
            task.c.id,
            case.c.number,
            process_version.c.name.label("process"),
            task.c.name,
            task.c.due_date,
            task.c.assignee,
            task.c.draft_by,
        )
        .join(case, case.c.id == task.c.case_id)
        .join(process_version, process_version.c.id == case.c.definition_id)
        .where(
            task.c.status == "open",
            or_(task.c.assignee == person_id, task.c.draft_by == person_id),
            FOR_ALL_TO_KNOW,
        )
        .order_by(task.c.due_date, task.c.id)
    )
    return [
        HeldStep(
            row.id,
            row.number,
            row.process,
            row.name,
            from_day(row.due_date),
            row.assignee == person_id,
            row.draft_by == person_id,
        )
        for row in rows
    ]


def held_without_right(tx: Tx, today: date) -> list[str]:
    """Open steps held by somebody who may no longer do them.

    She has not the role where they are handled, or the profile that let her do them has ended.
    """
    has_the_role = (
        select(role_grant.c.id)
        .join(person, person.c.id == role_grant.c.person_id)
        .where(
            role_grant.c.person_id == task.c.assignee,
            role_grant.c.role == queue.c.role,
            role_grant.c.organisation_id == queue.c.handling_id,
            valid(role_grant, today),
            person.c.active,
        )
        .exists()
    )
    held = task.join(queue, queue.c.id == task.c.queue_id)
    by_profile = task.c.by_profile.like(literal("%|") + task.c.assignee + literal("|%"))
    return list(
        tx.execute(
            select(task.c.id)
            .select_from(held)
            .where(
                task.c.status == "open",
                task.c.assignee.is_not(None),
                or_(~has_the_role, and_(queue.c.profile_id.is_(None), by_profile)),
            )
            .order_by(task.c.id)
        ).scalars()
    )


def save_draft(tx: Tx, task_id: str, draft: bytes, person_id: str, at: datetime) -> bool:
    """Keep a half-filled form with the step; the revision does not change (design.md D14)."""
    done = tx.execute(
        update(task)
        .where(task.c.id == task_id, task.c.status == "open")
        .values(draft=draft, draft_by=person_id, draft_at=to_text(at))
    )
    return done.rowcount == 1


def due_alerts(tx: Tx, now: datetime, limit: int) -> list[tuple[str, int, str | None]]:
    """(task id, stage, limit) of open steps whose next reminder is due."""
    return [
        (row.id, row.alert_stage, row.deadline)
        for row in tx.execute(
            select(task.c.id, task.c.alert_stage, task.c.deadline)
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
