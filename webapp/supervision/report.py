"""月度通报: a month of an area to print: done, late, why, and the posts nobody holds.

All tables are summed from the same rows, so that they add up; each figure leads to its steps.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.model.organisations import Organisation
from engine.store.month_counts import (
    DONE,
    DONE_LATE,
    OPEN_LATE,
    WAS_DONE,
    WAS_LATE,
    Behind,
    MonthCount,
)
from engine.work.month import Month
from webapp.shared.addresses import address
from webapp.shared.items import named, step_of, told_apart
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import day, delay_label, moment
from webapp.supervision.pages import skipped, supervision_tabs

MOST_ROWS = 500
_DECEMBER = 12
_WIDE_LEVELS = frozenset({"county", "city"})


@dataclass(frozen=True)
class Figure:
    """A number with the steps it counts; without an address it counts nothing."""

    count: int
    href: str = ""


@dataclass(frozen=True)
class ReportRow:
    """A unit or a step: what was done, done late, is late; the same of the month before."""

    label: str
    done: Figure
    was_done: Figure
    done_late: Figure
    late: Figure
    was_late: Figure
    posts: Figure | None = None

    @property
    def change(self) -> int:
        """More late steps than a month before, or fewer."""
        return self.late.count - self.was_late.count


@dataclass(frozen=True)
class ReportTable:
    """Rows that add up to the last; ``of``: what each row is one of."""

    label: str
    of: str
    rows: tuple[ReportRow, ...]
    total: ReportRow


@dataclass(frozen=True)
class MonthPage(Page):
    """The report of a month."""

    template: ClassVar[str] = "supervision/report.html"

    tabs: tuple[Link, ...]
    month: str
    heading: str
    area: str
    until: str
    is_over: bool
    earlier: str
    later: str
    areas: tuple[tuple[str, str, bool], ...]
    below: str
    tables: tuple[ReportTable, ...]
    reasons: tuple[tuple[str, Figure], ...]
    late: Figure
    gaps: Figure

    @property
    def title(self) -> str:
        """月度通报."""
        return _("月度通报")


@dataclass(frozen=True)
class BehindRow:
    """A step that a figure counts."""

    href: str
    number: str
    title: str
    step: str
    unit: str
    due: str
    done: str


@dataclass(frozen=True)
class BehindPage(Page):
    """The steps behind a figure."""

    template: ClassVar[str] = "supervision/behind.html"

    tabs: tuple[Link, ...]
    back: str
    what: str
    rows: tuple[BehindRow, ...]
    total: int
    first: int
    """The number of the first row, from 1."""
    first_page: str
    next_page: str

    @property
    def title(self) -> str:
        """月度通报."""
        return _("月度通报")


def month_page(
    shell: Shell,
    engine: Engine,
    actor: Actor,
    asked: Mapping[str, str],
    units: Mapping[str, Organisation],
) -> MonthPage:
    """The report; ``asked`` may name a month and a unit of the actor's area."""
    below = asked.get("below", "") if asked.get("below", "") in units else ""
    found = engine.supervision.month(actor, asked.get("month", ""), below)
    here = f"{found.year}-{found.number:02}"
    draw = _Drawing(here, below)
    tops = [units[one].name for one in actor.area if one in units]
    return MonthPage(
        shell=shell,
        tabs=supervision_tabs("month"),
        month=here,
        heading=_("%(year)s 年 %(month)s 月", year=found.year, month=found.number),
        area=units[below].name if below else _("、").join(dict.fromkeys(tops)),
        until=moment(found.until),
        is_over=found.is_over,
        earlier=draw.page(_shifted(found, -1)),
        later=draw.page(_shifted(found, 1)) if found.is_over else "",
        areas=areas_of(actor, units, below),
        below=below,
        tables=tables_of(
            draw, found, {row.key: named(row.name, row.key) for row in engine.definitions.latest()}
        ),
        reasons=_reasons(draw, found.counts),
        late=draw.figure(OPEN_LATE, sum(one.late for one in found.counts)),
        gaps=draw.posts(len(found.gaps)),
    )


def _shifted(found: Month, months: int) -> str:
    year, month = divmod(found.year * _DECEMBER + found.number - 1 + months, _DECEMBER)
    return f"{year}-{month + 1:02}"


def areas_of(
    actor: Actor, units: Mapping[str, Organisation], below: str
) -> tuple[tuple[str, str, bool], ...]:
    """Counties and the city of her area, by name."""

    def is_hers(unit: Organisation) -> bool:
        at: Organisation | None = unit
        while at is not None:
            if at.id in actor.area:
                return True
            at = units.get(at.approval_parent or "")
        return False

    found = [one for one in units.values() if one.level in _WIDE_LEVELS and is_hers(one)]
    found.sort(key=lambda one: one.code)
    return tuple((one.id, one.name, one.id == below) for one in found)


