"""Business parameters as values: the list, one parameter, and what a new value would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.model.clock import local_date
from engine.model.organisations import Organisation
from engine.model.parameters import Kind, ParameterRule
from engine.store.settings import Parameter
from webapp.parameters.words import (
    about,
    basis_words,
    choices_of,
    plain_value,
    range_words,
    short_words,
    title_of,
    unit_words,
    value_words,
)
from webapp.shared.language import _, is_english
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.settings_tabs import settings_tabs
from webapp.shared.words import day, moment
from webapp.standard.parameters import Subject, subjects

EVERYWHERE = "all"
_COUNTY = "county"
_MOST_COLUMNS = 6


@dataclass(frozen=True)
class Facet:
    """A subject in the list beside the rows."""

    label: str
    count: int
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class Row:
    """One parameter."""

    href: str
    title: str
    about: str
    value: str
    own: int
    following: str
    range: str
    basis: str
    law: str
    is_locked: bool
    asked_by: str


@dataclass(frozen=True)
class Group:
    """The parameters of one subject."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class ListPage(Page):
    """Every parameter by subject."""

    template: ClassVar[str] = "parameters/list.html"

    tabs: tuple[Link, ...]
    facets: tuple[Facet, ...]
    uses: tuple[Facet, ...]
    groups: tuple[Group, ...]
    searched: str
    kept: Mapping[str, str]

    @property
    def title(self) -> str:
        """业务参数."""
        return _("业务参数")


@dataclass(frozen=True)
class Cell:
    """What held from a day on; ``is_new`` where that day set it."""

    text: str
    is_new: bool


@dataclass(frozen=True)
class PlaceRow:
    """One place of the matrix: what holds now, and what held or will hold from each day."""

    name: str
    now: str
    is_own: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Entry:
    """One row of the history."""

    since: str
    place: str
    value: str
    reason: str
    document: str
    who: str
    when: str
    to_running: bool
    is_future: bool
    is_replaced: bool


@dataclass(frozen=True)
class Choice:
    """One value of a drop-down."""

    value: str
    label: str


@dataclass(frozen=True)
class Typed:
    """What stands in the form."""

    place: str
    since: str
    value: str
    reason: str = ""
    document: str = ""
    to_running: bool = False


@dataclass(frozen=True)
class ParameterPage(Page):
    """One parameter: what holds, its history, and the form for a new value."""

    template: ClassVar[str] = "parameters/show.html"

    tabs: tuple[Link, ...]
    name: str
    heading: str
    subject: str
    about: str
    range: str
    basis: str
    law: str
    source: str
    unit: str
    asked_by: str
    who_may: str
    is_locked: bool
    is_limit: bool
    kind: str
    days: tuple[str, ...]
    places: tuple[PlaceRow, ...]
    entries: tuple[Entry, ...]
    may: tuple[Choice, ...]
    choices: tuple[Choice, ...]
    typed: Typed
    error: str

    @property
    def title(self) -> str:
        """业务参数 · 公示期."""
        return f"{_('业务参数')} · {self.heading}"


@dataclass(frozen=True)
class ConfirmPage(Page):
    """What a new value would do, before it is kept."""

    template: ClassVar[str] = "parameters/confirm.html"

    tabs: tuple[Link, ...]
    name: str
    heading: str
    sentences: tuple[str, ...]
    warnings: tuple[str, ...]
    typed: Typed

    @property
    def title(self) -> str:
        """核对影响."""
        return f"{_('核对影响')} · {self.heading}"


