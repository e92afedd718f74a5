"""When a timer is due: fixed once, when the wait begins, from the business clock.

A duration is ISO 8601 (``P5D``, ``PT4H``, ``P1M`` counted in local time, ``P2W``) or one of our
deadlines (``5wd``, ``60d``, ``4h``), which the caller counts with its calendar. A date without a
time means the end of that day in the business zone; a date and time is exact.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.errors import BangfuError, Busy, LeaseLost
from engine.feel import EvaluationContext, compile_expression, value_or_expression
from engine.model.clock import END_OF_TIME, last_instant
from engine.runtime.diagram import Timer
from engine.runtime.step import Ports
from engine.runtime.telling import kind_of, shown

_DEADLINE = re.compile(r"[1-9][0-9]{0,3}(wd|d|h)")
_WEEKS = re.compile(r"P([0-9]{1,4})W")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZONE_NAME = re.compile(r"@([A-Za-z0-9_+\-/]+)$")
_FRACTION = re.compile(r"(\.[0-9]{6})[0-9]+")
_LATER = compile_expression("string(from + duration(length))")
_IS_NEGATIVE = compile_expression(
    "if duration(length) instance of days and time duration "
    'then duration(length) < duration("PT0S") else duration(length) < duration("P0M")'
)

# Durations compare the same at any time: reading a file needs no clock.
_NO_CONTEXT = EvaluationContext(now=datetime(2000, 1, 1, tzinfo=UTC))


class CannotWait(Exception):
    """A wait cannot begin: no time, no key; the message is a Chinese phrase that says why."""


def due_of(timer: Timer, variables: Mapping[str, object], ports: Ports) -> datetime:
    """The instant (UTC) at which the timer is due if its wait begins now; CannotWait otherwise."""
    evaluation = timer.source.evaluate(variables, ports.feel)
    value = evaluation.value
    if not isinstance(value, str) or not value.strip():
        reasons = f"({'、'.join(evaluation.problems)})" if evaluation.problems else ""
        raise CannotWait(f"时间“{shown(timer.text)}”没有得出结果{reasons}")
    text = value.strip()
    try:
        due = _date(text, ports) if timer.is_date else _duration(text, ports)
    except CannotWait as error:
        # Named by its expression: what somebody typed in belongs into no error (api.yaml, /jobs).
        raise CannotWait(f"时间“{shown(timer.text)}”{error}") from error
    if due > END_OF_TIME:
        raise CannotWait(f"时间“{shown(timer.text)}”太远")
    return due


def counted_limit(timer: Timer, variables: Mapping[str, object], ports: Ports) -> str | None:
    """The limit in working days, such as ``5wd``, that a timer waits for; None for any other.

    What is counted with the calendar is counted again when a year's calendar comes in.
    """
    if timer.is_date:
        return None
    value = timer.source.evaluate(variables, ports.feel).value
    text = value.strip() if isinstance(value, str) else ""
    return text if _DEADLINE.fullmatch(text) and text.endswith("wd") else None


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


def _duration(text: str, ports: Ports) -> datetime:
    if _DEADLINE.fullmatch(text):
        try:
            return ports.due(text, ports.now).astimezone(UTC)
        except (Busy, LeaseLost):
            raise
        except BangfuError as error:
            raise CannotWait(f"算不出来({error.message.rstrip('。')})") from error
        except Exception as error:
            raise CannotWait(f"算不出来({type(error).__name__})") from error
    weeks = _WEEKS.fullmatch(text)
    if weeks:
        return _plus(ports.now, timedelta(weeks=int(weeks[1])))
    if _is_negative(text, ports) is not False:
        raise CannotWait("不是时长,或是负数")
    start = ports.now.astimezone(ports.feel.zone)
    later = _LATER.evaluate({"from": start, "length": text}, ports.feel).value
    if not isinstance(later, str):
        raise CannotWait("太长")
    return _instant(later, ports.feel.zone)


def _plus(start: datetime, length: timedelta) -> datetime:
    try:
        return start + length
    except OverflowError as error:
        raise CannotWait("太长") from error


def _is_negative(text: str, ports: Ports | None = None) -> bool | None:
    """Whether an ISO duration is below zero; None where the text is no duration."""
    context = _NO_CONTEXT if ports is None else ports.feel
    verdict = _IS_NEGATIVE.evaluate({"length": text}, context).value
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
