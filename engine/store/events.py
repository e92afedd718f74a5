"""The history of a case: append-only, chained by hashes (design.md D11).

``hash(n) = SHA-256(hash(n-1), row n)`` over the row as stored: the sealed payload, not the clear
one, so that destroying a case's key leaves the chain whole.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Integer, bindparam, insert, select

from engine.model.occasions import occasion_id
from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.ready import Ready
from engine.store.tables import event

FIRST_LINK = "0" * 64
_APPEND = Ready(insert(event))


@dataclass(frozen=True)
class EventRow:
    """One row of a history, payload sealed."""

    id: int
    case_id: str
    number: int
    at: datetime
    kind: str
    actor: str | None
    task_id: str | None
    process_key: str | None
    element_id: str | None
    payload: bytes | None
    hash: str
    request_id: str | None


@dataclass(frozen=True)
class NewEvent:
    """A row to be appended; the chain gives it its number and hash."""

    kind: str
    actor: str | None = None
    task_id: str | None = None
    process_key: str | None = None
    element_id: str | None = None
    payload: bytes | None = None


def link(
    before: str, case_id: str, number: int, at: str, row: NewEvent, request: str | None
) -> str:
    """The hash of a row that follows ``before``.

    A row that no request is known of is hashed as all were before there were such numbers.
    """
    digest = "" if row.payload is None else hashlib.sha256(row.payload).hexdigest()
    content = orjson.dumps(
        [
            before,
            case_id,
            number,
            at,
            row.kind,
            row.actor,
            row.task_id,
            row.process_key,
            row.element_id,
            digest,
            *(() if request is None else (request,)),
        ]
    )
    return hashlib.sha256(content).hexdigest()


def append(
    tx: Tx, case_id: str, head: tuple[int, str], at: datetime, new: Sequence[NewEvent]
) -> tuple[int, str]:
    """Append rows after ``head`` (number, hash); the new head. One statement."""
    rows, after = _chained(case_id, head, at, new)
    _APPEND.write_all(tx, rows)
    return after


def append_all(
    tx: Tx, at: datetime, new: Sequence[tuple[str, tuple[int, str], Sequence[NewEvent]]]
) -> list[tuple[int, str]]:
    """Append rows to several cases, each after its head; the new heads. One statement."""
    chained = [_chained(case_id, head, at, rows) for case_id, head, rows in new]
    together = [row for rows, _head in chained for row in rows]
    _APPEND.write_all(tx, together)
    return [head for _rows, head in chained]


def _chained(
    case_id: str, head: tuple[int, str], at: datetime, new: Sequence[NewEvent]
) -> tuple[list[dict[str, object]], tuple[int, str]]:
    number, before = head
    moment, request = to_text(at), occasion_id()
    rows: list[dict[str, object]] = []
    for row in new:
        number += 1
        before = link(before, case_id, number, moment, row, request)
        rows.append(
            {
                "case_id": case_id,
                "number": number,
                "at": moment,
                "kind": row.kind,
                "actor": row.actor,
                "task_id": row.task_id,
                "process_key": row.process_key,
                "element_id": row.element_id,
                "payload": row.payload,
                "hash": before,
                "request_id": request,
            }
        )
    return rows, (number, before)


def of_case(
    tx: Tx, case_id: str, after: int = 0, limit: int = 10_000, kinds: Sequence[str] = ()
) -> list[EventRow]:
    """Rows of a case, oldest first."""
    asked = {"case": case_id, "after": after, "most": limit}
    return [event_of(row) for row in _of_kinds(tuple(kinds)).records(tx, asked)]


@lru_cache(maxsize=50)
def _of_kinds(kinds: tuple[str, ...]) -> Ready:
    """Of a case those of some kinds, which are few lists that stand in the code; all for none."""
    query = select(event).where(
        event.c.case_id == bindparam("case"), event.c.number > bindparam("after")
    )
    if kinds:
        query = query.where(event.c.kind.in_(kinds))
    return Ready(query.order_by(event.c.number).limit(bindparam("most", type_=Integer())))


def event_of(row: Any) -> EventRow:
    """A row as a value."""
    return EventRow(
        row.id,
        row.case_id,
        row.number,
        from_text(row.at),
        row.kind,
        row.actor,
        row.task_id,
        row.process_key,
        row.element_id,
        row.payload,
        row.hash,
        row.request_id,
    )
