"""岗位空缺: roles nobody holds, who does their steps instead, and what ends soon."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.errors import NotFound
from engine.model.organisations import LEVEL_NAMES, RoutingReason
from engine.work.staffing import Gap, Post
from webapp.shared.addresses import address
from webapp.shared.items import named, step_of
from webapp.shared.language import _, is_english, lazy
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.requests import current_installation
from webapp.shared.settings_tabs import ADMIN, settings_tabs
from webapp.shared.words import Badge, day, due_badge, level_words
from webapp.supervision.facets import Facet
from webapp.supervision.pages import skipped, supervision_tabs

MOST_ROWS = 300
_INSTEAD: Mapping[RoutingReason, object] = {
    RoutingReason.UNSTAFFED: lazy("无人办理"),
    RoutingReason.CLIMBED: lazy("上级代办"),
    RoutingReason.DESIGNATED: lazy("书面指定"),
}


@dataclass(frozen=True)
class GapRow:
    """A role nobody holds at a unit."""

    role: str
    unit: str
    level: str
    instead: str
    state: str
    handler: str
    text: str
    open_steps: int
    steps_href: str
    processes: str
    href: str


@dataclass(frozen=True)
class EndingRow:
    """A grant that ends soon."""

    person: str
    role: str
    unit: str
    until: str
    is_last: bool
    href: str


@dataclass(frozen=True)
class GapsPage(Page):
    """Every gap of the area."""

    template: ClassVar[str] = "supervision/gaps.html"

    tabs: tuple[Link, ...]
    facets: tuple[Facet, ...]
    rows: tuple[GapRow, ...]
    ending: tuple[EndingRow, ...]
    may_fix: bool
    place: str
    """The unit or area the list is narrowed to."""
    whole: str
    total: int
    first: int
    """The number of the first row of this page, from 1."""
    first_page: str
    next_page: str

    @property
    def title(self) -> str:
        """岗位空缺."""
        return _("岗位空缺")


@dataclass(frozen=True)
class StepRow:
    """An open step of a post nobody holds."""

    href: str
    due: Badge
    due_day: str
    title: str
    step: str
    unit: str
    handling: str
    holder: str
    number: str


@dataclass(frozen=True)
class PostPage(Page):
    """The open steps of a post."""

    template: ClassVar[str] = "supervision/post.html"

    tabs: tuple[Link, ...]
    back: str
    what: str
    rows: tuple[StepRow, ...]
    total: int
    first: int
    first_page: str
    next_page: str

    @property
    def title(self) -> str:
        """岗位空缺."""
        return _("岗位空缺")


def gaps_page(shell: Shell, engine: Engine, actor: Actor, asked: Mapping[str, str]) -> GapsPage:
    """The gaps, those nobody fills first.

    ``asked`` may name a role or what waits now (``show``), a unit, the area ``below`` one, and from
    which row on (``from``). Raises Invalid.
    """
    units, roles = engine.directory.organisations(), engine.directory.roles()
    skip, narrowed = skipped(asked.get("from", "")), asked.get("show", "")
    where = {name: asked[name] for name in ("unit", "below") if asked.get(name) in units}
    found = engine.supervision.staffing(actor, where.get("below", ""))
    gaps = [gap for gap in found.gaps if where.get("unit") in (None, gap.organisation_id)]
    people = {one.id: one.name for one in engine.directory.people()} if found.ending else {}
    may_fix = ADMIN in actor.roles
    names = {code: role.en if is_english() else role.zh for code, role in roles.items()}
    shown = [gap for gap in gaps if _fits(gap, narrowed)]
    rows = shown[skip : skip + MOST_ROWS]
    here = {**where, **({"show": narrowed} if narrowed else {})}
    after = skip + len(rows)
    return GapsPage(
        shell=shell,
        tabs=gaps_tabs(actor),
        facets=_facets(gaps, names, narrowed, where),
        rows=tuple(
            GapRow(
                role=names.get(gap.role, gap.role),
                unit=units[gap.organisation_id].name,
                level=level_words(gap.level),
                instead=str(_INSTEAD.get(gap.reason, "")),
                state=gap.reason.value,
                handler="" if gap.handling_id is None else units[gap.handling_id].name,
                text=current_installation().places.routing(gap.text, gap.role),
                open_steps=gap.open_steps,
                steps_href=_steps_of(gap),
                processes=_("、").join(map(named, gap.processes)),
                href=url_for("directory.unit", unit_id=gap.organisation_id) if may_fix else "",
            )
            for gap in rows
        ),
        ending=tuple(
            EndingRow(
                people.get(one.grant.person_id, ""),
                names.get(one.grant.role, one.grant.role),
                units[one.grant.organisation_id].name,
                day(one.grant.valid_to),
                one.is_last,
                url_for("directory.person", person_id=one.grant.person_id) if may_fix else "",
            )
            for one in found.ending
        ),
        may_fix=may_fix,
        place=_("、").join(units[unit_id].name for unit_id in where.values()),
        whole=address("supervision.gaps", {"show": narrowed} if narrowed else {}),
        total=len(shown),
        first=skip + 1,
        first_page=address("supervision.gaps", here) if skip else "",
        next_page=address("supervision.gaps", here, {"from": str(after)})
        if after < len(shown)
        else "",
    )


def _steps_of(gap: Gap) -> str:
    """Where the number leads; nowhere if the reader may not look at all that it counts."""
    if not gap.open_steps or gap.open_steps != gap.seen_steps:
        return ""
    return url_for("supervision.post", role=gap.role, level=gap.level, unit=gap.organisation_id)


def post_page(shell: Shell, engine: Engine, actor: Actor, asked: Mapping[str, str]) -> PostPage:
    """The open steps of a post that the actor may see, due first. Raises Invalid, NotFound."""
    units, roles = engine.directory.organisations(), engine.directory.roles()
    post = Post(asked.get("role", ""), asked.get("level", ""), asked.get("unit", ""))
    if post.role not in roles or post.organisation_id not in units or post.level not in LEVEL_NAMES:
        raise NotFound(_("没有这样的岗位。请从岗位空缺的数字打开。"))
    skip = skipped(asked.get("from", ""))
    found = engine.supervision.steps_of_post(actor, post, range(skip, skip + MOST_ROWS))
    now, calendar = engine.clock.now(), engine.calendar()
    role = roles[post.role]
    here = {"role": post.role, "level": post.level, "unit": post.organisation_id}
    after = skip + len(found.lines)
    return PostPage(
        shell=shell,
        tabs=gaps_tabs(actor),
        back=url_for("supervision.gaps"),
        what=_(
            "%(unit)s %(role)s的未办环节",
            unit=units[post.organisation_id].name,
            role=role.en if is_english() else role.zh,
        ),
        rows=tuple(
            StepRow(
                href=url_for("cases.show", case_id=line.case_id, tab="history"),
                due=due_badge(line, now, calendar),
                due_day=day(line.due_date),
                title=line.title,
                step=step_of(line.name, line.items, line.process_key),
                unit=line.organisation_name,
                handling=line.handling_name,
                holder=line.assignee_name or "",
                number=line.case_number,
            )
            for line in found.lines
        ),
        total=found.total,
        first=skip + 1,
        first_page=address("supervision.post", here) if skip else "",
        next_page=address("supervision.post", here, {"from": str(after)})
        if after < found.total
        else "",
    )


def gaps_tabs(actor: Actor) -> tuple[Link, ...]:
    """The tabs above 岗位空缺: an administrator finds it among the settings."""
    return settings_tabs("gaps", actor.roles) if ADMIN in actor.roles else supervision_tabs("gaps")


_NOW, _NOBODY = "now", "nobody"


def _fits(gap: Gap, narrowed: str) -> bool:
    if narrowed == _NOW:
        return gap.open_steps > 0
    if narrowed == _NOBODY:
        return gap.handling_id is None
    return narrowed in ("", f"role:{gap.role}")


def _facets(
    gaps: Sequence[Gap], names: Mapping[str, str], narrowed: str, where: Mapping[str, str]
) -> tuple[Facet, ...]:
    ways = {
        "": _("全部"),
        _NOBODY: _("无人办理"),
        _NOW: _("现有未办环节"),
        **{f"role:{code}": names.get(code, code) for code in sorted({gap.role for gap in gaps})},
    }
    return tuple(
        Facet(
            label,
            sum(_fits(gap, value) for gap in gaps),
            address("supervision.gaps", where, {"show": value} if value else {}),
            narrowed == value,
        )
        for value, label in ways.items()
    )
