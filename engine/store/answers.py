"""Remembered answers: the same request with the same key is done once (design.md D14)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from engine.store.database import Tx
from engine.store.instants import to_text
from engine.store.ready import Ready
from engine.store.tables import idempotency


@dataclass(frozen=True)
class RememberedAnswer:
    """What was answered to a request; ``answer`` is sealed."""

    request_hash: str
    answer: bytes


_REMEMBER = Ready(insert(idempotency))
_RECALL = Ready(
    select(idempotency.c.request_hash, idempotency.c.answer).where(
        idempotency.c.caller == bindparam("caller"),
        idempotency.c.operation == bindparam("operation"),
        idempotency.c.key == bindparam("key"),
    )
)


def remember(
    tx: Tx, caller: str, operation: str, key: str, answer: RememberedAnswer, now: datetime
) -> None:
    """Write the answer; a second request with this key fails here and is answered from it."""
    _REMEMBER.write(
        tx,
        {
            "caller": caller,
            "operation": operation,
            "key": key,
            "request_hash": answer.request_hash,
            "answer": answer.answer,
            "created_at": to_text(now),
        },
    )


def recall(tx: Tx, caller: str, operation: str, key: str) -> RememberedAnswer | None:
    """The remembered answer."""
    row = _RECALL.first(tx, {"caller": caller, "operation": operation, "key": key})
    return None if row is None else RememberedAnswer(row["request_hash"], row["answer"])


def forget(tx: Tx, before: datetime) -> None:
    """Remove answers older than the promise."""
    tx.execute(delete(idempotency).where(idempotency.c.created_at < to_text(before)))
