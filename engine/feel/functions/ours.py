"""Our own functions: the working-day calendar, ages and dated parameters.

They reach the world only through the context's host; without one they are null with a reason.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from engine.errors import Invalid
from engine.feel.context import Host
from engine.feel.convert import to_feel
from engine.feel.decimals import whole_integer
from engine.feel.errors import NoValue
from engine.feel.functions.moments import today
from engine.feel.functions.registry import FUNCTIONS, BuiltinFunction, builtin_with_run
from engine.feel.run import Run
from engine.feel.temporal import (
    Date,
    DateTime,
    date_from_python,
    date_to_python,
    instant,
)
from engine.feel.temporal_text import read_date
from engine.model.identity_numbers import normalised, resident_id
from engine.sentences import Words

_LARGEST_DAYS = 3_660  # ten years: more is a slip of the pen, and a calendar does not reach further
_COST_OF_A_CALENDAR = 20
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _host(run: Run) -> Host:
    if run.context.host is None:
        raise NoValue("这里不能使用日历和参数")
    return run.context.host


def _day(run: Run, value: Date | DateTime | str) -> dt.date:
    """Give the business zone's calendar day; forms and cases hold dates as ISO text."""
    if isinstance(value, str):
        date = read_date(value)
        if date is None:
            raise NoValue("文本不是日期")
        return date_to_python(date)
    if isinstance(value, DateTime) and value.time.zoned:
        microseconds = instant(value, run.context.zone.key) // 1000
        moment = _EPOCH + dt.timedelta(microseconds=microseconds)
        return moment.astimezone(run.context.zone).date()
    return date_to_python(Date(value.day))


@builtin_with_run(
    "working days",
    "from: date | date and time | string, n: number",
    description=Words(
        "从某日起第 n 个工作日是哪一天(当日不算)。例:working days(today(), 5)",
        "The day n working days after a day, which is not counted itself. "
        "Example: working days(today(), 5)",
    ),
)
def working_days(run: Run, start: Date | DateTime | str, count: Decimal) -> Date:
    """The day n working days after a day, which is not counted itself."""
    days = whole_integer(count)
    if not 0 <= days <= _LARGEST_DAYS:
        raise NoValue(f"工作日个数应在 0 到 {_LARGEST_DAYS} 之间")
    run.charge(_COST_OF_A_CALENDAR + days)
    return date_from_python(_host(run).working_day_after(_day(run, start), days))


@builtin_with_run(
    "working days between",
    "from: date | date and time | string, to: date | date and time | string",
    description=Words(
        "两日之间有几个工作日(起始日不算,截止日算)。例:working days between(accepted, today())",
        "How many working days lie between two days, the first not counted, the last counted. "
        "Example: working days between(accepted, today())",
    ),
)
def working_days_between(
    run: Run, start: Date | DateTime | str, end: Date | DateTime | str
) -> Decimal:
    """Count the working days after one day up to and including another."""
    first, last = _day(run, start), _day(run, end)
    distance = abs((last - first).days)
    if distance > _LARGEST_DAYS:
        raise NoValue("两个日期相距太远")
    run.charge(_COST_OF_A_CALENDAR + distance)
    return Decimal(_host(run).working_days_between(first, last))


@builtin_with_run(
    "age",
    "id number: string",
    description=Words(
        "按 18 位公民身份号码计算今天的周岁。例:age(id_no) >= 60",
        "Full years today of the holder of an identity number of 18 characters. "
        "Example: age(id_no) >= 60",
    ),
)
def age(run: Run, id_number: str) -> Decimal:
    """Full years at today() of the holder of a Chinese identity number.

    Its check digit must be right.
    """
    day = date_to_python(today(run))
    try:
        birth = resident_id(normalised(id_number), day).birth_date
    except Invalid:
        # Not the sentence of the error: it quotes digits, and reasons are shown and kept.
        raise NoValue("身份证号不对") from None
    return Decimal(day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day)))


@builtin_with_run(
    "parameter",
    "name: string",
    description=Words(
        '当前有效的业务参数。例:parameter("notice days")',
        'Today\'s value of a business parameter. Example: parameter("notice days")',
    ),
)
def parameter(run: Run, name: str) -> object:
    """Today's value of a dated parameter."""
    run.charge(_COST_OF_A_CALENDAR)
    try:
        value = _host(run).parameter(name)
    except KeyError:
        raise NoValue(f"没有名为“{name[:40]}”的参数") from None
    return to_feel(value, run)


OUR_FUNCTIONS: Mapping[str, BuiltinFunction] = {
    name: FUNCTIONS[name] for name in ("working days", "working days between", "age", "parameter")
}
"""The functions that the standard does not have: what an editor should list with their help."""
