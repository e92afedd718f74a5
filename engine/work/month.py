"""The month of an area for its report (月度通报, product.md §1.10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.errors import Invalid
from engine.model.actors import Actor
from engine.model.clock import ZONE
from engine.store import month_counts
from engine.store.database import Tx
from engine.store.month_counts import Behind, MonthCount, MonthQuestion, Span, StepsBehind
from engine.work import staffing
from engine.work.environment import Environment
from engine.work.staffing import Gap

_LAST_MONTH = 12


@dataclass(frozen=True)
class Month:
    """What a month came to: counts by unit, step and reason, and the posts nobody holds today."""

    year: int
    number: int
    until: datetime
    is_over: bool
    counts: Sequence[MonthCount]
    gaps: Sequence[Gap]


def month_of(text: str, today: datetime) -> tuple[int, int]:
    """2026-11 as numbers; empty is the month of today. Raises Invalid."""
    if not text:
        local = today.astimezone(ZONE)
        return local.year, local.month
    year, _, number = text.partition("-")
    if not (len(year) == 4 and year.isdigit() and number.isdigit()):  # noqa: PLR2004
        raise Invalid("月份请写成 2026-11 的样子。")
    if not (1 <= int(number) <= _LAST_MONTH and int(year) > 2000):  # noqa: PLR2004
        raise Invalid("没有这个月份,请写成 2026-11 的样子。")
    return int(year), int(number)


def span_of(year: int, number: int, now: datetime) -> Span:
    """From the month's first instant to its end, or to now while it runs. Raises Invalid."""
    start = datetime(year, number, 1, tzinfo=ZONE)
    after = (year + 1, 1) if number == _LAST_MONTH else (year, number + 1)
    if start > now:
        raise Invalid(f"{year} 年 {number} 月还没有到,没有通报。")
    before = (year - 1, _LAST_MONTH) if number == 1 else (year, number - 1)
    return Span(
        datetime(*before, 1, tzinfo=ZONE), start, min(now, datetime(*after, 1, tzinfo=ZONE))
    )


def month(environment: Environment, tx: Tx, actor: Actor, text: str, below: str) -> Month:
    """The month; counts and gaps come from one snapshot. Raises Invalid."""
    now = environment.now()
    year, number = month_of(text, now)
    span = span_of(year, number, now)
    return Month(
        year,
        number,
        span.end,
        span.end < now,
        month_counts.counts(tx, actor, MonthQuestion(span, below)),
        staffing.staffing(environment, tx, actor, below).gaps,
    )


def behind(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    text: str,
    below: str,
    narrowed: Behind,
    limit: int,
) -> StepsBehind:
    """So many of the steps that one figure counts. Raises Invalid."""
    now = environment.now()
    if narrowed.kind not in month_counts.KINDS:
        raise Invalid("没有这一项统计。请从通报的数字打开。")
    question = MonthQuestion(span_of(*month_of(text, now), now), below)
    return month_counts.behind(tx, actor, question, narrowed, limit)
