"""Exports of the register, in the tables."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, insert, or_, select, true

from engine.store.areas import lies_below
from engine.store.cases import insert_or
from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.tables import counter, organisation, person
from registry.store.tables import register_export


@dataclass(frozen=True)
class ExportRecord:
    """One workbook that left the register."""

    number: str
    at: datetime
    by_id: str
    organisation_id: str
    files: int
    withheld: int
    is_whole: bool
    reason: str
    narrowed: str
    sha256: str


@dataclass(frozen=True)
class ExportLine:
    """One of them in a list."""

    record: ExportRecord
    by_name: str
    organisation_name: str


def next_number(tx: Tx, year: int) -> str:
    """导-2026-000012, taken inside the transaction."""
    taking = insert_or(tx, counter).values(name=f"register export {year}", value=1)
    value: int = tx.execute(
        taking.on_conflict_do_update(
            index_elements=["name"], set_={"value": counter.c.value + 1}
        ).returning(counter.c.value)
    ).scalar_one()
    return f"导-{year}-{value:06d}"


def add(tx: Tx, new: ExportRecord) -> None:
    """Write one down."""
    tx.execute(insert(register_export).values({**asdict(new), "at": to_text(new.at)}))


def last_reason(tx: Tx, person_id: str) -> str:
    """Why somebody exported last; empty before the first time."""
    query = (
        select(register_export.c.reason)
        .where(register_export.c.by_id == person_id, register_export.c.reason != "")
        .order_by(register_export.c.at.desc(), register_export.c.number.desc())
        .limit(1)
    )
    return tx.execute(query).scalar() or ""


def listed(
    tx: Tx, person_id: str, tops: Sequence[str], limit: int, *, everything: bool
) -> list[ExportLine]:
    """A person's own exports, those of the areas below ``tops``, or all; the newest first."""
    seen: ColumnElement[bool] = or_(
        register_export.c.by_id == person_id,
        lies_below(register_export.c.organisation_id, tops) if tops else false(),
        true() if everything else false(),
    )
    rows = tx.execute(
        select(
            register_export,
            func.coalesce(person.c.name, "").label("by_name"),
            func.coalesce(organisation.c.name, "").label("organisation_name"),
        )
        .select_from(
            register_export.outerjoin(person, person.c.id == register_export.c.by_id).outerjoin(
                organisation, organisation.c.id == register_export.c.organisation_id
            )
        )
        .where(seen)
        .order_by(register_export.c.at.desc(), register_export.c.number.desc())
        .limit(limit)
    )
    fields = tuple(ExportRecord.__dataclass_fields__)
    return [
        ExportLine(
            ExportRecord(
                **{name: getattr(row, name) for name in fields if name != "at"},
                at=from_text(row.at),
            ),
            row.by_name,
            row.organisation_name,
        )
        for row in rows
    ]
