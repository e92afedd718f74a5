"""Volumes on paper, in the tables: every change is a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

import orjson
from sqlalchemy import func, insert, select

from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.tables import person
from registry.store.tables import household_paper


@dataclass(frozen=True)
class PaperVolume:
    """What was entered about a volume; ``received`` is how many sheets of each paper."""

    file_no: str
    number: int = 0
    at: datetime | None = None
    by_id: str = ""
    volume_no: str = ""
    box_no: str = ""
    place: str = ""
    note: str = ""
    received: Mapping[str, int] = field(default_factory=dict)

    def numbered(self, number: int, at: datetime, by_id: str) -> Self:
        """The same as the entry of this number."""
        return replace(self, number=number, at=at, by_id=by_id)

    def says_the_same_as(self, other: "PaperVolume") -> bool:
        """Whether nothing would change."""
        return replace(self, number=0, at=None, by_id="") == other


def of_file(tx: Tx, file_no: str) -> list[tuple[PaperVolume, str]]:
    """Every entry of a file with the name of who made it, newest first."""
    rows = tx.execute(
        select(household_paper, func.coalesce(person.c.name, "").label("by_name"))
        .select_from(household_paper.outerjoin(person, person.c.id == household_paper.c.by_id))
        .where(household_paper.c.file_no == file_no)
        .order_by(household_paper.c.number.desc())
    )
    return [
        (
            PaperVolume(
                file_no=row.file_no,
                number=row.number,
                at=from_text(row.at),
                by_id=row.by_id,
                volume_no=row.volume_no,
                box_no=row.box_no,
                place=row.place,
                note=row.note,
                received=orjson.loads(row.received),
            ),
            row.by_name,
        )
        for row in rows
    ]


def add(tx: Tx, new: PaperVolume) -> None:
    """Write an entry; there is none of this number."""
    if new.at is None:
        msg = "an entry has its instant"
        raise ValueError(msg)
    tx.execute(
        insert(household_paper).values(
            file_no=new.file_no,
            number=new.number,
            at=to_text(new.at),
            by_id=new.by_id,
            volume_no=new.volume_no,
            box_no=new.box_no,
            place=new.place,
            note=new.note,
            received=orjson.dumps(dict(new.received), option=orjson.OPT_SORT_KEYS).decode(),
        )
    )
