"""The duty roster in its tables: who is planned for which day, and every change of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from engine.store.database import Tx
from engine.store.dated import has_held
from engine.store.instants import from_text, to_text
from engine.store.tables import case, person, role_grant
from engine.store.turns import take_turns
from registry.duties import ROLES, Change, Duty, How, Kind, Post
from registry.store.tables import metadata

_DATE = String(10)
_ID = String(64)
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

duty = Table(
    "duty",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("organisation_id", _ID, nullable=False),
    Column("day", _DATE, nullable=False),
    Column("kind", String(10), nullable=False),  # registry.duties.Kind
    Column("person_id", _ID, nullable=False),
    UniqueConstraint("organisation_id", "day", "kind", "person_id", name="uq_duty_day"),
)

duty_change = Table(
    "duty_change",
    metadata,
    # Nothing is ever changed or taken away here.
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("organisation_id", _ID, nullable=False),
    Column("day", _DATE, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("how", String(10), nullable=False),
    Column("was_id", _ID, nullable=False),
    Column("now_id", _ID, nullable=False),
    Column("why", String(200), nullable=False),
    Column("case_id", String(26), nullable=False),
    Column("by_id", _ID, nullable=False),
    Column("at", String(27), nullable=False),
    Index("ix_duty_change_day", "organisation_id", "day"),
)


def hold(tx: Tx, organisation_id: str) -> None:
    """Be the only one who changes a union's roster until the transaction ends."""
    take_turns(tx, f"duty {organisation_id}")


def between(tx: Tx, organisation_id: str, first: date, last: date) -> list[Duty]:
    """Who is planned, and who is away, from a day to a day."""
    rows = tx.execute(
        select(duty, person.c.name)
        .outerjoin(person, person.c.id == duty.c.person_id)
        .where(
            duty.c.organisation_id == organisation_id,
            duty.c.day.between(first.isoformat(), last.isoformat()),
        )
        .order_by(duty.c.day, duty.c.id)
    )
    return [_duty(row) for row in rows]


def numbered(tx: Tx, organisation_id: str, duty_id: int) -> Duty | None:
    """One duty of a union."""
    row = tx.execute(
        select(duty, person.c.name)
        .outerjoin(person, person.c.id == duty.c.person_id)
        .where(duty.c.organisation_id == organisation_id, duty.c.id == duty_id)
    ).first()
    return None if row is None else _duty(row)


def last_before(tx: Tx, organisation_id: str, kind: Kind, day: date) -> str:
    """Who had this duty last before a day; empty for nobody."""
    found = tx.execute(
        select(duty.c.person_id)
        .where(
            duty.c.organisation_id == organisation_id,
            duty.c.kind == kind.value,
            duty.c.day < day.isoformat(),
        )
        .order_by(duty.c.day.desc())
        .limit(1)
    ).scalar()
    return found or ""


def add(tx: Tx, new: Sequence[Duty]) -> None:
    """Plan them."""
    if new:
        tx.execute(insert(duty), [_values(one) for one in new])


def give(tx: Tx, duty_id: int, person_id: str) -> None:
    """Let somebody else have a duty."""
    tx.execute(update(duty).where(duty.c.id == duty_id).values(person_id=person_id))


def remove(tx: Tx, duty_ids: Sequence[int]) -> None:
    """Take them off the roster; the changes tell that they were on it."""
    if duty_ids:
        tx.execute(delete(duty).where(duty.c.id.in_(sorted(duty_ids))))


def posts(tx: Tx, organisation_id: str, first: date, last: date) -> list[Post]:
    """Who may be planned for what at a union within these days, also those who left meanwhile."""
    kinds = {role: kind for kind, roles in ROLES.items() for role in roles}
    rows = tx.execute(
        select(
            role_grant.c.role,
            role_grant.c.valid_from,
            role_grant.c.valid_to,
            person.c.id,
            person.c.name,
            person.c.active,
        )
        .join(person, person.c.id == role_grant.c.person_id)
        .where(
            role_grant.c.organisation_id == organisation_id,
            role_grant.c.role.in_(sorted(kinds)),
            role_grant.c.valid_from <= last.isoformat(),
            or_(role_grant.c.valid_to.is_(None), role_grant.c.valid_to > first.isoformat()),
            has_held(role_grant),
        )
        .order_by(person.c.name, person.c.id, role_grant.c.id)
    )
    return [
        Post(
            kind=kinds[row.role],
            person_id=row.id,
            name=row.name,
            since=date.fromisoformat(row.valid_from),
            until=None if row.valid_to is None else date.fromisoformat(row.valid_to),
            is_active=row.active,
        )
        for row in rows
    ]


def report(tx: Tx, new: Sequence[Change]) -> None:
    """Write changes down."""
    if new:
        tx.execute(
            insert(duty_change),
            [
                {
                    **vars(one),
                    "day": one.day.isoformat(),
                    "kind": one.kind.value,
                    "how": one.how.value,
                    "at": to_text(one.at),
                }
                for one in new
            ],
        )


def last_change(tx: Tx, organisation_id: str) -> int:
    """The number of a union's newest change; 0 before there is one."""
    query = select(func.max(duty_change.c.id)).where(
        duty_change.c.organisation_id == organisation_id
    )
    return int(tx.execute(query).scalar() or 0)


def changes(
    tx: Tx, organisation_id: str, first: date, last: date, limit: int
) -> list[tuple[Change, Mapping[str, str]]]:
    """Changes of these days, newest first, with the words of ``was``, ``now``, ``by``, ``case``."""
    was, now, by = person.alias("was"), person.alias("now"), person.alias("by")
    rows = tx.execute(
        select(
            duty_change,
            was.c.name.label("was_name"),
            now.c.name.label("now_name"),
            by.c.name.label("by_name"),
            case.c.number.label("case_number"),
        )
        .outerjoin(was, was.c.id == duty_change.c.was_id)
        .outerjoin(now, now.c.id == duty_change.c.now_id)
        .outerjoin(by, by.c.id == duty_change.c.by_id)
        .outerjoin(case, case.c.id == duty_change.c.case_id)
        .where(
            duty_change.c.organisation_id == organisation_id,
            duty_change.c.day.between(first.isoformat(), last.isoformat()),
        )
        .order_by(duty_change.c.id.desc())
        .limit(limit)
    )
    return [
        (
            _change(row),
            {
                "was": row.was_name or "",
                "now": row.now_name or "",
                "by": row.by_name or "",
                "case": row.case_number or "",
            },
        )
        for row in rows
    ]


def _values(one: Duty) -> dict[str, object]:
    return {
        "organisation_id": one.organisation_id,
        "day": one.day.isoformat(),
        "kind": one.kind.value,
        "person_id": one.person_id,
    }


def _duty(row: Row[Any]) -> Duty:
    return Duty(
        id=row.id,
        organisation_id=row.organisation_id,
        day=date.fromisoformat(row.day),
        kind=Kind(row.kind),
        person_id=row.person_id,
        name=row.name or "",
    )


def _change(row: Row[Any]) -> Change:
    return Change(
        organisation_id=row.organisation_id,
        day=date.fromisoformat(row.day),
        kind=Kind(row.kind),
        how=How(row.how),
        was_id=row.was_id,
        now_id=row.now_id,
        why=row.why,
        case_id=row.case_id,
        by_id=row.by_id,
        at=from_text(row.at),
    )
