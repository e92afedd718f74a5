"""Who may see or do: the checks that commands share."""

from engine.errors import (
    Conflict,
    NotFound,
    NotPermitted,
    SeparationOfDuties,
    TaskHeldByOther,
    TaskNotOpen,
)
from engine.forms import Filler
from engine.model.actors import Actor, is_guest_id
from engine.model.cases import Case
from engine.model.clock import ZONE
from engine.model.definitions import Element, LaneKind
from engine.model.tasks import Standing, Task, TaskStatus, standing
from engine.store import cases, directory, tasks
from engine.store.database import Tx
from engine.store.tasks import LoadedTask


def task_for_work(tx: Tx, actor: Actor, task_id: str) -> LoadedTask:
    """The step, if the actor may do it; the reason why not otherwise.

    Who may not even see the case is told the same as for a number that does not exist.
    """
    loaded = tasks.load(tx, task_id)
    if loaded is None:
        raise NotFound
    stands = standing(actor, loaded.task)
    sees_it = stands is Standing.MAY and not loaded.case.excludes
    if not sees_it and not cases.is_visible(tx, actor, loaded.case.id):
        raise NotFound
    if stands is Standing.BARRED:
        raise SeparationOfDuties(
            f"您办理过本件需与“{loaded.task.name}”分开的环节,按规定不能再办这一步。"
            "本件由其他有权限的同事办理,您无需操作。"
        )
    if stands is Standing.NOT_HERS:
        raise NotPermitted
    return loaded


def task_for_guest(tx: Tx, guest: Actor, task_id: str) -> LoadedTask:
    """The step, if it is one of the guest's own case in a lane of the applicant."""
    loaded = tasks.load(tx, task_id)
    if (
        loaded is None
        or not guest.is_guest
        or loaded.case.id != guest.guest_case_id
        or loaded.task.lane_kind != LaneKind.PARTICIPANT.value
    ):
        raise NotFound
    return loaded


def filler_of(person_id: str) -> Filler:
    """Which form of a step somebody fills in."""
    return Filler.GUEST if is_guest_id(person_id) else Filler.STAFF


def task_to_fill(tx: Tx, actor: Actor, task_id: str) -> LoadedTask:
    """The step to fill in: an applicant's own, or one of the staff's that nobody else holds.

    An officer who has begun on her behalf does not keep the applicant from doing it herself:
    whoever is first has done it.
    """
    if actor.is_guest:
        loaded = task_for_guest(tx, actor, task_id)
        must_be_open(tx, loaded.task)
        return loaded
    loaded = task_for_work(tx, actor, task_id)
    must_be_open(tx, loaded.task)
    must_not_be_held_by_other(tx, actor, loaded.task)
    return loaded


def must_be_open(tx: Tx, task: Task) -> None:
    """The step is still to be done."""
    if task.status is TaskStatus.OPEN:
        return
    if task.status is TaskStatus.COMPLETED and task.completed_by:
        doer = directory.names(tx, [task.completed_by]).get(task.completed_by, "其他同事")
        when = (
            ""
            if task.completed_at is None
            else f"{task.completed_at.astimezone(ZONE):%m-%d %H:%M} "
        )
        raise TaskNotOpen(
            f"这一步已由{doer}于 {when}办结,不能重复提交。您填写的内容仍在页面上,可复制。"
        )
    raise TaskNotOpen(
        "这一步已不需要办理(已撤销或流程已转到其他环节)。您填写的内容仍在页面上,可复制。"
    )


def must_not_be_held_by_other(tx: Tx, actor: Actor, task: Task) -> None:
    """Nobody else has claimed the step."""
    if task.assignee is None or task.assignee == actor.person_id:
        return
    holder = directory.names(tx, [task.assignee]).get(task.assignee, "其他同事")
    since = "" if task.claimed_at is None else f"({task.claimed_at.astimezone(ZONE):%H:%M} 认领)"
    raise TaskHeldByOther(
        f"{holder}正在办理这一件{since}。您写的意见仍在页面上,可复制或请{holder}放回。", holder
    )


def must_not_be_blocked(tx: Tx, task: Task, element: Element) -> None:
    """No step that this one waits for is open: ``blockedBy``."""
    if not element.blocked_by:
        return
    open_now = tasks.open_names(tx, task.case_id, element.blocked_by, task.items)
    if open_now:
        raise Conflict(
            f"本件的“{open_now[0]}”还没有办结,办结前不能提交“{task.name}”。"
            "您填写的内容仍在页面上,可先保存草稿。"
        )


def visible_case(tx: Tx, actor: Actor, case_id: str) -> Case:
    """The case, if the actor may see it; NotFound otherwise."""
    case = cases.load_visible(tx, actor, case_id)
    if case is None:
        raise NotFound
    return case
