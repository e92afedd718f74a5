"""Who sees a union's roster, who plans it."""

from collections.abc import Sequence
from datetime import date

from engine import Actor
from engine.errors import NotFound, NotPermitted
from engine.model.organisations import Organisation
from engine.store import directory
from engine.store.database import Tx
from registry.duties import ROLES

PLANNERS = frozenset({"county_reviewer", "county_approver", "city_protection", "city_leader"})
LEVELS = ("city", "county")
"""Unions with a roster: those that receive people."""


def may_plan(tx: Tx, actor: Actor, organisation_id: str) -> bool:
    """Whether she plans the roster of this union."""
    if actor.is_system:
        return True
    places = {place for role in PLANNERS for place in actor.places(role)}
    return directory.is_within(tx, organisation_id, places)


def must_plan(tx: Tx, actor: Actor, organisation_id: str) -> None:
    """Raise NotPermitted, in words, unless she does."""
    if not may_plan(tx, actor, organisation_id):
        raise NotPermitted(
            "值班表由本单位审核员、分管领导或市总权益保障部排,您没有这个权限,没有保存。"
        )


def must_see(tx: Tx, actor: Actor, organisation_id: str) -> None:
    """Raise NotFound unless it is hers, or lies in her area."""
    if actor.is_system or organisation_id in _own(actor):
        return
    if directory.is_within(tx, organisation_id, actor.area):
        return
    raise NotFound("没有找到这个单位的值班表。请返回值班表重新选择单位。")


def units_of(tx: Tx, actor: Actor, today: date) -> Sequence[Organisation]:
    """The unions whose roster she sees, those she works at first."""
    every = directory.organisations(tx, today)
    seen = set(every) if actor.is_system else directory.below(tx, actor.area) | _own(actor)
    found = [
        one
        for one in every.values()
        if one.id in seen and one.level in LEVELS and not one.is_closed(today)
    ]
    hers = _own(actor)
    return sorted(found, key=lambda one: (one.id not in hers, LEVELS.index(one.level)))


def _own(actor: Actor) -> set[str]:
    """The unions where she is on duty or plans who is."""
    roles = PLANNERS.union(*ROLES.values())
    return {place for role in roles for place in actor.places(role)}
