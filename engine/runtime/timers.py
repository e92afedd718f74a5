"""When a timer is due: fixed once, when the wait begins, from the business clock.

A duration is ISO 8601 (``P5D``, ``PT4H``, ``P1M`` counted in local time, ``P2W``) or one of our
deadlines (``5wd``, ``60d``, ``4h``), which the caller counts with its calendar. A date without a
time means the end of that day in the business zone; a date and time is exact.

A duration that is counted from a written date is a whole number of days: it ends with a day. A
citizen's limit that ends with a rest day ends with the next working day; hours and exact times
stay.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.errors import BangfuError, Busy, LeaseLost, Overtaken
from engine.feel import EvaluationContext, compile_expression, value_or_expression
from engine.model.clock import END_OF_TIME, first_instant, last_instant, local_date
from engine.runtime.diagram import Text, Timer
from engine.runtime.step import Ports
from engine.runtime.telling import kind_of, shown

_DEADLINE = re.compile(r"[1-9][0-9]{0,3}(wd|d|h)")
_WEEKS = re.compile(r"P([0-9]{1,4})W")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZONE_NAME = re.compile(r"@([A-Za-z0-9_+\-/]+)$")
_FRACTION = re.compile(r"(\.[0-9]{6})[0-9]+")
_LATER = "string(from + duration(length))"
_IS_NEGATIVE = (
    "if duration(length) instance of days and time duration "
    'then duration(length) < duration("PT0S") else duration(length) < duration("P0M")'
)

_HOURS_FROM_A_DATE = "按小时计的时限不能从一个日期起算"

# Durations compare the same at any time: reading a file needs no clock.
_NO_CONTEXT = EvaluationContext(now=datetime(2000, 1, 1, tzinfo=UTC))


class CannotWait(Exception):
    """A wait cannot begin: no time, no key; the message is a Chinese phrase that says why."""


Begin = datetime | date
"""From when a timer is reckoned: the instant at which its wait began, or a date written down."""


def begin_of(timer: Timer, variables: Mapping[str, object], ports: Ports) -> Begin:
    """From when a timer whose wait begins now is reckoned; CannotWait for what is no date."""
    return _written(timer.counted_from, variables, ports) or ports.now


def begin_from(text: str) -> Begin:
    """A begin from its ISO text."""
    return date.fromisoformat(text) if _DATE.fullmatch(text) else datetime.fromisoformat(text)


def instant_of(begins: Begin) -> datetime:
    """The instant of a begin: that of a date is its first, the day of the start is not counted."""
    return begins if isinstance(begins, datetime) else first_instant(begins)


def written_date(
    text: str, limit: str | None, variables: Mapping[str, object], ports: Ports
) -> date | None:
    """The date from which the limit of a user task is reckoned, None where it is from now."""
    found = _written(value_or_expression(text) if text else None, variables, ports)
    if found is not None and limit is not None and not _ends_with_a_day(limit):
        raise CannotWait(_HOURS_FROM_A_DATE)
    return found


def written_pauses(
    text: str, variables: Mapping[str, object], ports: Ports
) -> tuple[tuple[date, date], ...] | None:
    """The days from which and to which a limit stood still; None where nothing says so."""
    if not text:
        return None
    evaluation = value_or_expression(text).evaluate(variables, ports.feel)
    said = evaluation.value if isinstance(evaluation.value, list) else [evaluation.value]
    try:
        return tuple(_stretch(one) for one in said if one is not None)
    except ValueError:
        reasons = "、".join(evaluation.problems) or f"得出的是{kind_of(evaluation.value)}"
        raise CannotWait(f"停算的起止日期没有得出日期({reasons})") from None


def _stretch(said: object) -> tuple[date, date]:
    begin, end = (said.get("from"), said.get("to")) if isinstance(said, Mapping) else (None, None)
    return _day_of(begin), _day_of(end)


def _day_of(value: object) -> date:
    """A written date; ValueError for anything else, such as 30 February."""
    text = value.strip() if isinstance(value, str) else ""
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _written(source: Text | None, variables: Mapping[str, object], ports: Ports) -> date | None:
    """The date that an expression finds in what was filled in; None where it says ``null``.

    CannotWait for anything that is no date: a limit must not silently begin on another day.
    """
    if source is None:
        return None
    evaluation = source.evaluate(variables, ports.feel)
    value = evaluation.value
    if value is None and not evaluation.problems:
        return None
    try:
        return _day_of(value)
    except ValueError:
        reasons = "、".join(evaluation.problems) or f"得出的是{kind_of(value)}"
        raise CannotWait(f"时限的起算日没有得出日期({reasons})") from None


def text_of(timer: Timer, variables: Mapping[str, object], ports: Ports) -> str:
    """The duration or date that a timer waits for, such as ``5wd``; CannotWait otherwise."""
    evaluation = timer.source.evaluate(variables, ports.feel)
    value = evaluation.value
    if not isinstance(value, str) or not value.strip():
        reasons = f"({'、'.join(evaluation.problems)})" if evaluation.problems else ""
        raise CannotWait(f"时间“{shown(timer.text)}”没有得出结果{reasons}")
    return value.strip()


def due_of(timer: Timer, text: str, begins: Begin, ports: Ports) -> datetime:
    """The instant (UTC) at which a timer is due that waits for ``text``; CannotWait otherwise."""
    try:
        due = _date(text, ports) if timer.is_date else _after(begins, text, ports)
        if timer.is_citizens and _ends_with_a_day(text):
            due = _moved_on(due, ports)
    except CannotWait as error:
        # Named by its expression: what somebody typed in belongs into no error (api.yaml, /jobs).
        raise CannotWait(f"时间“{shown(timer.text)}”{error}") from error
    if due > END_OF_TIME:
        raise CannotWait(f"时间“{shown(timer.text)}”太远")
    return due


def leans_on_calendar(timer: Timer, text: str, begins: Begin) -> bool:
    """Whether a timer is reckoned again when a year's calendar comes in, from when it began.

    What is counted from a written date is remembered with it: its case may not say it again.
    """
    if timer.is_citizens or timer.is_date:
        return timer.is_citizens
    counts_working_days = _DEADLINE.fullmatch(text) is not None and text.endswith("wd")
    return counts_working_days or not isinstance(begins, datetime)


def _ends_with_a_day(text: str) -> bool:
    """Whether a limit is one of days: not of hours, nor an exact time."""
    return "T" not in text and not (_DEADLINE.fullmatch(text) and text.endswith("h"))


def limit_of(text: str, variables: Mapping[str, object], ports: Ports) -> str | None:
    """The deadline of a user task that begins now, such as ``5wd``; CannotWait otherwise.

    An expression may say ``null``: no deadline. One that fails says null too, and leaves a reason.
    """
    evaluation = value_or_expression(text).evaluate(variables, ports.feel)
    value = evaluation.value
    if value is None and not evaluation.problems:
        return None
    if not isinstance(value, str) or not _DEADLINE.fullmatch(value.strip()):
        reasons = "、".join(evaluation.problems) or f"得出的是{kind_of(value)}"
        raise CannotWait(f"办理时限“{shown(text)}”没有得出 5wd 这样的时限({reasons})")
    return value.strip()


def literal_duration_problem(text: str) -> str | None:
    """What is wrong with a duration written out in the file; None when it is usable."""
    stripped = text.strip()
    if _DEADLINE.fullmatch(stripped) or _WEEKS.fullmatch(stripped):
        return None
    if _is_negative(stripped) is not False:
        return f"的时长“{text}”看不懂或是负数。请写成 P5D、PT4H,或 5wd(5 个工作日)。"
    return None


def _after(begins: Begin, text: str, ports: Ports) -> datetime:
    if isinstance(begins, datetime):
        return _duration(text, begins, ports)
    if not _ends_with_a_day(text):
        raise CannotWait(_HOURS_FROM_A_DATE)
    return last_instant(local_date(_duration(text, instant_of(begins), ports)))


def _moved_on(due: datetime, ports: Ports) -> datetime:
    return _reckoned(lambda: ports.moved_on(due))


def _duration(text: str, begins: datetime, ports: Ports) -> datetime:
    if _DEADLINE.fullmatch(text):
        return _reckoned(lambda: ports.due(text, begins))
    weeks = _WEEKS.fullmatch(text)
    if weeks:
        return _plus(begins, timedelta(weeks=int(weeks[1])))
    if _is_negative(text, ports) is not False:
        raise CannotWait("不是时长,或是负数")
    start = begins.astimezone(ports.feel.zone)
    reckoned = compile_expression(_LATER)
    later = reckoned.evaluate({"from": start, "length": text}, ports.feel).value
    if not isinstance(later, str):
        raise CannotWait("太长")
    return _instant(later, ports.feel.zone)


def _reckoned(ask: Callable[[], datetime]) -> datetime:
    """What the calendar says; CannotWait where it cannot."""
    try:
        return ask().astimezone(UTC)
    except (Busy, LeaseLost, Overtaken):
        raise
    except BangfuError as error:
        raise CannotWait(f"算不出来({error.message.rstrip('。')})") from error
    except Exception as error:
        raise CannotWait(f"算不出来({type(error).__name__})") from error


def _plus(start: datetime, length: timedelta) -> datetime:
    try:
        return start + length
    except OverflowError as error:
        raise CannotWait("太长") from error


def _is_negative(text: str, ports: Ports | None = None) -> bool | None:
    """Whether an ISO duration is below zero; None where the text is no duration."""
    context = _NO_CONTEXT if ports is None else ports.feel
    verdict = compile_expression(_IS_NEGATIVE).evaluate({"length": text}, context).value
    return verdict if isinstance(verdict, bool) else None


def _date(text: str, ports: Ports) -> datetime:
    if _DATE.fullmatch(text):
        try:
            return last_instant(date.fromisoformat(text))
        except ValueError as error:
            raise CannotWait("不是存在的日期") from error
    return _instant(text, ports.feel.zone)


def _instant(text: str, zone: ZoneInfo) -> datetime:
    """An instant from FEEL's ISO text, which may name its zone after an @."""
    named = _ZONE_NAME.search(text)
    plain = text[: named.start()] if named else text
    try:
        moment = datetime.fromisoformat(_FRACTION.sub(r"\1", plain))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(named[1]) if named else zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError, LookupError, OSError) as error:
        raise CannotWait("看不懂") from error