def list_page(shell: Shell, engine: Engine, actor: Actor, asked: Mapping[str, str]) -> ListPage:
    """The list, narrowed to a subject, to those in use, or to words."""
    subject, use = asked.get("subject", ""), asked.get("use", "")
    searched = asked.get("q", "").strip()
    rows = _rows_by_name(engine)
    uses = engine.settings.asked_by()
    today = engine.environment.today()
    found = [
        (one, rule)
        for one in subjects()
        for rule in one.rules
        if _matches(rule, searched) and (use != "asked" or rule.name in uses)
    ]
    groups = [
        Group(
            _subject_title(one),
            tuple(
                _row(rule, rows.get(rule.name, ()), today, uses.get(rule.name, ()))
                for of, rule in found
                if of is one
            ),
        )
        for one in subjects()
        if subject in ("", one.key)
    ]
    kept = {"q": searched} if searched else {}
    return ListPage(
        shell=shell,
        tabs=settings_tabs("parameters", actor.roles),
        facets=_facets(found, subject, {**kept, **({"use": use} if use else {})}),
        uses=_uses(len(uses.keys() & engine.settings.rules.keys()), use, subject, kept),
        groups=tuple(group for group in groups if group.rows),
        searched=searched,
        kept={k: v for k, v in (("subject", subject), ("use", use)) if v},
    )


def _matches(rule: ParameterRule, searched: str) -> bool:
    text = f"{rule.title} {rule.title_en} {rule.about} {rule.name} {rule.law}".lower()
    return searched.lower() in text


def _facets(
    found: Sequence[tuple[Subject, ParameterRule]], chosen: str, kept: Mapping[str, str]
) -> tuple[Facet, ...]:
    counts = {one.key: sum(of is one for of, _rule in found) for one in subjects()}
    everything = Facet(_("全部"), len(found), url_for("parameters.listing", **kept), not chosen)  # type: ignore[arg-type]
    return (
        everything,
        *(
            Facet(
                _subject_title(one),
                counts[one.key],
                url_for("parameters.listing", subject=one.key, **kept),  # type: ignore[arg-type]
                chosen == one.key,
            )
            for one in subjects()
        ),
    )


def _uses(count: int, use: str, subject: str, kept: Mapping[str, str]) -> tuple[Facet, ...]:
    narrowed = {**kept, **({"subject": subject} if subject else {})}
    href = url_for("parameters.listing", **narrowed, **({} if use else {"use": "asked"}))  # type: ignore[arg-type]
    return (Facet(_("现有流程用到的"), count, href, use == "asked"),)


def _subject_title(subject: Subject) -> str:
    return subject.title_en if is_english() else subject.title


def _rows_by_name(engine: Engine) -> dict[str, list[Parameter]]:
    found: dict[str, list[Parameter]] = {}
    for row in engine.settings.parameters():
        found.setdefault(row.name, []).append(row)
    return found


def held_on(rows: Sequence[Parameter], place: str | None, on: date) -> Parameter | None:
    """The row of exactly this place that holds on a day: the latest, and of a day the last."""
    of_place = [row for row in rows if row.organisation_id == place and row.valid_from <= on]
    return max(of_place, key=lambda row: (row.valid_from, row.id), default=None)


def _row(
    rule: ParameterRule, rows: Sequence[Parameter], today: date, asked_by: Sequence[str]
) -> Row:
    now = held_on(rows, None, today)
    following = min((r.valid_from for r in rows if r.valid_from > today), default=None)
    return Row(
        href=url_for("parameters.show", name=rule.name),
        title=title_of(rule),
        about=about(rule),
        value=value_words(rule, None if now is None else now.value),
        own=len({row.organisation_id for row in rows} - {None}),
        following="" if following is None else day(following),
        range=range_words(rule),
        basis=basis_words(rule.basis),
        law=rule.law,
        is_locked=rule.is_locked,
        asked_by="、".join(asked_by),
    )


def counties(engine: Engine) -> list[Organisation]:
    """The counties and zones, in the order of their codes."""
    found = [one for one in engine.directory.organisations().values() if one.level == _COUNTY]
    return sorted(found, key=lambda one: one.code)


