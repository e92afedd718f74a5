"""Help given to households, in the tables."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select

from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.tables import person
from registry.help_record import HelpRecord
from registry.store.tables import help_record, household

_COLUMNS = tuple(HelpRecord.__dataclass_fields__)


def add(tx: Tx, new: HelpRecord) -> None:
    """Write an entry."""
    tx.execute(insert(help_record).values(_values(new)))


def add_many(tx: Tx, new: Sequence[HelpRecord]) -> int:
    """Write the entries that are not there yet, by their ids; how many those are."""
    known = ids_of(tx, {one.file_no for one in new})
    missing = [_values(one) for one in new if one.id not in known]
    if missing:
        tx.execute(insert(help_record), missing)
    return len(missing)


def ids_of(tx: Tx, file_numbers: Collection[str]) -> set[str]:
    """The ids of all entries of these files."""
    found = tx.execute(select(help_record.c.id).where(help_record.c.file_no.in_(file_numbers)))
    return set(found.scalars())


def openings(tx: Tx, file_numbers: Collection[str]) -> dict[str, tuple[str, date]]:
    """Of each of these files there is: its organisation and the day it was opened."""
    rows = tx.execute(
        select(household.c.file_no, household.c.organisation_id, household.c.opened_on).where(
            household.c.file_no.in_(file_numbers)
        )
    )
    return {row.file_no: (row.organisation_id, date.fromisoformat(row.opened_on)) for row in rows}


def of_file(tx: Tx, file_no: str) -> list[tuple[HelpRecord, str]]:
    """The entries of a file with the names of who entered them, newest help first."""
    rows = tx.execute(
        select(help_record, func.coalesce(person.c.name, "").label("by_name"))
        .select_from(help_record.outerjoin(person, person.c.id == help_record.c.entered_by))
        .where(help_record.c.file_no == file_no)
        .order_by(
            help_record.c.given_on.desc(),
            help_record.c.entered_at.desc(),
            help_record.c.id.desc(),
        )
    )
    return [(_record(row), row.by_name) for row in rows]


def numbered(tx: Tx, file_no: str, record_id: str) -> HelpRecord | None:
    """One entry of a file."""
    row = tx.execute(
        select(help_record).where(help_record.c.id == record_id, help_record.c.file_no == file_no)
    ).first()
    return None if row is None else _record(row)


def is_countered(tx: Tx, record_id: str) -> bool:
    """Whether the entry has been taken back."""
    query = select(help_record.c.id).where(help_record.c.counters == record_id)
    return tx.execute(query).first() is not None


def _values(one: HelpRecord) -> dict[str, object]:
    return {
        **{name: getattr(one, name) for name in _COLUMNS},
        "given_on": one.given_on.isoformat(),
        "entered_at": to_text(one.entered_at),
    }


def _record(row: Any) -> HelpRecord:
    values = {name: getattr(row, name) for name in _COLUMNS}
    values["given_on"] = date.fromisoformat(row.given_on)
    values["entered_at"] = from_text(row.entered_at)
    return HelpRecord(**values)
