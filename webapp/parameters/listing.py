"""The list of the business parameters, by subject."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.model.organisations import Organisation
from engine.model.parameters import ParameterRule
from engine.model.pinyin import search_text
from engine.store.settings import Parameter
from webapp.parameters.holding import (
    EVERYWHERE,
    held_on,
    inherited,
    of_level,
    place_name,
    subject_title,
)
from webapp.parameters.users import User, users_of
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.parameter_words import (
    about,
    basis_words,
    range_words,
    short_words,
    title_of,
    value_words,
)
from webapp.shared.settings_tabs import settings_tabs
from webapp.shared.words import NOTHING, day
from webapp.standard.parameters import Subject, subjects


@dataclass(frozen=True)
class Facet:
    """A subject in the list beside the rows."""

    label: str
    count: int
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class Choice:
    """A place whose values can be looked at."""

    value: str
    label: str


@dataclass(frozen=True)
class Row:
    """One parameter.

    ``own`` says which places have a value of their own, ``following`` what is planned; ``is_own``:
    the value shown is that place's own and not everybody's.
    """

    href: str
    title: str
    about: str
    value: str
    is_own: bool
    own: tuple[str, ...]
    following: str
    planned: str
    range: str
    basis: str
    law: str
    is_locked: bool
    users: tuple[User, ...]


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
    place: str
    place_name: str
    places: tuple[Choice, ...]
    kept: Mapping[str, str]

    @property
    def title(self) -> str:
        """业务参数."""
        return _("业务参数")


@dataclass(frozen=True)
class _Looking:
    """What is looked at: the day, one place or all, the names of the places."""

    today: date
    place: Organisation | None
    names: Mapping[str, str]


def list_page(shell: Shell, engine: Engine, actor: Actor, asked: Mapping[str, str]) -> ListPage:
    """The list, narrowed to a subject, to those in use, to what is planned, or to words."""
    subject, use = asked.get("subject", ""), asked.get("use", "")
    searched = asked.get("q", "").strip()
    units = of_level(engine, "county")
    place = next((one for one in units if one.id == asked.get("place")), None)
    looking = _Looking(engine.environment.today(), place, {one.id: one.name for one in units})
    rows, users = _rows_by_name(engine), users_of(engine)
    shown = [
        (one, _row(rule, rows.get(rule.name, ()), users.get(rule.name, ()), looking))
        for one in subjects()
        for rule in one.rules
        if _matches(one, rule, searched)
    ]
    found = [(of, row) for of, row in shown if _is_wanted(row, use)]
    groups = [
        Group(subject_title(one), tuple(row for of, row in found if of is one))
        for one in subjects()
        if subject in ("", one.key)
    ]
    kept = {"q": searched} if searched else {}
    if place is not None:
        kept["place"] = place.id
    narrowed = {k: v for k, v in (("subject", subject), ("use", use)) if v}
    return ListPage(
        shell=shell,
        tabs=settings_tabs("parameters", actor.roles),
        facets=_facets([of for of, _row_ in found], subject, {**kept, **_only(use=use)}),
        uses=_uses([row for _of, row in shown], use, {**kept, **_only(subject=subject)}),
        groups=tuple(group for group in groups if group.rows),
        searched=searched,
        place=EVERYWHERE if place is None else place.id,
        place_name=place_name(None if place is None else place.id, looking.names),
        places=(
            Choice(EVERYWHERE, place_name(None, {})),
            *(Choice(one.id, one.name) for one in units),
        ),
        kept=narrowed,
    )


def _only(**chosen: str) -> dict[str, str]:
    return {name: value for name, value in chosen.items() if value}


def _matches(subject: Subject, rule: ParameterRule, searched: str) -> bool:
    text = " ".join(
        (rule.title, rule.title_en, rule.about, rule.name, rule.law, rule.source, subject.title)
    )
    wanted = searched.lower()
    return wanted in text.lower() or wanted.replace(" ", "") in search_text(rule.title)


_USES = ("asked", "unasked", "own", "planned", "law")


def _is_wanted(row: Row, use: str) -> bool:
    """Whether a row belongs to one of the lists beside the rows."""
    match use:
        case "asked":
            return bool(row.users)
        case "unasked":
            return not row.users
        case "own":
            return bool(row.own)
        case "planned":
            return bool(row.following)
        case "law":
            return bool(row.law)
        case _:
            return True


def _facets(found: Sequence[Subject], chosen: str, kept: Mapping[str, str]) -> tuple[Facet, ...]:
    everything = Facet(_("全部"), len(found), url_for("parameters.listing", **kept), not chosen)  # type: ignore[arg-type]
    return (
        everything,
        *(
            Facet(
                subject_title(one),
                sum(of is one for of in found),
                url_for("parameters.listing", subject=one.key, **kept),  # type: ignore[arg-type]
                chosen == one.key,
            )
            for one in subjects()
        ),
    )


def _uses(rows: Sequence[Row], chosen: str, kept: Mapping[str, str]) -> tuple[Facet, ...]:
    words = {
        "asked": _("有流程或页面使用"),
        "unasked": _("暂无流程使用"),
        "own": _("县(市、区)另定"),
        "planned": _("已登记将来的值"),
        "law": _("法定"),
    }
    return tuple(
        Facet(
            words[use],
            sum(_is_wanted(row, use) for row in rows),
            url_for("parameters.listing", **kept, **({} if chosen == use else {"use": use})),  # type: ignore[arg-type]
            chosen == use,
        )
        for use in _USES
    )


def _rows_by_name(engine: Engine) -> dict[str, list[Parameter]]:
    found: dict[str, list[Parameter]] = {}
    for row in engine.settings.parameters():
        found.setdefault(row.name, []).append(row)
    return found


def _row(
    rule: ParameterRule,
    rows: Sequence[Parameter],
    users: tuple[User, ...],
    looking: _Looking,
) -> Row:
    now = held_on(rows, None, looking.today)
    own_now = None
    if looking.place is not None and rule.per_county:
        area = looking.place.area_parent if rule.by_area else None
        own_now = held_on(rows, looking.place.id, looking.today)
        now = own_now or inherited(rows, area, looking.today)
    first = min(
        (row for row in rows if row.valid_from > looking.today),
        key=lambda row: (row.valid_from, -row.id),
        default=None,
    )
    return Row(
        href=url_for("parameters.show", name=rule.name),
        title=title_of(rule),
        about=about(rule),
        value=value_words(rule, None if now is None else now.value),
        is_own=own_now is not None,
        own=_own(rule, rows, looking),
        following="" if first is None else day(first.valid_from),
        planned=""
        if first is None
        else f"{place_name(first.organisation_id, looking.names)} {value_words(rule, first.value)}",
        range=range_words(rule),
        basis=basis_words(rule.basis),
        law=rule.law,
        is_locked=rule.is_locked,
        users=users,
    )


def _own(rule: ParameterRule, rows: Sequence[Parameter], looking: _Looking) -> tuple[str, ...]:
    """The places with a value of their own, each with what holds there today."""
    places = [one for one in looking.names if any(row.organisation_id == one for row in rows)]
    held = {one: held_on(rows, one, looking.today) for one in places}
    return tuple(
        f"{looking.names[one]} {NOTHING if row is None else short_words(rule, row.value)}"
        for one, row in held.items()
    )
