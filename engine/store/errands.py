"""Errands in the tables; instants are the machine's, not the business clock's."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.sql import ColumnElement

from engine.model.errands import Errand, ErrandStatus
from engine.store import bell
from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.tables import errand
from engine.store.vault import Vault

_OPEN = (ErrandStatus.WAITING.value, ErrandStatus.RUNNING.value)


def add(tx: Tx, vault: Vault, new: Errand, now: datetime) -> None:
    """Write one that waits, and wake a worker."""
    bell.ring(tx)
    tx.execute(
        insert(errand).values(
            id=new.id,
            kind=new.kind,
            by_id=new.by_id,
            subject=new.subject,
            wanted=vault.seal(orjson.dumps(new.wanted), _place(new.id)),
            status=ErrandStatus.WAITING.value,
            done=new.done,
            total=new.total,
            told="",
            asked_at=to_text(now),
            attempts=0,
            fence=0,
        )
    )


def load(tx: Tx, vault: Vault, errand_id: str) -> Errand | None:
    """One of them."""
    row = tx.execute(select(errand).where(errand.c.id == errand_id)).first()
    return None if row is None else _errand(vault, row)


def of_person(tx: Tx, vault: Vault, person_id: str, kind: str, limit: int) -> list[Errand]:
    """A person's errands of a kind, newest first."""
    rows = tx.execute(
        select(errand)
        .where(errand.c.by_id == person_id, errand.c.kind == kind)
        .order_by(errand.c.asked_at.desc(), errand.c.id.desc())
        .limit(limit)
    )
    return [_errand(vault, row) for row in rows]


def newest_about(tx: Tx, vault: Vault, kind: str, subject: str) -> Errand | None:
    """The last errand about something."""
    row = tx.execute(
        select(errand)
        .where(errand.c.kind == kind, errand.c.subject == subject)
        .order_by(errand.c.asked_at.desc(), errand.c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else _errand(vault, row)


def any_to_take(tx: Tx, kinds: Sequence[str], real_now: datetime) -> bool:
    """Whether a look for work is worth a lock."""
    query = select(errand.c.id).where(_free(kinds, real_now)).limit(1)
    return tx.execute(query).first() is not None


def take(
    tx: Tx, vault: Vault, kinds: Sequence[str], holder: str, real_now: datetime, until: datetime
) -> Errand | None:
    """Lease the one that waits longest; a lease that ran out is taken over."""
    row = tx.execute(
        select(errand)
        .where(_free(kinds, real_now))
        .order_by(errand.c.asked_at, errand.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    tx.execute(
        update(errand)
        .where(errand.c.id == row.id)
        .values(
            status=ErrandStatus.RUNNING.value,
            fence=row.fence + 1,
            attempts=row.attempts + 1,
            locked_until=to_text(until),
            locked_by=holder,
        )
    )
    return replace(
        _errand(vault, row),
        status=ErrandStatus.RUNNING,
        fence=row.fence + 1,
        attempts=row.attempts + 1,
    )


def say(
    tx: Tx, held: Errand, done: int, total: int, until: datetime, *, comes_further: bool
) -> bool:
    """How far it is, and the heartbeat; False when it is no longer the holder's.

    ``comes_further``: than the holder before, for good; the tries are counted anew.
    """
    tries = {"attempts": 1} if comes_further else {}
    return _change(tx, held, done=done, total=total, locked_until=to_text(until), **tries)


def put_back(tx: Tx, held: Errand, not_before: datetime, told: str, *, counts: bool) -> bool:
    """Let it wait for the next try; one that does not count is given back."""
    return _change(
        tx,
        held,
        status=ErrandStatus.WAITING.value,
        locked_until=to_text(not_before),
        locked_by=None,
        told=told,
        attempts=errand.c.attempts if counts else errand.c.attempts - 1,
    )


def end(
    tx: Tx, held: Errand, status: ErrandStatus, told: str, file_id: str | None, at: datetime
) -> bool:
    """It is over; False when it is no longer the holder's."""
    return _change(
        tx,
        held,
        status=status.value,
        told=told,
        file_id=file_id,
        ended_at=to_text(at),
        locked_until=None,
        locked_by=None,
    )


def forget_before(tx: Tx, at: datetime) -> None:
    """Remove those that were over, or asked for, before an instant."""
    tx.execute(delete(errand).where(errand.c.asked_at < to_text(at), errand.c.status.not_in(_OPEN)))


def _free(kinds: Sequence[str], real_now: datetime) -> ColumnElement[bool]:
    return and_(
        errand.c.kind.in_(kinds),
        errand.c.status.in_(_OPEN),
        or_(errand.c.locked_until.is_(None), errand.c.locked_until < to_text(real_now)),
    )


def _change(tx: Tx, held: Errand, **values: Any) -> bool:
    done = tx.execute(
        update(errand)
        .where(
            errand.c.id == held.id,
            errand.c.fence == held.fence,
            errand.c.status == ErrandStatus.RUNNING.value,
        )
        .values(**values)
    )
    return done.rowcount == 1


def _place(errand_id: str) -> str:
    return f"errand/{errand_id}"


def _errand(vault: Vault, row: Any) -> Errand:
    return Errand(
        id=row.id,
        kind=row.kind,
        by_id=row.by_id,
        subject=row.subject,
        wanted=orjson.loads(vault.open(row.wanted, _place(row.id))),
        status=ErrandStatus(row.status),
        done=row.done,
        total=row.total,
        told=row.told,
        file_id=row.file_id,
        asked_at=from_text(row.asked_at),
        attempts=row.attempts,
        fence=row.fence,
    )
