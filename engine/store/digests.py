"""The numbers of everybody's day, a handful of statements for all people (product.md §1.12).

The steps of a person are those of her inbox, counted alike: in the queues that her roles handle,
not barred for her, held by her or by nobody. Steps that agree in everything a person's right can
hang on are summed up before they meet the people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy import case as when
from sqlalchemy.sql.selectable import Subquery

from engine.model.digest import Digest
from engine.store.cases import FOR_ALL_TO_KNOW, visible_to
from engine.store.database import Tx
from engine.store.dated import valid
from engine.store.directory import actor
from engine.store.instants import to_text
from engine.store.tables import (
    case,
    digest_day,
    organisation_closure,
    outbox,
    person,
    queue,
    role_grant,
    task,
)
from engine.store.task_lists import bucket_of

ESCALATED = 3
"""The alert stage of a step past 150 % of its limit."""

_TAKEN_UP = ("remind", "overdue", "escalate")
_REPORTS = ("overdue", "escalate")


@dataclass(frozen=True)
class Day:
    """The moment that is told of; ``soon`` is the last day that counts as soon."""

    now: datetime
    today: date
    soon: date
    superior: str


def numbers(tx: Tx, day: Day) -> Mapping[str, Digest]:
    """Every person's numbers who has any, by her id."""
    own, areas, reported = _own(tx, day), _areas(tx, day), _reported(tx)
    found: dict[str, Digest] = {}
    for person_id in own.keys() | areas.keys():
        buckets = own.get(person_id, {})
        late, far = areas.get(person_id, (0, 0))
        found[person_id] = Digest(
            total=sum(buckets.values()),
            overdue=buckets.get("overdue", 0),
            today=buckets.get("today", 0),
            soon=buckets.get("soon", 0),
            late=late,
            far=far,
            reported=min(reported.get(person_id, 0), late),
        )
    return found


def _places(day: Day, *narrowed: Any) -> Subquery:
    """Who holds which role where today, each once."""
    return (
        select(role_grant.c.person_id, role_grant.c.role, role_grant.c.organisation_id)
        .distinct()
        .select_from(role_grant.join(person, person.c.id == role_grant.c.person_id))
        .where(valid(role_grant, day.today), person.c.active, *narrowed)
        .subquery()
    )


def _own(tx: Tx, day: Day) -> Mapping[str, Mapping[str, int]]:
    bucket = bucket_of(day.now, day.today, day.soon)
    steps = (
        select(
            task.c.queue_id,
            task.c.assignee,
            task.c.barred,
            task.c.by_profile,
            bucket.label("bucket"),
            func.count().label("n"),
        )
        .where(task.c.status == "open")
        .group_by(task.c.queue_id, task.c.assignee, task.c.barred, task.c.by_profile, bucket)
        .subquery()
    )
    places = _places(day)
    found: dict[str, dict[str, int]] = {}
    for row in tx.execute(
        select(places.c.person_id, steps.c.bucket, func.sum(steps.c.n).label("n"))
        .select_from(
            steps.join(queue, queue.c.id == steps.c.queue_id).join(
                places,
                and_(
                    places.c.role == queue.c.role,
                    places.c.organisation_id == queue.c.handling_id,
                ),
            )
        )
        .where(
            or_(steps.c.assignee.is_(None), steps.c.assignee == places.c.person_id),
            or_(
                steps.c.barred == "",
                steps.c.barred.not_like("%|" + places.c.person_id + "|%"),
            ),
            or_(
                steps.c.by_profile == "",
                steps.c.by_profile.not_like("%|" + places.c.person_id + "|%"),
                queue.c.profile_id.is_not(None),
            ),
        )
        .group_by(places.c.person_id, steps.c.bucket)
    ):
        found.setdefault(row.person_id, {})[row.bucket] = int(row.n)
    return found


def _areas(tx: Tx, day: Day) -> Mapping[str, tuple[int, int]]:
    """(overdue steps, of them past 150 %) of the area of each superior.

    Cases that are kept from some are few: they are asked of each superior by the rule of sight.
    """
    found = _areas_for_all(tx, day)
    for person_id, (late, far) in _areas_of_kept(tx, day).items():
        before = found.get(person_id, (0, 0))
        found[person_id] = (before[0] + late, before[1] + far)
    return found


