"""How a limit came about, in words: on the page of a step and of a case."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for

from engine.model.calendar import WorkCalendar
from engine.model.deadlines import LimitOf, Stop, Unit
from engine.model.parameters import ParameterRule
from engine.work.told_limits import Began, ToldLimit
from webapp.shared.items import step_of
from webapp.shared.language import _, lazy
from webapp.shared.parameter_words import title_of
from webapp.shared.words import BASES, NOTHING, amount, day, moment, unit_of

_DAY = timedelta(days=1)
_BEGAN = {
    Began.WRITTEN: lazy("前面环节登记的日期"),
    Began.OPENED: lazy("收到本环节"),
    Began.WAITING: lazy("开始等待"),
    Began.STARTED: lazy("发起"),
}


@dataclass(frozen=True)
class ShownLimit:
    """One limit; each text is empty where there is nothing to tell."""

    name: str
    href: str
    limit: str
    whose: str
    rule: str
    rule_href: str
    article: str
    start: str
    stops: str
    skipped: str
    last_day: str
    note: str
    """What the last day being a rest day means: finish before it, or that it has moved."""

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What there is to tell, each with its name, in the order of a reckoning."""
        last = " ".join(filter(None, (self.last_day, self.note)))
        told = (
            (_("时长"), " ".join(filter(None, (self.limit, self.whose)))),
            (_("依据"), " ".join(filter(None, (self.rule, self.article)))),
            (_("起算"), self.start),
            (_("停算"), self.stops),
            (_("不计的休息日"), self.skipped),
            (_("最后一日"), last),
        )
        return tuple((name, text) for name, text in told if text)


def shown_limit(told: ToldLimit, calendar: WorkCalendar) -> ShownLimit:
    """A limit in words."""
    return ShownLimit(
        name=step_of(told.name, told.items) if told.name else _("全程时限"),
        href=url_for("tasks.show", task_id=told.task_id) if told.task_id else "",
        limit=amount(told.limit) if told.limit else "",
        whose=_("(当事人的期限)") if told.whose is LimitOf.CITIZEN else "",
        rule=_rule(told),
        rule_href=url_for("parameters.show", name=told.rule.name) if told.rule else "",
        article=_article(told),
        start=_start(told),
        stops=_("、").join(map(_stop, told.stops)),
        skipped=ranges(told.skipped),
        last_day=_last(told),
        note=rest_note(told, calendar),
    )


def rest_note(told: ToldLimit, calendar: WorkCalendar) -> str:
    """What whoever works on it has to know of a last day of rest; empty where it is none."""
    if told.moved_from is not None:
        return _("(原为 %(day)s,是休息日,顺延到下一个工作日)", day=day(told.moved_from))
    is_ours = told.whose is LimitOf.OURS and unit_of(told.limit) is Unit.DAYS
    if not is_ours or not told.limit or calendar.is_working_day(told.last_day):
        return ""
    if told.finish_by is None:
        return _("(休息日,不顺延)")
    return _("(休息日,不顺延,请在 %(day)s 前办结)", day=day(told.finish_by))


def resting_on(
    rules: Sequence[ParameterRule], article: str, basis: str, *, is_citizens: bool
) -> str:
    """What a limit rests on, as it stands in a line: its rules and their articles."""
    articles = [article] if article else [rule.law for rule in rules if rule.law]
    said = (*(title_of(rule) for rule in rules), *articles)
    told = said or ((str(BASES[basis]),) if basis in BASES else ())
    return " ".join((*told, _("(当事人的期限)")) if is_citizens else told)


def ranges(days: Sequence[date]) -> str:
    """``2016-02-06 至 2016-02-09、2016-02-13``: days in order, those in a row together."""
    return _("、").join(
        day(first)
        if first == last
        else _("%(first)s 至 %(last)s", first=day(first), last=day(last))
        for first, last in _rows(days)
    )


def _rows(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    first = last = None
    for one in days:
        if first is None or last is None:
            first = last = one
        elif one == last + _DAY:
            last = one
        else:
            yield first, last
            first = last = one
    if first is not None and last is not None:
        yield first, last


def _rule(told: ToldLimit) -> str:
    if told.rule is None:
        return "" if told.article or told.basis not in BASES else str(BASES[told.basis])
    return title_of(told.rule)


def _article(told: ToldLimit) -> str:
    if not told.article:
        return ""
    return _("%(article)s,不得延长", article=told.article) if told.is_law else told.article


def _start(told: ToldLimit) -> str:
    if told.start is None:
        return ""
    why = str(_BEGAN[told.began])
    if unit_of(told.limit) is Unit.HOURS:
        return _("%(at)s(%(why)s)", at=moment(told.started_at), why=why)
    return _("%(day)s(%(why)s),次日为第一日", day=day(told.start), why=why)


def _stop(stop: Stop) -> str:
    return _(
        "%(first)s 至 %(last)s(%(n)s 日)", first=day(stop.first), last=day(stop.last), n=stop.days
    )


def _last(told: ToldLimit) -> str:
    if unit_of(told.limit) is Unit.HOURS and told.limit:
        return moment(told.at)
    said = day(told.last_day)
    return _("%(day)s(暂按周末推算)", day=said) if told.provisional else said or NOTHING
