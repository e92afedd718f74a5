"""Say why a step is late: whoever may do it, or who supervises its area."""

from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.actors import Actor
from engine.model.delays import LONGEST_NOTE, OTHER, REASONS
from engine.model.tasks import Standing, TaskStatus, standing
from engine.store import audit, delays, tasks
from engine.store.database import Tx
from engine.work.environment import Environment

SUPERVISOR = "supervisor"


def say_why(
    environment: Environment, tx: Tx, actor: Actor, task_id: str, reason: str, note: str
) -> None:
    """Keep why an open step is past its limit; the limit itself does not move.

    Raises NotFound, NotPermitted, Conflict for a step that is not late, Invalid.
    """
    loaded = tasks.load_visible(tx, actor, task_id)
    if loaded is None:
        raise NotFound
    may = standing(actor, loaded.task) is Standing.MAY
    if not (may or actor.places(SUPERVISOR)):
        raise NotPermitted("只有本环节的办理人和督办人可以说明超期原因,没有保存。")
    now, due = environment.now(), loaded.task.due_at
    if loaded.task.status is not TaskStatus.OPEN or due is None or due >= now:
        raise Conflict("这一步没有超期或已办结,不用说明原因。")
    said = note.strip()
    if reason not in REASONS:
        raise Invalid("请选择超期原因,没有保存。")
    if reason == OTHER and not said:
        raise Invalid("选“其他”时请写明原因,没有保存。")
    if len(said) > LONGEST_NOTE:
        raise Invalid(f"说明不超过 {LONGEST_NOTE} 字,没有保存。")
    delays.add(tx, task_id, reason, said, actor.person_id, now)
    audit.add_access(tx, now, actor.person_id, "delay-reason", task_id, reason)
