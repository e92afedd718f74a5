"""Reminders in the tables."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import func, insert, select

from engine.model.reminders import Reminded
from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.ready import Ready
from engine.store.ready_for import blanks, filled, room_for
from engine.store.tables import person, reminder


def add(tx: Tx, task_ids: Sequence[str], way: str, by_id: str, at: datetime) -> None:
    """Write down that the people of these steps were reminded."""
    rows = [{"task_id": one, "way": way, "by_id": by_id, "at": to_text(at)} for one in task_ids]
    tx.execute(insert(reminder), rows)


def of_tasks(tx: Tx, task_ids: Collection[str]) -> dict[str, Reminded]:
    """How each of these steps stands that somebody was reminded of."""
    if not task_ids:
        return {}
    room = room_for(task_ids)
    return {
        row.task_id: Reminded(row.times, row.way, row.by_name or "", from_text(row.at))
        for row in _of_tasks(room).records(tx, filled("step", task_ids, room))
    }


@lru_cache
def _of_tasks(room: int) -> Ready:
    counted = (
        select(func.max(reminder.c.id).label("last"), func.count().label("times"))
        .where(reminder.c.task_id.in_(blanks("step", room)))
        .group_by(reminder.c.task_id)
        .subquery()
    )
    return Ready(
        select(reminder, counted.c.times, person.c.name.label("by_name"))
        .join(counted, counted.c.last == reminder.c.id)
        .outerjoin(person, person.c.id == reminder.c.by_id)
    )
