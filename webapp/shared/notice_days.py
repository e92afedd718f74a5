"""How far a public notice has come, for whoever would like to record its result now."""

from datetime import date, timedelta

from engine.model.calendar import WorkCalendar
from webapp.shared.language import _
from webapp.shared.notice_port import Notice

_CALENDAR_DAYS = "d"


def still_on_notice(one: Notice, today: date, calendar: WorkCalendar) -> str:
    """From when on the result can be recorded; empty where it can be, or where nothing runs."""
    if one.status != "open" or today > one.ends_on:
        return ""
    from_then = one.ends_on + timedelta(days=1)  # the last day counts in full
    told = {
        "days": one.counted.nth(calendar, one.posted_on, one.ends_on),
        "nth": one.counted.nth(calendar, one.posted_on, today),
        "first": f"{from_then.month} 月 {from_then.day} 日",
    }
    if one.counted.kind == _CALENDAR_DAYS:
        return _("公示需满 %(days)s 日,今天是第 %(nth)s 日,最早 %(first)s可登记结果。", **told)
    return _("公示需满 %(days)s 个工作日,今天是第 %(nth)s 日,最早 %(first)s可登记结果。", **told)
