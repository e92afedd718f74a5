"""岗位空缺: roles nobody holds, who does their steps instead, and what ends soon."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.model.organisations import RoutingReason
from engine.work.staffing import Gap
from webapp.shared.items import named
from webapp.shared.language import _, is_english, lazy
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.requests import current_installation
from webapp.shared.settings_tabs import ADMIN, settings_tabs
from webapp.shared.words import day, level_words
from webapp.supervision.facets import Facet
from webapp.supervision.pages import supervision_tabs

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
    is_cut: bool

    @property
    def title(self) -> str:
        """岗位空缺."""
        return _("岗位空缺")


def gaps_page(shell: Shell, engine: Engine, actor: Actor, narrowed: str) -> GapsPage:
    """The gaps, those nobody fills first; ``narrowed`` to a role or to what waits now."""
    found = engine.supervision.staffing(actor)
    units, roles = engine.directory.organisations(), engine.directory.roles()
    people = {one.id: one.name for one in engine.directory.people()} if found.ending else {}
    may_fix = ADMIN in actor.roles
    names = {code: role.en if is_english() else role.zh for code, role in roles.items()}
    shown = [gap for gap in found.gaps if _fits(gap, narrowed)]
    return GapsPage(
        shell=shell,
        tabs=settings_tabs("gaps", actor.roles) if may_fix else supervision_tabs("gaps"),
        facets=_facets(found.gaps, names, narrowed),
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
                processes=_("、").join(map(named, gap.processes)),
                href=url_for("directory.unit", unit_id=gap.organisation_id) if may_fix else "",
            )
            for gap in shown[:MOST_ROWS]
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
        is_cut=len(shown) > MOST_ROWS,
    )


_NOW, _NOBODY = "now", "nobody"


def _fits(gap: Gap, narrowed: str) -> bool:
    if narrowed == _NOW:
        return gap.open_steps > 0
    if narrowed == _NOBODY:
        return gap.handling_id is None
    return narrowed in ("", f"role:{gap.role}")


def _facets(gaps: tuple[Gap, ...], names: Mapping[str, str], narrowed: str) -> tuple[Facet, ...]:
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
            url_for("supervision.gaps", show=value) if value else url_for("supervision.gaps"),
            narrowed == value,
        )
        for value, label in ways.items()
    )
