"""Questions to the directory: organisations, people, roles, grants, queues."""

from collections import namedtuple
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    FromClause,
    Join,
    Row,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from engine.model.actors import Actor, Grant, name_without_account
from engine.model.organisations import (
    DatedGrant,
    Organisation,
    Person,
    Role,
)
from engine.model.tasks import Holder
from engine.store.database import Tx, execute_for
from engine.store.dated import valid, valid_on
from engine.store.ready import Ready
from engine.store.ready_for import blanks, filled, room_for
from engine.store.tables import (
    organisation,
    organisation_closure,
    organisation_parent,
    person,
    role,
    role_grant,
)
from engine.store.turns import change_directory

ACTOR_COLUMNS = (
    person.c.id,
    person.c.username,
    person.c.name,
    person.c.organisation_id,
    role_grant.c.role,
    role_grant.c.organisation_id.label("granted_at"),
    role.c.sees,
)
"""What :func:`actor_of` reads, one row a grant."""


def with_grants(people: FromClause) -> Join:
    """People with their grants of the day that is given as ``today``."""
    granted = and_(
        role_grant.c.person_id == person.c.id,
        valid_on(role_grant, bindparam("today", type_=role_grant.c.valid_from.type)),
    )
    return people.outerjoin(role_grant, granted).outerjoin(role, role.c.code == role_grant.c.role)


_ACTOR = Ready(
    select(*ACTOR_COLUMNS)
    .select_from(with_grants(person))
    .where(person.c.id == bindparam("person_id"), person.c.active)
    .order_by(role_grant.c.id)
)


def actor(tx: Tx, person_id: str, today: date) -> Actor | None:
    """The person with the grants that hold today; None when unknown or closed."""
    return actor_of(_ACTOR.rows(tx, {"person_id": person_id, "today": today.isoformat()}))


def actor_of(rows: Sequence[Sequence[Any]]) -> Actor | None:
    """The person of some rows of ACTOR_COLUMNS; None where there is none."""
    if not rows or rows[0][0] is None:
        return None
    grants = tuple(
        Grant(role_code, granted_at, sees)
        for *_, role_code, granted_at, sees in rows
        if role_code is not None
    )
    id_, username, name, organisation_id, *_ = rows[0]
    return Actor(id_, username, name, organisation_id, grants)


def organisations(tx: Tx, today: date) -> dict[str, Organisation]:
    """Every organisation by id, with today's parents."""
    parents: dict[str, dict[str, str]] = {}
    for row in tx.execute(select(organisation_parent).where(valid(organisation_parent, today))):
        parents.setdefault(row.organisation_id, {})[row.kind] = row.parent_id
    return {
        row.id: _organisation(row, parents.get(row.id, {}))
        for row in tx.execute(select(organisation).order_by(organisation.c.code))
    }


_Columns = namedtuple("_Columns", [c.name for c in organisation.c])  # type: ignore[misc]
_BRIEF = Ready(select(organisation).where(organisation.c.id == bindparam("id")))
_UPWARDS = Ready(
    select(organisation)
    .join(organisation_closure, organisation_closure.c.ancestor_id == organisation.c.id)
    .where(
        organisation_closure.c.descendant_id == bindparam("id"),
        organisation_closure.c.kind == "approval",
    )
    .order_by(organisation_closure.c.depth)
)
_CLOSURE = select(
    organisation_closure.c.ancestor_id,
    organisation_closure.c.descendant_id,
    organisation_closure.c.kind,
    organisation_closure.c.depth,
)
_NOT_BELOW = delete(organisation_closure).where(
    organisation_closure.c.ancestor_id == bindparam("above"),
    organisation_closure.c.descendant_id == bindparam("below"),
    organisation_closure.c.kind == bindparam("of_kind"),
)
_NAMES_AT = Ready(select(organisation.c.name).where(organisation.c.level == bindparam("level")))


def _organisation(row: Any, parents: dict[str, str]) -> Organisation:
    return Organisation(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=row.kind,
        level=row.level,
        approval_parent=parents.get("approval"),
        area_parent=parents.get("area", parents.get("approval")),
        name_en=row.name_en,
        valid_from=date.fromisoformat(row.valid_from),
        valid_to=None if row.valid_to is None else date.fromisoformat(row.valid_to),
        phone=row.phone,
        simulated=row.simulated,
    )


def organisation_brief(tx: Tx, organisation_id: str) -> Organisation | None:
    """One organisation without its parents."""
    rows = _BRIEF.rows(tx, {"id": organisation_id})
    return _organisation(_Columns._make(rows[0]), {}) if rows else None


