"""Deadlines: how long a step may take, when that is over, and how it stands (design.md D8).

A limit is ``5wd`` (working days), ``60d`` (calendar days) or ``4h`` (hours). The day of the start
is not counted: the clock starts the day after. A limit of days ends with the last second of its
last local day (Asia/Shanghai); a limit of hours runs by the clock. A citizen's limit whose last day
is a rest day ends with the next working day, ours stays. Pauses stop the count of whole days: the
day a pause begins is still counted as far as it was, the day it ends is not, so a paused limit goes
on the day after, just as it began.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from typing_extensions import override

from engine.errors import Invalid
from engine.model.calendar import WorkCalendar
from engine.model.clock import first_instant, last_instant, local_date
from engine.model.tasks import DueState

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)

REMIND_AT = 80
"""Per cent of a limit after which its holder is reminded."""

ESCALATE_AT = 150
"""Per cent of a limit after which it goes to the next superior."""

SOON_WORKING_DAYS = 2
"""A step due within so many working days is shown as due soon."""

_LIMIT = re.compile(r"([1-9][0-9]{0,3})(wd|d|h)")


class Unit(StrEnum):
    """What a limit is counted in; the values are the suffixes in process files."""

    WORKING_DAYS = "wd"
    DAYS = "d"
    HOURS = "h"


class LimitOf(StrEnum):
    """Whose a limit is; the values are those of the property ``limitOf``."""

    OURS = "ours"
    CITIZEN = "citizen"


@dataclass(frozen=True)
class Deadline:
    """A limit: 1 to 9999 of a unit."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> "Deadline":
        """Read ``5wd``, ``60d`` or ``4h``; Invalid, with a sentence, for anything else."""
        return _limit(text)

    @override
    def __str__(self) -> str:
        return f"{self.amount}{self.unit.value}"

    def part(self, per_cent: int) -> int:
        """So many per cent of the amount, rounded up to whole units."""
        return -(-self.amount * per_cent // 100)


@lru_cache(maxsize=256)
def _limit(text: str) -> Deadline:
    match = _LIMIT.fullmatch(text.strip())
    if match is None:
        raise Invalid(
            f"时限“{text}”看不懂。请写成 5wd（5 个工作日）、60d（60 日）或 4h（4 小时），"
            "数字为 1 至 9999 的整数。"
        )
    return Deadline(int(match[1]), Unit(match[2]))


@dataclass(frozen=True)
class Due:
    """When a limit is over.

    ``at`` is its last instant (UTC), ``last_day`` the local date of it, ``counted_from`` the local
    date of the start, itself not counted. ``provisional``: the date leans on a year without an
    official calendar and may move. ``finish_by`` is the last working day not after
    ``last_day``; None where that would be before the start. ``paused`` are the local days on which
    each pause began and ended. ``moved_from``: the rest day on which a citizen's limit would have
    ended.
    """

    limit: Deadline
    at: datetime
    last_day: date
    provisional: bool
    counted_from: date
    finish_by: date | None
    paused: tuple[tuple[date, date], ...] = ()
    moved_from: date | None = None


@dataclass(frozen=True)
class Stop:
    """A pause of a limit: the day it began, the day it ended, and how many days that took."""

    first: date
    last: date
    days: int


@dataclass(frozen=True)
class Alerts:
    """When a limit speaks up (UTC): its holder, her superior, the superior's superior."""

    remind: datetime
    overdue: datetime
    escalate: datetime


@dataclass(frozen=True)
class Pause:
    """A time in which a limit does not run; ``end`` None while it lasts."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Remaining:
    """How a step stands to its limit, in the unit of the limit.

    ``amount`` is what is left, or what it is over when the state is OVERDUE (then at least 1: the
    unit under way counts); 0 on the last day of a limit of days.
    """

    amount: int
    unit: Unit
    state: DueState


def reckon(
    start: datetime,
    limit: Deadline,
    calendar: WorkCalendar,
    whose: LimitOf = LimitOf.OURS,
    pauses: Sequence[Pause] = (),
    now: datetime | None = None,
) -> Due:
    """When a limit is over: every limit of the engine is reckoned here, from values alone.

    Pauses may overlap and come in any order; one that still lasts is taken to end ``now``, so
    the answer is the date if work went on at once.
    """
    if not pauses:
        return _without_pauses(start, limit, calendar, whose)
    found = _due(start, limit, _merged(pauses, start, now or start), calendar)
    return _moved(found, calendar) if whose is LimitOf.CITIZEN else found


@lru_cache(maxsize=64)
def _without_pauses(
    start: datetime, limit: Deadline, calendar: WorkCalendar, whose: LimitOf
) -> Due:
    """All cases of a list begin at one instant."""
    found = _due(start, limit, (), calendar)
    return _moved(found, calendar) if whose is LimitOf.CITIZEN else found


def due(start: datetime, limit: Deadline, calendar: WorkCalendar) -> Due:
    """When one of our own limits is over; it keeps its date even on a rest day."""
    return reckon(start, limit, calendar)


def citizens_due(start: datetime, limit: Deadline, calendar: WorkCalendar) -> Due:
    """When a citizen's limit is over: a last day of rest moves to the next working day.

    Limits of hours run by the clock for her as well.
    """
    return reckon(start, limit, calendar, LimitOf.CITIZEN)


def due_with_pauses(
    start: datetime,
    limit: Deadline,
    pauses: Sequence[Pause],
    now: datetime,
    calendar: WorkCalendar,
) -> Due:
    """When one of our own limits is over, net of its pauses."""
    return reckon(start, limit, calendar, pauses=pauses, now=now)


def moved_on(at: datetime, calendar: WorkCalendar) -> datetime:
    """The end of the next working day for an instant in a rest day; any other stays."""
    last_day = local_date(at)
    worked = calendar.next_working_day(last_day)
    return at if worked == last_day else last_instant(worked)


def begins_at(opened_at: datetime, counted_from: date | None) -> datetime:
    """From when a limit is reckoned: a date that was written down, else when it was opened."""
    return opened_at if counted_from is None else first_instant(counted_from)


def whose_limit(said: str | None, *, is_participants: bool) -> LimitOf:
    """Whose the limit of a step is: what the process says, else by the lane it lies in."""
    if said in {LimitOf.OURS.value, LimitOf.CITIZEN.value}:
        return LimitOf(said)
    return LimitOf.CITIZEN if is_participants else LimitOf.OURS


def stops(found: Due) -> tuple[Stop, ...]:
    """The pauses that took days from a limit of days, in order."""
    return tuple(
        Stop(begin, end, (end - begin).days)
        for begin, end in found.paused
        if end > found.counted_from
    )


def skipped_days(found: Due, calendar: WorkCalendar) -> tuple[date, ...]:
    """The rest days that were not counted: within working days, or at a citizen's end.

    Days of a pause are none of them: they are told with the pause.
    """
    if found.limit.unit is Unit.WORKING_DAYS:
        first = found.counted_from + _DAY
    elif found.moved_from is not None:
        first = found.moved_from
    else:
        return ()
    days = (first + n * _DAY for n in range((found.last_day - first).days + 1))
    return tuple(
        day for day in days if not calendar.is_working_day(day) and not _is_paused(day, found)
    )


def _is_paused(day: date, found: Due) -> bool:
    return any(begin < day <= end for begin, end in found.paused)


@lru_cache(maxsize=64)
def alert_times(start: datetime, found: Due, calendar: WorkCalendar) -> Alerts:
    """When to remind (80 %), call overdue (100 %) and escalate (150 %) for a limit.

    Of limits of days the parts are whole days, rounded up: the reminder comes at the beginning of
    the day in which 80 % are reached, and not after the beginning of ``finish_by``; the
    escalation at the end of the day in which 150 % are reached.
    """
    limit = found.limit
    if limit.unit is Unit.HOURS:
        length = limit.amount * _HOUR
        return Alerts(
            start + length * REMIND_AT / 100, found.at, start + length * ESCALATE_AT / 100
        )
    begins, paused = found.counted_from, found.paused
    remind_on = _nth_day(begins, limit.part(REMIND_AT), limit.unit, calendar, paused)
    if found.finish_by is not None:
        remind_on = min(remind_on, found.finish_by)
    escalate_on = _nth_day(begins, limit.part(ESCALATE_AT), limit.unit, calendar, paused)
    return Alerts(
        remind=max(first_instant(remind_on), start),
        overdue=found.at,
        # a citizen's date that moved may lie after 150 % of a short limit
        escalate=max(last_instant(escalate_on), found.at),
    )


def remaining(now: datetime, due_at: datetime, unit: Unit, calendar: WorkCalendar) -> Remaining:
    """How a step that is due at ``due_at`` stands, in its own unit."""
    today, last_day = local_date(now), local_date(due_at)
    overdue = now > due_at
    if unit is Unit.HOURS:
        amount = -(-abs(due_at - now) // _HOUR)
    elif unit is Unit.DAYS:
        amount = abs((last_day - today).days)
    else:
        amount = calendar.working_days_between(min(today, last_day), max(today, last_day))
    if overdue:
        return Remaining(max(amount, 1), unit, DueState.OVERDUE)
    if last_day == today:
        state = DueState.TODAY
    elif last_day <= soon_until(today, calendar):
        state = DueState.SOON
    else:
        state = DueState.LATER
    return Remaining(amount, unit, state)


def soon_until(today: date, calendar: WorkCalendar) -> date:
    """The last day that counts as due soon."""
    return calendar.working_day_after(today, SOON_WORKING_DAYS)[0]


_Stretch = tuple[datetime, datetime]


def _due(
    start: datetime, limit: Deadline, pauses: Sequence[_Stretch], calendar: WorkCalendar
) -> Due:
    first = local_date(start)
    paused = [(local_date(begin), local_date(end)) for begin, end in pauses]
    if limit.unit is Unit.HOURS:
        at = _after_hours(start, limit.amount * _HOUR, pauses)
        day = local_date(at)
    else:
        day = _nth_day(first, limit.amount, limit.unit, calendar, paused)
        at = last_instant(day)
    finish_by = calendar.last_working_day_on_or_before(day)
    return Due(
        limit=limit,
        at=at,
        last_day=day,
        provisional=limit.unit is Unit.WORKING_DAYS and calendar.is_provisional(first + _DAY, day),
        counted_from=first,
        finish_by=finish_by if finish_by >= first else None,
        # one within a day took nothing, nor did one after the end
        paused=tuple((begin, end) for begin, end in paused if begin < end and begin < day),
    )


def _moved(found: Due, calendar: WorkCalendar) -> Due:
    """A citizen's limit: only one of calendar days can end on a rest day."""
    if found.limit.unit is not Unit.DAYS:
        return found
    at = moved_on(found.at, calendar)
    last_day = local_date(at)
    return replace(
        found,
        at=at,
        last_day=last_day,
        # a day that is worked only provisionally may still turn out to be a rest day
        provisional=calendar.is_provisional(found.last_day, last_day),
        finish_by=last_day,
        moved_from=None if last_day == found.last_day else found.last_day,
    )


def _nth_day(
    first: date,
    count: int,
    unit: Unit,
    calendar: WorkCalendar,
    paused: Sequence[tuple[date, date]] = (),
) -> date:
    """The ``count``-th day after ``first`` that the unit counts and no pause takes away."""
    if not paused:
        if unit is Unit.WORKING_DAYS:
            return calendar.working_day_after(first, count)[0]
        return first + count * _DAY
    counts: Callable[[date], bool] = (
        calendar.is_working_day if unit is Unit.WORKING_DAYS else lambda _: True
    )
    day = first
    while count:
        day += _DAY
        if counts(day) and not any(begin < day <= end for begin, end in paused):
            count -= 1
    return day


def _after_hours(start: datetime, length: timedelta, pauses: Sequence[_Stretch]) -> datetime:
    """The instant when so much time has run outside the pauses (merged, in order)."""
    running_from, left = start, length
    for begin, end in pauses:
        ran = begin - running_from
        if ran >= left:
            break
        left -= ran
        running_from = end
    return running_from + left


def _merged(pauses: Sequence[Pause], start: datetime, now: datetime) -> list[_Stretch]:
    """Pauses in order, without overlaps, none of them before the start."""
    merged: list[_Stretch] = []
    for pause in sorted(pauses, key=lambda one: one.start):
        begin, end = max(pause.start, start), max(pause.end or now, start)
        if end <= begin:
            continue
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged
