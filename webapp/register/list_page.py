"""The register as lists: all files of the area, narrowed; and the queues somebody works off."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor
from engine.errors import NotFound
from engine.model.deadlines import Remaining
from registry.finding import FACET_WORDS, FilePage, HouseholdLine, Search
from registry.notice import holds_number
from registry.rights import Act, places_of
from registry.store.file_lists import Queue
from registry.store.year_figures import Figure
from registry.vocabulary import words
from webapp.register.offers import Begin, begins_of
from webapp.shared.addresses import address
from webapp.shared.items import named
from webapp.shared.language import _, lazy
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.register_menu import MenuLink, register_menu
from webapp.shared.registry_port import RegistryPort
from webapp.shared.requests import current_installation
from webapp.shared.words import NOTHING, Badge, day, left_badge, time_words

PAGE_SIZE = 100
_FACETS = {
    "status": lazy("档案状态"),
    "category": lazy("困难类别"),
    "cause": lazy("主要致困原因"),
    "year": lazy("建档年份"),
    "origin": lazy("来源"),
}
_OPEN_FACETS = frozenset({"status", "category"})
_NARROWS = ("q", "unit", "figure", "of", *_FACETS)
_TITLES = {
    Queue.ALL: lazy("困难职工档案"),
    Queue.AWAITING: lazy("待录入全国系统"),
    Queue.UNCHANGED: lazy("一年未改的档案"),
    Queue.UNHELPED: lazy("未帮扶过的档案"),
    Queue.ALIKE: lazy("疑似重复的档案"),
    Queue.REVIEW: lazy("待认定复核的档案"),
    Queue.FALLEN_BACK: lazy("返困待重新建档"),
    Queue.NEWCOMERS: lazy("当年新增未同步的档案"),
}
_ABOUT = {
    Queue.ALL: "",
    Queue.AWAITING: lazy("审批后即为在档;录入全国系统的时限自列入本清单起算,等得最久的在最前。"),
    Queue.UNCHANGED: lazy("最近一年没有任何改动的档案,请核实家庭情况是否有变化。最久的在最前。"),
    Queue.UNHELPED: lazy("建档后没有登记过帮扶的档案(已冲销的不算)。在档最久的在最前。"),
    Queue.ALIKE: lazy(
        "与另一份档案同名同出生日期、证件只差校验位、同一人计入两户或手机相同,打开看详情。"
    ),
    Queue.REVIEW: lazy("更正过认定依据、类型还没有重新核对的档案,由分管副主席复核。最久的在最前。"),
    Queue.NEWCOMERS: lazy(
        "当年新建档、还没有帮扶记录,或没有退出也没有当年退出计划的家庭(同步建档、同步帮扶、同步解困脱困)。"
    ),
    Queue.FALLEN_BACK: lazy(
        "退出后回访发现返困、还没有重新在档的家庭。请为户主新建申请,系统按退出未满一年走简化程序。"
    ),
}
_YEAR = re.compile(r"(19|20|21)\d\d")
FIGURE_WORDS = {
    Figure.AT_START: lazy("年初在档"),
    Figure.NEW: lazy("当年新建"),
    Figure.LIFTED: lazy("当年脱困"),
    Figure.SECURED: lazy("当年解困"),
    Figure.FELL_BACK: lazy("退出后一年内返困"),
    Figure.SYNCED: lazy("当年新增已同步"),
    Figure.NOT_SYNCED: lazy("当年新增未同步"),
}
_MENU = {Queue.ALL: "list"}
_WORKED_OFF = (Queue.UNCHANGED, Queue.UNHELPED, Queue.NEWCOMERS)
"""Lists in which each file is looked at again, by a case of its own."""


@dataclass(frozen=True)
class Choice:
    """One value of a facet with the number of its files."""

    label: str
    count: int | None
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """One way to narrow the list."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    is_open: bool


