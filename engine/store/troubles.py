"""Jobs that failed or are late, as who runs the installation reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, true
from sqlalchemy.sql import ColumnElement

from engine.model.actors import Actor
from engine.store.areas import lies_below
from engine.store.cases import may_know_of, visible_to
from engine.store.database import Tx
from engine.store.figures import LATE
from engine.store.instants import to_text
from engine.store.jobs import FAILED, NOT_DONE, Job, told_job
from engine.store.tables import case, job


@dataclass(frozen=True)
class Desk:
    """Whose jobs somebody looks after: below ``tops``; None for the whole installation."""

    actor: Actor
    tops: Sequence[str] | None


@dataclass(frozen=True)
class CauseCount:
    """Failed jobs with the same cause at the same element."""

    process_key: str
    element_id: str
    definition_id: str
    error: str
    jobs: int
    first_due_at: str


@dataclass(frozen=True)
class TroubledJob:
    """A job with what is said of its case: no title, no person."""

    job: Job
    number: str
    definition_id: str
    organisation_id: str


def counts(tx: Tx, desk: Desk, now: datetime) -> tuple[int, int]:
    """(failed, late)."""
    failed, late = (
        tx.execute(_of(desk, condition, func.count())).scalar_one()
        for condition in (FAILED, is_late(now))
    )
    return int(failed), int(late)


def causes(tx: Tx, desk: Desk) -> list[CauseCount]:
    """Why jobs failed, the most frequent first."""
    error = func.coalesce(job.c.last_error, "")
    number = func.count().label("n")
    query = _of(
        desk,
        FAILED,
        job.c.process_key,
        job.c.element_id,
        func.max(case.c.definition_id),
        error.label("error"),
        number,
        func.min(job.c.due_at),
    )
    rows = tx.execute(
        query.group_by(job.c.process_key, job.c.element_id, error).order_by(
            number.desc(), func.min(job.c.due_at), job.c.process_key, job.c.element_id
        )
    )
    return [CauseCount(*row) for row in rows]


def is_late(now: datetime) -> ColumnElement[bool]:
    """Due for longer than a worker that runs would leave it."""
    return NOT_DONE & (job.c.due_at < to_text(now - LATE))


def of_cause(cause: CauseCount) -> ColumnElement[bool]:
    """The failed jobs of one cause."""
    return (
        FAILED
        & (job.c.process_key == cause.process_key)
        & (job.c.element_id == cause.element_id)
        & (func.coalesce(job.c.last_error, "") == cause.error)
    )


def rows(
    tx: Tx, desk: Desk, condition: ColumnElement[bool], skipped: int, limit: int
) -> list[TroubledJob]:
    """Those that meet the condition, what waits longest first."""
    query = _of(desk, condition, job, case.c.number, case.c.definition_id, case.c.organisation_id)
    found = tx.execute(query.order_by(job.c.due_at, job.c.id).offset(skipped).limit(limit))
    return [TroubledJob(told_job(r), r.number, r.definition_id, r.organisation_id) for r in found]


def ids(tx: Tx, desk: Desk, condition: ColumnElement[bool], limit: int) -> list[int]:
    """The numbers of such jobs, what waits longest first."""
    query = _of(desk, condition, job.c.id).order_by(job.c.due_at, job.c.id).limit(limit)
    return list(tx.execute(query).scalars())


def seen(tx: Tx, actor: Actor, case_ids: Sequence[str]) -> frozenset[str]:
    """Which of these cases the actor may open."""
    query = select(case.c.id).where(case.c.id.in_(case_ids), visible_to(actor))
    return frozenset(tx.execute(query).scalars())


def _of(desk: Desk, condition: ColumnElement[bool], *columns: Any) -> Select[Any]:
    here = true() if desk.tops is None else lies_below(case.c.organisation_id, desk.tops)
    jobs = select(*columns).join_from(job, case, case.c.id == job.c.case_id)
    return jobs.where(condition, here, may_know_of(desk.actor))