def _areas_of_kept(tx: Tx, day: Day) -> Mapping[str, tuple[int, int]]:
    late = and_(task.c.status == "open", task.c.due_at < to_text(day.now), ~FOR_ALL_TO_KNOW)
    steps = task.join(case, case.c.id == task.c.case_id)
    if tx.execute(select(task.c.id).select_from(steps).where(late).limit(1)).first() is None:
        return {}
    places = _places(day, role_grant.c.role == day.superior)
    found: dict[str, tuple[int, int]] = {}
    for person_id in tx.execute(select(places.c.person_id).distinct()).scalars():
        superior = actor(tx, person_id, day.today)
        if superior is None:
            continue
        row = tx.execute(
            select(
                func.count(),
                func.coalesce(func.sum(when((task.c.alert_stage >= ESCALATED, 1), else_=0)), 0),
            )
            .select_from(steps)
            .where(late, visible_to(superior))
        ).one()
        if row[0]:
            found[person_id] = (int(row[0]), int(row[1]))
    return found


def _areas_for_all(tx: Tx, day: Day) -> dict[str, tuple[int, int]]:
    late = (
        select(
            case.c.organisation_id,
            func.count().label("n"),
            func.sum(when((task.c.alert_stage >= ESCALATED, 1), else_=0)).label("far"),
        )
        .select_from(task.join(case, case.c.id == task.c.case_id))
        .where(task.c.status == "open", task.c.due_at < to_text(day.now), FOR_ALL_TO_KNOW)
        .group_by(case.c.organisation_id)
        .subquery()
    )
    places = _places(day, role_grant.c.role == day.superior)
    areas = (
        select(places.c.person_id, organisation_closure.c.descendant_id)
        .distinct()
        .join(
            organisation_closure,
            and_(
                organisation_closure.c.ancestor_id == places.c.organisation_id,
                organisation_closure.c.kind == "approval",
            ),
        )
        .subquery()
    )
    return {
        row.person_id: (int(row.n), int(row.far))
        for row in tx.execute(
            select(
                areas.c.person_id,
                func.sum(late.c.n).label("n"),
                func.sum(late.c.far).label("far"),
            )
            .select_from(late.join(areas, areas.c.descendant_id == late.c.organisation_id))
            .group_by(areas.c.person_id)
        )
    }


def _reported(tx: Tx) -> Mapping[str, int]:
    """Steps reported to each superior that no digest has told of, and that are still open."""
    return {
        row.person_id: int(row.n)
        for row in tx.execute(
            select(outbox.c.person_id, func.count(outbox.c.task_id.distinct()).label("n"))
            .select_from(outbox.join(task, task.c.id == outbox.c.task_id))
            .where(outbox.c.sent_at.is_(None), outbox.c.kind.in_(_REPORTS), task.c.status == "open")
            .group_by(outbox.c.person_id)
        )
    }


def take_up(tx: Tx, now: datetime) -> None:
    """What waited in the outbox is told: the digests hold it."""
    tx.execute(
        update(outbox)
        .where(
            outbox.c.sent_at.is_(None),
            outbox.c.kind.in_(_TAKEN_UP),
            outbox.c.created_at <= to_text(now),
        )
        .values(sent_at=to_text(now))
    )


def is_told(tx: Tx, day: date) -> bool:
    """Whether the digests of a day have been written."""
    return (
        tx.execute(select(digest_day.c.day).where(digest_day.c.day == day.isoformat())).first()
        is not None
    )


def mark_told(tx: Tx, day: date, now: datetime, people: int) -> None:
    """Write that a day was told; UniqueViolation where another worker was first."""
    tx.execute(insert(digest_day).values(day=day.isoformat(), told_at=to_text(now), people=people))


def days_told(tx: Tx, limit: int) -> Sequence[tuple[date, int]]:
    """The last days that were told, with how many people."""
    return [
        (date.fromisoformat(row.day), row.people)
        for row in tx.execute(select(digest_day).order_by(digest_day.c.day.desc()).limit(limit))
    ]
