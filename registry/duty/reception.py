"""Which day of a month leaders receive visitors, as the federation's parameters say."""

from datetime import date

from engine.model.calendar import WorkCalendar
from engine.store.database import Tx
from engine.work.environment import Environment
from engine.work.federation_settings import Setting

_DAY = Setting("reception day", 15, "值班表标出接待日", "The roster marks the reception day")
_ON_HOLIDAYS = Setting(
    "reception on holidays", "next", "值班表标出接待日", "The roster marks the reception day"
)
_SAME, _SKIP = "same", "skip"


def reception_day(
    environment: Environment, tx: Tx, organisation_id: str, month: date
) -> date | None:
    """The reception day of a month at a union; None where there is none that month."""
    number = _DAY.number(environment, tx, organisation_id)
    rule = str(_ON_HOLIDAYS.of(environment, tx, organisation_id))
    return reckoned(environment.calendars.get(tx), month.replace(day=number), rule)


def reckoned(calendar: WorkCalendar, day: date, rule: str) -> date | None:
    """A day of the month, or what takes its place where it is a day of rest."""
    if calendar.is_working_day(day) or rule == _SAME:
        return day
    return None if rule == _SKIP else calendar.next_working_day(day)
