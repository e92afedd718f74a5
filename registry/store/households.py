"""Household files in the tables."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, insert, select, update

from engine.model.actors import Actor
from engine.model.cases import NOT_OVER
from engine.store.cases import insert_or, visible_to
from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.tables import case, organisation, person
from engine.store.turns import take_turns
from registry.household import File, Shown, Version
from registry.store.sight import may_see, of_a_visible_case
from registry.store.tables import household, household_version

_SHOWN = tuple(Shown.__dataclass_fields__)


@lru_cache(maxsize=64)
def visible_files(actor: Actor) -> ColumnElement[bool]:
    """Which files a person may see: those of her area, and those her cases have written.

    It follows from who she is and what she holds now, all of which is in the value: writing the
    condition takes longer than the database needs for it, so it is kept for the next question.
    """
    written = (
        select(household_version.c.number)
        .where(
            household_version.c.file_no == household.c.file_no,
            of_a_visible_case(actor, household_version.c.case_id),
        )
        .exists()
    )
    return may_see(actor, household.c.organisation_id, written)


def of_head(tx: Tx, head_hash: str) -> File | None:
    """The file of a head, held until the transaction ends."""
    row = tx.execute(
        select(household).where(household.c.head_hash == head_hash).with_for_update()
    ).first()
    return None if row is None else file_of(row)


def numbered(tx: Tx, file_no: str) -> File | None:
    """The file of a number, held until the transaction ends."""
    row = tx.execute(
        select(household).where(household.c.file_no == file_no).with_for_update()
    ).first()
    return None if row is None else file_of(row)


def is_in_a_case(tx: Tx, file_no: str) -> bool:
    """Whether a case that has written the file still goes on: its own steps see to it."""
    found = (
        select(case.c.id)
        .join(household_version, household_version.c.case_id == case.c.id)
        .where(
            household_version.c.file_no == file_no,
            case.c.status.in_(NOT_OVER),
        )
        .limit(1)
    )
    return tx.execute(found).first() is not None


def hold_national_number(tx: Tx, national_no: str) -> None:
    """Of those who ask, let nobody else enter this number of the national system meanwhile."""
    take_turns(tx, f"national number {national_no}")


def bearer_of(tx: Tx, national_no: str, except_file: str) -> File | None:
    """Another file that has this number of the national system."""
    found = (
        select(household)
        .where(household.c.national_no == national_no, household.c.file_no != except_file)
        .order_by(household.c.file_no)
        .limit(1)
    )
    row = tx.execute(found).first()
    return None if row is None else file_of(row)


def with_newest(tx: Tx, file_numbers: Sequence[str]) -> list[tuple[File, Version | None]]:
    """The files of these numbers in their order, each with the version its row names."""
    newest = newest_of(tx, file_numbers)
    rows = tx.execute(
        select(household).where(household.c.file_no.in_(file_numbers)).order_by(household.c.file_no)
    )
    return [(file_of(row), newest.get(row.file_no)) for row in rows]


def newest_of(tx: Tx, file_numbers: Sequence[str]) -> dict[str, Version]:
    """The versions that the files of these numbers name, by file number."""
    rows = tx.execute(
        select(household_version)
        .join(household, household.c.file_no == household_version.c.file_no)
        .where(
            household.c.file_no.in_(file_numbers),
            household_version.c.number == household.c.version,
        )
    )
    return {row.file_no: _version(row) for row in rows}


def visible_file(tx: Tx, actor: Actor, file_no: str) -> tuple[File, str] | None:
    """The file and its union's name, if the actor may see it."""
    row = tx.execute(
        with_union().where(household.c.file_no == file_no, visible_files(actor))
    ).first()
    return None if row is None else (file_of(row), row.union_name)


def with_union_named(tx: Tx, file_no: str) -> tuple[File, str] | None:
    """The same whoever asks."""
    row = tx.execute(with_union().where(household.c.file_no == file_no)).first()
    return None if row is None else (file_of(row), row.union_name)


def visible_among(tx: Tx, actor: Actor, file_numbers: Collection[str]) -> dict[str, File]:
    """Those of these files that the actor may see, by number."""
    if not file_numbers:
        return {}
    query = select(household).where(
        household.c.file_no.in_(sorted(file_numbers)), visible_files(actor)
    )
    return {row.file_no: file_of(row) for row in tx.execute(query)}


def of_heads(tx: Tx, head_hashes: Sequence[str]) -> dict[str, File]:
    """The files of these heads by their hash."""
    rows = tx.execute(select(household).where(household.c.head_hash.in_(head_hashes)))
    return {row.head_hash: file_of(row) for row in rows}


def add_many(tx: Tx, new: Sequence[tuple[File, Sequence[Version]]]) -> None:
    """Write files with their first versions; the database refuses a head who has a file."""
    tx.execute(insert(household), [{"file_no": one.file_no, **_values(one)} for one, _ in new])
    tx.execute(
        insert(household_version),
        [{**vars(one), "at": to_text(one.at)} for _, first in new for one in first],
    )


