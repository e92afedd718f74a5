"""What is to be told outside the transaction, or in somebody's notices (design.md D18).

The daily digest takes it up (:mod:`engine.work.digests`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson
from sqlalchemy import insert

from engine.store.database import Tx
from engine.store.instants import to_text
from engine.store.tables import outbox


def add(
    tx: Tx,
    kind: str,
    case_id: str | None,
    people: Sequence[str],
    payload: Mapping[str, object],
    now: datetime,
) -> None:
    """A row for each person; without personal data, which stays in the case."""
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
