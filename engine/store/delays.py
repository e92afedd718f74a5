"""Reasons of delay in the tables."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from sqlalchemy import func, insert, select

from engine.model.delays import DelayReason
from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.ready import Ready
from engine.store.ready_for import blanks, filled, room_for
from engine.store.tables import delay_reason, person


def add(tx: Tx, task_id: str, reason: str, note: str, by_id: str, at: datetime) -> None:
    """Write down a reason; earlier ones stay."""
    values = {"task_id": task_id, "reason": reason, "note": note, "by_id": by_id, "at": to_text(at)}
    tx.execute(insert(delay_reason).values(values))


def newest(tx: Tx, task_ids: Collection[str]) -> dict[str, DelayReason]:
    """The last reason of each of these steps that has one."""
    if not task_ids:
        return {}
    room = room_for(task_ids)
    return {
        row.task_id: DelayReason(row.reason, row.note, row.by_name or "", from_text(row.at))
        for row in _newest(room).records(tx, filled("step", task_ids, room))
    }


@lru_cache
def _newest(room: int) -> Ready:
    last = (
        select(func.max(delay_reason.c.id))
        .where(delay_reason.c.task_id.in_(blanks("step", room)))
        .group_by(delay_reason.c.task_id)
    )
    return Ready(
        select(delay_reason, person.c.name.label("by_name"))
        .outerjoin(person, person.c.id == delay_reason.c.by_id)
        .where(delay_reason.c.id.in_(last))
    )