def names_of(tx: Tx, organisation_ids: Iterable[str]) -> dict[str, str]:
    """The names of organisations by id; those that there are not are left out."""
    wanted = sorted(set(organisation_ids))
    if not wanted:
        return {}
    room = room_for(wanted)
    return dict(_names_of(room).rows(tx, filled("unit", wanted, room)))


@lru_cache
def _names_of(room: int) -> Ready:
    these = organisation.c.id.in_(blanks("unit", room))
    return Ready(select(organisation.c.id, organisation.c.name).where(these))


def line_upwards(tx: Tx, organisation_id: str) -> list[Organisation]:
    """An organisation and those above it by approval, nearest first; without their parents."""
    rows = _UPWARDS.rows(tx, {"id": organisation_id})
    return [_organisation(_Columns._make(row), {}) for row in rows]


def lines_upwards(tx: Tx, organisation_ids: Collection[str]) -> dict[str, list[Organisation]]:
    """:func:`line_upwards` of several, by id; those that there are not are left out."""
    found: dict[str, list[Organisation]] = {}
    rows = tx.execute(
        select(organisation, organisation_closure.c.descendant_id)
        .join(organisation_closure, organisation_closure.c.ancestor_id == organisation.c.id)
        .where(
            organisation_closure.c.descendant_id.in_(sorted(organisation_ids)),
            organisation_closure.c.kind == "approval",
        )
        .order_by(organisation_closure.c.descendant_id, organisation_closure.c.depth)
    )
    for row in rows:
        found.setdefault(row.descendant_id, []).append(_organisation(row, {}))
    return found


def named_below(tx: Tx, name: str, parent_id: str, today: date) -> list[str]:
    """The ids of the organisations of this name that approve under the parent today."""
    found = tx.execute(
        select(organisation.c.id)
        .join(organisation_parent, organisation_parent.c.organisation_id == organisation.c.id)
        .where(
            organisation.c.name == name,
            organisation_parent.c.parent_id == parent_id,
            organisation_parent.c.kind == "approval",
            valid(organisation_parent, today),
            valid(organisation, today),
        )
    )
    return list(found.scalars())


def names_at(tx: Tx, level: str) -> set[str]:
    """The names of all organisations of a level."""
    return {name for (name,) in _NAMES_AT.rows(tx, {"level": level})}


def add_organisations(tx: Tx, new: Sequence[Organisation]) -> None:
    """Add nodes with their parents; the closure is rebuilt by :func:`rebuild_closure`."""
    if not new:
        return
    tx.execute(
        insert(organisation),
        [
            {
                "id": o.id,
                "code": o.code,
                "name": o.name,
                "name_en": o.name_en,
                "kind": o.kind,
                "level": o.level,
                "valid_from": o.valid_from.isoformat(),
                "valid_to": None if o.valid_to is None else o.valid_to.isoformat(),
                "phone": o.phone,
                "simulated": o.simulated,
            }
            for o in new
        ],
    )
    parents = [
        {
            "organisation_id": o.id,
            "kind": kind,
            "parent_id": parent,
            "valid_from": o.valid_from.isoformat(),
            "valid_to": None,
        }
        for o in new
        for kind, parent in (("approval", o.approval_parent), ("area", o.area_parent))
        if parent is not None
    ]
    if parents:
        tx.execute(insert(organisation_parent), parents)


def rebuild_closure(tx: Tx, today: date) -> None:
    """Write who lies below whom, for both kinds of parent, as far as it is not written already.

    A directory has six rows for each of its units, and a change of it moves a few.
    """
    change_directory(tx)
    wanted = _below(organisations(tx, today))
    there = {(above, below, kind): depth for above, below, kind, depth in tx.execute(_CLOSURE)}
    gone = [
        {"above": above, "below": below, "of_kind": kind}
        for (above, below, kind), depth in there.items()
        if wanted.get((above, below, kind)) != depth
    ]
    new = [
        {"ancestor_id": above, "descendant_id": below, "kind": kind, "depth": depth}
        for (above, below, kind), depth in wanted.items()
        if there.get((above, below, kind)) != depth
    ]
    execute_for(tx, _NOT_BELOW, gone)
    execute_for(tx, insert(organisation_closure), new)


