"""本周到期: what is over or ends this week in an area, limits of law first.

Limits of steps, dates a case waits for, limits of whole cases. Every number leads to exactly the
limits it counts; what is over stands before everything else.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.model.calendar import WorkCalendar
from engine.model.clock import local_date
from engine.model.deadlines import remaining
from engine.model.tasks import DueState
from engine.store.due_limits import LimitKind, LimitLine
from engine.work.due import LATE, Drawn, DueQuestion, ProcessDue
from registry.printed_sheets import on_a4
from webapp.shared.addresses import address
from webapp.shared.items import named, step_of, step_without_names
from webapp.shared.language import _, lazy
from webapp.shared.limits import resting_on
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import Badge, day, due_badge, left_badge, moment, unit_of
from webapp.supervision.pages import supervision_tabs
from webapp.supervision.report import Figure

MOST_ROWS = 500
MOST_IN_WORKBOOK = 5_000
"""Limits in the sheet that is taken away: nobody can follow a link there to the others."""
_LAW, _OTHER = "law", "other"
_NARROWING = ("day", "process", "basis", "kind")
_IS_LAW = {_LAW: True, _OTHER: False}
_KINDS: Mapping[LimitKind, object] = {
    LimitKind.STEP: lazy("环节时限"),
    LimitKind.WAIT: lazy("等候期限"),
    LimitKind.WHOLE: lazy("全程时限"),
}
_WEEKDAYS = tuple(lazy(name) for name in ("周一", "周二", "周三", "周四", "周五", "周六", "周日"))
_FIRST_WIDTH, _WIDTH = 30, 12
_WIDTHS_LISTED = (18, 11, 11, 22, 24, 34, 30, 16, 20)


@dataclass(frozen=True)
class DueDay:
    """A column: what is over, or a day."""

    label: str
    date: str
    is_chosen: bool


@dataclass(frozen=True)
class DueRow:
    """A process, day by day, and in all."""

    label: str
    is_law: bool
    figures: tuple[Figure, ...]
    total: Figure


@dataclass(frozen=True)
class DueLimit:
    """One of the limits."""

    href: str
    due: Badge
    is_law: bool
    title: str
    name: str
    plain_name: str
    """Without the names of items: for the sheet that is taken away."""
    kind: str
    is_step: bool
    basis: str
    unit: str
    holder: str
    number: str
    process: str


@dataclass(frozen=True)
class DueGroup:
    """The limits that end on one day."""

    label: str
    limits: tuple[DueLimit, ...]


@dataclass(frozen=True)
class KindFigure:
    """How many of a kind."""

    label: str
    figure: Figure


@dataclass(frozen=True)
class DuePage(Page):
    """The week: a table of numbers, and below it the limits of the number that was chosen."""

    template: ClassVar[str] = "supervision/due.html"

    tabs: tuple[Link, ...]
    until: str
    as_of: str
    days: tuple[DueDay, ...]
    rows: tuple[DueRow, ...]
    total: DueRow
    law: Figure
    late: Figure
    kinds: tuple[KindFigure, ...]
    narrowed_to: tuple[str, ...]
    groups: tuple[DueGroup, ...]
    listed: int
    is_cut: bool
    workbook_href: str

    @property
    def title(self) -> str:
        """本周到期."""
        return _("本周到期")


def due_page(
    shell: Shell, engine: Engine, actor: Actor, asked: Mapping[str, str], most: int = MOST_ROWS
) -> DuePage:
    """The week of the actor's area, so many of its limits at most.

    ``asked`` may name a day, a process, whether of law, a kind.
    """
    wanted = {name: asked[name] for name in _NARROWING if asked.get(name, "").strip()}
    question = DueQuestion(
        wanted.get("day", ""),
        wanted.get("process", ""),
        _IS_LAW.get(wanted.get("basis", "")),
        wanted.get("kind", ""),
    )
    found = engine.supervision.due_week(actor, question, most)
    names = {row.key: named(row.name, row.key) for row in engine.definitions.latest()}
    limits = found.limits[:most]
    draw = _Drawing(found.days, wanted)
    return DuePage(
        shell=shell,
        tabs=supervision_tabs("due"),
        until=day(found.days[-1]),
        as_of=moment(engine.clock.now()),
        days=draw.columns(),
        rows=tuple(
            draw.row(
                names.get(one.process_key, one.process_key),
                (one,),
                process=one.process_key,
                basis=_LAW if one.is_law else _OTHER,
            )
            for one in found.processes
        ),
        total=draw.row(_("合计"), found.processes),
        law=draw.figure(sum(one.total for one in found.processes if one.is_law), basis=_LAW),
        late=draw.figure(sum(one.of_day(LATE) for one in found.processes), day=LATE),
        kinds=tuple(
            KindFigure(
                str(label),
                draw.figure(sum(one.of_kind(kind) for one in found.processes), kind=kind.value),
            )
            for kind, label in _KINDS.items()
        ),
        narrowed_to=draw.narrowed_to(names),
        groups=_groups(engine, limits, draw),
        listed=len(limits),
        is_cut=len(found.limits) > most,
        workbook_href=address("supervision.due_workbook", wanted),
    )


@dataclass(frozen=True)
class _Drawing:
    """The columns of one table, and where its numbers lead."""

    days: Sequence[date]
    wanted: Mapping[str, str]

    def label(self, name: str) -> str:
        """What a column is called."""
        if name == LATE:
            return _("已超期")
        at = date.fromisoformat(name)
        return _("今日") if at == self.days[0] else str(_WEEKDAYS[at.weekday()])

    @property
    def names(self) -> tuple[str, ...]:
        """The columns: what is over, then the days."""
        return (LATE, *(one.isoformat() for one in self.days))

    def columns(self) -> tuple[DueDay, ...]:
        """What stands above them."""
        return tuple(
            DueDay(
                self.label(name),
                "" if name == LATE else name[len("2026-") :],
                self.wanted.get("day") == name,
            )
            for name in self.names
        )

    def figure(self, count: int, **narrowing: str) -> Figure:
        """A number with exactly its limits behind it: other filters are dropped."""
        if not count:
            return Figure(0)
        return Figure(count, address("supervision.due", narrowing, _anchor="rows"))

    def row(self, label: str, counted: Sequence[ProcessDue], **narrowing: str) -> DueRow:
        """The sums of some processes."""
        return DueRow(
            label,
            narrowing.get("basis") == _LAW,
            tuple(
                self.figure(sum(one.of_day(name) for one in counted), day=name, **narrowing)
                for name in self.names
            ),
            self.figure(sum(one.total for one in counted), **narrowing),
        )

    def narrowed_to(self, processes: Mapping[str, str]) -> tuple[str, ...]:
        """What the list below shows, in words."""
        told: Mapping[str, Callable[[str], str]] = {
            "day": lambda value: (
                self.label(value) if value == LATE else f"{self.label(value)} {value}"
            ),
            "process": lambda value: processes.get(value, value),
            "basis": _basis,
            "kind": lambda value: str(_KINDS[LimitKind(value)]),
        }
        return tuple(told[name](value) for name, value in self.wanted.items())


def _basis(value: str) -> str:
    return _("法定时限") if value == _LAW else _("其他时限")


def _groups(
    engine: Engine, limits: Sequence[tuple[LimitLine, Drawn]], draw: _Drawing
) -> tuple[DueGroup, ...]:
    """The limits by day: they come in that order."""
    now, calendar = engine.clock.now(), engine.calendar()
    groups: dict[str, list[DueLimit]] = {}
    for row, drawn in limits:
        name = LATE if row.ends_at < now else local_date(row.ends_at).isoformat()
        groups.setdefault(name, []).append(_limit(row, drawn, now, calendar))
    return tuple(
        DueGroup(
            draw.label(name) if name == LATE else f"{draw.label(name)} {name}", tuple(groups[name])
        )
        for name in draw.names
        if name in groups
    )


def _limit(row: LimitLine, drawn: Drawn, now: datetime, calendar: WorkCalendar) -> DueLimit:
    line = row.step
    limit = named(drawn.name, row.drawn.process_key) if drawn.name else str(_KINDS[LimitKind.WHOLE])
    return DueLimit(
        href=url_for("cases.show", case_id=row.case_id, tab="history"),
        due=_badge(row, now, calendar) if line is None else due_badge(line, now, calendar),
        is_law=drawn.is_law,
        title=row.title,
        name=limit if line is None else step_of(line.name, line.items, line.process_key),
        plain_name=(
            limit if line is None else step_without_names(line.name, line.items, line.process_key)
        ),
        kind=str(_KINDS[row.kind]),
        is_step=row.kind is LimitKind.STEP,
        basis=resting_on(drawn.rules, drawn.article, drawn.basis, is_citizens=drawn.is_citizens),
        unit=row.unit,
        holder="" if line is None else line.assignee_name or "",
        number=row.number,
        process=named(row.process_name, row.drawn.case_process),
    )


def _badge(row: LimitLine, now: datetime, calendar: WorkCalendar) -> Badge:
    """Of a limit that is no step's: a wait that is over is about to go on by itself."""
    left = remaining(now, row.ends_at, unit_of(row.limit), calendar)
    if row.kind is LimitKind.WHOLE:
        return replace(
            left_badge(left), title=_("应于 %(day)s 办结", day=day(local_date(row.ends_at)))
        )
    said = _("%(day)s 期满,期满后自动转入下一环节", day=day(local_date(row.ends_at)))
    if left.state is DueState.OVERDUE:
        return Badge(_("已期满"), left.state.value, said)
    return replace(left_badge(left), title=said)


