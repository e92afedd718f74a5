"""Objections to notices in the tables."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, insert, select, update

from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from registry.objection import Objection
from registry.store.tables import notice_objection

Kept = TypeVar("Kept", bound=Objection)


def add(tx: Tx, new: Objection) -> None:
    """Write an objection down."""
    tx.execute(insert(notice_objection).values(values_of(new)))


def save(tx: Tx, changed: Objection) -> None:
    """Write it back with its answer."""
    tx.execute(
        update(notice_objection)
        .where(notice_objection.c.receipt == changed.receipt)
        .values(values_of(changed))
    )


def of_notice(tx: Tx, notice_id: str) -> list[Objection]:
    """Those to one notice, oldest first."""
    return read_as(
        Objection,
        tx,
        select(notice_objection)
        .where(notice_objection.c.notice_id == notice_id)
        .order_by(notice_objection.c.at, notice_objection.c.receipt),
    )


def by_receipt(tx: Tx, receipt: str) -> Objection | None:
    """The one with this number."""
    found = read_as(
        Objection, tx, select(notice_objection).where(notice_objection.c.receipt == receipt)
    )
    return found[0] if found else None


def count_of_notice(tx: Tx, notice_id: str) -> int:
    """How many there are."""
    return int(
        tx.execute(
            select(func.count())
            .select_from(notice_objection)
            .where(notice_objection.c.notice_id == notice_id)
        ).scalar_one()
    )


def waiting_of_notice(tx: Tx, notice_id: str, until: datetime | None) -> list[Objection]:
    """Those without an answer, of them what came up to an instant; held until the end."""
    query = (
        select(notice_objection)
        .where(notice_objection.c.notice_id == notice_id, notice_objection.c.result == "")
        .order_by(notice_objection.c.at, notice_objection.c.receipt)
        .with_for_update()
    )
    if until is not None:
        query = query.where(notice_objection.c.at <= to_text(until))
    return read_as(Objection, tx, query)


def values_of(one: Objection) -> dict[str, object]:
    """An objection, or a report that is one, as a row."""
    values = asdict(one)
    values["at"] = to_text(one.at)
    values["said_on"] = one.said_on.isoformat()
    values["replied_on"] = None if one.replied_on is None else one.replied_on.isoformat()
    return values


def read_as(kind: type[Kept], tx: Tx, query: Select[Any]) -> list[Kept]:
    """What a query over whole rows finds."""
    return [_one(kind, dict(row)) for row in tx.execute(query).mappings()]


def _one(kind: type[Kept], row: dict[str, Any]) -> Kept:
    row["at"] = from_text(row["at"])
    row["said_on"] = date.fromisoformat(row["said_on"])
    replied = row["replied_on"]
    row["replied_on"] = None if replied is None else date.fromisoformat(replied)
    return kind(**row)
