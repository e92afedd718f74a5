"""The words of the roster, and what a month is called in an address."""

from collections.abc import Mapping
from datetime import date, timedelta

from engine.errors import NotFound
from registry.duties import Gap, How, Kind
from webapp.shared.language import _, lazy

KINDS: Mapping[Kind, object] = {
    Kind.STAFF: lazy("值班人员"),
    Kind.LAWYER: lazy("坐班律师"),
    Kind.LEADER: lazy("接待领导"),
    Kind.AWAY: lazy("请假"),
}
GAPS: Mapping[Gap, object] = {
    Gap.NOBODY: lazy("没有排班"),
    Gap.AWAY: lazy("请假"),
    Gap.LEFT: lazy("已不在岗"),
    Gap.CLOSED: lazy("账号已停用"),
    Gap.REST: lazy("改为休息日"),
}
HOWS: Mapping[How, object] = {
    How.PLANNED: lazy("排班"),
    How.CHANGED: lazy("改派"),
    How.REMOVED: lazy("撤下"),
    How.SWAPPED: lazy("换班"),
    How.AWAY: lazy("请假"),
    How.BACK: lazy("销假"),
}
WEEKDAYS = frozenset("01234")
"""The days of the week a lawyer may be asked for, as a form names them."""

_FIRST_YEAR, _LAST_YEAR = 2014, 2100
_DAY = timedelta(days=1)


def week() -> tuple[str, ...]:
    """The days of the week, from Monday."""
    return tuple(_("一 二 三 四 五 六 日").split())


def day_text(day: date) -> str:
    """2026-12-01(周二)."""
    name = week()[day.weekday()]
    return _("%(day)s(周%(name)s)", day=day.isoformat(), name=name)


def month_in(said: str, today: date) -> date:
    """The month of an address, such as 2026-12; without one this month. Raises NotFound."""
    if not said:
        return today.replace(day=1)
    try:
        month = date.fromisoformat(f"{said}-01")
    except ValueError:
        raise NotFound from None
    if not _FIRST_YEAR <= month.year <= _LAST_YEAR:
        raise NotFound
    return month


def month_text(month: date) -> str:
    """2026-12."""
    return f"{month:%Y-%m}"


def month_before(month: date) -> date:
    """The month before."""
    return (month - _DAY).replace(day=1)


def month_after(month: date) -> date:
    """The month after."""
    return (month.replace(day=28) + 4 * _DAY).replace(day=1)