def due_workbook(page: DuePage) -> bytes:
    """The numbers, and the limits without the names of applicants."""
    from openpyxl import Workbook

    from webapp.supervision.report_workbook import put

    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(page.title)
    put(sheet, [f"{page.title} {_('统计到 %(moment)s', moment=page.as_of)}"], bold=True)
    days = [f"{one.label} {one.date}".strip() for one in page.days]
    put(sheet, [_("流程"), _("时限"), *days, _("合计")], bold=True)
    for row in page.rows:
        kind = _basis(_LAW if row.is_law else _OTHER)
        put(sheet, [row.label, kind, *(one.count for one in row.figures), row.total.count])
    total = page.total
    put(sheet, [total.label, "", *(one.count for one in total.figures), total.total.count])
    listed = book.create_sheet(_("明细"))
    if page.is_cut:
        told = _("只列出前 %(n)s 项。其余请在页面上点数字缩小范围,再下载。", n=f"{page.listed:,}")
        put(listed, [told], bold=True)
    heads = (
        *(_("到期日"), _("类别"), _("法定时限"), _("流程"), _("环节或期限"), _("依据")),
        *(_("办理单位"), _("经办"), _("编号")),
    )
    put(listed, list(heads), bold=True)
    for group in page.groups:
        for one in group.limits:
            law = _("法定时限") if one.is_law else ""
            what = (group.label, one.kind, law, one.process, one.plain_name, one.basis)
            put(listed, [*what, one.unit, one.holder, one.number])
    on_a4(sheet, 2)
    on_a4(listed, 2 if page.is_cut else 1)
    widths = (_FIRST_WIDTH, *[_WIDTH] * (len(days) + 2))
    for each, wide in ((sheet, widths), (listed, _WIDTHS_LISTED)):
        for letter, width in zip("ABCDEFGHIJKLM", wide, strict=False):
            each.column_dimensions[letter].width = width
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