def parameter_page(
    shell: Shell,
    engine: Engine,
    actor: Actor,
    rule: ParameterRule,
    typed: Typed | None = None,
    error: str = "",
) -> ParameterPage:
    """One parameter; ``typed`` and ``error`` when what was typed could not be kept."""
    rows, today = engine.settings.history(rule.name), engine.environment.today()
    units = counties(engine) if rule.per_county else []
    names = {one.id: one.name for one in engine.directory.organisations().values()}
    areas = {one.id: one.area_parent for one in units} if rule.by_area else {}
    allowed = engine.settings.may_set(actor, rule.name, [None, *(one.id for one in units)])
    may = tuple(Choice(place or EVERYWHERE, _place_name(place, names)) for place in allowed)
    days = sorted({row.valid_from for row in rows})[-_MOST_COLUMNS:]
    subject = next(one for one in subjects() if one.key == rule.group)
    return ParameterPage(
        shell=shell,
        tabs=settings_tabs("parameters", actor.roles),
        name=rule.name,
        heading=title_of(rule),
        subject=_subject_title(subject),
        about=about(rule),
        range=range_words(rule),
        basis=basis_words(rule.basis),
        law=rule.law,
        source=rule.source,
        unit=unit_words(rule),
        asked_by="、".join(engine.settings.asked_by().get(rule.name, ())),
        who_may=_who_may(rule),
        is_locked=rule.is_locked,
        is_limit=rule.kind is Kind.LIMIT,
        kind=rule.kind.value,
        days=tuple(_from_day(one) for one in days),
        places=tuple(
            _place_row(rule, rows, place, names, (today, days, areas.get(place or "")))
            for place in (None, *(one.id for one in units))
        ),
        entries=tuple(_entries(engine, rule, rows, names, today)),
        may=may,
        choices=_choices(rule),
        typed=typed or _fresh(rule, rows, allowed, today),
        error=error,
    )


def _choices(rule: ParameterRule) -> tuple[Choice, ...]:
    if rule.kind is Kind.SWITCH:
        return (Choice("true", _("是")), Choice("false", _("否")))
    return tuple(Choice(code, text) for code, text in choices_of(rule).items())


def _place_name(place: str | None, names: Mapping[str, str]) -> str:
    return _("全市") if place is None else names.get(place, place)


def _from_day(one: date) -> str:
    return _("系统自带") if one.year == 2000 else day(one)  # noqa: PLR2004 - before all of them


def _who_may(rule: ParameterRule) -> str:
    if rule.is_locked:
        return _("法律规定,任何人不能修改")
    if rule.per_county:
        return _("全市:市总工会管理员;本县:县级审核员或管理员")
    return _("市总工会管理员(全市统一)")


def _fresh(
    rule: ParameterRule, rows: Sequence[Parameter], allowed: Sequence[str | None], today: date
) -> Typed:
    place = allowed[0] if allowed else None
    now = held_on(rows, place, today) or held_on(rows, None, today)
    return Typed(
        EVERYWHERE if place is None else place,
        day(today),
        plain_value(rule, None if now is None else now.value),
    )


def _inherited(rows: Sequence[Parameter], area: str | None, on: date) -> Parameter | None:
    """What holds for a place without its own value: that of its area, or everybody's."""
    of_area = None if area is None else held_on(rows, area, on)
    return of_area or held_on(rows, None, on)


def _place_row(
    rule: ParameterRule,
    rows: Sequence[Parameter],
    place: str | None,
    names: Mapping[str, str],
    when: tuple[date, Sequence[date], str | None],
) -> PlaceRow:
    today, days, area = when
    own = held_on(rows, place, today)
    now = own or _inherited(rows, area, today)
    cells = []
    for one in days:
        held = held_on(rows, place, one)
        shown = held or _inherited(rows, area, one)
        cells.append(
            Cell(
                short_words(rule, None if shown is None else shown.value),
                held is not None and held.valid_from == one,
            )
        )
    return PlaceRow(
        _place_name(place, names),
        short_words(rule, None if now is None else now.value),
        own is not None and place is not None,
        tuple(cells),
    )