@dataclass(frozen=True)
class _Drawing:
    """Where the figures of one report lead."""

    month: str
    below: str

    def page(self, month: str) -> str:
        """The report of another month."""
        asked = {"below": self.below} if self.below else {}
        return address("supervision.month", asked, month=month)

    def figure(self, kind: str, count: int, **narrowed: str) -> Figure:
        """A number with its steps behind it."""
        if not count:
            return Figure(0)
        asked = {"month": self.month, "kind": kind, **narrowed}
        if self.below:
            asked["below"] = self.below
        return Figure(count, address("supervision.behind", asked))

    def posts(self, count: int, unit: str = "") -> Figure:
        """So many posts nobody holds, at a unit or in the whole area of the report."""
        if not count:
            return Figure(0)
        asked = {"unit": unit} if unit else {"below": self.below} if self.below else {}
        return Figure(count, address("supervision.gaps", asked))

    def row(
        self, label: str, counts: Iterable[MonthCount], posts: Figure | None, **narrowed: str
    ) -> ReportRow:
        """The sums of some counts."""
        rows = list(counts)

        def figure(kind: str, number: Callable[[MonthCount], int]) -> Figure:
            return self.figure(kind, sum(number(one) for one in rows), **narrowed)

        return ReportRow(
            label,
            done=figure(DONE, lambda one: one.done),
            was_done=figure(WAS_DONE, lambda one: one.was_done),
            done_late=figure(DONE_LATE, lambda one: one.done_late),
            late=figure(OPEN_LATE, lambda one: one.late),
            was_late=figure(WAS_LATE, lambda one: one.was_late),
            posts=posts,
        )


def tables_of(
    draw: _Drawing, found: Month, processes: Mapping[str, str]
) -> tuple[ReportTable, ...]:
    """By unit with its vacant posts, and by step; both add up to the same."""
    posts = Counter(gap.organisation_id for gap in found.gaps)
    by_unit: dict[str, list[MonthCount]] = {}
    by_step: dict[str, list[MonthCount]] = {}
    for one in found.counts:
        by_unit.setdefault(one.handling_id, []).append(one)
        by_step.setdefault(one.step_id, []).append(one)
    unit_rows = [
        draw.row(rows[0].handling_name, rows, draw.posts(posts[unit], unit), unit=unit)
        for unit, rows in by_unit.items()
    ]
    unit_rows.sort(key=_worst_first)
    elsewhere = sum(count for unit, count in posts.items() if unit not in by_unit)
    if elsewhere:
        unit_rows.append(draw.row(_("其他单位(没有办件)"), (), Figure(elsewhere)))
    names = told_apart({step: rows[0].step_name for step, rows in by_step.items()}, processes)
    step_rows = [draw.row(names[step], rows, None, step=step) for step, rows in by_step.items()]
    step_rows.sort(key=_worst_first)
    return (
        ReportTable(
            _("按办理单位"),
            _("办理单位"),
            tuple(unit_rows),
            draw.row(_("合计"), found.counts, draw.posts(sum(posts.values()))),
        ),
        ReportTable(
            _("按环节"), _("环节"), tuple(step_rows), draw.row(_("合计"), found.counts, None)
        ),
    )


def _worst_first(row: ReportRow) -> tuple[int, int, str]:
    return -row.late.count, -row.done.count, row.label


def _reasons(draw: _Drawing, counts: Sequence[MonthCount]) -> tuple[tuple[str, Figure], ...]:
    told: Counter[str] = Counter()
    for one in counts:
        told[one.reason] += one.late
    return tuple(
        (
            delay_label(reason) if reason else _("尚未说明"),
            draw.figure(OPEN_LATE, number, reason=reason),
        )
        for reason, number in told.most_common()
        if number
    )


_WHAT: Mapping[str, Callable[[], str]] = {
    DONE: lambda: _("本月办结的环节"),
    DONE_LATE: lambda: _("本月超期办结的环节"),
    OPEN_LATE: lambda: _("期末超期未办的环节"),
    WAS_DONE: lambda: _("上月办结的环节"),
    WAS_LATE: lambda: _("上月末超期未办的环节"),
}


def behind_page(shell: Shell, engine: Engine, actor: Actor, asked: Mapping[str, str]) -> BehindPage:
    """The steps that a figure counts."""
    month, below, kind = (asked.get(name, "") for name in ("month", "below", "kind"))
    skip = skipped(asked.get("from", ""))
    narrowed = Behind(kind, asked.get("unit", ""), asked.get("step", ""), asked.get("reason"), skip)
    found = engine.supervision.behind_figure(actor, month, below, narrowed, MOST_ROWS)
    here = {name: value for name, value in asked.items() if name != "from"}
    after = skip + len(found.lines)
    return BehindPage(
        shell=shell,
        tabs=supervision_tabs("month"),
        back=_Drawing(month, below).page(month),
        what=_WHAT[kind](),
        rows=tuple(
            BehindRow(
                href=url_for("cases.show", case_id=line.case_id, tab="history"),
                number=line.case_number,
                title=line.title,
                step=step_of(line.name, line.items, line.process_key),
                unit=line.handling_name,
                due=day(line.due_date),
                done="" if line.completed_at is None else moment(line.completed_at)[:10],
            )
            for line in found.lines
        ),
        total=found.total,
        first=skip + 1,
        first_page=address("supervision.behind", here) if skip else "",
        next_page=address("supervision.behind", {**here, "from": str(after)})
        if after < found.total
        else "",
    )
