"""Running cases by version and area: whom a changed parameter may concern."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, bindparam, exists, func, or_, select, true, tuple_, update
from sqlalchemy.sql import ColumnElement

from engine.model.cases import Case
from engine.model.deadlines import Due
from engine.store.areas import lies_below
from engine.store.cases import FOR_ALL_TO_KNOW, case_of
from engine.store.database import Tx
from engine.store.instants import from_day, from_days, from_text, to_text, to_text_or_none
from engine.store.jobs import Job, job_of
from engine.store.tables import case, job, task

_RUNNING = ("active", "incident")
_NOWHERE = [("", "")]

Place = tuple[str, str]
"""Process key, element id."""


@dataclass(frozen=True)
class Hanging:
    """What of a version hangs on a parameter: its steps, its timers, the total limit."""

    steps: frozenset[Place] = frozenset()
    timers: frozenset[Place] = frozenset()
    total: bool = False

    def __bool__(self) -> bool:
        return bool(self.steps or self.timers or self.total)


@dataclass(frozen=True)
class LimitedStep:
    """An open step with the limit it was given when it was opened."""

    id: str
    case_id: str
    process_key: str
    element_id: str
    name: str
    created_at: datetime
    deadline: str
    due_at: datetime | None
    alert_stage: int
    lane_kind: str
    counted_from: date | None
    limit_of: str | None
    paused: tuple[tuple[date, date], ...] | None


@dataclass(frozen=True)
class NewLimit:
    """The limit that an open step gets, and what is told of it when."""

    task_id: str
    limit: str
    due: Due
    alert_stage: int
    next_alert_at: datetime | None


@dataclass(frozen=True)
class NewInstant:
    """When a waiting timer is due now."""

    job_id: int
    due_at: datetime


def running_versions(tx: Tx) -> list[str]:
    """The versions that have running cases."""
    found = select(case.c.definition_id).where(case.c.status.in_(_RUNNING)).distinct()
    return list(tx.execute(found.order_by(case.c.definition_id)).scalars())


def count_cases(tx: Tx, definition_ids: Collection[str], organisation_id: str | None) -> int:
    """How many running cases of these versions lie in an area; None: everywhere."""
    running = and_(
        case.c.definition_id.in_(sorted(definition_ids)), _runs_in(organisation_id), FOR_ALL_TO_KNOW
    )
    return int(tx.execute(select(func.count()).select_from(case).where(running)).scalar_one())


def count_steps(tx: Tx, hanging: Mapping[str, Hanging], organisation_id: str | None) -> int:
    """How many open steps of running cases hang on it."""
    wanted = [
        (case.c.definition_id == version) & _steps_at(places.steps)
        for version, places in hanging.items()
        if places.steps
    ]
    joined = task.join(case, case.c.id == task.c.case_id)
    return _count(tx, joined, wanted, organisation_id)


def count_timers(tx: Tx, hanging: Mapping[str, Hanging], organisation_id: str | None) -> int:
    """How many timers that wait in running cases hang on it."""
    wanted = [
        (case.c.definition_id == version) & _timers_at(places.timers)
        for version, places in hanging.items()
        if places.timers
    ]
    joined = job.join(case, case.c.id == job.c.case_id)
    return _count(tx, joined, wanted, organisation_id)


def _count(
    tx: Tx, joined: object, wanted: Sequence[ColumnElement[bool]], organisation_id: str | None
) -> int:
    if not wanted:
        return 0
    asked = select(func.count()).select_from(joined)  # type: ignore[arg-type]
    asked = asked.where(_runs_in(organisation_id), or_(*wanted), FOR_ALL_TO_KNOW)
    return int(tx.execute(asked).scalar_one())


def take_cases(
    tx: Tx,
    hanging: Mapping[str, Hanging],
    organisation_id: str | None,
    after: str,
    limit: int,
) -> list[Case]:
    """The next running cases with something that hangs on it, after an id; locked."""
    wanted = [
        (case.c.definition_id == version) & _hangs(places)
        for version, places in hanging.items()
        if places
    ]
    if not wanted:
        return []
    found = (
        select(case)
        .where(_runs_in(organisation_id), or_(*wanted), case.c.id > after)
        .order_by(case.c.id)
        .limit(limit)
        .with_for_update()
    )
    return [case_of(row) for row in tx.execute(found).mappings()]


def steps_of(tx: Tx, case_ids: Collection[str], places: Collection[Place]) -> list[LimitedStep]:
    """The open steps with a limit of these cases at these elements."""
    if not places:
        return []
    return [
        LimitedStep(
            row.id,
            row.case_id,
            row.process_key,
            row.element_id,
            row.name,
            from_text(row.created_at),
            row.deadline,
            None if row.due_at is None else from_text(row.due_at),
            row.alert_stage,
            row.lane_kind,
            from_day(row.counted_from),
            row.limit_of,
            from_days(row.paused),
        )
        for row in tx.execute(
            select(task)
            .where(task.c.case_id.in_(case_ids), task.c.deadline.is_not(None), _steps_at(places))
            .order_by(task.c.case_id, task.c.number)
        )
    ]


def take_timers(tx: Tx, case_ids: Collection[str], places: Collection[Place]) -> list[Job]:
    """The timers of these cases at these elements that wait, locked: not one that fires now."""
    if not places:
        return []
    found = (
        select(job)
        .where(job.c.case_id.in_(case_ids), _timers_at(places))
        .order_by(job.c.id)
        .with_for_update()
    )
    return [job_of(row) for row in tx.execute(found)]


_SET_LIMIT = (
    update(task)
    .where(task.c.id == bindparam("task_id"), task.c.status == "open")
    .values(
        deadline=bindparam("limit_text"),
        due_at=bindparam("due_instant"),
        due_date=bindparam("last_day"),
        provisional=bindparam("by_weekends"),
        alert_stage=bindparam("stage"),
        next_alert_at=bindparam("alert_at"),
    )
)
_SET_INSTANT = (
    update(job).where(job.c.id == bindparam("job_id")).values(due_at=bindparam("due_instant"))
)


def set_limits(tx: Tx, new: Sequence[NewLimit]) -> None:
    """Give open steps another limit; their revision stays, so that no open page goes stale."""
    if new:
        tx.execute(
            _SET_LIMIT,
            [
                {
                    "task_id": one.task_id,
                    "limit_text": one.limit,
                    "due_instant": to_text(one.due.at),
                    "last_day": one.due.last_day.isoformat(),
                    "by_weekends": one.due.provisional,
                    "stage": one.alert_stage,
                    "alert_at": to_text_or_none(one.next_alert_at),
                }
                for one in new
            ],
        )


def set_instants(tx: Tx, new: Sequence[NewInstant]) -> None:
    """Give waiting timers, which are locked, another instant."""
    if new:
        tx.execute(
            _SET_INSTANT,
            [{"job_id": one.job_id, "due_instant": to_text(one.due_at)} for one in new],
        )


def _runs_in(organisation_id: str | None) -> ColumnElement[bool]:
    running = case.c.status.in_(_RUNNING)
    if organisation_id is None:
        return running
    return running & lies_below(case.c.organisation_id, [organisation_id])


def _hangs(places: Hanging) -> ColumnElement[bool]:
    if places.total:
        return true()
    step = exists().where(task.c.case_id == case.c.id, _steps_at(places.steps)).correlate(case)
    timer = exists().where(job.c.case_id == case.c.id, _timers_at(places.timers)).correlate(case)
    return or_(step, timer)


def _steps_at(places: Collection[Place]) -> ColumnElement[bool]:
    at = tuple_(task.c.process_key, task.c.element_id).in_(sorted(places) or _NOWHERE)
    return (task.c.status == "open") & at


def _timers_at(places: Collection[Place]) -> ColumnElement[bool]:
    at = tuple_(job.c.process_key, job.c.element_id).in_(sorted(places) or _NOWHERE)
    return (job.c.kind == "timer") & (job.c.status == "waiting") & at