def _entries(
    engine: Engine,
    rule: ParameterRule,
    rows: Sequence[Parameter],
    names: Mapping[str, str],
    today: date,
) -> list[Entry]:
    people = {one.id: one.name for one in engine.directory.people()}
    last = {(row.organisation_id, row.valid_from): row.id for row in rows}
    return [
        Entry(
            since=_from_day(row.valid_from),
            place=_place_name(row.organisation_id, names),
            value=value_words(rule, row.value),
            reason=row.reason,
            document=row.source,
            who=people.get(row.set_by or "", "" if row.set_by is None else _("系统")),
            when="" if row.set_at is None else moment(row.set_at),
            to_running=row.to_running,
            is_future=row.valid_from > today,
            is_replaced=last[row.organisation_id, row.valid_from] != row.id,
        )
        for row in sorted(rows, key=lambda row: (row.valid_from, row.id), reverse=True)
    ]


def confirm_page(
    shell: Shell, engine: Engine, actor: Actor, rule: ParameterRule, typed: Typed
) -> ConfirmPage:
    """What keeping the typed value would do. It has been checked."""
    place = None if typed.place == EVERYWHERE else typed.place
    since, today = date.fromisoformat(typed.since), local_date(engine.clock.now())
    rows = engine.settings.history(rule.name)
    units = engine.directory.organisations()
    unit = units.get(place or "")
    area = unit.area_parent if rule.by_area and unit is not None else None
    before = held_on(rows, place, since) or _inherited(rows, area, since)
    names = {one.id: one.name for one in units.values()}
    sentences = [
        _(
            "%(place)s的“%(name)s”自 %(since)s 起由 %(before)s 改为 %(after)s。",
            place=_place_name(place, names),
            name=title_of(rule),
            since=typed.since,
            before=value_words(rule, None if before is None else before.value),
            after=value_words(rule, rule.read(typed.value)),
        )
    ]
    hang = engine.settings.touched(rule.name, place)
    warnings: list[str] = []
    if typed.to_running:
        sentences.append(
            _(
                "在办 %(cases)s 件中,%(steps)s 个未办环节的到期日将按新时限从收到之日重新计算,"
                "逐件记入流转记录。已经开始的计时(如补正到期)不变。",
                cases=hang.cases,
                steps=hang.steps,
            )
        )
        warnings.append(_("缩短时限可能使部分环节立即超期;放宽时限会使已催办的环节重新计算。"))
    elif hang.cases:
        sentences.append(
            _("在办 %(n)s 件仍按原时限,已经算出的日期和结果不变。", n=hang.cases)
            if rule.kind is Kind.LIMIT
            else _("在办 %(n)s 件已经算出的日期和结果不变,以后走到这一步的按新值。", n=hang.cases)
        )
        if hang.steps:
            sentences.append(_("其中 %(n)s 个未办环节的到期日由它算出,保持不变。", n=hang.steps))
    else:
        sentences.append(_("目前没有在办件用到它。"))
    if since < today:
        warnings.append(
            _("生效日期早于今天:过去已经开始的环节和办件仍按原值,不追溯;今后新开的按新值。")
        )
    elif since > today:
        sentences.append(_("到 %(day)s 自动生效,此前仍按现行值。", day=typed.since))
    replaced = [r for r in rows if (r.organisation_id, r.valid_from) == (place, since)]
    if replaced:
        warnings.append(
            _(
                "同一天已登记过 %(value)s,将由这一条更正;原来的一条保留在历史里。",
                value=value_words(rule, replaced[-1].value),
            )
        )
    if place is None and rule.per_county:
        own = {r.organisation_id for r in rows} - {None}
        if own:
            warnings.append(_("%(n)s 个县(市、区)另有自己的值,不受影响。", n=len(own)))
    return ConfirmPage(
        shell=shell,
        tabs=settings_tabs("parameters", actor.roles),
        name=rule.name,
        heading=title_of(rule),
        sentences=tuple(sentences),
        warnings=tuple(warnings),
        typed=typed,
    )
