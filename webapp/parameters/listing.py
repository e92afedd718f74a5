"""The list of the business parameters, by subject."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.model.parameters import ParameterRule
from engine.store.settings import Parameter
from webapp.parameters.holding import (
    held_on,
    subject_title,
)
from webapp.parameters.words import (
    about,
    basis_words,
    range_words,
    title_of,
    value_words,
)
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.settings_tabs import settings_tabs
from webapp.shared.words import day
from webapp.standard.parameters import Subject, subjects


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
            subject_title(one),
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
                subject_title(one),
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


def _rows_by_name(engine: Engine) -> dict[str, list[Parameter]]:
    found: dict[str, list[Parameter]] = {}
    for row in engine.settings.parameters():
        found.setdefault(row.name, []).append(row)
    return found


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
