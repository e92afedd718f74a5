"""What an imported calendar may move: open steps and running cases whose limits it touches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.sql import ColumnElement

from engine.model.deadlines import Due, LimitOf
from engine.model.definitions import LaneKind
from engine.store.cases import FOR_ALL_TO_KNOW
from engine.store.database import Tx
from engine.store.instants import from_day, from_days, from_text, to_text, to_text_or_none
from engine.store.tables import case, job, task

_RUNNING = ("active", "incident")


@dataclass(frozen=True)
class DatedStep:
    """An open step whose limit leans on the calendar, as it was reckoned."""

    id: str
    process_key: str
    element_id: str
    name: str
    created_at: datetime
    deadline: str
    due_at: datetime | None
    provisional: bool
    alert_stage: int
    lane_kind: str
    counted_from: date | None
    limit_of: str | None
    paused: tuple[tuple[date, date], ...] | None


def cases_touched(tx: Tx, first_day: date, after: str, limit: int) -> list[str]:
    """Running cases with a limit that the calendar moves and that ends on or after a day.

    Those with a timer that is due by then as well: what it counts, only its case knows.
    """
    steps = (
        select(task.c.id).where(task.c.case_id == case.c.id, _leans_on_calendar(first_day)).exists()
    )
    timers = (
        select(job.c.id)
        .where(
            job.c.case_id == case.c.id,
            job.c.kind == "timer",
            job.c.status == "waiting",
            job.c.due_at >= f"{first_day.isoformat()}T00:00:00",
        )
        .exists()
    )
    own = and_(
        case.c.total_limit.like("%wd"), case.c.total_due_at >= f"{first_day.isoformat()}T00:00:00"
    )
    return list(
        tx.execute(
            select(case.c.id)
            .where(case.c.status.in_(_RUNNING), case.c.id > after, or_(steps, own, timers))
            .order_by(case.c.id)
            .limit(limit)
        ).scalars()
    )


def steps_of(tx: Tx, case_id: str, first_day: date) -> Sequence[DatedStep]:
    """The open steps of a case that the imported days may move."""
    return [
        DatedStep(
            row.id,
            row.process_key,
            row.element_id,
            row.name,
            from_text(row.created_at),
            row.deadline,
            None if row.due_at is None else from_text(row.due_at),
            row.provisional,
            row.alert_stage,
            row.lane_kind,
            from_day(row.counted_from),
            row.limit_of,
            from_days(row.paused),
        )
        for row in tx.execute(
            select(task)
            .where(task.c.case_id == case_id, _leans_on_calendar(first_day))
            .order_by(task.c.number)
        )
    ]


# A citizen's limit of calendar days ends on a working day; rows that do not say whose they are
# lie in her lane.
_may_move = or_(
    task.c.deadline.like("%wd"),
    task.c.limit_of == LimitOf.CITIZEN.value,
    and_(task.c.limit_of.is_(None), task.c.lane_kind == LaneKind.PARTICIPANT.value),
)


def _leans_on_calendar(first_day: date) -> ColumnElement[bool]:
    return and_(
        task.c.status == "open",
        or_(
            task.c.provisional,
            and_(_may_move, task.c.due_date >= first_day.isoformat()),
        ),
    )


def provisional_steps(tx: Tx) -> dict[int, int]:
    """How many open steps lean on a year without a calendar, by the year they are due in."""
    year = func.substr(task.c.due_date, 1, 4)
    counted = (
        select(year, func.count())
        .join(case, case.c.id == task.c.case_id)
        .where(
            task.c.status == "open",
            task.c.provisional,
            task.c.due_date.is_not(None),
            FOR_ALL_TO_KNOW,
        )
        .group_by(year)
    )
    return {int(row[0]): row[1] for row in tx.execute(counted)}


def set_due(tx: Tx, task_id: str, due: Due, next_alert_at: datetime | None) -> None:
    """Write a step's new due date; its revision stays, so that nobody's open page goes stale."""
    tx.execute(
        update(task)
        .where(task.c.id == task_id, task.c.status == "open")
        .values(
            due_at=to_text(due.at),
            due_date=due.last_day.isoformat(),
            provisional=due.provisional,
            next_alert_at=to_text_or_none(next_alert_at),
        )
    )
