"""Open steps of the cases of lists that are a person's to do."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy import case as when
from sqlalchemy.sql import ColumnElement

from engine.model.actors import Actor
from engine.model.fan_out import ListedStep, StepsOfList
from engine.store.cases import in_queues_of
from engine.store.database import Tx
from engine.store.inbox_day import named_in
from engine.store.instants import to_text
from engine.store.tables import case, fan_out, organisation, task

_asking = case.alias("asking")


def by_list(tx: Tx, actor: Actor, process_key: str, now: datetime) -> list[StepsOfList]:
    """How many steps of a process are hers, by list and step, the newest list first."""
    late = when((and_(task.c.due_at.is_not(None), task.c.due_at < to_text(now)), 1), else_=0)
    query = (
        select(
            fan_out.c.key,
            func.coalesce(_asking.c.title, "").label("title"),
            task.c.process_key,
            task.c.element_id,
            func.min(task.c.name).label("name"),
            func.count().label("n"),
            func.sum(late).label("late"),
        )
        .select_from(
            task.join(case, case.c.id == task.c.case_id)
            .join(fan_out, fan_out.c.id == case.c.fan_out_id)
            .outerjoin(_asking, _asking.c.id == fan_out.c.case_id)
        )
        .where(task.c.case_process == process_key, _hers(actor))
        .group_by(
            fan_out.c.key,
            fan_out.c.asked_at,
            _asking.c.title,
            task.c.process_key,
            task.c.element_id,
        )
        .order_by(fan_out.c.asked_at.desc(), task.c.element_id)
    )
    return [
        StepsOfList(
            row.key, row.title, row.process_key, row.element_id, row.name, row.n, int(row.late)
        )
        for row in tx.execute(query)
    ]


def of_list(
    tx: Tx, actor: Actor, key: str, process_key: str, element_id: str, limit: int
) -> Sequence[ListedStep]:
    """Her open steps of one kind in a list, by business key."""
    query = (
        select(
            task.c.id,
            task.c.rev,
            task.c.name,
            task.c.due_date,
            case.c.business_key,
            case.c.number,
            case.c.title,
            organisation.c.name.label("unit"),
        )
        .select_from(
            task.join(case, case.c.id == task.c.case_id)
            .join(fan_out, fan_out.c.id == case.c.fan_out_id)
            .join(organisation, organisation.c.id == case.c.organisation_id)
        )
        .where(
            fan_out.c.key == key,
            task.c.process_key == process_key,
            task.c.element_id == element_id,
            _hers(actor),
        )
        .order_by(case.c.business_key)
        .limit(limit)
    )
    return [
        ListedStep(
            row.id,
            row.rev,
            row.name,
            row.business_key or "",
            row.number,
            row.title,
            row.unit,
            None if row.due_date is None else date.fromisoformat(row.due_date),
        )
        for row in tx.execute(query)
    ]


def _hers(actor: Actor) -> ColumnElement[bool]:
    """Open, in one of her queues, held by nobody else, and none she must stay away from."""
    return and_(
        task.c.status == "open",
        in_queues_of(actor),
        or_(task.c.assignee.is_(None), task.c.assignee == actor.person_id),
        or_(task.c.barred == "", task.c.barred.not_like(named_in(actor))),
    )
