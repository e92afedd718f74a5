"""维权指标: K16 to K19 of an area and a span, by county; every number opens its cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.errors import Invalid
from engine.forms.values import show_money
from engine.model.clock import first_instant
from engine.model.organisations import Organisation
from engine.store.case_facts import CaseFact, FactQuestion
from webapp.shared.addresses import address
from webapp.shared.items import named
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import CASE_STATES, NOTHING, day, moment
from webapp.standard.indicators import (
    REPEATED_WITHIN,
    TOPICS,
    Count,
    Known,
    Share,
    Sum,
    Topic,
    amount_of,
    is_counted,
    is_listed,
    known_of,
)
from webapp.supervision.pages import supervision_tabs
from webapp.supervision.report import areas_of

MOST_CASES = 500
_CENT = Decimal("0.01")
_FIRST_YEAR = 2000
_WIDE_LEVELS = frozenset({"county", "city"})


@dataclass(frozen=True)
class Cell:
    """A number with the list of its cases; a share has none."""

    text: str
    href: str = ""
    hint: str = ""


@dataclass(frozen=True)
class IndicatorRow:
    """A county, or all."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class IndicatorTable:
    """The indicators of a process."""

    label: str
    columns: tuple[Cell, ...]
    rows: tuple[IndicatorRow, ...]
    total: IndicatorRow


@dataclass(frozen=True)
class IndicatorsPage(Page):
    """All of them."""

    template: ClassVar[str] = "supervision/indicators.html"

    tabs: tuple[Link, ...]
    since: str
    until: str
    area: str
    areas: tuple[tuple[str, str, bool], ...]
    below: str
    tables: tuple[IndicatorTable, ...]

    @property
    def title(self) -> str:
        """维权指标."""
        return _("维权指标")


@dataclass(frozen=True)
class CaseRow:
    """A case that a number counts, and what it adds to a sum."""

    href: str
    number: str
    title: str
    unit: str
    begun: str
    resolved: str
    state: str
    state_words: str
    amount: str


@dataclass(frozen=True)
class IndicatorCasesPage(Page):
    """The cases behind a number."""

    template: ClassVar[str] = "supervision/indicator_cases.html"

    back: str
    what: str
    count: int
    has_amounts: bool
    total: str
    unlisted: int
    """So many are counted and not listed: the list would tell whose they are."""
    rows: tuple[CaseRow, ...]

    @property
    def is_cut(self) -> bool:
        """Whether not all are listed that may be."""
        return self.count - self.unlisted > len(self.rows)

    @property
    def title(self) -> str:
        """维权指标."""
        return _("维权指标")


@dataclass(frozen=True)
class Span:
    """The days in which the cases were begun, and the unit they are of."""

    since: date
    until: date
    below: str

    @property
    def asked(self) -> dict[str, str]:
        """As it stands in an address."""
        below = {"below": self.below} if self.below else {}
        return {"since": day(self.since), "until": day(self.until), **below}


def read_span(asked: Mapping[str, str], units: Mapping[str, Organisation], today: date) -> Span:
    """This year up to today where nothing is asked. Raises Invalid."""
    since = _day(asked.get("since", ""), date(today.year, 1, 1))
    until = _day(asked.get("until", ""), today)
    if until < since:
        raise Invalid("结束日期早于开始日期,请改正。")
    below = asked.get("below", "")
    return Span(since, until, below if below in units else "")


def _day(text: str, otherwise: date) -> date:
    if not text.strip():
        return otherwise
    try:
        found = date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(f"日期“{text[:20]}”看不懂,请写成 2026-11-16 这样。") from error
    if not _FIRST_YEAR <= found.year < date.max.year:
        raise Invalid(f"日期“{text[:20]}”不在可查的范围内,请改正。")
    return found


@dataclass(frozen=True)
class _Cohort:
    """The cases of a process begun in a span that the actor may see."""

    process_key: str
    topic: Topic
    facts: Sequence[CaseFact]
    known: Known

    def of(self, units: frozenset[str] | None) -> "_Cohort":
        """Those of some units; all without any."""
        if units is None:
            return self
        facts = [one for one in self.facts if one.organisation_id in units]
        return replace(self, facts=facts)

    def behind(self, key: str) -> Sequence[CaseFact]:
        """The cases that a number counts."""
        number = self.topic.numbers()[key]
        return [one for one in self.facts if is_counted(number, one, self.known)]

    def value(self, key: str) -> Decimal:
        """The number itself."""
        number, cases = self.topic.numbers()[key], self.behind(key)
        if isinstance(number, Sum):
            return sum((amount_of(number, one) for one in cases), Decimal(0))
        return Decimal(len(cases))


def _cohort(engine: Engine, actor: Actor, process_key: str, span: Span) -> _Cohort:
    """With the twelve months before, which say what is brought up again."""
    topic = TOPICS[process_key]
    before = first_instant(span.since - REPEATED_WITHIN - timedelta(days=1))
    begin, end = first_instant(span.since), first_instant(span.until + timedelta(days=1))
    question = FactQuestion(process_key, before, end, topic.attributes, span.below)
    found = engine.supervision.case_facts(actor, question)
    known = known_of(found, engine.environment.today())
    return _Cohort(process_key, topic, _since(found, begin), known)


def _since(facts: Sequence[CaseFact], begin: datetime) -> Sequence[CaseFact]:
    return [one for one in facts if one.created_at >= begin]


