"""Questions of the invariants (reliability.md §2d)."""

from datetime import datetime

from sqlalchemy import and_, func, literal, or_, select, text

from engine.store.database import Tx
from engine.store.instants import to_text
from engine.store.tables import case, event, file, job, queue, role_grant, task

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


def completed_without_role(tx: Tx) -> list[str]:
    """Steps done by a person who never held the role anywhere."""
    held = (
        select(role_grant.c.id)
        .where(role_grant.c.person_id == task.c.completed_by, role_grant.c.role == queue.c.role)
        .exists()
    )
    return list(
        tx.execute(
            select(task.c.id)
            .join(queue, queue.c.id == task.c.queue_id)
            .where(task.c.status == "completed", ~held)
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
    if tx.dialect.name != "sqlite":
        return []  # PostgreSQL enforces foreign keys on every write
    found = [
        f"row {row[1]} of {row[0]} points nowhere"
        for row in tx.exec_driver_sql("PRAGMA foreign_key_check")
    ]
    integrity = tx.exec_driver_sql("PRAGMA quick_check").scalar()
    if integrity != "ok":
        found.append(f"integrity check: {integrity}")
    return found
