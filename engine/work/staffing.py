"""Which roles nobody holds where a process needs them, and who does their steps instead (D7).

Every lane of the newest processes asks for a role at a level; every unit of that level is looked
at as routing would: its own holders, a written designation, the approval tree, or nobody.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from engine.model.actors import Actor
from engine.model.definitions import Lane
from engine.model.organisations import DatedGrant, Organisation, RoutingReason
from engine.model.routing import DirectoryView, route, target_of
from engine.model.tasks import TaskLine
from engine.store import (
    definitions,
    directory,
    month_counts,
    organisations,
    queues,
    task_lists,
)
from engine.store.database import Tx
from engine.store.organisations import OpenInQueue
from engine.work.environment import Environment
from engine.work.organise import ADMIN

_Counted = Mapping[tuple[str, str, str], int]

SOON = timedelta(days=30)
"""A grant that ends within it is told beforehand."""


@dataclass(frozen=True)
class Gap:
    """A role that nobody holds at a unit, and where its steps go instead.

    ``handling_id`` is None where nobody does them; ``open_steps`` are those affected now: whoever
    administers the directory is told of all that anybody may know of, others of those that they
    see. ``seen_steps``: how many the reader may look at.
    """

    role: str
    level: str
    organisation_id: str
    reason: RoutingReason
    handling_id: str | None
    text: str
    processes: tuple[str, ...]
    open_steps: int
    seen_steps: int


@dataclass(frozen=True)
class Post:
    """A role at a unit of a level, whoever holds it."""

    role: str
    level: str
    organisation_id: str


@dataclass(frozen=True)
class StepsOfPost:
    """The open steps that ought to be done there: how many, and those of one page."""

    total: int
    lines: tuple[TaskLine, ...]


@dataclass(frozen=True)
class Ending:
    """A grant that ends soon; ``is_last`` where nobody else holds the role there after it."""

    grant: DatedGrant
    is_last: bool


@dataclass(frozen=True)
class Staffing:
    """The gaps of an area, those that stop work first, and what ends soon."""

    gaps: tuple[Gap, ...]
    ending: tuple[Ending, ...]


def staffing(environment: Environment, tx: Tx, actor: Actor, below: str = "") -> Staffing:
    """The gaps of the area that the actor administers or sees, or of a unit's part of it."""
    today = environment.today()
    view = queues.directory_view(tx, today)
    area = directory.below(tx, (*actor.area, *actor.places(ADMIN)))
    if below:
        area &= month_counts.units_below(tx, below)
    needs = _needs(environment, tx)
    seen = _steps(organisations.open_steps_by_queue(tx, actor), view)
    told = seen
    if actor.places(ADMIN):
        told = _steps(organisations.open_steps_by_queue(tx), view)
    roles = directory.roles(tx)
    gaps = [
        _gap(key, roles[key[0]].zh, unit, view, (needs[key], told, seen))
        for key in sorted(needs)
        for unit in view.organisations.values()
        if key[0] in roles
        and unit.id in area
        and unit.level == key[1]
        and not unit.is_closed(today)
    ]
    found = [gap for gap in gaps if gap is not None]
    found.sort(key=lambda gap: (gap.handling_id is not None, -gap.open_steps))
    return Staffing(tuple(found), tuple(_ending(organisations.grants_at(tx, today), area, today)))


def roles_asked_at(environment: Environment, tx: Tx, level: str) -> tuple[str, ...]:
    """The roles that steps of the newest processes ask for at a level."""
    known = directory.roles(tx)
    return tuple(
        role for role, at in sorted(_needs(environment, tx)) if at == level and role in known
    )


def _needs(environment: Environment, tx: Tx) -> dict[tuple[str, str], tuple[str, ...]]:
    """Role and level of every lane with a step, with the names of the processes."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for row in definitions.all_latest(tx):
        for element in environment.programs.get(tx, row.id).elements(row.key):
            lane = element.lane
            if lane is not None and lane.role and element.form_id is not None:
                for role, level in ((lane.role, lane.level), *map(lane.at, _levels_of(lane))):
                    found.setdefault((role, level), {})[row.name] = None
    return {key: tuple(names) for key, names in found.items()}


def _levels_of(lane: Lane) -> list[str]:
    return [level for level, _ in lane.roles_at]


def steps_of_post(tx: Tx, actor: Actor, post: Post, today: date, page: range) -> StepsOfPost:
    """What is open at a post, of the cases the actor may see; ``page``: which of them, from 0."""
    view = queues.directory_view(tx, today)
    found = [
        one
        for one in organisations.open_steps_by_queue(tx, actor)
        if (one.role, one.level) == (post.role, post.level)
        and target_of(one.home_id, one.level, view).id == post.organisation_id
    ]
    ids = [one.queue_id for one in found]
    return StepsOfPost(
        sum(one.steps for one in found),
        tuple(task_lists.open_in_queues(tx, actor, ids, page.start, len(page))),
    )


def _steps(found: Iterable[OpenInQueue], view: DirectoryView) -> Counter[tuple[str, str, str]]:
    """Open steps by role, level and the unit that ought to do them."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for one in found:
        counted[one.role, one.level, target_of(one.home_id, one.level, view).id] += one.steps
    return counted


def _gap(
    key: tuple[str, str],
    role_name: str,
    unit: Organisation,
    view: DirectoryView,
    known: tuple[tuple[str, ...], _Counted, _Counted],
) -> Gap | None:
    role, level = key
    processes, told, seen = known
    if view.is_staffed(role, unit.id):
        return None
    found = route(role, role_name, level, unit.id, view)
    nobody = found.reason is RoutingReason.UNSTAFFED
    return Gap(
        role,
        level,
        unit.id,
        found.reason,
        None if nobody else found.handling_id,
        found.text,
        processes,
        told.get((role, level, unit.id), 0),
        seen.get((role, level, unit.id), 0),
    )


def _ending(grants: Iterable[DatedGrant], area: set[str], today: date) -> list[Ending]:
    every = list(grants)
    found = []
    for one in every:
        last = one.valid_to
        if last is None or last > today + SOON or one.organisation_id not in area:
            continue
        others = any(
            other.id != one.id
            and (other.role, other.organisation_id) == (one.role, one.organisation_id)
            and other.valid_from <= last
            and (other.valid_to is None or other.valid_to > last)
            for other in every
        )
        found.append(Ending(one, not others))
    return sorted(found, key=lambda one: (one.grant.valid_to or today, one.grant.id))
