"""Dated names and parents of organisations, and their end (design.md D25, domain.md §5).

Nothing is deleted: a row that never came to hold ends on the day it would have begun.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, bindparam, exists, func, insert, or_, select, update

from engine.model.actors import Actor
from engine.model.organisations import DatedGrant
from engine.store.cases import FOR_ALL_TO_KNOW, visible_to
from engine.store.database import Tx
from engine.store.dated import valid
from engine.store.tables import (
    case,
    designation,
    organisation,
    organisation_name,
    organisation_parent,
    queue,
    role_grant,
    separation_profile,
    task,
)

KINDS = ("approval", "area")

_CALL = (
    update(organisation)
    .where(organisation.c.id == bindparam("unit"))
    .values(code=bindparam("new_code"), name=bindparam("new_name"))
)


@dataclass(frozen=True)
class DatedName:
    """What a unit is called from a day on, and the document that says so."""

    code: str
    name: str
    valid_from: date
    document: str
    set_by: str | None


@dataclass(frozen=True)
class DatedParent:
    """Under whom a unit stands, from a day to a day; ``kind`` is approval or area."""

    kind: str
    parent_id: str
    valid_from: date
    valid_to: date | None


def put_name(tx: Tx, organisation_id: str, new: DatedName, known: tuple[str, str, date]) -> None:
    """Add a name; ``known`` (code, name, since) opens the list where it is the first change."""
    if not names_of(tx, organisation_id):
        code, name, since = known
        _add_name(tx, organisation_id, DatedName(code, name, since, "", None))
    _add_name(tx, organisation_id, new)


def _add_name(tx: Tx, organisation_id: str, new: DatedName) -> None:
    tx.execute(
        insert(organisation_name).values(
            organisation_id=organisation_id,
            code=new.code,
            name=new.name,
            valid_from=new.valid_from.isoformat(),
            document=new.document,
            set_by=new.set_by,
        )
    )


def names_of(tx: Tx, organisation_id: str) -> list[DatedName]:
    """What a unit was, is and will be called, the oldest first; empty: never renamed."""
    return [
        DatedName(row.code, row.name, date.fromisoformat(row.valid_from), row.document, row.set_by)
        for row in tx.execute(
            select(organisation_name)
            .where(organisation_name.c.organisation_id == organisation_id)
            .order_by(organisation_name.c.valid_from, organisation_name.c.id)
        )
    ]


def apply_names(tx: Tx, today: date) -> None:
    """Let every unit be called what it is called today."""
    found: dict[str, tuple[str, str]] = {}
    for row in tx.execute(
        select(organisation_name)
        .where(organisation_name.c.valid_from <= today.isoformat())
        .order_by(organisation_name.c.valid_from, organisation_name.c.id)
    ):
        found[row.organisation_id] = (row.code, row.name)
    called = {
        row.id: (row.code, row.name)
        for row in tx.execute(select(organisation.c.id, organisation.c.code, organisation.c.name))
    }
    changed = [
        {"unit": unit, "new_code": code, "new_name": name}
        for unit, (code, name) in found.items()
        if called[unit] != (code, name)
    ]
    if changed:
        tx.execute(_CALL, changed)


def put_parent(tx: Tx, organisation_id: str, kind: str, parent_id: str, day: date) -> None:
    """Give a unit another parent from a day on; what was planned after that day is dropped."""
    of_kind = and_(
        organisation_parent.c.organisation_id == organisation_id,
        organisation_parent.c.kind == kind,
    )
    text = day.isoformat()
    tx.execute(
        update(organisation_parent)
        .where(of_kind, organisation_parent.c.valid_from >= text)
        .values(valid_to=organisation_parent.c.valid_from)
    )
    tx.execute(
        update(organisation_parent)
        .where(
            of_kind,
            organisation_parent.c.valid_from < text,
            or_(organisation_parent.c.valid_to.is_(None), organisation_parent.c.valid_to > text),
        )
        .values(valid_to=text)
    )
    tx.execute(
        insert(organisation_parent).values(
            organisation_id=organisation_id, kind=kind, parent_id=parent_id, valid_from=text
        )
    )


def parents_of(tx: Tx, organisation_id: str) -> list[DatedParent]:
    """Under whom a unit stood, stands and will stand, the oldest first."""
    return [
        DatedParent(
            row.kind,
            row.parent_id,
            date.fromisoformat(row.valid_from),
            None if row.valid_to is None else date.fromisoformat(row.valid_to),
        )
        for row in tx.execute(
            select(organisation_parent)
            .where(
                organisation_parent.c.organisation_id == organisation_id,
                or_(
                    organisation_parent.c.valid_to.is_(None),
                    organisation_parent.c.valid_to > organisation_parent.c.valid_from,
                ),
            )
            .order_by(organisation_parent.c.valid_from, organisation_parent.c.id)
        )
    ]


def has_parent(tx: Tx, organisation_id: str, kind: str, day: date) -> bool:
    """Whether a parent of this kind is written down for a day."""
    found = select(organisation_parent.c.id).where(
        organisation_parent.c.organisation_id == organisation_id,
        organisation_parent.c.kind == kind,
        valid(organisation_parent, day),
    )
    return tx.execute(found.limit(1)).first() is not None


def children_of(tx: Tx, organisation_id: str, kind: str, day: date) -> list[str]:
    """The units that stand below a unit on a day."""
    return list(
        tx.execute(
            select(organisation_parent.c.organisation_id)
            .where(
                organisation_parent.c.parent_id == organisation_id,
                organisation_parent.c.kind == kind,
                valid(organisation_parent, day),
            )
            .order_by(organisation_parent.c.organisation_id)
        ).scalars()
    )


def approved_by(tx: Tx, organisation_id: str, day: date) -> list[tuple[str, str, str]]:
    """Id, name and code of the units directly below a unit that stand on a day, by name."""
    unit = organisation.c
    query = (
        select(unit.id, unit.name, unit.code)
        .join(organisation_parent, organisation_parent.c.organisation_id == unit.id)
        .where(
            organisation_parent.c.parent_id == organisation_id,
            organisation_parent.c.kind == "approval",
            valid(organisation_parent, day),
            valid(organisation, day),
        )
        .order_by(unit.name, unit.code)
    )
    return [(row.id, row.name, row.code) for row in tx.execute(query)]


def days_of_change(tx: Tx, after: date) -> list[date]:
    """The days after a day on which the tree will change."""
    return [
        date.fromisoformat(text)
        for text in tx.execute(
            select(organisation_parent.c.valid_from)
            .where(organisation_parent.c.valid_from > after.isoformat())
            .distinct()
            .order_by(organisation_parent.c.valid_from)
        ).scalars()
    ]


def something_changes(tx: Tx, after: date, until: date) -> bool:
    """Whether a name, parent, unit, grant, designation or profile begins or ends in these days."""
    since, last = after.isoformat(), until.isoformat()
    days = [organisation_name.c.valid_from]
    for table in (organisation, organisation_parent, role_grant, designation, separation_profile):
        days += [table.c.valid_from, table.c.valid_to]
    one_of_them = [exists().where(day > since, day <= last) for day in days]
    return bool(tx.execute(select(or_(*one_of_them))).scalar())


def close(tx: Tx, organisation_id: str, day: date, successor_id: str | None) -> None:
    """End a unit on a day; grants there end too."""
    text = day.isoformat()
    tx.execute(
        update(organisation)
        .where(organisation.c.id == organisation_id)
        .values(valid_to=text, successor_id=successor_id)
    )
    tx.execute(
        update(role_grant)
        .where(
            role_grant.c.organisation_id == organisation_id,
            or_(role_grant.c.valid_to.is_(None), role_grant.c.valid_to > text),
        )
        .values(valid_to=text)
    )


def successor_of(tx: Tx, organisation_id: str) -> str | None:
    """Who took over from a unit that was closed."""
    found = select(organisation.c.successor_id).where(organisation.c.id == organisation_id)
    return tx.execute(found).scalar()


_STEPS = task.join(queue, queue.c.id == task.c.queue_id).join(case, case.c.id == task.c.case_id)


def open_steps_of(tx: Tx, organisation_id: str) -> int:
    """Open steps that a unit handles, or that belong to cases of its own.

    Here as in all numbers of steps without an owner: not those of cases that are kept from some.
    """
    asked = (
        select(func.count())
        .select_from(_STEPS)
        .where(
            task.c.status == "open",
            FOR_ALL_TO_KNOW,
            or_(queue.c.handling_id == organisation_id, queue.c.home_id == organisation_id),
        )
    )
    return int(tx.execute(asked).scalar_one())


@dataclass(frozen=True)
class OpenInQueue:
    """How many steps of a queue are open."""

    queue_id: int
    role: str
    level: str
    home_id: str
    steps: int


def open_steps_by_queue(tx: Tx, seen_by: Actor | None = None) -> list[OpenInQueue]:
    """Of every queue that has some: those of cases somebody may see, or that all may know of."""
    whose = (queue.c.id, queue.c.role, queue.c.level, queue.c.home_id)
    return [
        OpenInQueue(row.id, row.role, row.level, row.home_id, row.steps)
        for row in tx.execute(
            select(*whose, func.count().label("steps"))
            .select_from(_STEPS)
            .where(
                task.c.status == "open",
                FOR_ALL_TO_KNOW if seen_by is None else visible_to(seen_by),
            )
            .group_by(*whose)
        )
    ]


def grants_at(tx: Tx, day: date) -> list[DatedGrant]:
    """Every grant that holds on a day or begins later, also those with an end."""
    text = day.isoformat()
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
            select(role_grant)
            .where(
                or_(role_grant.c.valid_to.is_(None), role_grant.c.valid_to > text),
                or_(
                    role_grant.c.valid_to.is_(None),
                    role_grant.c.valid_to > role_grant.c.valid_from,
                ),
            )
            .order_by(role_grant.c.id)
        )
    ]
