"""What of a file has been copied into the national system, in the tables."""

from datetime import datetime

from sqlalchemy import delete, select

from engine.store.cases import insert_or
from engine.store.database import Tx
from engine.store.instants import to_text
from registry.store.tables import copy_tick


def of_file(tx: Tx, file_no: str) -> dict[str, str]:
    """The hash of the value that was copied, by field."""
    rows = tx.execute(
        select(copy_tick.c.field, copy_tick.c.value_hash).where(copy_tick.c.file_no == file_no)
    )
    return {row.field: row.value_hash for row in rows}


def put(tx: Tx, file_no: str, copied: dict[str, str], by_id: str, at: datetime) -> None:
    """Write that these fields were copied with values of these hashes."""
    for field, value_hash in copied.items():
        writing = insert_or(tx, copy_tick).values(
            file_no=file_no, field=field, value_hash=value_hash, by_id=by_id, at=to_text(at)
        )
        tx.execute(
            writing.on_conflict_do_update(
                index_elements=["file_no", "field"],
                set_={name: writing.excluded[name] for name in ("value_hash", "by_id", "at")},
            )
        )


def remove(tx: Tx, file_no: str, fields: list[str]) -> None:
    """These fields count as not copied again."""
    if fields:
        tx.execute(
            delete(copy_tick).where(copy_tick.c.file_no == file_no, copy_tick.c.field.in_(fields))
        )
