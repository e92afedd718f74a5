"""The inbox as a value: filters with exact counts, and the rows."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple

from engine import Actor, Engine
from engine.model.calendar import WorkCalendar
from engine.model.tasks import DueState, InboxCounts, InboxFilter, InboxPage, TaskLine
from registry.loading import MAY_LOAD
from webapp.shared.addresses import address, addresses
from webapp.shared.items import named, step_of
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.places import PlaceNames
from webapp.shared.words import BUCKETS, Badge, clock_time, due_badge

PAGE_SIZE = 100
MOST_UNITS = 12
"""More units than that are chosen from a list, not clicked one by one."""


@dataclass(frozen=True)
class Choice:
    """One value of a filter with the number of steps it leaves."""

    label: str
    count: int | None
    href: str
    is_chosen: bool
    state: str = ""


class Option(NamedTuple):
    """One of so many values that they are chosen from a list; a city has hundreds of units."""

    value: str
    label: str
    number: int
    is_chosen: bool


@dataclass(frozen=True)
class FilterGroup:
    """The values of one filter: to be clicked, or as options of a drop-down."""

    name: str
    label: str
    choices: tuple[Choice, ...] = ()
    options: tuple[Option, ...] = ()


class Row(NamedTuple):
    """One step that waits."""

    id: str
    href: str
    due: Badge
    title: str
    step: str
    unit: str
    process: str
    number: str
    holder: str
    is_mine: bool
    is_returned: bool
    draft: str
    is_together: bool = False
    is_by_profile: bool = False


@dataclass(frozen=True)
class GatheredRow:
    """All her steps of a process that stand as one line."""

    href: str
    process: str
    count: int
    overdue: int


@dataclass(frozen=True)
class InboxListPage(Page):
    """What a person sees first."""

    template: ClassVar[str] = "inbox/list.html"

    groups: tuple[FilterGroup, ...]
    gathered: tuple[GatheredRow, ...]
    rows: tuple[Row, ...]
    total: int
    searched: str
    kept: Mapping[str, str]
    is_narrowed: bool
    has_start: bool
    has_drafts: bool
    has_lists: bool
    first_page: str
    next_page: str

    @property
    def has_together(self) -> bool:
        """Whether some of the rows can be decided together."""
        return any(row.is_together for row in self.rows)

    @property
    def title(self) -> str:
        """The tab shows how much waits."""
        return _("我的待办(%(n)s)", n=self.total)


def inbox_page(
    shell: Shell, engine: Engine, places: PlaceNames, actor: Actor, asked: Mapping[str, str]
) -> InboxListPage:
    """The page for what the address asks."""
    narrowed = filter_of(asked)
    found, offers = engine.tasks.inbox_with_offers(actor, narrowed)
    newest = offers.newest
    has_start = offers.starts_from_nothing
    has_lists = any((line.process_key, line.element_id) in newest.listed for line in found.lines)
    return InboxListPage(
        shell=shell,
        groups=_groups(found, narrowed, asked, places, newest.names),
        gathered=tuple(
            GatheredRow(
                address("together.lists", {}, process_key=one.process_key),
                named(newest.names.get(one.process_key, one.process_key), one.process_key),
                one.count,
                one.overdue,
            )
            for one in found.counts.gathered
            if not narrowed.cursor
        ),
        rows=_rows(
            found.lines,
            actor,
            engine.clock.now(),
            engine.calendar(),
            asked,
            newest.together,
        ),
        total=found.counts.total,
        searched=narrowed.text,
        kept={k: v for k, v in _narrowing(asked).items() if k != "q"},
        is_narrowed=bool(_narrowing(asked)),
        has_start=has_start,
        has_drafts=has_start or offers.starts,
        has_lists=has_start or has_lists or bool(actor.roles & set(MAY_LOAD)),
        first_page=address("inbox.show", _narrowing(asked)) if narrowed.cursor else "",
        next_page=address("inbox.show", _narrowing(asked), after=found.next_cursor)
        if found.next_cursor
        else "",
    )


def filter_of(asked: Mapping[str, str]) -> InboxFilter:
    """The filter an address names; unknown values narrow to nothing rather than fail."""
    return InboxFilter(
        bucket=asked.get("due", ""),
        role=asked.get("role", ""),
        organisation_id=asked.get("unit", ""),
        process_key=asked.get("process", ""),
        text=asked.get("q", "").strip(),
        holding=asked.get("held", ""),
        cursor=asked.get("after", ""),
        limit=PAGE_SIZE,
    )


_NARROWS = ("due", "role", "unit", "process", "held", "q")


def _narrowing(asked: Mapping[str, str]) -> dict[str, str]:
    return {name: asked[name] for name in _NARROWS if asked.get(name)}


def _groups(
    found: InboxPage,
    narrowed: InboxFilter,
    asked: Mapping[str, str],
    places: PlaceNames,
    processes: Mapping[str, str],
) -> tuple[FilterGroup, ...]:
    counts = found.counts
    buckets = _choices(
        "due",
        [(state.value, str(BUCKETS[state])) for state in DueState],
        counts.by_bucket,
        asked,
        always=("overdue", "today", "soon"),
    )
    everything = Choice(
        _("全部"),
        sum(counts.by_bucket.values()),
        _without(asked, "due"),
        not narrowed.bucket,
    )
    groups = [
        FilterGroup("due", _("时限"), (everything, *buckets)),
        FilterGroup("held", _("办理人"), _held(asked, counts)),
    ]
    for name, label, numbers, names in (
        ("role", _("我的角色"), counts.by_role, places.role),
        ("process", _("流程"), counts.by_process, lambda key: named(processes.get(key, key), key)),
        ("unit", _("单位"), counts.by_organisation, _unit_names(counts)),
    ):
        values = sorted(numbers, key=lambda value: (-numbers[value], value))
        if len(values) > MOST_UNITS:
            groups.append(
                FilterGroup(name, label, options=_options(name, values, names, numbers, asked))
            )
        elif len(values) > 1 or asked.get(name):
            choices = _choices(name, [(v, names(v)) for v in values], numbers, asked)
            groups.append(FilterGroup(name, label, choices))
    return tuple(groups)


def _unit_names(counts: InboxCounts) -> Callable[[str], str]:
    return lambda unit: counts.organisation_names.get(unit, unit)


def _held(asked: Mapping[str, str], counts: InboxCounts) -> tuple[Choice, ...]:
    chosen = asked.get("held", "")
    with_it = addresses("inbox.show", "held", _but(asked, "held"))
    return tuple(
        Choice(
            label,
            number,
            _without(asked, "held") if value == chosen else with_it(value),
            value == chosen,
        )
        for value, label, number in (
            ("mine", _("在我名下"), counts.held),
            ("free", _("可认领"), counts.free),
        )
    )


def _choices(
    name: str,
    values: Sequence[tuple[str, str]],
    numbers: Mapping[str, int],
    asked: Mapping[str, str],
    always: Sequence[str] = (),
) -> tuple[Choice, ...]:
    chosen = asked.get(name, "")
    with_it = addresses("inbox.show", name, _but(asked, name))
    return tuple(
        Choice(
            label,
            numbers.get(value, 0),
            _without(asked, name) if value == chosen else with_it(value),
            value == chosen,
            value if name == "due" else "",
        )
        for value, label in values
        if numbers.get(value) or value in always or value == chosen
    )


def _options(
    name: str,
    values: Sequence[str],
    names: Callable[[str], str],
    numbers: Mapping[str, int],
    asked: Mapping[str, str],
) -> tuple[Option, ...]:
    chosen = asked.get(name, "")
    return tuple(Option(v, names(v), numbers[v], v == chosen) for v in values)


def _but(asked: Mapping[str, str], name: str) -> dict[str, str]:
    return {k: v for k, v in _narrowing(asked).items() if k != name}


def _without(asked: Mapping[str, str], name: str) -> str:
    return address("inbox.show", _but(asked, name))


def _rows(
    lines: Sequence[TaskLine],
    actor: Actor,
    now: datetime,
    calendar: WorkCalendar,
    asked: Mapping[str, str],
    together: Collection[tuple[str, str]],
) -> tuple[Row, ...]:
    way_back = {**_narrowing(asked), **({"after": asked["after"]} if asked.get("after") else {})}
    href_of = addresses("tasks.show", "task_id", way_back)
    badge_of = _badges(now, calendar)
    return tuple(
        Row(
            id=line.id,
            href=href_of(line.id),
            due=badge_of(line),
            title=line.title,
            step=step_of(line.name, line.items, line.process_key),
            unit=line.organisation_name,
            process=named(line.process_name, line.process_key),
            number=line.case_number,
            holder="" if line.assignee is None else (line.assignee_name or ""),
            is_mine=line.assignee == actor.person_id or line.is_sole,
            is_returned=line.is_returned,
            draft=""
            if line.draft_at is None
            else _("有草稿 %(time)s", time=clock_time(line.draft_at, now)),
            is_together=(line.process_key, line.element_id) in together,
            is_by_profile=line.is_by_profile,
        )
        for line in lines
    )


def _badges(now: datetime, calendar: WorkCalendar) -> Callable[[TaskLine], Badge]:
    """The limits in words; most steps of a page are due on a few days."""
    known: dict[object, Badge] = {}

    def badge_of(line: TaskLine) -> Badge:
        limit = (line.due_at, line.due_date, line.deadline)
        found = known.get(limit)
        if found is None:
            found = known[limit] = due_badge(line, now, calendar)
        return found

    return badge_of