def _below(nodes: Mapping[str, Organisation]) -> dict[tuple[str, str, str], int]:
    """How deep each lies below each above it, by ancestor, descendant and kind of parent."""
    depths: dict[tuple[str, str, str], int] = {}
    for node in nodes.values():
        for kind in ("approval", "area"):
            current: str | None = node.id
            depth = 0
            while current is not None and depth <= len(nodes):
                depths[current, node.id, kind] = depth
                above = nodes[current]
                current = above.approval_parent if kind == "approval" else above.area_parent
                depth += 1
    return depths


def roles(tx: Tx) -> dict[str, Role]:
    """Every role by code."""
    return {
        row.code: Role(row.code, row.zh, row.en, tuple(row.levels.split(",")), row.sees)
        for row in tx.execute(select(role).order_by(role.c.code))
    }


def add_roles(tx: Tx, new: Iterable[Role]) -> None:
    """Add roles."""
    rows = [
        {"code": r.code, "zh": r.zh, "en": r.en, "levels": ",".join(r.levels), "sees": r.sees}
        for r in new
    ]
    if rows:
        tx.execute(insert(role), rows)


def people(tx: Tx) -> list[Person]:
    """Everybody, by user name."""
    return [_person(row) for row in tx.execute(select(person).order_by(person.c.username))]


def _person(row: Row[Any]) -> Person:
    return Person(
        row.id, row.username, row.name, row.organisation_id, row.phone, row.active, row.simulated
    )


def person_by_username(tx: Tx, username: str) -> tuple[Person, str | None] | None:
    """The person and her password hash."""
    row = tx.execute(select(person).where(person.c.username == username)).first()
    return None if row is None else (_person(row), row.password_hash)


def person_by_id(tx: Tx, person_id: str) -> Person | None:
    """One person."""
    row = tx.execute(select(person).where(person.c.id == person_id)).first()
    return None if row is None else _person(row)


def names(tx: Tx, person_ids: Iterable[str]) -> dict[str, str]:
    """Names by person id, of those without an account too; unknown ids are left out."""
    asked = {i for i in person_ids if i}
    found = {i: name for i in asked if (name := name_without_account(i)) is not None}
    wanted = sorted(asked - found.keys())
    if wanted:
        room = room_for(wanted)
        found.update(_names(room).rows(tx, filled("person", wanted, room)))
    return found


@lru_cache
def _names(room: int) -> Ready:
    these = person.c.id.in_(blanks("person", room))
    return Ready(select(person.c.id, person.c.name).where(these))


def add_people(tx: Tx, new: Sequence[tuple[Person, str | None]], created_at: str) -> None:
    """Add people with their password hashes."""
    if new:
        tx.execute(
            insert(person),
            [
                {
                    "id": p.id,
                    "username": p.username,
                    "name": p.name,
                    "organisation_id": p.organisation_id,
                    "phone": p.phone,
                    "password_hash": password_hash,
                    "active": p.active,
                    "simulated": p.simulated,
                    "created_at": created_at,
                }
                for p, password_hash in new
            ],
        )


def set_password(tx: Tx, person_id: str, password_hash: str) -> None:
    """Store a new password hash."""
    tx.execute(update(person).where(person.c.id == person_id).values(password_hash=password_hash))


def set_active(tx: Tx, person_id: str, *, active: bool) -> None:
    """Close or reopen an account; the name stays where it signed."""
    tx.execute(update(person).where(person.c.id == person_id).values(active=active))


def grants(tx: Tx, today: date) -> list[DatedGrant]:
    """Every grant that holds today."""
    return [
        DatedGrant(
            row.id,
            row.person_id,
            row.role,
            row.organisation_id,
            date.fromisoformat(row.valid_from),
            None if row.valid_to is None else date.fromisoformat(row.valid_to),
        )
        for row in tx.execute(
            select(role_grant).where(valid(role_grant, today)).order_by(role_grant.c.id)
        )
    ]


def add_grants(
    tx: Tx, new: Sequence[tuple[str, str, str]], day: date, until: date | None = None
) -> None:
    """Add (person id, role, organisation id) from a day on, to a day where there is one."""
    if new:
        tx.execute(
            insert(role_grant),
            [
                {
                    "person_id": person_id,
                    "role": role_code,
                    "organisation_id": organisation_id,
                    "valid_from": day.isoformat(),
                    "valid_to": None if until is None else until.isoformat(),
                }
                for person_id, role_code, organisation_id in new
            ],
        )


