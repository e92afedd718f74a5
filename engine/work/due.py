"""What falls due this week in an area, clocks of law apart (product.md §1.4, §1.10)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.errors import Invalid
from engine.model.actors import Actor
from engine.model.deadlines import soon_until
from engine.model.tasks import TaskLine
from engine.runtime import ProgramRefused
from engine.store import due_steps
from engine.store.database import Tx
from engine.store.due_steps import LATE, DrawnStep, DueCount, DueDays, DueQuestion
from engine.work.environment import Environment

LAW = "law"
"""The ``basis`` of a limit that nobody may lengthen."""

_SUNDAY = 7


@dataclass(frozen=True)
class ProcessDue:
    """What is due of the cases of a process, by day (LATE: over), of one kind of limits."""

    process_key: str
    is_law: bool
    by_day: Mapping[str, int]

    @property
    def total(self) -> int:
        """Of all days."""
        return sum(self.by_day.values())


@dataclass(frozen=True)
class DueWeek:
    """The days from today on, what is due on each, and the steps of the question, from one view.

    Each step stands with whether its limit is one of law.
    """

    days: tuple[date, ...]
    processes: tuple[ProcessDue, ...]
    lines: Sequence[tuple[TaskLine, bool]]


def days_of(environment: Environment, tx: Tx) -> tuple[date, ...]:
    """From today to Sunday, and at least to the second working day after today."""
    today = environment.today()
    sunday = today + timedelta(days=_SUNDAY - today.isoweekday())
    last = max(sunday, soon_until(today, environment.calendars.get(tx)))
    return tuple(today + timedelta(days=n) for n in range((last - today).days + 1))


def due_week(
    environment: Environment, tx: Tx, actor: Actor, question: DueQuestion, limit: int
) -> DueWeek:
    """The week of the cases the actor may see; one line more than asked. Raises Invalid."""
    days = DueDays(environment.now(), days_of(environment, tx))
    if question.day and question.day not in {LATE, *(day.isoformat() for day in days.days)}:
        raise Invalid("这一天不在本周到期的范围内。请从本页的数字打开。")
    counted = due_steps.counts(tx, actor, days)
    law = frozenset(_of_law(environment, tx, {one.step for one in counted}))
    return DueWeek(
        days.days,
        _by_process(counted, law),
        due_steps.lines(tx, actor, days, question, law, limit),
    )


def _of_law(environment: Environment, tx: Tx, steps: Iterable[DrawnStep]) -> Iterable[DrawnStep]:
    for step in steps:
        version, process_key, element_id = step
        try:
            element = environment.programs.get(tx, version).element(process_key, element_id)
        except (KeyError, ProgramRefused):  # a version of another release that says nothing now
            continue
        if element.properties.get("basis") == LAW:
            yield step


def _by_process(counted: Iterable[DueCount], law: frozenset[DrawnStep]) -> tuple[ProcessDue, ...]:
    """Limits of law first; of these the process with most late, then most due."""
    sums: dict[tuple[bool, str], dict[str, int]] = {}
    for one in counted:
        days = sums.setdefault((one.step in law, one.case_process), {})
        days[one.day] = days.get(one.day, 0) + one.count
    found = [ProcessDue(key, is_law, days) for (is_law, key), days in sums.items()]
    found.sort(
        key=lambda one: (not one.is_law, -one.by_day.get(LATE, 0), -one.total, one.process_key)
    )
    return tuple(found)
