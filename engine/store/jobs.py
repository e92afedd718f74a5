"""Timers and asynchronous work: rows with a due instant, taken with a lease (design.md D9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, insert, literal, literal_column, or_, select, update
from sqlalchemy import case as when
from sqlalchemy.sql import ColumnElement

from engine.model.actors import Actor
from engine.store import bell
from engine.store.cases import insert_or, visible_to
from engine.store.database import Tx
from engine.store.instants import from_text, from_text_or_none, to_text
from engine.store.ready import Ready
from engine.store.subscriptions import SIGNAL
from engine.store.tables import case, job, subscription

_SPOILT = "这个后台任务的记录已损坏,读不出来,已停下。请联系管理员。"

UNREADABLE = datetime.min.replace(tzinfo=UTC)
"""In place of an instant that cannot be read, where people are told of a job."""


@dataclass(frozen=True)
class Job:
    """A timer, an asynchronous operation, a signal to deliver, or the retry of a failed element."""

    id: int
    case_id: str
    token: str
    kind: str
    process_key: str
    element_id: str
    due_at: datetime
    status: str
    attempts: int
    fence: int
    locked_until: datetime | None
    locked_by: str | None
    last_error: str | None
    created_at: datetime


def job_of(row: Any) -> Job:
    """A job from its row."""
    return Job(
        row.id,
        row.case_id,
        row.token,
        row.kind,
        row.process_key,
        row.element_id,
        from_text(row.due_at),
        row.status,
        row.attempts,
        row.fence,
        from_text_or_none(row.locked_until),
        row.locked_by,
        row.last_error,
        from_text(row.created_at),
    )


def told_job(row: Any) -> Job:
    """A job to be told of or tried again: one whose row is spoilt too."""
    try:
        return job_of(row)
    except ValueError:
        return Job(
            row.id,
            row.case_id,
            row.token,
            row.kind,
            row.process_key,
            row.element_id,
            _instant(row.due_at),
            row.status,
            row.attempts,
            row.fence,
            None,
            row.locked_by,
            row.last_error or _SPOILT,
            _instant(row.created_at),
        )


def _instant(text: str) -> datetime:
    try:
        return from_text(text)
    except ValueError:
        return UNREADABLE


@dataclass(frozen=True)
class NewJob:
    """A job to be written."""

    token: str
    kind: str
    process_key: str
    element_id: str
    due_at: datetime


_ADD = Ready(insert(job))


def add(tx: Tx, case_id: str, new: Sequence[NewJob], now: datetime) -> None:
    """Write jobs that wait, and wake a worker for those that are due."""
    _ADD.write_all(
        tx,
        [
            {
                "case_id": case_id,
                "token": j.token,
                "kind": j.kind,
                "process_key": j.process_key,
                "element_id": j.element_id,
                "due_at": to_text(j.due_at),
                "status": "waiting",
                "attempts": 0,
                "fence": 0,
                "created_at": to_text(now),
            }
            for j in new
        ],
    )
    if any(j.due_at <= now for j in new):
        bell.ring(tx)


NOT_DONE = job.c.status.in_([literal_column("'waiting'"), literal_column("'running'")])
"""In the words of ``ix_job_due``: a database that does not find these reads every job ever done."""

FAILED = job.c.status == literal_column("'failed'")
"""In the words of ``ix_job_failed``."""

_LAST = when((job.c.kind == "signal", 1), else_=0)
"""Of what is due at one instant, signals come last."""


def tell(tx: Tx, name: str, thrown_by: str, now: datetime) -> int:
    """Write a job for every wait for a signal in other cases than the one it was thrown in.

    How many; a wait to which the same signal is on its way already is not told twice.
    """
    instant = literal(to_text(now))
    waiting = select(
        subscription.c.case_id,
        subscription.c.token,
        literal("signal"),
        subscription.c.process_key,
        subscription.c.element_id,
        instant,
        literal("waiting"),
        literal(0),
        literal(0),
        instant,
    ).where(
        subscription.c.name == name,
        subscription.c.key_hash == SIGNAL,
        subscription.c.case_id != thrown_by,
    )
    columns = ["case_id", "token", "kind", "process_key", "element_id", "due_at"]
    columns += ["status", "attempts", "fence", "created_at"]
    told = insert_or(tx, job).from_select(columns, waiting.order_by(subscription.c.id))
    counted = told.on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    number = tx.execute(counted).rowcount
    if number:
        bell.ring(tx)
    return number


def finish(tx: Tx, case_id: str, tokens: Sequence[str], now: datetime) -> None:
    """The case no longer waits for these: done, whoever held them."""
    if tokens:
        tx.execute(
            update(job)
            .where(job.c.case_id == case_id, job.c.token.in_(tokens), job.c.status != "done")
            .values(status="done", done_at=to_text(now), locked_until=None, locked_by=None)
        )


def move_timer(tx: Tx, case_id: str, token: str, due_at: datetime) -> bool:
    """Give a waiting timer another instant; False when somebody is firing it."""
    moved = tx.execute(
        update(job)
        .where(
            job.c.case_id == case_id,
            job.c.token == token,
            job.c.kind == "timer",
            job.c.status == "waiting",
        )
        .values(due_at=to_text(due_at))
    )
    return moved.rowcount == 1


def take(
    tx: Tx, holder: str, business_now: datetime, real_now: datetime, until: datetime, limit: int
) -> list[Job]:
    """Lease due jobs to a holder; nobody else gets them before ``until`` (real time).

    A lease that ran out is taken over; the fence number rises with each lease, so that the late
    former holder cannot write.
    """
    free = or_(
        job.c.status == "waiting",
        and_(job.c.status == "running", job.c.locked_until < to_text(real_now)),
    )
    due = (
        select(job.c.id)
        .where(NOT_DONE, free, job.c.due_at <= to_text(business_now))
        .where(or_(job.c.locked_until.is_(None), job.c.locked_until < to_text(real_now)))
        .order_by(job.c.due_at, job.c.id)
        .with_for_update(skip_locked=True)
    )
    ids: list[int] = []
    # A signal may go to thousands of cases: timers and operations do not queue behind it. Two
    # questions, as an order over both would sort all that is due for the few that are taken.
    for kind in (job.c.kind != "signal", job.c.kind == "signal"):
        if len(ids) < limit:
            ids += tx.execute(due.where(kind).limit(limit - len(ids))).scalars()
    return _lease(tx, ids, holder, until)


def _lease(tx: Tx, ids: list[int], holder: str, until: datetime) -> list[Job]:
    if not ids:
        return []
    tx.execute(
        update(job)
        .where(job.c.id.in_(ids))
        .values(
            status="running",
            fence=job.c.fence + 1,
            attempts=job.c.attempts + 1,
            locked_until=to_text(until),
            locked_by=holder,
        )
    )
    leased = select(job).where(job.c.id.in_(ids)).order_by(job.c.due_at, _LAST, job.c.id)
    rows = tx.execute(leased).all()
    return [found for row in rows if (found := _readable(tx, row)) is not None]


def _readable(tx: Tx, row: Any) -> Job | None:
    """The job; one whose row is spoilt is given up alone, or it would stop all that fall due."""
    try:
        return job_of(row)
    except ValueError:
        spoilt = {"status": "failed", "locked_until": None, "last_error": _SPOILT}
        tx.execute(update(job).where(job.c.id == row.id).values(spoilt))
        return None


def any_due(tx: Tx, business_now: datetime, real_now: datetime) -> bool:
    """Whether a look for work is worth a lock."""
    return (
        tx.execute(
            select(job.c.id)
            .where(
                NOT_DONE,
                job.c.due_at <= to_text(business_now),
                or_(job.c.locked_until.is_(None), job.c.locked_until < to_text(real_now)),
            )
            .limit(1)
        ).first()
        is not None
    )


def take_of_case(
    tx: Tx,
    case_id: str,
    holder: str,
    business_now: datetime,
    real_now: datetime,
    until: datetime,
) -> list[Job]:
    """Lease the due timers and signals of one case that nobody holds.

    One that failed need not wait.
    """
    free = or_(
        job.c.status == "waiting",
        and_(job.c.status == "running", job.c.locked_until < to_text(real_now)),
    )
    ids = list(
        tx.execute(
            select(job.c.id)
            .where(
                job.c.case_id == case_id,
                job.c.kind.in_(("timer", "signal")),
                free,
                job.c.due_at <= to_text(business_now),
            )
            .order_by(job.c.due_at, job.c.id)
            .with_for_update(skip_locked=True)
        ).scalars()
    )
    return _lease(tx, ids, holder, until)


def still_held(tx: Tx, job_id: int, fence: int) -> bool:
    """Whether the lease with this fence is still the newest."""
    return (
        tx.execute(
            select(job.c.id).where(
                job.c.id == job_id, job.c.fence == fence, job.c.status == "running"
            )
        ).first()
        is not None
    )


def renew(tx: Tx, held: Sequence[tuple[int, int]], until: datetime) -> set[int]:
    """The heartbeat: lengthen leases (job, fence); the jobs that are still the holder's."""
    if not held:
        return set()
    mine = or_(*(and_(job.c.id == job_id, job.c.fence == fence) for job_id, fence in held))
    renewed = tx.execute(
        update(job)
        .where(mine, job.c.status == "running")
        .values(locked_until=to_text(until))
        .returning(job.c.id)
    )
    return set(renewed.scalars())


