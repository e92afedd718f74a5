"""工作交接: what somebody leaves, who takes over, and the paper that both sign."""

from dataclasses import dataclass
from typing import ClassVar

from engine import Actor, Engine
from engine.work.handover import Estate, HandOver
from webapp.directory.pages import Choice, name_of, role_name
from webapp.directory.typed import NOTHING_WRONG, Wrong
from webapp.shared.items import named
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.settings_tabs import ADMIN, settings_tabs
from webapp.shared.words import day


@dataclass(frozen=True)
class RoleRow:
    """A role that is handed over."""

    role: str
    unit: str
    since: str
    until: str


@dataclass(frozen=True)
class StepRow:
    """An open step that is handed over; ``outcome`` where it went."""

    number: str
    process: str
    step: str
    due: str
    has_draft: bool
    outcome: str


@dataclass(frozen=True)
class HandOverPage(Page):
    """What she leaves, and the form; with ``is_done`` the paper."""

    template: ClassVar[str] = "directory/handover.html"

    tabs: tuple[Link, ...]
    person_id: str
    person: str
    unit: str
    username: str
    roles: tuple[RoleRow, ...]
    steps: tuple[StepRow, ...]
    unread: tuple[tuple[str, str], ...]
    successors: tuple[Choice, ...]
    wrong: Wrong
    is_done: bool
    successor: str
    successor_unit: str
    day: str
    is_closed: bool
    told: str

    @property
    def title(self) -> str:
        """工作交接 · 姓名."""
        return f"{_('工作交接单') if self.is_done else _('工作交接')} · {self.person}"


def handover_page(
    shell: Shell,
    engine: Engine,
    actor: Actor,
    person_id: str,
    wrong: Wrong = NOTHING_WRONG,
    *,
    done: HandOver | None = None,
) -> HandOverPage:
    """What a person leaves behind; after it was done the paper to sign."""
    left = engine.directory.estate(actor, person_id) if done is None else done.estate
    units = engine.directory.organisations()
    return HandOverPage(
        shell=shell,
        tabs=settings_tabs("people", {ADMIN}),
        person_id=person_id,
        person=left.person.name,
        unit=name_of(units, left.person.organisation_id),
        username=left.person.username,
        roles=_roles(engine, left),
        steps=tuple(_steps(left, done)),
        unread=tuple((day(one.day), one.text) for one in left.unread),
        successors=() if done else _successors(engine, left),
        wrong=wrong,
        is_done=done is not None,
        successor="" if done is None else done.successor.name,
        successor_unit="" if done is None else name_of(units, done.successor.organisation_id),
        day="" if done is None else day(done.day),
        is_closed=done is not None and done.is_closed,
        told=""
        if done is None or not done.moved
        else _("%(n)s 个未办环节已转给新的办理单位。", n=done.moved),
    )


def _roles(engine: Engine, left: Estate) -> tuple[RoleRow, ...]:
    units, roles = engine.directory.organisations(), engine.directory.roles()
    return tuple(
        RoleRow(
            role_name(roles[grant.role]) if grant.role in roles else grant.role,
            name_of(units, grant.organisation_id),
            day(grant.valid_from),
            _("不限") if grant.valid_to is None else day(grant.valid_to),
        )
        for grant in left.grants
    )


def _steps(left: Estate, done: HandOver | None) -> list[StepRow]:
    return [
        StepRow(
            step.case_number,
            named(step.process),
            named(step.name),
            day(step.due_date),
            step.has_draft,
            _outcome(step.id, done, is_held=step.is_held),
        )
        for step in left.steps
    ]


def _outcome(step_id: str, done: HandOver | None, *, is_held: bool) -> str:
    if done is None:
        return _("由本人认领") if is_held else _("有本人的草稿")
    if step_id in done.given:
        return _("已转给接收人")
    return _("放回待认领") if is_held else _("草稿随环节保留")


def _successors(engine: Engine, left: Estate) -> tuple[Choice, ...]:
    """Everybody active, colleagues of the same unit first."""
    units = engine.directory.organisations()
    home = left.person.organisation_id
    people = [p for p in engine.directory.people() if p.active and p.id != left.person.id]
    people.sort(key=lambda one: (one.organisation_id != home, one.organisation_id, one.name))
    return tuple(
        Choice(one.id, f"{one.name} · {name_of(units, one.organisation_id)}") for one in people
    )
