"""What notices showed, byte for byte."""

from typing import Any

from sqlalchemy import insert, select

from engine.store.database import Tx
from registry.notice_layers import Snapshot
from registry.store.tables import notice_snapshot


def add(tx: Tx, new: Snapshot) -> None:
    """Keep a snapshot; none is ever changed."""
    tx.execute(insert(notice_snapshot).values(new.values()))


def of_notice(tx: Tx, notice_id: str) -> list[Snapshot]:
    """Every snapshot of a notice, in the order in which they were published."""
    return _read(
        tx,
        select(notice_snapshot)
        .where(notice_snapshot.c.notice_id == notice_id)
        .order_by(notice_snapshot.c.number, notice_snapshot.c.layer),
    )


def one(tx: Tx, notice_id: str, number: int, layer: str) -> Snapshot | None:
    """One of them."""
    found = _read(
        tx,
        select(notice_snapshot).where(
            notice_snapshot.c.notice_id == notice_id,
            notice_snapshot.c.number == number,
            notice_snapshot.c.layer == layer,
        ),
    )
    return found[0] if found else None


def _read(tx: Tx, query: Any) -> list[Snapshot]:
    return [Snapshot(**row) for row in tx.execute(query).mappings()]
