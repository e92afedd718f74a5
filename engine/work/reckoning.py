"""Reckon limits again when the State Council's calendar of a year has come in (design.md D8).

What was counted by week-ends alone (暂按周末推算) gets its real date. Each move is written into the
case's history. Timers that count working days (``5wd``) move with them, and those of a citizen's
limit; a date that a process has worked out itself is the process's own affair: it catches the
message ``calendar_imported``.
"""

from dataclasses import dataclass, replace
from datetime import date

from engine.errors import Invalid, StateUnreadable
from engine.model.actors import Actor
from engine.model.calendar import WorkCalendar
from engine.model.cases import RUNNING, Case, EventKind
from engine.model.holiday_notice import Notice
from engine.runtime import reckon_timers
from engine.store import cases, jobs, reckoning, settings
from engine.store.database import Tx
from engine.store.ready import Collision
from engine.store.reckoning import DatedStep
from engine.work.environment import Environment
from engine.work.history import Cause, append_history
from engine.work.opened import open_case, ports_of
from engine.work.step_limits import due_of_step
from engine.work.total_limit import total_due

BATCH = 100
"""Cases reckoned in one transaction."""


@dataclass(frozen=True)
class Reckoned:
    """How many running cases have another date now, and how many dates that are."""

    cases: int = 0
    dates: int = 0

    def __add__(self, other: "Reckoned") -> "Reckoned":
        return Reckoned(self.cases + other.cases, self.dates + other.dates)


def days_with_neighbours(tx: Tx, notice: Notice) -> dict[date, bool]:
    """The days of a notice, with the whole year before where it changes that year's December."""
    days = dict(notice.days)
    if notice.before:
        earlier = notice.year - 1
        known = {
            day: worked for day, worked in settings.calendar_days(tx).items() if day.year == earlier
        }
        if earlier not in WorkCalendar(known).official_years:
            raise Invalid(
                f"这份通知还调整了 {earlier} 年 12 月,而 {earlier} 年的安排尚未导入,没有导入。"
                f"请先导入 {earlier} 年的。"
            )
        days.update({**known, **notice.before})
    return days


def reckon_again(
    environment: Environment, tx: Tx, actor: Actor, first_day: date, after: str
) -> tuple[str | None, Reckoned]:
    """Reckon the next cases after an id.

    The last id that was looked at, None at the end; and what moved.

    Raises Collision when a case was written by somebody else meanwhile.
    """
    touched = reckoning.cases_touched(tx, first_day, after, BATCH)
    moved = [_reckon_case(environment, tx, actor, case_id, first_day) for case_id in touched]
    reckoned = Reckoned(sum(count > 0 for count in moved), sum(moved))
    return (touched[-1] if touched else None), reckoned


def _reckon_case(
    environment: Environment, tx: Tx, actor: Actor, case_id: str, first_day: date
) -> int:
    case = cases.load(tx, case_id)
    if case is None or case.status not in RUNNING:
        return 0
    cause = Cause(actor, environment.now())
    for step in reckoning.steps_of(tx, case_id, first_day):
        _reckon_step(environment, tx, case, step, cause)
    changed = case
    if case.total_limit is not None and case.total_due_at is not None:
        changed = replace(case, total_due_at=total_due(environment, tx, case, cause.now))
    if changed.total_due_at is not None and changed != case:
        cause.note(
            EventKind.TIMER_SET,
            {
                "name": "全程时限",
                "before": "" if case.total_due_at is None else case.total_due_at.isoformat(),
                "due_at": changed.total_due_at.isoformat(),
                "reason": _REASON,
            },
        )
    changed = _reckon_timers(environment, tx, changed, cause)
    if not cause.entries:
        return 0
    vault = environment.vault.case(case.id, case.data_key)
    count, head = append_history(tx, case, vault, cause)
    changed = replace(changed, event_count=count, chain_head=head, rev=case.rev + 1)
    cases.save(tx, changed, case.rev)
    return len(cause.entries)


def _reckon_timers(environment: Environment, tx: Tx, case: Case, cause: Cause) -> Case:
    """The case with its timers counted again; their rows move with its state."""
    try:
        opened = open_case(environment, tx, case)
        ports = ports_of(environment, tx, opened, cause)
        state, moved = reckon_timers(opened.program, opened.memory.engine, ports)
    except StateUnreadable:
        return case  # it has its incident, and stops nobody else's dates
    for one in moved:
        timer = one.timer
        if not jobs.move_timer(tx, case.id, timer.token, timer.due):
            raise Collision  # it is being fired at this moment
        # Without a place: no timer more than there was, as invariant I3 counts them.
        element = opened.program.element(timer.process_key, timer.element_id)
        cause.note(
            EventKind.TIMER_SET,
            {
                "name": element.name or element.id,
                "before": one.before.isoformat(),
                "due_at": timer.due.isoformat(),
                "reason": _REASON,
            },
        )
    if not moved:
        return case
    memory = replace(opened.memory, engine=state)
    return replace(case, state=opened.vault.seal(memory.pack(), "state", 0))


def _reckon_step(
    environment: Environment, tx: Tx, case: Case, step: DatedStep, cause: Cause
) -> None:
    due, times = due_of_step(environment, tx, case, step, step.deadline)
    if due.at == step.due_at and due.provisional == step.provisional:
        return
    # What was sent stays sent; what comes next is told by the new date.
    following = (times.remind, times.overdue, times.escalate, None)[step.alert_stage]
    reckoning.set_due(tx, step.id, due, following)
    if due.at != step.due_at:
        cause.note(
            EventKind.TIMER_SET,
            {
                "name": step.name,
                "before": "" if step.due_at is None else step.due_at.isoformat(),
                "due_at": due.at.isoformat(),
                "reason": _REASON,
            },
            step.id,
            (step.process_key, step.element_id),
        )


_REASON = "节假日安排已导入,期限按正式日历重新推算"
