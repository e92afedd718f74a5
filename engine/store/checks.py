"""Questions of the invariants (reliability.md §2d)."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, literal, or_, select, text, true, tuple_
from sqlalchemy import case as when
from sqlalchemy.sql import ColumnElement

from engine.model.actors import guest_of
from engine.model.clock import local_date
from engine.model.definitions import LaneKind
from engine.store.cases import FOR_ALL_TO_KNOW
from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.tables import (
    case,
    designation,
    event,
    fan_out,
    file,
    job,
    metadata,
    organisation_closure,
    queue,
    role_grant,
    separation_profile,
    subscription,
    task,
)

_MOST = 50


def cases_total(tx: Tx) -> int:
    """How many cases there are."""
    return tx.execute(select(func.count()).select_from(case)).scalar_one()


def cases_not_started_once(tx: Tx) -> list[str]:
    """Cases without exactly one start in their history."""
    starts = func.count(event.c.id)
    return list(
        tx.execute(
            select(case.c.id)
            .select_from(
                case.outerjoin(event, and_(event.c.case_id == case.c.id, event.c.kind == "started"))
            )
            .group_by(case.c.id)
            .having(starts != 1)
            .limit(_MOST)
        ).scalars()
    )


def completions_total(tx: Tx) -> int:
    """How many steps were completed."""
    return tx.execute(
        select(func.count()).select_from(task).where(task.c.status == "completed")
    ).scalar_one()


def completions_not_once(tx: Tx) -> list[str]:
    """Steps whose state and whose history say different things."""
    times = func.count(event.c.id)
    wanted = func.max(text("CASE WHEN task.status = 'completed' THEN 1 ELSE 0 END"))
    return list(
        tx.execute(
            select(task.c.id)
            .select_from(
                task.outerjoin(
                    event,
                    and_(
                        event.c.case_id == task.c.case_id,
                        event.c.task_id == task.c.id,
                        event.c.kind == "task_completed",
                    ),
                )
            )
            .group_by(task.c.id)
            .having(times != wanted)
            .limit(_MOST)
        ).scalars()
    )


def items_of_steps(tx: Tx, case_id: str) -> dict[str, str | None]:
    """Which item each open step of a case is for, by token."""
    rows = tx.execute(
        select(task.c.token, task.c.item).where(task.c.case_id == case_id, task.c.status == "open")
    )
    return {row.token: row.item for row in rows}


def completed_without_doer(tx: Tx) -> list[str]:
    """Completed steps without a person."""
    return list(
        tx.execute(
            select(task.c.id)
            .where(task.c.status == "completed", task.c.completed_by.is_(None))
            .limit(_MOST)
        ).scalars()
    )


def completed_by_barred(tx: Tx) -> list[str]:
    """Steps done by a person who had done a step that excludes it."""
    return list(
        tx.execute(
            select(task.c.id)
            .where(
                task.c.status == "completed",
                task.c.barred.like(literal("%|") + task.c.completed_by + literal("|%")),
            )
            .limit(_MOST)
        ).scalars()
    )


def completed_without_profile(tx: Tx) -> list[str]:
    """Steps that only a separation profile lets their doer do, done without one.

    It must hold on the day, at a place that handles the step.
    """
    doer = literal("%|") + task.c.completed_by + literal("|%")
    asked = (
        select(
            task.c.id,
            task.c.completed_at,
            separation_profile.c.valid_from,
            separation_profile.c.valid_to,
            _handles(separation_profile.c.organisation_id).label("in_place"),
        )
        .select_from(
            task.join(queue, queue.c.id == task.c.queue_id).outerjoin(
                separation_profile, separation_profile.c.id == task.c.profile_id
            )
        )
        .where(task.c.status == "completed", task.c.by_profile.like(doer))
    )
    found = []
    for row in tx.execute(asked):
        day = local_date(from_text(row.completed_at)).isoformat()
        began = row.valid_from is not None and row.valid_from <= day
        # one that ended on the day may have held in the morning
        if not (began and row.in_place and (row.valid_to is None or row.valid_to >= day)):
            found.append(row.id)
    return found[:_MOST]


def completed_without_role(tx: Tx) -> list[str]:
    """Steps done by a person who did not hold the role then, at a place that handles them.

    A place handles a step when the queue leads there, when it is the case's own organisation or
    one above it, or when a written designation names it. A queue may have led elsewhere then.
    """
    holds = and_(
        role_grant.c.person_id == task.c.completed_by,
        role_grant.c.role == queue.c.role,
        _handles(role_grant.c.organisation_id),
    )
    done_on = func.substr(task.c.completed_at, 1, 10)  # the UTC date: local or the day before
    held = (
        select(role_grant.c.id)
        .where(
            holds,
            role_grant.c.valid_from <= done_on,
            or_(role_grant.c.valid_to.is_(None), role_grant.c.valid_to > done_on),
        )
        .correlate(task, queue)
        .exists()
    )
    suspects = tx.execute(
        select(task.c.id, task.c.completed_at, queue.c.id.label("queue_id"))
        .join(queue, queue.c.id == task.c.queue_id)
        .where(task.c.status == "completed", ~held, ~_by_its_applicant())
    ).all()
    return [row.id for row in suspects if not _held_that_day(tx, row, holds)][:_MOST]


def _handles(place: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a place handles, or may have handled, the steps of a queue."""
    above = (
        select(organisation_closure.c.ancestor_id)
        .where(
            organisation_closure.c.descendant_id == queue.c.home_id,
            organisation_closure.c.kind == "approval",
        )
        .correlate(queue)
    )
    designated = (
        select(designation.c.handled_by_id)
        .where(designation.c.role == queue.c.role, designation.c.organisation_id.in_(above))
        .correlate(queue)
    )
    return or_(
        place == queue.c.handling_id,
        place == queue.c.home_id,
        place.in_(above),
        place.in_(designated),
    )


