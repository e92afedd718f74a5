"""Half-filled start forms of cases that do not exist yet: one a person, process and unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from engine.store.cases import insert_or
from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.tables import start_draft


@dataclass(frozen=True)
class StartDraftRow:
    """One draft as it lies in the table; ``draft`` is sealed."""

    process_key: str
    organisation_id: str
    draft: bytes
    saved_at: datetime


def save(tx: Tx, person_id: str, place: tuple[str, str], draft: bytes, at: datetime) -> None:
    """Keep a draft; ``place`` is the process and the unit it would start for."""
    values = {"draft": draft, "saved_at": to_text(at)}
    tx.execute(
        insert_or(tx, start_draft)
        .values(person_id=person_id, process_key=place[0], organisation_id=place[1], **values)
        .on_conflict_do_update(
            index_elements=["person_id", "process_key", "organisation_id"], set_=values
        )
    )


def of_person(tx: Tx, person_id: str) -> Sequence[StartDraftRow]:
    """Her drafts, the newest first."""
    rows = tx.execute(
        select(start_draft)
        .where(start_draft.c.person_id == person_id)
        .order_by(start_draft.c.saved_at.desc(), start_draft.c.process_key)
    )
    return [
        StartDraftRow(row.process_key, row.organisation_id, row.draft, from_text(row.saved_at))
        for row in rows
    ]


def drop(tx: Tx, person_id: str, place: tuple[str, str]) -> None:
    """The case is there, or she does not want it any more."""
    tx.execute(
        delete(start_draft).where(
            start_draft.c.person_id == person_id,
            start_draft.c.process_key == place[0],
            start_draft.c.organisation_id == place[1],
        )
    )


def forget_old(tx: Tx, before: datetime) -> None:
    """Remove drafts that nobody has touched for long."""
    tx.execute(delete(start_draft).where(start_draft.c.saved_at < to_text(before)))