def end_grant(tx: Tx, grant_id: int, day: date) -> bool:
    """Let a grant end on a day, which may have had a later end; False when there is none."""
    text = day.isoformat()
    done = tx.execute(
        update(role_grant)
        .where(
            role_grant.c.id == grant_id,
            or_(role_grant.c.valid_to.is_(None), role_grant.c.valid_to > text),
        )
        .values(valid_to=day.isoformat())
    )
    return done.rowcount == 1


def holders(tx: Tx, role_code: str, organisation_id: str, today: date) -> list[Holder]:
    """Who holds a role at an organisation today."""
    place = (role_code, organisation_id)
    return holders_at(tx, [place], today).get(place, [])


def holders_at(
    tx: Tx, places: Collection[tuple[str, str]], today: date
) -> dict[tuple[str, str], list[Holder]]:
    """The same for many (role, organisation) in one statement; where nobody is, nothing."""
    found: dict[tuple[str, str], list[Holder]] = {}
    if not places:
        return found
    each = sorted(set(places))
    room = room_for(places)
    asked = {
        "today": today.isoformat(),
        **filled("role", [role for role, _unit in each], room),
        **filled("unit", [unit for _role, unit in each], room),
    }
    for row in _holders_at(room).records(tx, asked):
        one = Holder(row.id, row.name, row.phone)
        found.setdefault((row.role, row.organisation_id), []).append(one)
    return found


@lru_cache
def _holders_at(room: int) -> Ready:
    places = [*zip(blanks("role", room), blanks("unit", room), strict=True)]
    return Ready(
        select(
            role_grant.c.role,
            role_grant.c.organisation_id,
            person.c.id,
            person.c.name,
            person.c.phone,
        )
        .distinct()
        .join(role_grant, role_grant.c.person_id == person.c.id)
        .where(
            tuple_(role_grant.c.role, role_grant.c.organisation_id).in_(places),
            valid_on(role_grant, bindparam("today", type_=role_grant.c.valid_from.type)),
            person.c.active,
        )
        .order_by(person.c.name)
    )


def held_places(tx: Tx, roles: Collection[str], today: date) -> list[tuple[str, Organisation]]:
    """Each role with each organisation at which somebody holds it today, by their codes."""
    rows = tx.execute(
        select(role_grant.c.role, organisation)
        .distinct()
        .join(person, person.c.id == role_grant.c.person_id)
        .join(organisation, organisation.c.id == role_grant.c.organisation_id)
        .where(role_grant.c.role.in_(sorted(roles)), valid(role_grant, today), person.c.active)
        .order_by(organisation.c.code, role_grant.c.role)
    )
    return [(row.role, _organisation(row, {})) for row in rows]


def is_within(tx: Tx, organisation_id: str, ancestors: Iterable[str]) -> bool:
    """Whether the organisation is one of these or lies below one, by approval."""
    wanted = sorted(set(ancestors))
    if not wanted:
        return False
    return (
        tx.execute(
            select(organisation_closure.c.depth)
            .where(
                organisation_closure.c.descendant_id == organisation_id,
                organisation_closure.c.ancestor_id.in_(wanted),
                organisation_closure.c.kind == "approval",
            )
            .limit(1)
        ).first()
        is not None
    )


def below(tx: Tx, ancestors: Iterable[str]) -> set[str]:
    """The organisations and everything below them, by approval."""
    wanted = sorted(set(ancestors))
    if not wanted:
        return set()
    return set(
        tx.execute(
            select(organisation_closure.c.descendant_id).where(
                organisation_closure.c.ancestor_id.in_(wanted),
                organisation_closure.c.kind == "approval",
            )
        ).scalars()
    )


_LEVELS_BELOW = (
    select(organisation_closure.c.ancestor_id, organisation.c.level)
    .distinct()
    .join(organisation, organisation.c.id == organisation_closure.c.descendant_id)
    .where(
        organisation_closure.c.ancestor_id.in_(bindparam("places", expanding=True)),
        organisation_closure.c.kind == "approval",
        or_(
            organisation.c.valid_to.is_(None),
            organisation.c.valid_to > bindparam("today", type_=organisation.c.valid_to.type),
        ),
    )
)


def levels_below(tx: Tx, places: Collection[str], today: date) -> Mapping[str, set[str]]:
    """The levels of the open organisations at and below each place, by approval."""
    found: dict[str, set[str]] = {}
    asked = {"places": sorted(places), "today": today.isoformat()}
    for row in tx.execute(_LEVELS_BELOW, asked):
        found.setdefault(row.ancestor_id, set()).add(row.level)
    return found
