"""What a case may be about beside its form: late steps of other cases (product.md §1.10, 督办单).

A process says so with the property ``startsFrom``; the variable ``about`` then holds what its
steps, forms and papers may say of them. It names steps, units and staff, and no applicant.
"""

from collections.abc import Sequence
from datetime import datetime

from engine.model.calendar import WorkCalendar
from engine.model.deadlines import Deadline, Unit, remaining
from engine.model.tasks import TaskLine

ABOUT = "about"
"""The variable that such a case has from its start."""

MOST_STEPS = 50
"""More late steps than that are no order any more, but a list."""

_LATE = {Unit.WORKING_DAYS: "超 {n} 个工作日", Unit.DAYS: "超 {n} 日", Unit.HOURS: "超 {n} 小时"}


def how_late(line: TaskLine, now: datetime, calendar: WorkCalendar) -> str:
    """``超 5 个工作日``, in the unit its limit was set in; empty for a step that is not late."""
    if line.due_at is None or line.due_at >= now:
        return ""
    unit = Deadline.parse(line.deadline).unit if line.deadline else Unit.DAYS
    return _LATE[unit].format(n=remaining(now, line.due_at, unit, calendar).amount)


def about_step(line: TaskLine, late: str, reason: str) -> dict[str, object]:
    """What the variable says of one late step."""
    return {
        "task": line.id,
        "number": line.case_number,
        "process": line.process_name,
        "step": line.name,
        "due": None if line.due_date is None else line.due_date.isoformat(),
        "late": late,
        "person": line.assignee_name,
        "reason": reason or None,
    }


def people_of(lines: Sequence[TaskLine]) -> str:
    """Whoever holds the steps, each named once."""
    return "、".join(dict.fromkeys(line.assignee_name for line in lines if line.assignee_name))
