"""Cases that the calendar begins: processes whose start event is a timer (docs/decisions/0040).

The timer gives a date, reckoned anew each day for each unit of the process's levels, so that it may
follow a parameter (the day of a festival) or the year. When the day has come the unit's case is
begun by nobody's hand, once. A day that passed while no worker ran is made up for within a week;
one that passed before the process was deployed stays with who begins cases by hand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from engine.errors import Conflict
from engine.feel import EvaluationContext, Host, value_or_expression
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
    dates = _Dates(environment, tx)
    for one in timed:
        for unit in units.values():
            if unit.level not in one.levels or unit.is_closed(today):
                continue
            day = dates.of(one.when, unit.id)
            if day is None or not today - MAKES_UP <= day <= today or day < one.since:
                continue
            if (one.process_key, unit.id, day) not in done:
                found.append(Due(one.process_key, unit.id, day))
    return found


class _Dates:
    """The dates that timers give for units now, each reckoned once for units that are alike.

    All that a timer can ask of a unit are its parameters: where those that it asked for have the
    same values it gives the same date. Usually the whole federation has the same.
    """

    def __init__(self, environment: Environment, tx: Tx) -> None:
        self._environment, self._tx = environment, tx
        self._now = environment.now()
        self._reckoned: dict[str, list[tuple[Mapping[str, object], date | None]]] = {}

    def of(self, when: str, organisation_id: str) -> date | None:
        """The date; None where the timer gives none."""
        context = self._environment.feel(self._tx, organisation_id, self._now)
        if context.host is None:
            return _date(when, context)
        noting = _Noting(context.host)
        reckoned = self._reckoned.setdefault(when, [])
        for asked, day in reckoned:
            if all(noting.looked_up(name) == value for name, value in asked.items()):
                return day
        noting.asked.clear()
        day = _date(when, replace(context, host=noting))
        reckoned.append((noting.asked, day))
        return day


@dataclass(frozen=True)
class _Noting:
    """Answers as another host, and notes which parameters were asked for; None: there is none."""

    host: Host
    asked: dict[str, object] = field(default_factory=dict)

    def working_day_after(self, start: date, days: int) -> date:
        return self.host.working_day_after(start, days)

    def working_days_between(self, start: date, end: date) -> int:
        return self.host.working_days_between(start, end)

    def parameter(self, name: str) -> object:
        value = self.looked_up(name)
        if value is None:
            raise KeyError(name)
        return value

    def looked_up(self, name: str) -> object | None:
        if name not in self.asked:
            try:
                self.asked[name] = self.host.parameter(name)
            except KeyError:
                self.asked[name] = None
        return self.asked[name]


def _date(when: str, context: EvaluationContext) -> date | None:
    """The date that a timer gives; None where it gives none."""
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
