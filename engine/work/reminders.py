"""Remind the people of late steps; that it was done is kept with each step."""

from collections.abc import Sequence

from engine.errors import Conflict, Invalid
from engine.model.actors import Actor
from engine.model.reminders import WAYS
from engine.store import audit, reminders, task_lists
from engine.store.database import Tx
from engine.work.environment import Environment

MOST_STEPS = 500


def remind(
    environment: Environment, tx: Tx, actor: Actor, task_ids: Sequence[str], way: str
) -> int:
    """Write the reminder down at each of these steps that is late still; how many they were.

    Raises Invalid, Conflict where none is late any more.
    """
    if way not in WAYS:
        raise Invalid("请选择催办方式,没有登记。")
    if not task_ids or len(task_ids) > MOST_STEPS:
        raise Invalid("请先选要催办的环节,没有登记。")
    now = environment.now()
    late = [
        line.id
        for line in task_lists.of_ids(tx, actor, task_ids)
        if line.status == "open" and line.due_at is not None and line.due_at < now
    ]
    if not late:
        raise Conflict("这些环节已办结或没有超期,没有登记催办。")
    reminders.add(tx, late, way, actor.person_id, now)
    for task_id in late:
        audit.add_access(tx, now, actor.person_id, "reminded", task_id, way)
    return len(late)
