"""The limit of a case as a whole, and the time for which it stands still (design.md D8)."""

from dataclasses import replace
from datetime import datetime

from engine.model.cases import Case
from engine.model.deadlines import Deadline, Pause, due_with_pauses
from engine.runtime import Step
from engine.store.database import Tx
from engine.work.environment import Environment
from engine.work.history import Cause
from engine.work.waiting import Waited


def changed_pauses(case: Case, step: Step, cause: Cause, had: Waited) -> dict[str, object]:
    """What changes of the case where its total limit begins or ends to stand still.

    The total limit stands still while a step that pauses it is open (design.md D8).

    Whether it does was settled when the step opened: a parameter changed since changes no case.
    """
    pausing = not had.pausing.isdisjoint(step.waits.user)
    if pausing and case.paused_since is None:
        return {"paused_since": cause.now}
    if not pausing and case.paused_since is not None:
        pauses = (*case.pauses, (case.paused_since, cause.now))
        return {"paused_since": None, "pauses": pauses}
    return {}


def with_total_due(environment: Environment, tx: Tx, case: Case, cause: Cause) -> Case:
    """The case with the instant of its limit, where that may have moved."""
    if not case.total_limit or case.ended_at is not None:
        return case
    if case.total_due_at is not None and case.paused_since is None and not case.pauses:
        return case
    return replace(case, total_due_at=total_due(environment, tx, case, cause.now))


def total_due(environment: Environment, tx: Tx, case: Case, now: datetime) -> datetime | None:
    """When a case's total limit is over, net of its pauses; None where it has no limit.

    While a pause lasts it is the instant if work went on ``now``.
    """
    if not case.total_limit:
        return None
    pauses = [Pause(start, end) for start, end in case.pauses]
    if case.paused_since is not None:
        pauses.append(Pause(case.paused_since, None))
    limit = Deadline.parse(case.total_limit)
    return due_with_pauses(case.created_at, limit, pauses, now, environment.calendars.get(tx)).at
