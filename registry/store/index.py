"""What files are found by, in the tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, or_, select

from engine.store.database import Tx
from registry.store.tables import household, household_index


@dataclass(frozen=True)
class IndexEntry:
    """What a file can be found by: pinyin, the main cause's code, the address's keyed hash."""

    spelled: str
    cause: str
    address_hash: str | None
    withdrawn: bool
    review_since: str
    """The day from which the category waits to be looked at again; empty where it does not."""


def put_many(tx: Tx, edition: int, entries: Mapping[str, IndexEntry]) -> None:
    """Write the entries of files, by file number, in place of what was there."""
    if not entries:
        return
    tx.execute(delete(household_index).where(household_index.c.file_no.in_(list(entries))))
    tx.execute(
        insert(household_index),
        [
            {
                "file_no": file_no,
                "edition": edition,
                "spelled": one.spelled,
                "cause": one.cause,
                "address_hash": one.address_hash,
                "withdrawn": one.withdrawn,
                "review_since": one.review_since,
            }
            for file_no, one in entries.items()
        ],
    )


def of_file(tx: Tx, file_no: str) -> IndexEntry | None:
    """The entry of a file."""
    row = tx.execute(select(household_index).where(household_index.c.file_no == file_no)).first()
    if row is None:
        return None
    return IndexEntry(row.spelled, row.cause, row.address_hash, row.withdrawn, row.review_since)


def stale(tx: Tx, edition: int, limit: int) -> Sequence[str]:
    """Files that have no entry, or one of another edition."""
    joined = household.outerjoin(household_index, household_index.c.file_no == household.c.file_no)
    query = (
        select(household.c.file_no)
        .select_from(joined)
        .where(or_(household_index.c.file_no.is_(None), household_index.c.edition != edition))
        .order_by(household.c.file_no)
        .limit(limit)
    )
    return list(tx.execute(query).scalars())
