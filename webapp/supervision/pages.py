"""What is late in a supervisor's area, as values. Every number leads to the rows it counts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.errors import Invalid
from engine.model.tasks import TaskLine
from engine.store.task_lists import OverdueCount
from engine.work.supervise import OverdueFilter
from engine.work.supervise import OverduePage as Overdue
from webapp.shared.addresses import address
from webapp.shared.items import named, step_of, step_without_names, told_apart
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.requests import current_installation
from webapp.shared.urging import order_links, reminded_words
from webapp.shared.words import Badge, day, delay_words, due_badge

MOST_ROWS = 500
_MOST_COPIED = 30
_MOST_DIGITS = 7


@dataclass(frozen=True)
class Sum:
    """How many overdue steps share a value: ``rows`` leads to them, ``href`` there and back."""

    label: str
    count: int
    href: str
    rows: str
    is_chosen: bool


@dataclass(frozen=True)
class SumTable:
    """The sums of one kind; they add up to the total."""

    label: str
    sums: tuple[Sum, ...]
    largest: int


@dataclass(frozen=True)
class OverdueRow:
    """One overdue step."""

    href: str
    due: Badge
    due_day: str
    title: str
    step: str
    plain_step: str
    """Without the names of items: for the text that is copied."""
    unit: str
    handling: str
    holder: str
    phones: tuple[str, ...]
    number: str
    reason: str
    id: str = ""
    reminded: str = ""
    orders: tuple[Link, ...] = ()


@dataclass(frozen=True)
class OverduePage(Page):
    """The supervisor's page."""

    template: ClassVar[str] = "supervision/overdue.html"

    tabs: tuple[Link, ...]
    total: int
    tables: tuple[SumTable, ...]
    rows: tuple[OverdueRow, ...]
    listed: int
    """How many rows there are, on whatever page."""
    first: int
    """The number of the first row of this page, from 1."""
    first_page: str
    next_page: str
    narrowed_to: tuple[str, ...]
    reminder: str
    makes: tuple[str, ...] = ()
    """The names of what can be made of chosen steps: 督办单."""

    @property
    def title(self) -> str:
        """督办看板."""
        return _("督办看板")


@dataclass(frozen=True)
class UnstaffedRow:
    """An open step nobody can do."""

    href: str
    title: str
    step: str
    role: str
    unit: str
    reason: str
    number: str


@dataclass(frozen=True)
class UnstaffedPage(Page):
    """无人办理."""

    template: ClassVar[str] = "supervision/unstaffed.html"

    tabs: tuple[Link, ...]
    rows: tuple[UnstaffedRow, ...]
    is_cut: bool

    @property
    def title(self) -> str:
        """无人办理."""
        return _("无人办理")


def supervision_tabs(now: str) -> tuple[Link, ...]:
    """The pages of this section."""
    return (
        Link(_("超期环节"), url_for("supervision.overdue"), now == "overdue"),
        Link(_("本周到期"), url_for("supervision.due"), now == "due"),
        Link(_("按单位催办"), url_for("supervision.by_unit"), now == "units"),
        Link(_("督办单"), url_for("supervision.orders"), now == "orders"),
        Link(_("月度通报"), url_for("supervision.month"), now == "month"),
        Link(_("维权指标"), url_for("supervision.indicators"), now == "indicators"),
        Link(_("无人办理"), url_for("supervision.unstaffed"), now == "unstaffed"),
        Link(_("岗位空缺"), url_for("supervision.gaps"), now == "gaps"),
        Link(_("最小岗位"), url_for("supervision.small_posts"), now == "small_posts"),
    )


def overdue_page(
    shell: Shell, engine: Engine, actor: Actor, asked: Mapping[str, str]
) -> OverduePage:
    """The overdue steps of the actor's area, narrowed to what the address asks."""
    skip = skipped(asked.get("from", ""))
    narrowed = OverdueFilter(
        step=asked.get("step", ""),
        handling_id=asked.get("unit", ""),
        assignee=asked.get("person", ""),
        skip=skip,
        limit=MOST_ROWS,
    )
    found = engine.supervision.overdue(actor, narrowed)
    tables = (
        _sums("step", _("按环节"), _told_apart(engine, found.by_step), asked),
        _sums("unit", _("按办理单位"), found.by_organisation, asked),
        _sums("person", _("按经办人"), found.by_person, asked),
    )
    rows = overdue_rows(engine, found)
    here = {name: asked[name] for name in ("step", "unit", "person") if asked.get(name)}
    after = skip + len(rows)
    return OverduePage(
        shell=shell,
        tabs=supervision_tabs("overdue"),
        total=found.total,
        tables=tables,
        rows=rows,
        listed=found.listed,
        first=skip + 1,
        first_page=address("supervision.overdue", here, _anchor="rows") if skip else "",
        next_page=address("supervision.overdue", here, {"from": str(after)}, _anchor="rows")
        if after < found.listed
        else "",
        narrowed_to=tuple(s.label for t in tables for s in t.sums if s.is_chosen),
        reminder=reminder_of(rows, shell.help_phone),
        makes=tuple(named(row.name, row.key) for row in engine.supervision.order_processes(actor)),
    )