def _by_its_applicant() -> ColumnElement[bool]:
    """Done by the guest of this very case, in a lane that is hers (design.md D7)."""
    guest = literal(guest_of("").person_id).concat(task.c.case_id)
    return and_(
        task.c.lane_kind == LaneKind.PARTICIPANT.value,
        task.c.completed_by == guest,
    )


def _held_that_day(tx: Tx, suspect: Any, holds: ColumnElement[bool]) -> bool:
    """The same by the local date; a grant that ended on the day may have held in the morning."""
    day = local_date(from_text(suspect.completed_at)).isoformat()
    found = tx.execute(
        select(role_grant.c.id)
        .select_from(task)
        .join(queue, queue.c.id == task.c.queue_id)
        .join(role_grant, holds)
        .where(
            task.c.id == suspect.id,
            role_grant.c.valid_from <= day,
            or_(role_grant.c.valid_to.is_(None), role_grant.c.valid_to >= day),
        )
        .limit(1)
    ).first()
    return found is not None


def completed_by_other(tx: Tx) -> list[str]:
    """Steps whose row and whose history name different people."""
    return list(
        tx.execute(
            select(task.c.id)
            .join(
                event,
                and_(
                    event.c.case_id == task.c.case_id,
                    event.c.task_id == task.c.id,
                    event.c.kind == "task_completed",
                ),
            )
            .where(task.c.status == "completed", event.c.actor != task.c.completed_by)
            .limit(_MOST)
        ).scalars()
    )


def timers_total(tx: Tx) -> int:
    """How many timers there are or were."""
    return tx.execute(
        select(func.count()).select_from(job).where(job.c.kind == "timer")
    ).scalar_one()


def timers_late(tx: Tx, before: datetime) -> list[str]:
    """Timers that should have fired long ago."""
    return [
        str(i)
        for i in tx.execute(
            select(job.c.id)
            .where(
                job.c.kind == "timer",
                or_(job.c.status == "waiting", job.c.status == "running"),
                job.c.due_at < to_text(before),
            )
            .limit(_MOST)
        ).scalars()
    ]


def timers_fired_too_often(tx: Tx) -> list[str]:
    """``case/element`` of timers that fired more often than they were set."""

    def times(kind: str) -> ColumnElement[int]:
        return func.sum(when((event.c.kind == kind, 1), else_=0))

    rows = tx.execute(
        select(event.c.case_id, event.c.process_key, event.c.element_id)
        .where(event.c.kind.in_(("timer_set", "timer_fired")), event.c.task_id.is_(None))
        .group_by(event.c.case_id, event.c.process_key, event.c.element_id)
        .having(times("timer_fired") > times("timer_set"))
        .limit(_MOST)
    )
    return [f"{row.case_id}/{row.element_id}" for row in rows]


def timers_without_row(tx: Tx) -> list[str]:
    """Cases whose history set another number of timers than there are rows."""
    rows = (
        select(func.count())
        .where(job.c.case_id == case.c.id, job.c.kind == "timer")
        .correlate(case)
        .scalar_subquery()
    )
    told = (
        select(func.count())
        .where(
            event.c.case_id == case.c.id,
            event.c.kind == "timer_set",
            event.c.task_id.is_(None),
            event.c.element_id.is_not(None),
        )
        .correlate(case)
        .scalar_subquery()
    )
    return list(tx.execute(select(case.c.id).where(rows != told).limit(_MOST)).scalars())


