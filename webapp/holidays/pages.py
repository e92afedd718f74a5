"""The calendar as values: years, one year in months, and what an import would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.model.clock import local_date
from engine.model.holiday_notice import Notice, doubts
from engine.store import settings
from webapp.holidays.months import Month, YearFacts, facts_of, months_of
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.settings_tabs import ADMIN, settings_tabs


@dataclass(frozen=True)
class YearRow:
    """One year; ``leaning`` open steps lean on its weekends alone."""

    year: int
    is_official: bool
    facts: YearFacts
    leaning: int
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class HolidaysPage(Page):
    """Every year, and one of them in months."""

    template: ClassVar[str] = "holidays/show.html"

    tabs: tuple[Link, ...]
    rows: tuple[YearRow, ...]
    chosen: YearRow
    months: tuple[Month, ...]
    warnings: tuple[str, ...]
    may_import: bool
    year: str
    text: str
    error: str

    @property
    def title(self) -> str:
        """节假日."""
        return _("节假日")


@dataclass(frozen=True)
class PreviewPage(Page):
    """What was read, before it is taken over."""

    template: ClassVar[str] = "holidays/preview.html"

    tabs: tuple[Link, ...]
    year: int
    facts: YearFacts
    before: YearFacts
    is_replaced: bool
    leaning: int
    doubts: tuple[str, ...]
    unread: tuple[str, ...]
    earlier: tuple[str, ...]
    months: tuple[Month, ...]
    text: str

    @property
    def title(self) -> str:
        """核对 2027 年节假日安排."""
        return _("核对 %(year)s 年节假日安排", year=self.year)


def provisional_warning(year: int) -> str:
    """What every date means that leans on a year without a notice."""
    return _(
        "%(year)s 年放假安排尚未导入,到期日暂按周末推算,可能变动。导入后系统会重新计算并记录。",
        year=year,
    )


def holidays_page(
    shell: Shell,
    engine: Engine,
    actor: Actor,
    asked: Mapping[str, str],
    typed: tuple[str, str] | None = None,
    error: str = "",
) -> HolidaysPage:
    """The years from the first that is known to the next; ``typed``: year and text of the form."""
    days = engine.ask(settings.calendar_days)
    today = local_date(engine.clock.now())
    official = engine.calendar().official_years
    leaning = engine.settings.provisional_steps()
    wanted = asked.get("year", "")
    years = sorted({today.year, today.year + 1, *official, *leaning}, reverse=True)
    chosen_year = int(wanted) if wanted.isdigit() and int(wanted) in years else today.year
    by_year = {year: {d: w for d, w in days.items() if d.year == year} for year in years}
    rows = tuple(
        YearRow(
            year,
            year in official,
            facts_of(year, by_year[year]),
            leaning.get(year, 0),
            url_for("holidays.show", year=year),
            year == chosen_year,
        )
        for year in years
    )
    open_years = [year for year in sorted(years) if year >= today.year and year not in official]
    year_typed, text = typed or (str(open_years[0] if open_years else today.year + 1), "")
    return HolidaysPage(
        shell=shell,
        tabs=settings_tabs("holidays", actor.roles),
        rows=rows,
        chosen=next(row for row in rows if row.is_chosen),
        months=months_of(chosen_year, by_year[chosen_year]),
        warnings=tuple(provisional_warning(year) for year in open_years),
        may_import=ADMIN in actor.roles,
        year=year_typed,
        text=text,
        error=error,
    )


def preview_page(
    shell: Shell, engine: Engine, actor: Actor, notice: Notice, text: str
) -> PreviewPage:
    """What taking over a notice would do."""
    stored = engine.ask(settings.calendar_days)
    before = {day: worked for day, worked in stored.items() if day.year == notice.year}
    leaning = engine.settings.provisional_steps()
    return PreviewPage(
        shell=shell,
        tabs=settings_tabs("holidays", actor.roles),
        year=notice.year,
        facts=facts_of(notice.year, notice.days),
        before=facts_of(notice.year, before),
        is_replaced=notice.year in engine.calendar().official_years,
        leaning=leaning.get(notice.year, 0),
        doubts=tuple(doubts(notice)),
        unread=notice.unread,
        earlier=tuple(_earlier(day, worked=worked) for day, worked in notice.before.items()),
        months=months_of(notice.year, notice.days),
        text=text,
    )


def _earlier(day: date, *, worked: bool) -> str:
    return _("%(day)s 上班", day=day) if worked else _("%(day)s 放假", day=day)