def put_back(
    tx: Tx, job_id: int, fence: int, not_before: datetime, error: str, *, counts: bool = True
) -> bool:
    """Let a failed try wait (real time) for the next; one that does not count is given back."""
    changes: dict[str, object] = {
        "status": "waiting",
        "locked_until": to_text(not_before),
        "locked_by": None,
    }
    if error:
        changes["last_error"] = error
    if not counts:
        changes["attempts"] = job.c.attempts - 1
    done = tx.execute(
        update(job)
        .where(job.c.id == job_id, job.c.fence == fence, job.c.status == "running")
        .values(changes)
    )
    return done.rowcount == 1


def give_up(tx: Tx, job_id: int, fence: int, error: str) -> bool:
    """After the last try: an incident a person can read and retry."""
    done = tx.execute(
        update(job)
        .where(job.c.id == job_id, job.c.fence == fence, job.c.status == "running")
        .values(status="failed", locked_until=None, locked_by=None, last_error=error)
    )
    return done.rowcount == 1


def record_failure(tx: Tx, case_id: str, token: str, error: str) -> None:
    """Mark the retry job of a failed element as an incident."""
    tx.execute(
        update(job)
        .where(job.c.case_id == case_id, job.c.token == token, job.c.kind == "retry")
        .values(status="failed", locked_until=None, locked_by=None, last_error=error)
    )


def try_again(tx: Tx, job_id: int, now: datetime) -> bool:
    """Put a failed job back to the front, with all its tries."""
    done = tx.execute(
        update(job)
        .where(job.c.id == job_id, job.c.status == "failed")
        .values(status="waiting", attempts=0, due_at=to_text(now), locked_until=None)
    )
    return done.rowcount == 1


def lines(
    tx: Tx, actor: Actor, statuses: Sequence[str], after: int, limit: int
) -> list[tuple[Job, str]]:
    """(job, case number) of the cases the actor may see, by id; one more than asked."""
    narrowed: list[ColumnElement[bool]] = [visible_to(actor), job.c.id > after]
    if statuses:
        narrowed.append(job.c.status.in_(statuses))
    return [
        (told_job(row), row.number)
        for row in tx.execute(
            select(job, case.c.number)
            .join(case, case.c.id == job.c.case_id)
            .where(*narrowed)
            .order_by(job.c.id)
            .limit(limit + 1)
        )
    ]


def load(tx: Tx, job_id: int) -> Job | None:
    """One job."""
    row = tx.execute(select(job).where(job.c.id == job_id)).first()
    return None if row is None else told_job(row)
