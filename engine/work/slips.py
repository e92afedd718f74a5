"""Who prints the slip for somebody who forgot her password (product.md §1.1).

An administrator for her whole area. A township officer for the unions below her own organisation,
whose voices she knows; never for somebody who holds a role outside of these unions.
"""

from collections.abc import Iterable

from engine.errors import Conflict, NotFound, NotPermitted
from engine.model.actors import Actor
from engine.model.organisations import Person
from engine.store import audit, directory, organisations
from engine.store.database import Tx
from engine.work import accounts
from engine.work.environment import Environment
from engine.work.organise import ADMIN

HELPER = "township_officer"
"""The role that helps the people of the unions below with their passwords."""


def helped_people(environment: Environment, tx: Tx, actor: Actor) -> list[Person]:
    """The people for whom the actor may print a slip as their helper, by unit and name."""
    below = _units_below(tx, actor)
    elsewhere = _with_roles_elsewhere(environment, tx, below)
    found = [
        one
        for one in directory.people(tx)
        if one.active
        and one.organisation_id in below
        and one.id not in elsewhere
        and one.id != actor.person_id
    ]
    return sorted(found, key=lambda one: (one.organisation_id, one.name, one.id))


def reset_password(environment: Environment, tx: Tx, actor: Actor, person_id: str) -> str:
    """The token of a one-use link; earlier slips of hers are void, her sessions go on."""
    person = directory.person_by_id(tx, person_id)
    if person is None:
        raise NotFound("没有找到这个人员。")
    if not actor.is_system and not directory.is_within(
        tx, person.organisation_id, actor.places(ADMIN)
    ):
        _must_help(environment, tx, actor, person)
    if not person.active:
        raise Conflict(f"账号“{person.username}”({person.name})已停用,没有开具密码条。")
    audit.add_access(tx, environment.now(), actor.person_id, "password-reset", person_id)
    return accounts.make_link(environment, tx, person_id)


def _must_help(environment: Environment, tx: Tx, actor: Actor, person: Person) -> None:
    below = _units_below(tx, actor)
    if person.organisation_id not in below:
        raise NotPermitted(
            "您只能为本乡镇所属基层工会的人员开具密码条。如需帮助,请联系市总工会管理员。"
        )
    if person.id == actor.person_id or person.id in _with_roles_elsewhere(environment, tx, below):
        raise NotPermitted(
            f"{person.name}还担任其他单位的角色,她的密码条由市总工会管理员开具,没有变化。"
        )


def _units_below(tx: Tx, actor: Actor) -> set[str]:
    """Strictly below where she helps: not her own organisation."""
    places = actor.places(HELPER)
    return directory.below(tx, places) - set(places)


def _with_roles_elsewhere(environment: Environment, tx: Tx, below: Iterable[str]) -> set[str]:
    within = set(below)
    return {
        one.person_id
        for one in organisations.grants_at(tx, environment.today())
        if one.organisation_id not in within
    }
