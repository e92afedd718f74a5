"""The page 年度指标 as a value: leaving poverty by both definitions, newcomers, who fell back."""

from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor
from registry.store.year_figures import Figure
from registry.year_figures import WITH_NEW, UnitFigures
from webapp.shared.addresses import address
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.register_menu import MenuLink, register_menu
from webapp.shared.registry_port import RegistryPort
from webapp.shared.words import NOTHING

_BACK = 4
"""So many years before this one are offered."""


@dataclass(frozen=True)
class Cell:
    """A number with the list of its files; a share has none."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class UnitRow:
    """A unit; ``href`` opens the figures of the units below it."""

    name: str
    href: str
    cells: tuple[Cell, ...]
    missing: int
    is_short: bool


@dataclass(frozen=True)
class YearFiguresPage(Page):
    """A year of an area, unit by unit."""

    template: ClassVar[str] = "register/year.html"

    menu: tuple[MenuLink, ...]
    years: tuple[Link, ...]
    year: int
    columns: tuple[str, ...]
    whole: UnitRow
    units: tuple[UnitRow, ...]
    target: int
    base: str

    @property
    def title(self) -> str:
        """年度指标 · 2026."""
        return f"{_('年度指标')} · {self.year}"


def year_page(
    shell: Shell, registry: RegistryPort, actor: Actor, year: int, unit: str
) -> YearFiguresPage:
    """The figures of a year, of a unit and those directly below it."""
    found = registry.year_figures.of(actor, year, unit)
    years = range(found.this_year, found.this_year - _BACK, -1)
    return YearFiguresPage(
        shell=shell,
        menu=register_menu(registry, actor, "year"),
        years=tuple(Link(str(one), _here(one, unit), one == found.year) for one in years),
        year=found.year,
        columns=(
            _("年初在档"),
            _("当年新建"),
            _("脱困"),
            _("解困"),
            _("占年初在档"),
            _("占年初加新建"),
            _("新增已同步"),
            _("新增未同步"),
            _("新增同步率"),
            _("返困"),
        ),
        whole=_row(found.whole, found.year),
        units=tuple(_row(one, found.year) for one in found.units),
        target=found.whole.target,
        base=_("占年初加新建") if found.whole.base == WITH_NEW else _("占年初在档"),
    )


def _here(year: int, unit: str) -> str:
    return address("register.year_figures", year=str(year), unit=unit or None)


def _row(unit: UnitFigures, year: int) -> UnitRow:
    def opens(figure: Figure) -> Cell:
        count = unit.counts[figure]
        href = url_for(
            "register.households", figure=figure.value, of=year, unit=unit.organisation_id
        )
        return Cell(str(count), href if count else "")

    return UnitRow(
        name=unit.name,
        href=_here(year, unit.organisation_id),
        cells=(
            opens(Figure.AT_START),
            opens(Figure.NEW),
            opens(Figure.LIFTED),
            opens(Figure.SECURED),
            Cell(_percent(unit.share_of_start)),
            Cell(_percent(unit.share_with_new)),
            opens(Figure.SYNCED),
            opens(Figure.NOT_SYNCED),
            Cell(_percent(unit.synced_share)),
            opens(Figure.FELL_BACK),
        ),
        missing=unit.missing,
        is_short=unit.missing > 0,
    )


def _percent(tenths: int | None) -> str:
    return NOTHING if tenths is None else f"{tenths / 10:.1f}%"