@dataclass(frozen=True)
class Row:
    """One file."""

    href: str
    file_no: str
    head_name: str
    unit: str
    category: str
    status: str
    status_words: str
    size: str
    national_no: str
    opened: str
    changed: str
    is_imported: bool
    waited: str
    due: Badge | None
    is_alike: bool
    member_found: str


@dataclass(frozen=True)
class HouseholdsPage(Page):
    """Files of the area."""

    template: ClassVar[str] = "register/list.html"

    menu: tuple[MenuLink, ...]
    queue: str
    about: str
    total: int
    facets: tuple[Facet, ...]
    rows: tuple[Row, ...]
    searched: str
    here: str
    kept: Mapping[str, str]
    cleared: str
    first_page: str
    next_page: str
    heading: str
    export: str
    offers: Mapping[str, tuple[Begin, ...]]
    """By file number, what may be begun for a file; only in lists that somebody works off."""

    @property
    def title(self) -> str:
        """困难职工档案, or the queue's name."""
        return self.heading


def households_page(
    shell: Shell,
    registry: RegistryPort,
    actor: Actor,
    asked: Mapping[str, str],
    queue: Queue = Queue.ALL,
) -> HouseholdsPage:
    """The files that match what the address asks."""
    place = Place(queue, {name: asked[name] for name in _NARROWS if asked.get(name)})
    found = registry.lists.page(actor, place.search, asked.get("after", ""), PAGE_SIZE)
    offers = (
        registry.file_cases.offered_for(actor, [line.file_no for line in found.lines])
        if queue in _WORKED_OFF
        else {}
    )
    facets = (_units(place, found), *(_facet(place, name, found) for name in _FACETS))
    return HouseholdsPage(
        shell=shell,
        menu=register_menu(registry, actor, _MENU.get(queue, queue.value), found.queues),
        queue=queue.value,
        about=str(_ABOUT[queue])
        if place.figure is None
        else figure_words(place.figure, place.year),
        total=_total(place, found),
        facets=tuple(facet for facet in facets if facet.choices),
        rows=tuple(row_of(line) for line in found.lines),
        searched=place.narrowing.get("q", ""),
        here=place.address(),
        kept={name: value for name, value in place.narrowing.items() if name != "q"},
        cleared=place.address() if place.narrowing else "",
        first_page=place.address(place.narrowing) if asked.get("after") else "",
        next_page=place.address(place.narrowing, after=found.next_cursor)
        if found.next_cursor
        else "",
        heading=str(_TITLES[queue]),
        export=address("register.export", place.narrowing, queue=queue.value or None)
        if places_of(actor, Act.EXPORT) and found.lines
        else "",
        offers={file_no: begins_of(some) for file_no, some in offers.items() if some},
    )


def figure_words(figure: Figure, year: int) -> str:
    """2026 年:当年脱困; without a year this year is meant."""
    said = str(FIGURE_WORDS[figure])
    return _("%(year)s 年:%(figure)s", year=year, figure=said) if year else said


def queue_named(name: str) -> Queue:
    """The queue of an address; NotFound for one there is none of."""
    for queue in _TITLES:
        if queue.value == name and queue is not Queue.ALL:
            return queue
    raise NotFound("没有找到这个页面。")


