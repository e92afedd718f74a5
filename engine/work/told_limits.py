"""What a page says of each limit of a case: rule and article, from when, what was left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from engine.definitions.asked import names_in_text
from engine.errors import Invalid, StateUnreadable
from engine.model.clock import END_OF_TIME, first_instant, local_date
from engine.model.deadlines import (
    Deadline,
    Due,
    LimitOf,
    Pause,
    Stop,
    reckon,
    skipped_days,
    stops,
)
from engine.model.definitions import Element
from engine.model.items import Items
from engine.model.parameters import ParameterRule
from engine.model.tasks import Task, TaskLine
from engine.runtime import TimerWait, waits
from engine.store.database import Tx
from engine.work.environment import Environment
from engine.work.opened import OpenedCase
from engine.work.step_limits import due_of_step, whose

MOST_STEPS = 20
"""Steps of a case that are told of; a list of items has hundreds of the same."""


class Began(Enum):
    """Why a limit runs from the day it does."""

    WRITTEN = "written"  # a date that an earlier form says
    OPENED = "opened"  # the step came in
    WAITING = "waiting"  # the wait for its timer began
    STARTED = "started"  # the case was begun


@dataclass(frozen=True)
class ToldLimit:
    """A limit with all that a court would ask of it.

    ``start`` is the day that is not counted, None where only the end is known. ``skipped`` are
    rest days that were not counted, ``stops`` the pauses; ``moved_from`` is the rest day on which
    a citizen's limit would have ended, ``finish_by`` the last working day of one of ours.
    """

    name: str
    limit: str
    whose: LimitOf
    began: Began
    start: date | None
    started_at: datetime | None
    at: datetime
    last_day: date
    rule: ParameterRule | None = None
    article: str = ""
    basis: str = ""
    stops: tuple[Stop, ...] = ()
    skipped: tuple[date, ...] = ()
    moved_from: date | None = None
    finish_by: date | None = None
    provisional: bool = False
    task_id: str = ""
    items: Items = ()

    @property
    def is_law(self) -> bool:
        """Whether nobody may lengthen it."""
        return "law" in {self.basis, "" if self.rule is None else self.rule.basis}


def limit_of_step(
    environment: Environment, tx: Tx, opened: OpenedCase, step: Task | TaskLine
) -> ToldLimit | None:
    """The limit of a step; None where it has none."""
    if step.deadline is None or step.due_at is None:
        return None
    element = opened.program_of(step).element(step.process_key, step.element_id)
    due, _ = due_of_step(environment, tx, opened.case, step, step.deadline)
    rule = _rule(environment, tx, opened, (element, element.deadline or ""), step.deadline)
    return _told(
        environment,
        tx,
        ToldLimit(
            name=step.name,
            limit=step.deadline,
            whose=whose(step),
            began=Began.OPENED if step.counted_from is None else Began.WRITTEN,
            start=due.counted_from,
            started_at=step.created_at,
            at=step.due_at,
            last_day=step.due_date or local_date(step.due_at),
            rule=rule,
            article=_article(rule, element.article),
            basis=element.properties.get("basis", ""),
            provisional=step.provisional,
            task_id=step.id,
            items=step.items,
        ),
        due,
    )


def limits_of_case(
    environment: Environment, tx: Tx, opened: OpenedCase, steps: Sequence[TaskLine]
) -> tuple[ToldLimit, ...]:
    """The limit of the case as a whole, those of its open steps, and what it waits for."""
    found = (
        _whole(environment, tx, opened),
        *(limit_of_step(environment, tx, opened, one) for one in steps[:MOST_STEPS]),
        *_timers(environment, tx, opened),
    )
    return tuple(one for one in found if one is not None)


def _whole(environment: Environment, tx: Tx, opened: OpenedCase) -> ToldLimit | None:
    case = opened.case
    if not case.total_limit or case.total_due_at is None or case.ended_at is not None:
        return None
    pauses = [Pause(begin, end) for begin, end in case.pauses]
    if case.paused_since is not None:
        pauses.append(Pause(case.paused_since, None))
    limit, calendar = Deadline.parse(case.total_limit), environment.calendars.get(tx)
    due = reckon(case.created_at, limit, calendar, pauses=pauses, now=environment.now())
    info = opened.program.info
    rule = _rule(environment, tx, opened, (None, info.total_limit or ""), case.total_limit)
    told = ToldLimit(
        name="",
        limit=case.total_limit,
        whose=LimitOf.OURS,
        began=Began.STARTED,
        start=due.counted_from,
        started_at=case.created_at,
        at=due.at,
        last_day=due.last_day,
        rule=rule,
        article=_article(rule, ""),
        provisional=due.provisional,
    )
    return _told(environment, tx, told, due)


def _timers(environment: Environment, tx: Tx, opened: OpenedCase) -> Iterator[ToldLimit]:
    try:
        timers = waits(opened.program, opened.memory.engine).timers
    except StateUnreadable:
        return  # it has its incident
    for wait in sorted(timers.values(), key=lambda one: (one.due, one.token)):
        if wait.due.year < END_OF_TIME.year:  # later is never
            yield _timer(environment, tx, opened, wait)


def _timer(environment: Environment, tx: Tx, opened: OpenedCase, wait: TimerWait) -> ToldLimit:
    element = opened.program.element(wait.process_key, wait.element_id)
    said = opened.program.timer_text(wait.process_key, wait.element_id)
    rule = _rule(environment, tx, opened, (element, said), wait.text)
    written = None if isinstance(wait.begins, datetime) else wait.begins
    began_at = wait.begins if isinstance(wait.begins, datetime) else None
    told = ToldLimit(
        name=element.name or element.id,
        limit=wait.text,
        whose=LimitOf.CITIZEN if element.limit_of == LimitOf.CITIZEN.value else LimitOf.OURS,
        began=Began.WAITING if written is None else Began.WRITTEN,
        start=written if began_at is None else local_date(began_at),
        started_at=began_at,
        at=wait.due,
        last_day=local_date(wait.due),
        rule=rule,
        article=_article(rule, element.article),
        basis=element.properties.get("basis", ""),
    )
    limit = _parsed(told.limit)
    if wait.begins is None or limit is None:
        drawn = _day(wait.text)  # a date that a citizen's limit may have moved on from
        return replace(told, limit="", moved_from=None if drawn == told.last_day else drawn)
    begins = began_at or first_instant(wait.begins)
    due = reckon(begins, limit, environment.calendars.get(tx), told.whose)
    return _told(environment, tx, told, due)


def _told(environment: Environment, tx: Tx, told: ToldLimit, due: Due) -> ToldLimit:
    """With what reckoning it anew tells; the last day stays the one that holds."""
    if due.last_day != told.last_day:
        return told
    return replace(
        told,
        stops=stops(due),
        skipped=skipped_days(due, environment.calendars.get(tx)),
        moved_from=due.moved_from,
        finish_by=due.finish_by,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _parsed(text: str) -> Deadline | None:
    try:
        return Deadline.parse(text)
    except Invalid:
        return None


def _rule(
    environment: Environment,
    tx: Tx,
    opened: OpenedCase,
    drawn: tuple[Element | None, str],
    limit: str,
) -> ParameterRule | None:
    """The parameter a limit comes from: what its element names, else the one its text asks for.

    Of what the text asks for it is the only one of the limit's unit. It may have been lengthened
    since, or the parameter changed. Of several the one it is equal to.
    """
    element, text = drawn
    home, rules = opened.case.organisation_id, environment.parameters
    if element is not None and element.from_parameter:
        return rules.get(element.from_parameter)
    unit = limit.lstrip("0123456789")
    names = [name for name in names_in_text(text) if name in rules and rules[name].unit == unit]
    if len(names) > 1:
        names = [name for name in names if environment.parameter(tx, name, home) == limit]
    return rules[names[0]] if names else None


def _article(rule: ParameterRule | None, said: str) -> str:
    return said or ("" if rule is None else rule.law)
