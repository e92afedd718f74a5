"""Running cases by version and area: whom a changed parameter may concern."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.sql import ColumnElement

from engine.model.deadlines import Due
from engine.store.areas import lies_below
from engine.store.database import Tx
from engine.store.instants import from_text, to_text, to_text_or_none
from engine.store.tables import case, task

_RUNNING = ("active", "incident")
_NOWHERE = [("", "")]


@dataclass(frozen=True)
class LimitedStep:
    """An open step with the limit it was given when it was opened."""

    id: str
    process_key: str
    element_id: str
    name: str
    created_at: datetime
    deadline: str
    due_at: datetime | None
    alert_stage: int
    lane_kind: str


def running_versions(tx: Tx) -> list[str]:
    """The versions that have running cases."""
    found = select(case.c.definition_id).where(case.c.status.in_(_RUNNING)).distinct()
    return list(tx.execute(found.order_by(case.c.definition_id)).scalars())


def count_cases(tx: Tx, definition_ids: Collection[str], organisation_id: str | None) -> int:
    """How many running cases of these versions lie in an area; None: everywhere."""
    asked = select(func.count()).select_from(case).where(_of(definition_ids, organisation_id))
    return int(tx.execute(asked).scalar_one())


def count_steps(
    tx: Tx,
    definition_id: str,
    places: Collection[tuple[str, str]],
    organisation_id: str | None,
) -> int:
    """How many open steps of a version stand at these elements (process key, element id)."""
    asked = (
        select(func.count())
        .select_from(task.join(case, case.c.id == task.c.case_id))
        .where(_of([definition_id], organisation_id), _stands_at(places))
    )
    return int(tx.execute(asked).scalar_one())


def case_ids(
    tx: Tx, definition_ids: Collection[str], organisation_id: str | None, after: str, limit: int
) -> list[str]:
    """The next running cases of these versions in an area, after an id."""
    return list(
        tx.execute(
            select(case.c.id)
            .where(_of(definition_ids, organisation_id), case.c.id > after)
            .order_by(case.c.id)
            .limit(limit)
        ).scalars()
    )


def steps_at(tx: Tx, case_id: str, places: Collection[tuple[str, str]]) -> Sequence[LimitedStep]:
    """The open steps with a limit of a case at these elements."""
    return [
        LimitedStep(
            row.id,
            row.process_key,
            row.element_id,
            row.name,
            from_text(row.created_at),
            row.deadline,
            None if row.due_at is None else from_text(row.due_at),
            row.alert_stage,
            row.lane_kind,
        )
        for row in tx.execute(
            select(task)
            .where(task.c.case_id == case_id, task.c.deadline.is_not(None), _stands_at(places))
            .order_by(task.c.number)
        )
    ]


def set_limit(
    tx: Tx, task_id: str, limit: str, due: Due, alert: tuple[int, datetime | None]
) -> None:
    """Give an open step another limit; its revision stays, so that no open page goes stale."""
    stage, next_at = alert
    tx.execute(
        update(task)
        .where(task.c.id == task_id, task.c.status == "open")
        .values(
            deadline=limit,
            due_at=to_text(due.at),
            due_date=due.last_day.isoformat(),
            provisional=due.provisional,
            alert_stage=stage,
            next_alert_at=to_text_or_none(next_at),
        )
    )


def _of(definition_ids: Collection[str], organisation_id: str | None) -> ColumnElement[bool]:
    running = case.c.status.in_(_RUNNING) & case.c.definition_id.in_(sorted(definition_ids))
    if organisation_id is None:
        return running
    return running & lies_below(case.c.organisation_id, [organisation_id])


def _stands_at(places: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    at = tuple_(task.c.process_key, task.c.element_id).in_(sorted(places) or _NOWHERE)
    return (task.c.status == "open") & at