@dataclass(frozen=True)
class Place:
    """Which list, narrowed how."""

    queue: Queue
    narrowing: Mapping[str, str]

    @property
    def search(self) -> Search:
        """As the registry is asked."""
        return Search(
            text=self.narrowing.get("q", ""),
            organisation_id=self.narrowing.get("unit", ""),
            chosen={name: self.narrowing[name] for name in _FACETS if name in self.narrowing},
            queue=self.queue,
            figure=self.figure,
            year=self.year,
        )

    @property
    def figure(self) -> Figure | None:
        """The figure of a year whose files are shown; NotFound for one there is none of."""
        wanted = self.narrowing.get("figure", "")
        if not wanted:
            return None
        found = [one for one in Figure if one.value == wanted]
        if not found:
            raise NotFound("没有找到这个页面。")
        return found[0]

    @property
    def year(self) -> int:
        """Of which year the figure is; nought for this year."""
        said = self.narrowing.get("of", "")
        return int(said) if _YEAR.fullmatch(said) else 0

    def address(self, *narrowing: Mapping[str, str], **more: str | None) -> str:
        """Of this list."""
        if self.queue is Queue.ALL:
            return address("register.households", *narrowing, **more)
        return address("register.queue", {"name": self.queue.value}, *narrowing, **more)

    def in_words(self) -> str:
        """What it is narrowed to, in the words of the federation; empty for everything."""
        said = [] if self.queue is Queue.ALL else [str(_TITLES[self.queue])]
        if self.figure is not None:
            said.append(figure_words(self.figure, self.year))
        unit = self.narrowing.get("unit", "")
        if unit:
            said.append(current_installation().places.organisation(unit) or unit)
        said += [
            words(FACET_WORDS[name], self.narrowing[name])
            for name in _FACETS
            if name in self.narrowing
        ]
        if "q" in self.narrowing:
            # What is written down of a search is never somebody's number.
            text = self.narrowing["q"]
            said.append(_("按号码查找") if holds_number(text) else f"“{text}”")
        return "、".join(said)


def place_of(asked: Mapping[str, str]) -> Place:
    """The list an address or a form names by ``queue`` and what narrows it."""
    wanted = asked.get("queue", "")
    queue = queue_named(wanted) if wanted else Queue.ALL
    return Place(queue, {name: asked[name] for name in _NARROWS if asked.get(name)})


def _total(place: Place, found: FilePage) -> int:
    """Of what is chosen: the facets count each with everything else that is chosen."""
    values = found.facets["status"]
    chosen = place.narrowing.get("status")
    return sum(one.count for one in values if chosen in (None, one.code))


def _units(place: Place, found: FilePage) -> Facet:
    """The units below the chosen one; one click goes a level down."""
    chosen = place.narrowing.get("unit", "")
    others = {key: value for key, value in place.narrowing.items() if key != "unit"}
    values = [
        Choice(one.words, one.count, place.address(others, unit=one.code), is_chosen=False)
        for one in found.units
    ]
    if chosen:
        name = current_installation().places.organisation(chosen) or chosen
        address_here = place.address(others, unit=chosen)
        here = Choice(name, _total(place, found), address_here, is_chosen=True)
        values = [
            Choice(_("全部单位"), None, place.address(others), is_chosen=False),
            here,
            *values,
        ]
    return Facet("unit", _("单位"), tuple(values), is_open=True)


def _facet(place: Place, name: str, found: FilePage) -> Facet:
    others = {key: value for key, value in place.narrowing.items() if key != name}
    chosen = place.narrowing.get(name, "")
    values = [
        Choice(
            named(one.words),
            one.count,
            place.address(others, **{name: one.code}),
            one.code == chosen,
        )
        for one in found.facets[name]
    ]
    if chosen:
        values.insert(0, Choice(_("不限"), None, place.address(others), is_chosen=False))
    is_open = name in _OPEN_FACETS or bool(chosen)
    return Facet(name, str(_FACETS[name]), tuple(values), is_open)


def row_of(line: HouseholdLine) -> Row:
    """One file in a list."""
    return Row(
        href=url_for("register.household", file_no=line.file_no),
        file_no=line.file_no,
        head_name=line.head_name,
        unit=line.organisation_name,
        category=named(line.category),
        status=line.status,
        status_words=named(line.status_words),
        size=NOTHING if line.size is None else str(line.size),
        national_no=line.national_no or NOTHING,
        opened=day(line.opened_on),
        changed=day(line.changed_on),
        is_imported=line.is_imported,
        waited=time_words(line.waited.amount, line.waited.unit),
        due=_due(line.waits),
        is_alike=line.is_alike,
        member_found=line.member_found,
    )


def _due(waits: Remaining | None) -> Badge | None:
    return None if waits is None else left_badge(waits)
