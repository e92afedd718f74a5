"""督办单: orders to units whose steps are late, and choosing the steps for a new one.

Which process an order is, a process says itself (``startsFrom``, docs/add-a-process.md).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.errors import Invalid, NotPermitted
from engine.model.subjects import MOST_STEPS
from engine.model.tasks import TaskLine
from engine.store.definitions import DefinitionRow
from engine.work.subjects import MOST_CASES, CaseAboutSteps
from webapp.reading.about import AboutStep, about_rows
from webapp.shared.addresses import address
from webapp.shared.items import named
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import CASE_STATES, Badge, due_badge, moment
from webapp.supervision.facets import Facet
from webapp.supervision.pages import supervision_tabs

_LATE, _STATE, _STEP, _UNIT = "late", "state:", "step:", "unit:"


@dataclass(frozen=True)
class OrderRow:
    """One order."""

    number: str
    href: str
    unit: str
    steps: int
    open_steps: int
    sent: str
    now_at: str
    holder: str
    due: Badge | None
    state: str
    state_words: str


@dataclass(frozen=True)
class OrdersPage(Page):
    """督办单."""

    template: ClassVar[str] = "supervision/orders.html"

    tabs: tuple[Link, ...]
    facets: tuple[tuple[str, tuple[Facet, ...]], ...]
    rows: tuple[OrderRow, ...]
    makes: bool
    is_cut: bool

    @property
    def title(self) -> str:
        """督办单."""
        return _("督办单")


@dataclass(frozen=True)
class UnitToOrder:
    """A unit with the chosen steps it handles."""

    name: str
    rows: tuple[AboutStep, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class ChooseOrderPage(Page):
    """One order for each unit."""

    template: ClassVar[str] = "supervision/order_units.html"

    tabs: tuple[Link, ...]
    units: tuple[UnitToOrder, ...]

    @property
    def title(self) -> str:
        """生成督办单."""
        return _("按单位生成")


def orders_page(shell: Shell, engine: Engine, actor: Actor, narrowed: str) -> OrdersPage:
    """The orders of the actor's area, newest first; each number leads to the orders it counts."""
    found = engine.supervision.orders(actor)
    now = engine.clock.now()
    shown = [one for one in found if _fits(one, narrowed, now)]
    return OrdersPage(
        shell=shell,
        tabs=supervision_tabs("orders"),
        facets=_facets(found, narrowed, now),
        rows=tuple(_row(engine, one, now) for one in shown),
        makes=bool(engine.supervision.order_processes(actor)),
        is_cut=len(found) >= MOST_CASES,
    )


def _is_late(one: CaseAboutSteps, now: datetime) -> bool:
    step = one.open_step
    return step is not None and step.due_at is not None and step.due_at < now


def _fits(one: CaseAboutSteps, narrowed: str, now: datetime) -> bool:
    if narrowed == _LATE:
        return _is_late(one, now)
    return narrowed in ("", *_marks(one))


def _marks(one: CaseAboutSteps) -> tuple[str, ...]:
    """What it is counted under: where it is now or how it ended, and its unit."""
    now_at = _STATE + one.line.status if one.open_step is None else _STEP + one.open_step.name
    return now_at, _UNIT + one.line.organisation_id


def _facets(
    found: Sequence[CaseAboutSteps], narrowed: str, now: datetime
) -> tuple[tuple[str, tuple[Facet, ...]], ...]:
    units = {one.line.organisation_id: one.line.organisation_name for one in found}
    counts = Counter(mark for one in found for mark in _marks(one))

    def facet(value: str, label: str, count: int) -> Facet:
        href = address("supervision.orders", {"show": value} if value else {})
        return Facet(label, count, href, narrowed == value)

    def of(kind: str, label: Callable[[str], str]) -> list[Facet]:
        marks = sorted((m for m in counts if m.startswith(kind)), key=lambda m: (-counts[m], m))
        return [facet(mark, label(mark.removeprefix(kind)), counts[mark]) for mark in marks]

    late = sum(_is_late(one, now) for one in found)
    states = (
        facet("", _("全部"), len(found)),
        *of(_STEP, named),
        *of(_STATE, lambda state: str(CASE_STATES.get(state, state))),
        facet(_LATE, _("已超期"), late),
    )
    return ((_("状态"), states), (_("发给"), tuple(of(_UNIT, lambda unit: units[unit]))))


def _row(engine: Engine, one: CaseAboutSteps, now: datetime) -> OrderRow:
    step, line = one.open_step, one.line
    return OrderRow(
        number=line.number,
        href=url_for("cases.show", case_id=line.id),
        unit=line.organisation_name,
        steps=one.steps,
        open_steps=one.open_steps,
        sent=moment(line.created_at)[:10],
        now_at="" if step is None else named(step.name, step.process_key),
        holder="" if step is None else step.assignee_name or step.handling_name,
        due=None if step is None else due_badge(step, now, engine.calendar()),
        state=line.status,
        state_words=str(CASE_STATES.get(line.status, line.status)),
    )


def choose_order(
    shell: Shell, engine: Engine, actor: Actor, task_ids: Sequence[str]
) -> ChooseOrderPage:
    """The chosen steps by the unit that handles them: an order goes to one unit."""
    processes = engine.supervision.order_processes(actor)
    if not processes:
        raise NotPermitted("您不能发出督办单。如需办理,请联系县总工会管理员。")
    chosen = tuple(dict.fromkeys(task_ids))
    if not chosen:
        raise Invalid("请先勾选超期的环节,再生成督办单。")
    by_unit: dict[str, list[TaskLine]] = {}
    for line in engine.supervision.chosen(actor, chosen):
        by_unit.setdefault(line.handling_id, []).append(line)
    return ChooseOrderPage(
        shell,
        supervision_tabs("orders"),
        tuple(_unit(engine, processes, lines) for lines in by_unit.values()),
    )


def _unit(
    engine: Engine, processes: Sequence[DefinitionRow], lines: Sequence[TaskLine]
) -> UnitToOrder:
    parts = [lines[i : i + MOST_STEPS] for i in range(0, len(lines), MOST_STEPS)]
    links = [
        Link(
            _("生成%(name)s", name=named(row.name, row.key))
            if len(parts) == 1
            else _("生成%(name)s(第 %(n)s 份)", name=named(row.name, row.key), n=number),
            order_address(row.key, part),
        )
        for row in processes
        for number, part in enumerate(parts, 1)
    ]
    return UnitToOrder(lines[0].handling_name, about_rows(engine, lines), tuple(links))


def order_address(key: str, lines: Sequence[TaskLine]) -> str:
    """Where an order about these steps of one unit is begun."""
    about = ",".join(line.id for line in lines)
    return url_for("cases.start", key=key, organisation_id=lines[0].handling_id, about=about)
