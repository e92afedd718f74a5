"""Reminders at 80 %, overdue at 100 %, escalation at 150 % of a limit (design.md D8)."""

from datetime import date

from engine.model.cases import Case
from engine.store import cases, directory, outbox, tasks
from engine.store.database import Tx
from engine.work.environment import Environment
from engine.work.step_limits import due_of_step

BATCH = 200
REMINDED, OVERDUE, ESCALATED = 1, 2, 3
_KINDS = {REMINDED: "remind", OVERDUE: "overdue", ESCALATED: "escalate"}
_LEVELS_UP = {REMINDED: 0, OVERDUE: 1, ESCALATED: 2}


def send_due(environment: Environment, tx: Tx) -> int:
    """Send what is due now, each stage once; how many steps were moved to their next stage.

    A timeout never approves and never ends a case: it only tells people.
    """
    now = environment.now()
    moved = 0
    for task_id, seen_stage, deadline in tasks.due_alerts(tx, now, BATCH):
        loaded = tasks.load(tx, task_id)
        if loaded is None or deadline is None:
            continue
        _, times = due_of_step(environment, tx, loaded.case, loaded.task, deadline)
        moments = {REMINDED: times.remind, OVERDUE: times.overdue, ESCALATED: times.escalate}
        # A corrected calendar may have moved what was sent already: nothing is sent twice.
        stage = max(seen_stage, *(s for s, at in moments.items() if at <= now), 0)
        following = moments.get(stage + 1)
        if not tasks.alerted(tx, task_id, seen_stage, stage, following):
            continue
        moved += 1
        for sent in range(seen_stage + 1, stage + 1):
            outbox.add(
                tx,
                kind=_KINDS[sent],
                case_id=loaded.case.id,
                people=_told(environment, tx, loaded, _LEVELS_UP[sent]),
                payload={"task": task_id, "step": loaded.task.name},
                now=now,
            )
    return moved


def _told(environment: Environment, tx: Tx, loaded: tasks.LoadedTask, levels_up: int) -> list[str]:
    """Its holder or holders; above them, the supervisors so many levels up.

    Of a case that is kept from some, those who may see it.
    """
    if levels_up == 0:
        return who_does(environment, tx, loaded)
    skipped = levels_up - 1
    for current in directory.line_upwards(tx, loaded.task.queue.handling_id):
        found = _among(environment, tx, loaded, "supervisor", current.id)
        if found and not skipped:
            return found
        skipped -= bool(found)
    return []


def who_does(environment: Environment, tx: Tx, loaded: tasks.LoadedTask) -> list[str]:
    """Who holds the step, else who may do it; of a kept case those who may see it."""
    queue = loaded.task.queue
    if loaded.task.assignee is not None:
        return [loaded.task.assignee]
    return _among(environment, tx, loaded, queue.role, queue.handling_id)


def _among(
    environment: Environment, tx: Tx, loaded: tasks.LoadedTask, role: str, organisation_id: str
) -> list[str]:
    today = environment.today()
    people = [h.person_id for h in directory.holders(tx, role, organisation_id, today)]
    return seeing(tx, loaded.case, people, today)


def seeing(tx: Tx, case: Case, people: list[str], today: date) -> list[str]:
    """Those who may see the case; of a case like any other their roles say so already."""
    if not case.is_kept:
        return people
    actors = (directory.actor(tx, person_id, today) for person_id in people)
    return [
        one.person_id for one in actors if one is not None and cases.is_visible(tx, one, case.id)
    ]
