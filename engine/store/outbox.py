"""What is to be told outside the transaction, or in somebody's notices (design.md D18).

The daily digest takes it up (:mod:`engine.work.digests`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import insert, select, update

from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.tables import outbox


def add(
    tx: Tx,
    kind: str,
    case_id: str | None,
    people: Sequence[str | None],
    payload: Mapping[str, object],
    now: datetime,
) -> None:
    """A row for each person, None for the applicant; without personal data but what is sealed."""
    rows = [
        {
            "case_id": case_id,
            "kind": kind,
            "person_id": person_id,
            "task_id": payload.get("task"),
            "payload": orjson.dumps(payload).decode(),
            "created_at": to_text(now),
        }
        for person_id in people
    ]
    if rows:
        tx.execute(insert(outbox), rows)


APPLICANT = "applicant"
"""The kind of rows that are for the applicant of a case."""


@dataclass(frozen=True)
class Waiting:
    """A row that nobody has taken up."""

    id: int
    case_id: str
    payload: Mapping[str, Any]
    created_at: datetime


def any_for_applicants(tx: Tx) -> bool:
    """Whether anything waits for applicants."""
    asked = select(outbox.c.id).where(outbox.c.sent_at.is_(None), outbox.c.person_id.is_(None))
    return tx.execute(asked.limit(1)).first() is not None


def for_applicants(tx: Tx, limit: int) -> Sequence[Waiting]:
    """What waits for applicants, the oldest first; nobody else takes it up meanwhile."""
    rows = tx.execute(
        select(outbox)
        .where(outbox.c.sent_at.is_(None), outbox.c.person_id.is_(None), outbox.c.kind == APPLICANT)
        .order_by(outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [
        Waiting(row.id, row.case_id, orjson.loads(row.payload), from_text(row.created_at))
        for row in rows
    ]


def taken_up(tx: Tx, ids: Sequence[int], now: datetime) -> None:
    """These are told."""
    if ids:
        tx.execute(update(outbox).where(outbox.c.id.in_(ids)).values(sent_at=to_text(now)))
