"""Take a step, put it back, pass it on."""

from engine.errors import Invalid, NotPermitted
from engine.model.actors import Actor
from engine.model.cases import EventKind
from engine.model.clock import ZONE
from engine.model.tasks import Standing, Task, standing
from engine.store import cases, directory, tasks
from engine.store.database import Tx
from engine.store.ready import Collision
from engine.store.tasks import LoadedTask
from engine.work.access import must_be_open, must_not_be_held_by_other, task_for_work
from engine.work.environment import Environment
from engine.work.history import Cause, write_history
from engine.work.opened import open_case

SHORTEST_REASON = 2


def claim(environment: Environment, tx: Tx, actor: Actor, task_id: str) -> Task:
    """Give the step to the actor; of two at once exactly one succeeds."""
    loaded = task_for_work(tx, actor, task_id)
    must_be_open(tx, loaded.task)
    must_not_be_held_by_other(tx, actor, loaded.task)
    if loaded.task.assignee == actor.person_id:
        return loaded.task
    return _give(environment, tx, actor, loaded, actor.person_id, EventKind.TASK_CLAIMED, {})


def release(environment: Environment, tx: Tx, actor: Actor, task_id: str) -> Task:
    """Put the step back for the others; its draft stays with it."""
    loaded = task_for_work(tx, actor, task_id)
    must_be_open(tx, loaded.task)
    must_not_be_held_by_other(tx, actor, loaded.task)
    if loaded.task.assignee is None:
        return loaded.task
    return _give(environment, tx, actor, loaded, None, EventKind.TASK_RELEASED, {})


def pass_on(
    environment: Environment, tx: Tx, actor: Actor, task_id: str, person_id: str, reason: str
) -> Task:
    """Give the step to a colleague who may do it (转办); needs a reason, which is kept."""
    loaded = task_for_work(tx, actor, task_id)
    must_be_open(tx, loaded.task)
    must_not_be_held_by_other(tx, actor, loaded.task)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid("请写明转办原因(至少 2 个字)。这一件仍在您名下。")
    colleague = directory.actor(tx, person_id, environment.now().astimezone(ZONE).date())
    if colleague is None or not may_be_given(tx, loaded, colleague):
        raise NotPermitted("所选同事没有办理这一步的权限,未转办。请从名单中另选一人。")
    return _give(
        environment,
        tx,
        actor,
        loaded,
        person_id,
        EventKind.TASK_CLAIMED,
        {"passed_on_by": actor.person_id, "to": person_id, "reason": reason.strip()},
    )


def may_be_given(tx: Tx, loaded: LoadedTask, person: Actor) -> bool:
    """Whether a person may do the step, and is not kept away from the case."""
    if standing(person, loaded.task) is not Standing.MAY:
        return False
    return not loaded.case.excludes or cases.is_visible(tx, person, loaded.case.id)


def hand_over_step(
    environment: Environment, tx: Tx, actor: Actor, task_id: str, successor: Actor, reason: str
) -> bool:
    """Give a held step to whoever takes over; False where she may not do it.

    It is said by an administrator who sees no case: only who holds it changes.
    """
    loaded = tasks.load(tx, task_id)
    if loaded is None or loaded.task.assignee is None:
        return False
    if not may_be_given(tx, loaded, successor):
        return False
    detail: dict[str, object] = {
        "passed_on_by": actor.person_id,
        "to": successor.person_id,
        "reason": reason,
    }
    _give(environment, tx, actor, loaded, successor.person_id, EventKind.TASK_CLAIMED, detail)
    return True


def put_back(
    environment: Environment, tx: Tx, actor: Actor, loaded: LoadedTask, reason: str
) -> None:
    """Put a held step back for the others; its draft stays with it."""
    _give(environment, tx, actor, loaded, None, EventKind.TASK_RELEASED, {"reason": reason})


def release_of_departed(environment: Environment, tx: Tx, actor: Actor) -> int:
    """Put back every step whose holder may no longer do it; drafts stay. How many.

    After an account was closed, a role withdrawn or a unit rerouted: nobody else would find them.
    """
    found = tasks.held_without_right(tx, environment.now().astimezone(ZONE).date())
    for task_id in found:
        loaded = tasks.load(tx, task_id)
        if loaded is not None:
            put_back(environment, tx, actor, loaded, "原经办人不再负责这一环节")
    return len(found)


def _give(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    loaded: LoadedTask,
    person_id: str | None,
    kind: EventKind,
    detail: dict[str, object],
) -> Task:
    now = environment.now()
    if not tasks.give_to(tx, loaded.task.id, loaded.task.rev, person_id, now):
        raise Collision
    opened = open_case(environment, tx, loaded.case)
    cause = Cause(actor, now)
    cause.note(
        kind,
        detail,
        loaded.task.id,
        (loaded.task.process_key, loaded.task.element_id),
    )
    write_history(tx, opened.case, opened.vault, cause)
    changed = tasks.load(tx, loaded.task.id)
    return loaded.task if changed is None else changed.task
