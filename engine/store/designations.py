"""Written designations in the tables: which unit does a role's steps for another, and when."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.sql import ColumnElement

from engine.model.organisations import Designation
from engine.store.database import Tx
from engine.store.dated import has_held, valid
from engine.store.instants import to_text
from engine.store.tables import designation


def holding(tx: Tx, today: date, *of: ColumnElement[bool]) -> list[Designation]:
    """Those that hold on a day."""
    asked = select(designation).where(valid(designation, today), *of).order_by(designation.c.id)
    return [_designation(row) for row in tx.execute(asked)]


def every(tx: Tx) -> list[Designation]:
    """Every designation that ever held or will, the newest first."""
    asked = (
        select(designation)
        .where(has_held(designation))
        .order_by(designation.c.valid_from.desc(), designation.c.id.desc())
    )
    return [_designation(row) for row in tx.execute(asked)]


def add(tx: Tx, new: Designation, at: datetime) -> None:
    """Say in writing who does a unit's steps of a role; what it replaces ends where it begins."""
    since = new.valid_from.isoformat()
    until = None if new.valid_to is None else new.valid_to.isoformat()
    same = and_(
        designation.c.role == new.role, designation.c.organisation_id == new.organisation_id
    )
    still = or_(designation.c.valid_to.is_(None), designation.c.valid_to > since)
    begun = designation.c.valid_from < since
    tx.execute(update(designation).where(same, begun, still).values(valid_to=since))
    planned = [same, designation.c.valid_from >= since]
    if until is not None:
        planned.append(designation.c.valid_from < until)
    tx.execute(update(designation).where(*planned).values(valid_to=designation.c.valid_from))
    tx.execute(
        insert(designation).values(
            role=new.role,
            organisation_id=new.organisation_id,
            handled_by_id=new.handled_by_id,
            document=new.document,
            reason=new.reason,
            valid_from=since,
            valid_to=until,
            set_by=new.set_by,
            set_at=to_text(at),
        )
    )


def end(tx: Tx, designation_id: int, day: date) -> bool:
    """Take one back from a day on, which may have had a later end; False when there is none."""
    text = day.isoformat()
    done = tx.execute(
        update(designation)
        .where(
            designation.c.id == designation_id,
            or_(designation.c.valid_to.is_(None), designation.c.valid_to > text),
        )
        .values(valid_to=text)
    )
    return done.rowcount == 1


def _designation(row: Any) -> Designation:
    return Designation(
        row.id,
        row.role,
        row.organisation_id,
        row.handled_by_id,
        row.document,
        date.fromisoformat(row.valid_from),
        None if row.valid_to is None else date.fromisoformat(row.valid_to),
        row.reason,
        row.set_by,
    )
