"""Who waits for a message, by name and keyed hash of the correlation key (design.md D22).

Who waits for a signal stands here too: it has a name and no key.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select

from engine.store.database import Tx
from engine.store.ready import Ready
from engine.store.tables import subscription

SIGNAL = "signal"
"""In the place of a key's hash: a wait for a signal. No hash is such a text."""


@dataclass(frozen=True)
class Subscription:
    """One wait for one message, or (``key_hash`` is :data:`SIGNAL`) for one signal."""

    case_id: str
    token: str
    process_key: str
    element_id: str
    name: str
    key_hash: str


def key_text(name: str, correlation: str) -> str:
    """What is hashed for a wait: the message's name with the canonical JSON of its key."""
    return f"{name}\n{correlation}"


_ADD = Ready(insert(subscription))


def add(tx: Tx, new: Sequence[Subscription]) -> None:
    """Write waits."""
    _ADD.write_all(
        tx,
        [
            {
                "case_id": s.case_id,
                "token": s.token,
                "process_key": s.process_key,
                "element_id": s.element_id,
                "name": s.name,
                "key_hash": s.key_hash,
            }
            for s in new
        ],
    )


def remove(tx: Tx, case_id: str, tokens: Sequence[str]) -> None:
    """The case no longer waits."""
    if tokens:
        tx.execute(
            delete(subscription).where(
                subscription.c.case_id == case_id, subscription.c.token.in_(tokens)
            )
        )


def waiting(tx: Tx, name: str, key_hash: str) -> list[Subscription]:
    """Who waits for this message."""
    return [
        Subscription(
            row.case_id, row.token, row.process_key, row.element_id, row.name, row.key_hash
        )
        for row in tx.execute(
            select(subscription)
            .where(subscription.c.name == name, subscription.c.key_hash == key_hash)
            .order_by(subscription.c.id)
        )
    ]


def of_case(tx: Tx, case_id: str) -> list[Subscription]:
    """Every message and signal a case waits for."""
    return [
        Subscription(
            row.case_id, row.token, row.process_key, row.element_id, row.name, row.key_hash
        )
        for row in _OF_CASE.records(tx, {"case": case_id})
    ]


_OF_CASE = Ready(
    select(subscription)
    .where(subscription.c.case_id == bindparam("case"))
    .order_by(subscription.c.id)
)


def names_in_use(tx: Tx) -> set[str]:
    """Every message name that some case waits for."""
    named = select(subscription.c.name).where(subscription.c.key_hash != SIGNAL).distinct()
    return set(tx.execute(named).scalars())