def misplaced_steps(tx: Tx) -> list[str]:
    """Open steps that do not say where their case lies for all to know, or which version it has."""
    place = when((FOR_ALL_TO_KNOW, case.c.organisation_id), else_="")
    is_right = and_(
        func.coalesce(task.c.place_id, "") == place, task.c.definition_id == case.c.definition_id
    )
    return list(
        tx.execute(
            select(task.c.id)
            .join(case, case.c.id == task.c.case_id)
            .where(task.c.status == "open", is_right.is_not(true()))
            .order_by(task.c.id)
            .limit(_MOST)
        ).scalars()
    )


def waits_of_ended_cases(tx: Tx) -> list[str]:
    """Ended cases for which something still waits."""
    ended = case.c.status.in_(("completed", "cancelled"))
    open_step = select(task.c.id).where(task.c.case_id == case.c.id, task.c.status == "open")
    # A signal may be on its way to a case that ended as it was thrown: it is put away on arrival.
    open_job = select(job.c.id).where(
        job.c.case_id == case.c.id, job.c.status != "done", job.c.kind != "signal"
    )
    open_wait = select(subscription.c.id).where(subscription.c.case_id == case.c.id)
    return list(
        tx.execute(
            select(case.c.id)
            .where(ended, or_(open_step.exists(), open_job.exists(), open_wait.exists()))
            .limit(_MOST)
        ).scalars()
    )


def message_waits(tx: Tx, case_id: str) -> dict[str, tuple[str, str]]:
    """(name, hash of the key) of a case's waits for messages and signals, by token."""
    return {
        row.token: (row.name, row.key_hash)
        for row in tx.execute(select(subscription).where(subscription.c.case_id == case_id))
    }


def running_cases(tx: Tx) -> list[str]:
    """Cases that have not ended."""
    return list(
        tx.execute(
            select(case.c.id).where(case.c.status.in_(("active", "incident"))).order_by(case.c.id)
        ).scalars()
    )


def file_hashes(tx: Tx) -> list[str]:
    """Every content that has a row."""
    return list(tx.execute(select(file.c.sha256).distinct().order_by(file.c.sha256)).scalars())


def broken_references(tx: Tx) -> list[str]:
    """What the database itself says of its integrity."""
    found = _of_no_list(tx)
    if tx.dialect.name != "sqlite":
        # enforced on every write, but not across a careless restore
        return found + _dangling(tx)
    found += [
        f"row {row[1]} of {row[0]} points nowhere"
        for row in tx.exec_driver_sql("PRAGMA foreign_key_check")
    ]
    integrity = tx.exec_driver_sql("PRAGMA integrity_check").scalar()
    if integrity != "ok":
        found.append(f"integrity check: {integrity}")
    return found


def _of_no_list(tx: Tx) -> list[str]:
    """Cases of a list that is not there: no foreign key, which thousands at once would pay for."""
    there = select(fan_out.c.id).where(fan_out.c.id == case.c.fan_out_id).correlate(case)
    lost = tx.execute(
        select(case.c.id).where(case.c.fan_out_id.is_not(None), ~there.exists()).limit(_MOST)
    )
    return [f"case {case_id} belongs to a list that is not there" for case_id in lost.scalars()]


def _dangling(tx: Tx) -> list[str]:
    found: list[str] = []
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            target = key.column.table.alias("target")
            there = select(target.c[key.column.name]).where(target.c[key.column.name] == key.parent)
            lost = tx.execute(
                select(func.count())
                .select_from(table)
                .where(key.parent.is_not(None), ~there.correlate(table).exists())
            ).scalar_one()
            if lost:
                found.append(f"{lost} rows of {table.name} point nowhere by {key.parent.name}")
    return found


def due_on_another_day(tx: Tx) -> list[str]:
    """Open steps whose due date is not the local date of their due instant."""
    dated = tx.execute(
        select(task.c.due_at, task.c.due_date)
        .distinct()
        .where(task.c.status == "open", task.c.due_at.is_not(None))
    )
    wrong = [
        (due_at, due_date)
        for due_at, due_date in dated
        if due_date != local_date(from_text(due_at)).isoformat()
    ]
    undated = and_(task.c.due_at.is_(None), task.c.due_date.is_not(None))
    found = select(task.c.id).where(
        task.c.status == "open",
        or_(undated, tuple_(task.c.due_at, func.coalesce(task.c.due_date, "")).in_(wrong[:_MOST])),
    )
    return list(tx.execute(found.limit(_MOST)).scalars())
