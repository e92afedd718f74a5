"""Who is kept away from cases, as rows; :func:`engine.store.cases.visible_to` looks at them.

A person is kept away by name, a unit with everybody who belongs to it or holds a role there.
Whoever is to hold one later counts already: nothing is looked at anew when that day comes.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.sql import ColumnElement

from engine.model.confidentiality import PERSON, UNIT, Exclusion
from engine.store.cases import insert_or
from engine.store.database import Tx
from engine.store.dated import valid
from engine.store.instants import to_text
from engine.store.tables import (
    case,
    case_exclusion,
    message,
    organisation,
    outbox,
    person,
    queue,
    role_grant,
    task,
)


@dataclass(frozen=True)
class When:
    """The moment something was named, and the row of the history that named it."""

    at: datetime
    number: int


def of_case(tx: Tx, case_id: str) -> list[Exclusion]:
    """Who is kept away from a case."""
    rows = tx.execute(
        select(case_exclusion)
        .where(case_exclusion.c.case_id == case_id)
        .order_by(case_exclusion.c.kind, case_exclusion.c.ref)
    )
    return [Exclusion(row.kind, row.ref, row.superiors) for row in rows]


def of_every_case(tx: Tx) -> Mapping[str, Sequence[Exclusion]]:
    """The same of every case that waits for somebody, by its id."""
    found: dict[str, list[Exclusion]] = {}
    rows = tx.execute(
        select(case_exclusion)
        .join(case, case.c.id == case_exclusion.c.case_id)
        .where(case.c.excludes, case.c.ended_at.is_(None))
        .order_by(case_exclusion.c.case_id, case_exclusion.c.kind, case_exclusion.c.ref)
    )
    for row in rows:
        found.setdefault(row.case_id, []).append(Exclusion(row.kind, row.ref, row.superiors))
    return found


def add(tx: Tx, case_id: str, new: Collection[Exclusion], when: When) -> None:
    """Keep somebody away from now on."""
    if not new:
        return
    writing = insert_or(tx, case_exclusion).values(
        [
            {
                "case_id": case_id,
                "kind": one.kind,
                "ref": one.ref,
                "superiors": one.superiors,
                "since": to_text(when.at),
                "number": when.number,
            }
            for one in new
        ]
    )
    tx.execute(
        writing.on_conflict_do_update(
            index_elements=["case_id", "kind", "ref"],
            set_={"superiors": writing.excluded.superiors},
        )
    )


def persons_named(tx: Tx, named: str) -> Sequence[str]:
    """The ids of whom it means: by id or user name; else of all who are called so."""
    known = or_(person.c.id == named, person.c.username == named)
    return _ids(tx, person.c.id, known) or _ids(tx, person.c.id, person.c.name == named)


def units_named(tx: Tx, named: str) -> Sequence[str]:
    """The ids of organisations by id or code; else of all that are called so."""
    unit = organisation.c
    known = or_(unit.id == named, unit.code == named)
    return _ids(tx, unit.id, known) or _ids(tx, unit.id, unit.name == named)


_SHORTEST = {PERSON: 2, UNIT: 4}
"""So many characters tell somebody from the others: 林 and 总工会 are no names."""
_ADDED = re.compile("[(\uff08]")
"""Begins what is added to a name, to tell two of one name apart."""
_MOST_MEANT = 5
"""Part of a name that more than so many have means none of them."""


def meant(tx: Tx, kind: str, words: str) -> Sequence[str]:
    """The ids of all that somebody may mean who does not know the directory.

    Whom the words name exactly; else all whose whole name stands in them, without what the
    directory adds to it in brackets, and those few whose name they are a part of.
    """
    exact = persons_named(tx, words) if kind == PERSON else units_named(tx, words)
    if exact:
        return exact
    id_, name = (
        (person.c.id, person.c.name) if kind == PERSON else (organisation.c.id, organisation.c.name)
    )
    shortest = _SHORTEST[kind]
    # Names that begin somewhere in the words: few of them are read.
    pairs = {words[at : at + 2] for at in range(len(words) - 1)}
    rows = tx.execute(select(id_, name).where(func.substr(name, 1, 2).in_(sorted(pairs))))
    bare = ((one, _ADDED.split(called)[0].strip()) for one, called in rows)
    found = {one for one, called in bare if len(called) >= shortest and called in words}
    if len(words) >= shortest:
        partly = _ids(tx, id_, name.contains(words, autoescape=True))
        found.update(partly if len(partly) <= _MOST_MEANT else ())
    return sorted(found)


def _ids(tx: Tx, column: "ColumnElement[str]", means: ColumnElement[bool]) -> Sequence[str]:
    return tx.execute(select(column).where(means).order_by(column)).scalars().all()


def people(tx: Tx, kept: Collection[Exclusion], today: date) -> frozenset[str]:
    """Everybody who is kept away: those named, and those of the units."""
    units = sorted(one.ref for one in kept if one.kind == UNIT)
    found = {one.ref for one in kept if one.kind == PERSON}
    if units:
        found.update(
            tx.execute(
                select(role_grant.c.person_id).where(
                    role_grant.c.organisation_id.in_(units), _not_over(today)
                )
            ).scalars()
        )
        found.update(
            tx.execute(select(person.c.id).where(person.c.organisation_id.in_(units))).scalars()
        )
    return frozenset(found)


def ever_holding(tx: Tx, role: str, organisation_id: str, today: date) -> frozenset[str]:
    """Who holds a role at an organisation, today or later."""
    return frozenset(
        tx.execute(
            select(role_grant.c.person_id).where(
                role_grant.c.role == role,
                role_grant.c.organisation_id == organisation_id,
                _not_over(today),
            )
        ).scalars()
    )


def holding(tx: Tx, role: str, organisation_id: str, today: date) -> frozenset[str]:
    """Who holds a role at an organisation today."""
    return frozenset(
        tx.execute(
            select(role_grant.c.person_id)
            .join(person, person.c.id == role_grant.c.person_id)
            .where(
                role_grant.c.role == role,
                role_grant.c.organisation_id == organisation_id,
                valid(role_grant, today),
                person.c.active,
            )
        ).scalars()
    )


def _not_over(today: date) -> ColumnElement[bool]:
    return or_(role_grant.c.valid_to.is_(None), role_grant.c.valid_to > today.isoformat())


@dataclass(frozen=True)
class KeptStep:
    """An open step of a case that somebody is kept away from, and where it leads."""

    id: str
    case_id: str
    queue_id: int
    role: str
    level: str
    home_id: str
    handling_id: str


def open_steps(tx: Tx, case_ids: Collection[str]) -> list[KeptStep]:
    """The open steps of these cases."""
    rows = tx.execute(
        select(
            task.c.id,
            task.c.case_id,
            task.c.queue_id,
            queue.c.role,
            queue.c.level,
            queue.c.home_id,
            queue.c.handling_id,
        )
        .join(queue, queue.c.id == task.c.queue_id)
        .where(task.c.status == "open", task.c.case_id.in_(sorted(case_ids)))
        .order_by(task.c.case_id, task.c.number)
    )
    return [KeptStep(*row) for row in rows]


def lead_elsewhere(tx: Tx, task_id: str, queue_id: int) -> None:
    """Let an open step be another queue's."""
    tx.execute(
        update(task)
        .where(task.c.id == task_id, task.c.status == "open")
        .values(queue_id=queue_id, rev=task.c.rev + 1)
    )


def untell(tx: Tx, case_id: str, kept: Collection[str]) -> None:
    """What was to be told of a case to those who are kept away from it now is not told."""
    if kept:
        tx.execute(
            delete(outbox).where(
                outbox.c.case_id == case_id,
                outbox.c.person_id.in_(sorted(kept)),
                outbox.c.sent_at.is_(None),
            )
        )
        tx.execute(
            update(message)
            .where(
                message.c.case_id == case_id,
                message.c.person_id.in_(sorted(kept)),
                message.c.status == "unread",
            )
            .values(status="past")
        )