def indicators_page(
    shell: Shell,
    engine: Engine,
    actor: Actor,
    asked: Mapping[str, str],
    units: Mapping[str, Organisation],
) -> IndicatorsPage:
    """The tables; ``asked`` may name a span and a unit of the actor's area."""
    span = read_span(asked, units, engine.environment.today())
    names = {row.key: named(row.name, row.key) for row in engine.definitions.latest()}
    cohorts = [_cohort(engine, actor, key, span) for key in TOPICS if key in names]
    tops = [units[one].name for one in actor.area if one in units]
    return IndicatorsPage(
        shell=shell,
        tabs=supervision_tabs("indicators"),
        since=day(span.since),
        until=day(span.until),
        area=units[span.below].name if span.below else _("、").join(dict.fromkeys(tops)),
        areas=areas_of(actor, units, span.below),
        below=span.below,
        tables=tuple(_table(one, span, units, names[one.process_key]) for one in cohorts),
    )


def _table(
    cohort: _Cohort, span: Span, units: Mapping[str, Organisation], label: str
) -> IndicatorTable:
    places: dict[str, set[str]] = {}
    for one in cohort.facts:
        places.setdefault(county_of(one.organisation_id, units), set()).add(one.organisation_id)

    def order(place: str) -> tuple[str, str]:
        return (units[place].code if place in units else "", place)

    return IndicatorTable(
        label,
        tuple(
            Cell(str(one.label), hint=str(one.hint) if isinstance(one, Share) else "")
            for one in cohort.topic.columns
        ),
        tuple(
            IndicatorRow(
                units[place].name if place in units else place,
                _cells(cohort.of(frozenset(places[place])), span, place),
            )
            for place in sorted(places, key=order)
        ),
        IndicatorRow(_("合计"), _cells(cohort, span, "")),
    )


def county_of(organisation_id: str, units: Mapping[str, Organisation]) -> str:
    """The county, or the city's own office, that a unit is counted under."""
    at, seen = units.get(organisation_id), set[str]()
    while at is not None and at.level not in _WIDE_LEVELS and at.id not in seen:
        seen.add(at.id)
        at = units.get(at.approval_parent or "")
    return organisation_id if at is None else at.id


def _cells(cohort: _Cohort, span: Span, place: str) -> tuple[Cell, ...]:
    return tuple(_cell(cohort, one, span, place) for one in cohort.topic.columns)


def _cell(cohort: _Cohort, one: Count | Sum | Share, span: Span, place: str) -> Cell:
    if isinstance(one, Share):
        return Cell(_percent(cohort.value(one.part), cohort.value(one.whole)), hint=str(one.hint))
    value = cohort.value(one.key)
    asked = {**span.asked, "process": cohort.process_key, "figure": one.key}
    if place:
        asked["county"] = place
    href = address("supervision.indicator_cases", asked) if value else ""
    return Cell(_shown(one, value), href)


def _shown(one: Count | Sum, value: Decimal) -> str:
    if isinstance(one, Sum) and one.is_money:
        return show_money(value.quantize(_CENT))
    return f"{int(value):,}"


def _percent(part: Decimal, whole: Decimal) -> str:
    return NOTHING if not whole else f"{part / whole * 100:.1f}%"


def indicator_cases_page(
    shell: Shell,
    engine: Engine,
    actor: Actor,
    asked: Mapping[str, str],
    units: Mapping[str, Organisation],
) -> IndicatorCasesPage:
    """The cases behind a number. Raises Invalid for a number there is not."""
    span = read_span(asked, units, engine.environment.today())
    process_key = asked.get("process", "")
    topic = TOPICS.get(process_key)
    number = None if topic is None else topic.numbers().get(asked.get("figure", ""))
    if topic is None or number is None:
        raise Invalid("没有这一项指标。请从指标页的数字打开。")
    cohort = _cohort(engine, actor, process_key, span)
    county = asked.get("county", "")
    if county:
        places = {one.organisation_id for one in cohort.facts}
        cohort = cohort.of(frozenset(p for p in places if county_of(p, units) == county))
    cases = cohort.behind(number.key)
    listed = [one for one in cases if is_listed(number, one, cohort.known)]
    place = units[county].name if county in units else ""
    label = str(number.label)
    return IndicatorCasesPage(
        shell=shell,
        back=address("supervision.indicators", span.asked),
        what=f"{place} {label}".strip(),
        count=len(cases),
        has_amounts=isinstance(number, Sum),
        total=_shown(number, cohort.value(number.key)),
        unlisted=len(cases) - len(listed),
        rows=tuple(_case_row(one, number, units) for one in listed[:MOST_CASES]),
    )


def _case_row(fact: CaseFact, number: Count | Sum, units: Mapping[str, Organisation]) -> CaseRow:
    resolved = fact.milestones.get("resolved")
    unit = units.get(fact.organisation_id)
    return CaseRow(
        href=url_for("cases.show", case_id=fact.id),
        number=fact.number,
        title=fact.title,
        unit="" if unit is None else unit.name,
        begun=moment(fact.created_at)[:10],
        resolved="" if resolved is None else moment(resolved)[:10],
        state=fact.status,
        state_words=str(CASE_STATES.get(fact.status, fact.status)),
        amount=_shown(number, amount_of(number, fact)) if isinstance(number, Sum) else "",
    )