def _told_apart(engine: Engine, counts: Sequence[OverdueCount]) -> Sequence[OverdueCount]:
    """Steps of one name with the process that each belongs to."""
    processes = {row.key: named(row.name, row.key) for row in engine.definitions.latest()}
    names = told_apart({one.id: one.name for one in counts}, processes)
    return [replace(one, name=names[one.id]) for one in counts]


def _sums(
    name: str, label: str, counts: Sequence[OverdueCount], asked: Mapping[str, str]
) -> SumTable:
    sums = []
    for one in counts:
        value = one.id or "none"
        chosen = asked.get(name) == value
        rows = only(name, value)
        href = url_for("supervision.overdue") if chosen else rows
        sums.append(Sum(one.name or _("尚无人认领"), one.count, href, rows, chosen))
    return SumTable(label, tuple(sums), max((s.count for s in sums), default=0))


def only(name: str, value: str) -> str:
    """The rows of exactly this number: other filters are dropped, or it would not add up."""
    return address("supervision.overdue", {name: value}, _anchor="rows")


def skipped(text: str) -> int:
    """How many rows stand on pages before. Raises Invalid."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise Invalid("页码看不懂,请从本页的“下一页”翻页。")
    return int(text)


def overdue_rows(engine: Engine, found: Overdue) -> tuple[OverdueRow, ...]:
    """The rows, each with whom to ring and why it is late."""
    now, calendar = engine.clock.now(), engine.calendar()
    return tuple(
        OverdueRow(
            href=url_for("cases.show", case_id=line.case_id, tab="history"),
            due=due_badge(line, now, calendar),
            due_day=day(line.due_date),
            title=line.title,
            step=step_of(line.name, line.items, line.process_key),
            plain_step=step_without_names(line.name, line.items, line.process_key),
            unit=line.organisation_name,
            handling=line.handling_name,
            holder=line.assignee_name or "",
            phones=_whom_to_ring(line, found.phones.get(f"{line.role}@{line.handling_id}", {})),
            number=line.case_number,
            reason=delay_words(found.reasons[line.id]) if line.id in found.reasons else "",
            id=line.id,
            reminded=reminded_words(found.reminded.get(line.id)),
            orders=order_links(found.orders.get(line.id, ())),
        )
        for line in found.lines
    )


def _whom_to_ring(line: TaskLine, people: Mapping[str, str]) -> tuple[str, ...]:
    """Who has the step, else everybody who may do it."""
    holder = people.get(line.assignee or "")
    return tuple(people.values()) if holder is None else (holder,)


def reminder_of(rows: Sequence[OverdueRow], help_phone: str) -> str:
    """A text for a phone call or a chat group: no names of applicants in it."""
    if not rows:
        return ""
    lines = [_("【督办提醒】以下环节已超期,请尽快办理:")]
    lines += [
        _(
            "%(n)s. %(unit)s “%(step)s” 编号 %(number)s,应于 %(day)s 办结,%(late)s",
            n=number,
            unit=row.handling,
            step=row.plain_step,
            number=row.number,
            day=row.due_day,
            late=row.due.text,
        )
        for number, row in enumerate(rows[:_MOST_COPIED], 1)
    ]
    if len(rows) > _MOST_COPIED:
        lines.append(_("……共 %(n)s 件,其余请登录系统查看。", n=len(rows)))
    if help_phone:
        lines.append(_("如有困难请致电 %(phone)s。", phone=help_phone))
    return "\n".join(lines)


def unstaffed_page(
    shell: Shell, engine: Engine, actor: Actor, role_name: Callable[[str], str]
) -> UnstaffedPage:
    """Open steps nobody can do."""
    found = engine.tasks.unstaffed(actor, MOST_ROWS + 1)
    return UnstaffedPage(
        shell,
        supervision_tabs("unstaffed"),
        tuple(
            UnstaffedRow(
                href=url_for("cases.show", case_id=line.case_id, tab="history"),
                title=line.title,
                step=step_of(line.name, line.items, line.process_key),
                role=role_name(line.role),
                unit=line.organisation_name,
                reason=current_installation().places.routing(reason, line.role),
                number=line.case_number,
            )
            for line, reason in found[:MOST_ROWS]
        ),
        is_cut=len(found) > MOST_ROWS,
    )
