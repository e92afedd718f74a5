"""Which organisation handles a step: role x organisation (design.md D7).

The nearest ancestor of the lane's level that has a holder of the role; nobody there: up the
approval tree; a written designation comes before both. Nobody at all: the step stays at the
level's organisation and is listed as unstaffed — "no holder" never means "anyone". Where a unit
has declared a separation profile nothing climbs: what its few people cannot do goes elsewhere by a
written designation or not at all (product.md §1.13).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.model.organisations import LEVELS, Organisation, RoutingReason

_MOST_LEVELS = 20


@dataclass(frozen=True)
class Route:
    """Where a step goes and why, in words for the person who gets it."""

    handling_id: str
    reason: RoutingReason
    text: str


@dataclass(frozen=True)
class DirectoryView:
    """What routing needs to know of the directory on one day."""

    organisations: Mapping[str, Organisation]
    is_staffed: Callable[[str, str], bool]
    """Whether somebody holds the role (code) at the organisation (id)."""
    designated: Callable[[str, str], tuple[str, str] | None]
    """The organisation that does the role's steps for another, and the document that says so."""
    profile_of: Callable[[str], int | None] = lambda _organisation_id: None
    """The separation profile (id) that an organisation (id) has declared."""


def route(role: str, role_name: str, level: str, home_id: str, view: DirectoryView) -> Route:
    """Find the organisation that handles steps of ``role`` at ``level`` for ``home_id``."""
    chain = _approval_chain(home_id, view)
    target = _of_level(chain, level)
    for organisation in chain[: chain.index(target) + 1]:
        designation = view.designated(role, organisation.id)
        if designation is not None:
            handler = view.organisations[designation[0]]
            if not view.is_staffed(role, handler.id):
                return Route(
                    handler.id,
                    RoutingReason.UNSTAFFED,
                    f"按书面指定({designation[1]})应由{handler.name}办理,但{handler.name}没有"
                    f"{role_name},本环节暂无人可办,已列入“无人办理”。",
                )
            return Route(
                handler.id,
                RoutingReason.DESIGNATED,
                f"按书面指定({designation[1]}),{organisation.name}的{role_name}环节由"
                f"{handler.name}办理。",
            )
    if view.is_staffed(role, target.id):
        return Route(
            target.id,
            RoutingReason.LEVEL,
            f"本环节由{target.name}的{role_name}办理。",
        )
    if view.profile_of(target.id) is not None:
        return Route(
            target.id,
            RoutingReason.UNSTAFFED,
            f"{target.name}没有{role_name}。该单位实行最小岗位方案,不自动上移,"
            "须书面指定由其他单位办理;登记前本环节暂无人可办,已列入“无人办理”。",
        )
    for organisation in chain[chain.index(target) + 1 :]:
        if view.is_staffed(role, organisation.id):
            return Route(
                organisation.id,
                RoutingReason.CLIMBED,
                f"{target.name}没有{role_name},按审批关系上移到{organisation.name}。",
            )
    return Route(
        target.id,
        RoutingReason.UNSTAFFED,
        f"{target.name}及其上级都没有{role_name},本环节暂无人可办,已列入“无人办理”。",
    )


def target_of(home_id: str, level: str, view: DirectoryView) -> Organisation:
    """The organisation whose steps these are, whoever does them."""
    return _of_level(_approval_chain(home_id, view), level)


def _approval_chain(home_id: str, view: DirectoryView) -> list[Organisation]:
    chain: list[Organisation] = []
    current: str | None = home_id
    while current is not None and len(chain) < _MOST_LEVELS:
        organisation = view.organisations[current]
        chain.append(organisation)
        current = organisation.approval_parent
    return chain


def _of_level(chain: list[Organisation], level: str) -> Organisation:
    """The nearest of that level; where the branch has none, the nearest above it."""
    for organisation in chain:
        if organisation.level == level:
            return organisation
    wanted = LEVELS.index(level)
    for organisation in chain:
        if LEVELS.index(organisation.level) > wanted:
            return organisation
    return chain[-1]
