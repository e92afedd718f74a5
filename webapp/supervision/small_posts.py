"""最小岗位: the steps that one person did only because her unit is small, for the audit committee.

Every number leads to the rows it counts.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.model.clock import ZONE
from engine.store.profiles import MarkedFilter
from engine.work.profiles import MarkedStep, MarkedSteps
from registry.printed_sheets import on_a4
from webapp.shared.addresses import address
from webapp.shared.items import named, step_of
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import moment
from webapp.supervision.pages import Sum, supervision_tabs

MOST_ROWS = 500
MOST_EXPORTED = 20_000
_WIDTHS = (18, 20, 16, 22, 12, 20, 18, 28)


@dataclass(frozen=True)
class Asked:
    """What is asked for, as it was typed; ``error`` where a day cannot be read."""

    unit: str
    since: str
    until: str
    error: str
    wanted: MarkedFilter


@dataclass(frozen=True)
class SmallPostRow:
    """One marked step: who did it, and beside what of hers."""

    href: str
    number: str
    process: str
    step: str
    unit: str
    handling: str
    doer: str
    beside: str
    at: str
    document: str

    @property
    def cells(self) -> tuple[str, ...]:
        """As they stand in the exported sheet: without the applicant's name."""
        return (
            self.number,
            self.unit,
            self.step,
            self.handling,
            self.doer,
            self.beside,
            self.at,
            self.document,
        )


@dataclass(frozen=True)
class SmallPostsPage(Page):
    """The list with its sums by unit."""

    template: ClassVar[str] = "supervision/small_posts.html"

    tabs: tuple[Link, ...]
    total: int
    sums: tuple[Sum, ...]
    largest: int
    rows: tuple[SmallPostRow, ...]
    asked: Asked
    unit_name: str
    export_href: str
    is_cut: bool

    @property
    def title(self) -> str:
        """按最小岗位方案办理的环节."""
        return _("按最小岗位方案办理的环节")


def read_asked(given: Mapping[str, str], limit: int = MOST_ROWS) -> Asked:
    """The unit and the days; a day that cannot be read narrows nothing and is told."""
    unit, since, until = (given.get(name, "").strip() for name in ("unit", "since", "until"))
    errors: list[str] = []
    begin, end = _day(since, errors), _day(until, errors)
    if begin and end and end < begin:
        errors.append(_("结束日期早于开始日期,请改正。"))
    return Asked(
        unit,
        since,
        until,
        "".join(errors),
        MarkedFilter(
            unit,
            None if begin is None else _instant(begin),
            None if end is None else _instant(end + timedelta(days=1)),
            limit,
        ),
    )


def _day(text: str, errors: list[str]) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        errors.append(_("日期“%(typed)s”看不懂,请写成 2026-11-16 这样。", typed=text[:20]))
        return None
    return found if found < date.max else None


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def small_posts_page(shell: Shell, engine: Engine, actor: Actor, asked: Asked) -> SmallPostsPage:
    """The marked steps of the actor's area, newest first."""
    found = engine.supervision.marked_steps(actor, asked.wanted)
    units = engine.directory.organisations()
    counts = sorted(found.by_unit.items(), key=lambda one: (-one[1], one[0]))
    period = {"since": asked.since, "until": asked.until}
    return SmallPostsPage(
        shell=shell,
        tabs=supervision_tabs("small_posts"),
        total=found.total,
        sums=tuple(
            Sum(
                units[unit].name if unit in units else unit,
                count,
                _address({**period, "unit": "" if unit == asked.unit else unit}),
                _address({**period, "unit": unit}),
                unit == asked.unit,
            )
            for unit, count in counts
        ),
        largest=max(found.by_unit.values(), default=0),
        rows=shown(found),
        asked=asked,
        unit_name=units[asked.unit].name if asked.unit in units else "",
        export_href=address(
            "supervision.export_small_posts",
            {k: v for k, v in {**period, "unit": asked.unit}.items() if v},
        ),
        is_cut=found.is_cut,
    )


def _address(narrowing: Mapping[str, str]) -> str:
    return address("supervision.small_posts", {k: v for k, v in narrowing.items() if v})


def shown(found: MarkedSteps) -> tuple[SmallPostRow, ...]:
    """The rows in words."""
    return tuple(_row(one) for one in found.rows)


def _row(one: MarkedStep) -> SmallPostRow:
    line = one.line
    return SmallPostRow(
        href=url_for("cases.show", case_id=line.case_id, tab="history"),
        number=line.case_number,
        process=named(line.process_name, line.process_key),
        step=step_of(line.name, line.items, line.process_key),
        unit=line.organisation_name,
        handling=line.handling_name,
        doer=one.doer,
        beside=_("、").join(map(named, one.beside)),
        at="" if line.completed_at is None else moment(line.completed_at),
        document=one.profile.document,
    )


def workbook(rows: Sequence[SmallPostRow], watermark: str) -> bytes:
    """The list as an Excel workbook; a text never becomes a formula."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell, WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    from webapp.sheets.cells import writable

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("最小岗位"))
    for place, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A3"
    on_a4(sheet, 2)

    def cell(said: str, *, bold: bool = False) -> Cell:
        made = WriteOnlyCell(sheet, writable(said))
        made.data_type, made.number_format = "s", "@"
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(watermark, bold=True)])
    labels = (
        _("编号"),
        _("单位"),
        _("环节"),
        _("办理单位"),
        _("办理人"),
        _("此前办过"),
        _("办结时间"),
        _("方案文号"),
    )
    sheet.append([cell(one, bold=True) for one in labels])
    for row in rows:
        sheet.append([cell(text) for text in row.cells])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