def add(tx: Tx, new: File) -> bool:
    """Write a new file; False when its head has one already.

    The database decides: of two approvals at once for one person one finds the other's file.
    """
    values = {"file_no": new.file_no, **_values(new)}
    done = tx.execute(
        insert_or(tx, household)
        .values(values)
        .on_conflict_do_nothing(index_elements=["head_hash"])
        .returning(household.c.file_no)
    )
    return done.first() is not None


def save(tx: Tx, changed: File) -> None:
    """Write a file back; the caller holds it."""
    tx.execute(
        update(household).where(household.c.file_no == changed.file_no).values(_values(changed))
    )


def add_version(tx: Tx, new: Version) -> None:
    """Write a version; there is none of this number."""
    tx.execute(insert(household_version).values({**vars(new), "at": to_text(new.at)}))


def version(tx: Tx, file_no: str, number: int) -> Version | None:
    """One version with its sealed content."""
    row = tx.execute(
        select(household_version).where(
            household_version.c.file_no == file_no, household_version.c.number == number
        )
    ).first()
    return None if row is None else _version(row)


def newest_of_case(tx: Tx, case_id: str, act: str) -> Version | None:
    """The last version a case has written by this act."""
    row = tx.execute(
        select(household_version)
        .where(household_version.c.case_id == case_id, household_version.c.act == act)
        .order_by(household_version.c.at.desc(), household_version.c.number.desc())
        .limit(1)
    ).first()
    return None if row is None else _version(row)


def newest_since(tx: Tx, file_no: str, acts: Sequence[str], since: datetime) -> Version | None:
    """The last version by one of these acts that is not older than an instant."""
    row = tx.execute(
        select(household_version)
        .where(
            household_version.c.file_no == file_no,
            household_version.c.act.in_(acts),
            household_version.c.at >= to_text(since),
        )
        .order_by(household_version.c.number.desc())
        .limit(1)
    ).first()
    return None if row is None else _version(row)


@dataclass(frozen=True)
class VersionLine:
    """A version without its content; the case's number only where the actor may see the case."""

    number: int
    at: datetime
    by_name: str
    reason: str
    case_id: str
    case_number: str


def version_lines(tx: Tx, actor: Actor, file_no: str) -> list[VersionLine]:
    """The versions of a file, newest first."""
    rows = tx.execute(
        select(
            household_version.c.number,
            household_version.c.at,
            household_version.c.reason,
            person.c.name.label("by_name"),
            case.c.id.label("case_id"),
            case.c.number.label("case_number"),
        )
        .select_from(
            household_version.outerjoin(person, person.c.id == household_version.c.by_id).outerjoin(
                case, and_(case.c.id == household_version.c.case_id, visible_to(actor))
            )
        )
        .where(household_version.c.file_no == file_no)
        .order_by(household_version.c.number.desc())
    )
    return [
        VersionLine(
            row.number,
            from_text(row.at),
            row.by_name or "系统",
            row.reason,
            row.case_id or "",
            row.case_number or "",
        )
        for row in rows
    ]


def with_union() -> Select[Any]:
    """Files with the names of their unions."""
    return select(
        household, func.coalesce(organisation.c.name, "").label("union_name")
    ).select_from(
        household.outerjoin(organisation, organisation.c.id == household.c.organisation_id)
    )


def _values(file: File) -> dict[str, object]:
    return {
        **vars(file.shown),
        "organisation_id": file.organisation_id,
        "version": file.version,
        "opened_on": file.opened_on.isoformat(),
        "changed_at": to_text(file.changed_at),
        "stands_since": _day(file.stands_since),
        "awaits_since": _day(file.awaits_since),
    }


def _day(day: date | None) -> str:
    """An empty text sorts before every day and fits one column."""
    return "" if day is None else day.isoformat()


def _day_of(said: str) -> date | None:
    return date.fromisoformat(said) if said else None


def set_categories(tx: Tx, categories: Mapping[str, str]) -> None:
    """Write the categories that files are listed by, by file number."""
    if categories:
        tx.execute(
            update(household)
            .where(household.c.file_no == bindparam("file"))
            .values(category=bindparam("code")),
            [{"file": file_no, "code": code} for file_no, code in categories.items()],
        )


def file_of(row: Any) -> File:
    """A file from its row."""
    return File(
        file_no=row.file_no,
        organisation_id=row.organisation_id,
        shown=Shown(**{name: getattr(row, name) for name in _SHOWN}),
        version=row.version,
        opened_on=date.fromisoformat(row.opened_on),
        changed_at=from_text(row.changed_at),
        stands_since=_day_of(row.stands_since),
        awaits_since=_day_of(row.awaits_since),
    )


def _version(row: Any) -> Version:
    return Version(
        row.file_no,
        row.number,
        from_text(row.at),
        row.by_id,
        row.act,
        row.reason,
        row.case_id,
        row.content,
    )
