"""Administer the directory: organisations, people, roles (design.md D25).

Routing follows at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.actors import Actor
from engine.model.clock import ZONE
from engine.model.organisations import (
    LEVELS,
    Designation,
    Organisation,
    Person,
    Role,
    SeparationProfile,
)
from engine.store import (
    accounts,
    audit,
    channels,
    designations,
    directory,
    organisations,
    profiles,
    queues,
)
from engine.store.database import Tx
from engine.store.instants import to_text
from engine.store.turns import change_directory
from engine.work.claim import release_of_departed
from engine.work.environment import Environment
from engine.work.fields import refuse_empty, refuse_long, wrong
from engine.work.kept_away import follow_directory

ADMIN = "admin"
LONGEST_USERNAME = 100
LONGEST_NAME = 100
LONGEST_CODE = 30
LONGEST_PERSON_NAME = 60
LONGEST_PHONE = 40
_KINDS = ("city", "county", "zone", "township", "industry", "grassroots")


def must_administer(tx: Tx, actor: Actor, organisation_id: str) -> None:
    """The actor administers this organisation: her own or one below it."""
    if actor.is_system or directory.is_within(tx, organisation_id, actor.places(ADMIN)):
        return
    raise NotPermitted("您不能管理这个单位的机构和人员。如需调整,请联系市总工会管理员。")


def administers_all(tx: Tx, actor: Actor) -> bool:
    """The actor administers the whole federation, from its top organisation."""
    return any(len(directory.line_upwards(tx, place)) == 1 for place in actor.places(ADMIN))


def today_of(environment: Environment) -> date:
    """The business day on which a change takes effect."""
    return environment.now().astimezone(ZONE).date()


def add_organisation(environment: Environment, tx: Tx, actor: Actor, new: Organisation) -> int:
    """Add a unit below another; how many open steps go elsewhere now."""
    change_directory(tx)
    if new.approval_parent is None:
        raise Invalid("请选择上级单位,未保存。")
    must_administer(tx, actor, new.approval_parent)
    refuse_empty(
        "请填写单位名称并选择类别和层级,未保存。",
        {
            "name": ("单位名称", new.name),
            "code": ("单位代码", new.code),
            "kind": ("单位类别", new.kind if new.kind in _KINDS else ""),
            "level": ("单位层级", new.level if new.level in LEVELS else ""),
        },
    )
    refuse_long(
        {
            "name": ("单位名称", new.name, LONGEST_NAME),
            "code": ("单位代码", new.code, LONGEST_CODE),
            "phone": ("电话", new.phone, LONGEST_PHONE),
        }
    )
    if directory.organisation_brief(tx, new.id) is not None:
        raise Conflict("这个单位编号已存在,未保存。请换一个编号。")
    refuse_twin(environment, tx, new.id, new.name.strip(), new.approval_parent)
    directory.add_organisations(tx, [replace(new, name=new.name.strip())])
    return follow(environment, tx, actor, "organisation-added", new.id)


def refuse_twin(
    environment: Environment, tx: Tx, organisation_id: str, name: str, parent_id: str
) -> None:
    """Two units of one name below one parent could not be told apart in any list."""
    named = directory.named_below(tx, name, parent_id, today_of(environment))
    if any(other != organisation_id for other in named):
        raise Conflict(f"同一上级单位下已有“{name}”,未保存。请换一个名称。")


@dataclass(frozen=True)
class NewPerson:
    """What is asked of a new account."""

    id: str
    username: str
    name: str
    organisation_id: str
    phone: str = ""


def add_person(environment: Environment, tx: Tx, actor: Actor, new: NewPerson) -> None:
    """Open a personal account; she chooses her password by a one-use link."""
    must_administer(tx, actor, new.organisation_id)
    refuse_empty(
        "请填写用户名和姓名,未保存。",
        {"name": ("姓名", new.name), "username": ("用户名", new.username)},
    )
    username = new.username.strip()
    if len(username) > LONGEST_USERNAME or not username.isprintable() or " " in username:
        raise wrong(
            "username",
            f"用户名不能有空格或不可见的字符,最长 {LONGEST_USERNAME} 个字,未保存。请换一个。",
        )
    refuse_long(
        {
            "name": ("姓名", new.name, LONGEST_PERSON_NAME),
            "phone": ("电话", new.phone, LONGEST_PHONE),
        }
    )
    if directory.person_by_username(tx, username) is not None:
        raise Conflict(f"用户名“{username}”已有人使用,未保存。请换一个。")
    person = Person(new.id, username, new.name.strip(), new.organisation_id, new.phone.strip())
    directory.add_people(tx, [(person, None)], to_text(environment.now()))
    _note(environment, tx, actor, "person-added", new.id)


def close_account(environment: Environment, tx: Tx, actor: Actor, person_id: str) -> int:
    """Close an account; her name stays where she signed."""
    change_directory(tx)
    person = directory.person_by_id(tx, person_id)
    if person is None:
        raise NotFound("没有找到这个人员。")
    must_administer(tx, actor, person.organisation_id)
    if not person.active:
        raise Conflict(f"账号“{person.username}”({person.name})早已停用,没有变化。")
    shut_account(tx, person_id)
    return follow(environment, tx, actor, "person-closed", person_id)


def shut_account(tx: Tx, person_id: str) -> None:
    """Nobody signs in with it any more, and nobody is told by it."""
    directory.set_active(tx, person_id, active=False)
    accounts.close_sessions_of(tx, person_id)
    channels.forget_contact(tx, person_id)


@dataclass(frozen=True)
class Term:
    """From which day a grant or a designation holds, and to which; None: today, without an end."""

    since: date | None = None
    until: date | None = None


def grant(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    new: tuple[str, str, str],
    term: Term,
) -> int:
    """Give a person (id) a role at an organisation; how many open steps go elsewhere now."""
    change_directory(tx)
    person_id, role_code, organisation_id = new
    person = directory.person_by_id(tx, person_id)
    role = directory.roles(tx).get(role_code)
    place = directory.organisation_brief(tx, organisation_id)
    if person is None:
        raise NotFound("没有找到这个人员。")
    if role is None:
        raise wrong("role", "请选择角色,未保存。")
    if place is None:
        raise wrong("unit", "请选择在哪个单位,未保存。")
    must_administer(tx, actor, organisation_id)
    if place.level not in role.levels:
        raise wrong("unit", f"“{role.zh}”不设在“{place.name}”这一级,未保存。")
    since = term.since or today_of(environment)
    if since < today_of(environment):
        raise wrong("since", "授权不能从过去的日期开始,未保存。请填今天或以后的日期。")
    if term.until is not None and term.until <= since:
        raise wrong("until", "授权的截止日期要晚于开始日期,未保存。")
    if place.valid_to is not None and place.valid_to <= since:
        raise wrong("unit", f"“{place.name}”自 {place.valid_to} 起撤销,不能在那里授权,未保存。")
    for held in organisations.grants_at(tx, since):
        same = (held.person_id, held.role, held.organisation_id) == new
        if same and (term.until is None or held.valid_from < term.until):
            raise Conflict(f"{person.name}在“{place.name}”已有“{role.zh}”角色。")
    directory.add_grants(tx, [new], since, term.until)
    return follow(
        environment, tx, actor, "role-granted", f"{person_id} {role_code} {organisation_id}"
    )


def withdraw_grant(
    environment: Environment, tx: Tx, actor: Actor, grant_id: int, day: date | None = None
) -> int:
    """Take a role back, from today on gone with her next click; how many open steps move."""
    change_directory(tx)
    today = today_of(environment)
    found = next((g for g in organisations.grants_at(tx, today) if g.id == grant_id), None)
    if found is None:
        raise NotFound("没有找到这条授权(可能已收回)。")
    must_administer(tx, actor, found.organisation_id)
    last = day or today
    if last < today:
        raise wrong("last", "收回角色的日期不能早于今天,未保存。")
    if not directory.end_grant(tx, grant_id, last):
        raise Conflict(f"这条授权本来就到 {found.valid_to} 为止,没有变化。")
    return follow(environment, tx, actor, "role-withdrawn", f"{found.person_id} {found.role}")


@dataclass(frozen=True)
class Papers:
    """What a directory says in writing beside who holds which role."""

    designations: Sequence[Designation] = ()
    profiles: Sequence[SeparationProfile] = ()


def load(
    environment: Environment,
    tx: Tx,
    units: Iterable[Organisation],
    everybody: tuple[
        Iterable[Role], Iterable[tuple[Person, str | None]], Iterable[tuple[str, str, str]]
    ],
    papers: Papers,
) -> None:
    """Fill an empty directory in one go; Conflict where there is something in it.

    ``everybody``: roles, people with their password hashes, grants.
    """
    change_directory(tx)
    roles, people, grants = everybody
    if directory.roles(tx) or directory.organisations(tx, today_of(environment)):
        raise Conflict("机构目录里已有单位或角色,没有装入。成批装入只用于空的数据库。")
    today = date(2020, 1, 1)
    directory.add_roles(tx, roles)
    directory.add_organisations(tx, list(units))
    directory.add_people(tx, list(people), to_text(environment.now()))
    directory.add_grants(tx, list(grants), today)
    for designated in papers.designations:
        designations.add(tx, designated, environment.now())
    for profile in papers.profiles:
        profiles.add(tx, profile, environment.now())
    directory.rebuild_closure(tx, environment.today())


def follow(environment: Environment, tx: Tx, actor: Actor, action: str, target: str) -> int:
    """Let closure, queues and held steps follow the directory; open steps that go elsewhere."""
    today = today_of(environment)
    directory.rebuild_closure(tx, today)
    moved = queues.reroute(tx, today)
    release_of_departed(environment, tx, actor)
    follow_directory(environment, tx, actor)
    _note(environment, tx, actor, action, target)
    return moved


def _note(environment: Environment, tx: Tx, actor: Actor, action: str, target: str) -> None:
    audit.add_access(tx, environment.now(), actor.person_id, action, target[:120])
