"""When the limit of a step is over: from what was written down, whose it is, net of pauses.

A step whose limit is counted from a written date (``countedFrom``) is due that long after that
date, however late it was opened. Left out are the times that were written down for it
(``pausedFor``), else those for which the case stood still before the step was opened
(``pausesClock``).
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Protocol

from engine.model.cases import Case
from engine.model.clock import first_instant
from engine.model.deadlines import (
    Alerts,
    Deadline,
    Due,
    LimitOf,
    Pause,
    alert_times,
    begins_at,
    reckon,
    whose_limit,
)
from engine.model.definitions import LaneKind
from engine.store.database import Tx
from engine.work.environment import Environment


class Limited(Protocol):
    """A step as far as its limit goes; a row of any of the tables' questions."""

    @property
    def created_at(self) -> datetime:
        """When it was opened."""
        ...

    @property
    def counted_from(self) -> date | None:
        """The date that was written down for it."""
        ...

    @property
    def limit_of(self) -> str | None:
        """Whose its limit is, as its process said."""
        ...

    @property
    def paused(self) -> tuple[tuple[date, date], ...] | None:
        """For when its limit stood still, as written; None: as the case did."""
        ...

    @property
    def lane_kind(self) -> str:
        """Whose its lane is."""
        ...


def whose(step: Limited) -> LimitOf:
    """Whose the limit of a step is."""
    return whose_limit(step.limit_of, is_participants=step.lane_kind == LaneKind.PARTICIPANT.value)


def due_of_step(
    environment: Environment, tx: Tx, case: Case, step: Limited, deadline: str
) -> tuple[Due, Alerts]:
    """When a limit of a step of a case is over, and when people are told of it."""
    start = begins_at(step.created_at, step.counted_from)
    calendar = environment.calendars.get(tx)
    pauses = tuple(_pauses(case, step))
    due = reckon(start, Deadline.parse(deadline), calendar, whose(step), pauses)
    return due, alert_times(start, due, calendar)


def _pauses(case: Case, step: Limited) -> Iterator[Pause]:
    """What was written; else how long a case stood still before a step opened that had begun."""
    if step.counted_from is None:
        return
    if step.paused is not None:
        yield from (Pause(first_instant(a), first_instant(b)) for a, b in step.paused)
        return
    opened = step.created_at
    going_on = () if case.paused_since is None else ((case.paused_since, opened),)
    for begin, end in (*case.pauses, *going_on):
        if begin < opened:
            yield Pause(begin, min(end, opened))
