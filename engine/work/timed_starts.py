"""Cases that the calendar begins: processes whose start event is a timer (docs/decisions/0040).

The timer gives a date, reckoned anew each day for each unit of the process's levels, so that it may
follow a parameter (the day of a festival) or the year. When the day has come the unit's case is
begun by nobody's hand, once. A day that passed while no worker ran is made up for within a week;
one that passed before the process was deployed stays with who begins cases by hand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.errors import Conflict
from engine.feel import value_or_expression
from engine.model.actors import SYSTEM
from engine.model.clock import local_date
from engine.store import directory, timed_starts
from engine.store.database import Tx
from engine.work import start
from engine.work.environment import Environment

MAKES_UP = timedelta(days=7)
"""A day is looked back at for so long."""


@dataclass(frozen=True)
class Due:
    """What is to be begun."""

    process_key: str
    organisation_id: str
    day: date


def due(environment: Environment, tx: Tx) -> list[Due]:
    """What has come and is not begun, in the order of processes and units."""
    today = environment.today()
    found: list[Due] = []
    timed = environment.newest_versions(tx).timed
    if not timed:
        return found
    units = directory.organisations(tx, today)
    done = timed_starts.done_since(tx, today - MAKES_UP)
    for one in timed:
        for unit in units.values():
            if unit.level not in one.levels or unit.is_closed(today):
                continue
            day = _day(environment, tx, one.when, unit.id)
            if day is None or not today - MAKES_UP <= day <= today or day < one.since:
                continue
            if (one.process_key, unit.id, day) not in done:
                found.append(Due(one.process_key, unit.id, day))
    return found


def _day(environment: Environment, tx: Tx, when: str, organisation_id: str) -> date | None:
    """The date that a timer gives for a unit now; None where it gives none."""
    context = environment.feel(tx, organisation_id, environment.now())
    value = value_or_expression(when).evaluate({}, context).value
    if isinstance(value, datetime):
        return local_date(value) if value.tzinfo else value.date()
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip()[:10])
        except ValueError:
            return None
    return value if isinstance(value, date) else None


def prepare(
    environment: Environment, tx: Tx, one: Due, take_numbers: Callable[[str, int], int]
) -> start.PreparedStart:
    """As for a person, but by the system. Raises Invalid."""
    request = start.Request(one.process_key, one.organisation_id, {}, origin=start.TIMED)
    return start.prepare(environment, tx, SYSTEM, request, take_numbers)


def begin(environment: Environment, tx: Tx, one: Due, ready: start.PreparedStart) -> str | None:
    """Begin it, once; the case's id, None where another did or one stands there by hand."""
    key, unit, day = one.process_key, one.organisation_id, one.day
    if timed_starts.is_done(tx, key, unit, day):
        return None
    try:
        case_id = start.begin(environment, tx, SYSTEM, ready).case_id
    except Conflict:  # onlyOne: somebody was there before the timer
        case_id = None
    timed_starts.add(tx, key, unit, day, case_id, environment.now())
    return case_id
