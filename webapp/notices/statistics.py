"""维权统计: a year's petitions, legal aid and wage arrears for everybody, and its publishing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.errors import NotFound, NotPermitted
from engine.work.publishing import FiguresTable, YearFigures
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import moment
from webapp.standard.statistics import DRAFTERS, PUBLISHERS, SUBJECTS

HIDDEN = "*"
"""What stands for a number that must not be told."""

_A_YEAR = 4
_UNION = "总工会"
"""What the names of all county unions end with."""


@dataclass(frozen=True)
class ShownTable:
    """The figures of a process as texts; of each row the sum comes first, then the counties."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    total: tuple[str, ...]
    resolved: str


@dataclass(frozen=True)
class StatisticsPage(Page):
    """A year as everybody reads it; no tables where none is public."""

    template: ClassVar[str] = "notices/statistics.html"

    year: int
    years: tuple[Link, ...]
    tables: tuple[ShownTable, ...]
    published: str
    is_intact: bool
    drafts: tuple[Link, ...]
    """For who looks after them: the years that are over."""

    @property
    def title(self) -> str:
        """维权统计."""
        return _("维权统计")


@dataclass(frozen=True)
class DraftPage(Page):
    """A year for who publishes it."""

    template: ClassVar[str] = "notices/statistics_draft.html"

    year: int
    tables: tuple[ShownTable, ...]
    published: str
    withdrawn: str
    reason: str
    is_intact: bool
    may_publish: bool

    @property
    def title(self) -> str:
        """维权统计 · 2025."""
        return f"{_('维权统计')} · {self.year}"


def year_of(text: str) -> int:
    """A year in an address. NotFound for anything else."""
    if len(text) != _A_YEAR or not (text.isascii() and text.isdigit()):
        raise NotFound
    return int(text)


def statistics_page(
    shell: Shell, engine: Engine, actor: Actor | None, asked: str
) -> StatisticsPage:
    """A year, the newest where none is asked. NotFound for a year that is not public."""
    years = engine.figures.years()
    year = year_of(asked) if asked else next(iter(years), 0)
    found = engine.figures.to_read(year) if year else None
    return StatisticsPage(
        shell=shell,
        year=year,
        years=tuple(
            Link(str(one), url_for("notices.statistics_of", year=one), one == year) for one in years
        ),
        tables=() if found is None else _shown(found),
        published="" if found is None else moment(found.published_at)[:10],
        is_intact=found is None or found.is_intact,
        drafts=_drafts(engine, actor),
    )


def _drafts(engine: Engine, actor: Actor | None) -> tuple[Link, ...]:
    if actor is None or not DRAFTERS & actor.roles:
        return ()
    last = engine.environment.today().year - 1
    return tuple(
        Link(
            _("%(year)s 年", year=year),
            url_for("notices.statistics_draft", year=year),
        )
        for year in (last, last - 1)
    )


def drawn_year(shell: Shell, engine: Engine, actor: Actor, asked: str) -> DraftPage:
    """A year as it was published, else as it would be. Raises NotPermitted, NotFound, Invalid."""
    if not DRAFTERS & actor.roles:
        raise NotPermitted
    found = engine.figures.to_look_after(SUBJECTS, year_of(asked))
    return DraftPage(
        shell=shell,
        year=found.year,
        tables=_shown(found),
        published="" if found.published_at is None else moment(found.published_at),
        withdrawn="" if found.withdrawn_at is None else moment(found.withdrawn_at),
        reason=found.reason,
        is_intact=found.is_intact,
        may_publish=bool(PUBLISHERS & actor.roles),
    )


def _shown(found: YearFigures) -> tuple[ShownTable, ...]:
    return tuple(map(_table, found.tables))


def _table(one: FiguresTable) -> ShownTable:
    return ShownTable(
        one.title,
        tuple(name.removesuffix(_UNION) for name in one.columns),
        tuple((label, _sum_first(numbers)) for label, numbers in one.rows),
        _sum_first(one.total),
        _number(one.resolved),
    )


def _sum_first(numbers: Sequence[int | None]) -> tuple[str, ...]:
    """What is asked for first, and what is seen on a telephone without moving the table."""
    *counties, total = map(_number, numbers)
    return (total, *counties)


def _number(value: int | None) -> str:
    return HIDDEN if value is None else f"{value:,}"
