"""Receipts, the sessions they open, and what guests have half filled in.

Instants of receipts are business time; those of sessions are real time, as for the staff's.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, insert, select, update

from engine.store.accounts import digest
from engine.store.cases import insert_or
from engine.store.database import Tx
from engine.store.instants import from_text, from_text_or_none, to_text
from engine.store.ready import Ready
from engine.store.tables import guest_draft, guest_session, receipt, task


@dataclass(frozen=True)
class Receipt:
    """A receipt that was issued; the code is on the applicant's paper only."""

    id: int
    case_id: str
    issued_at: datetime
    issued_by: str
    revoked_at: datetime | None


def _receipt(row: Any) -> Receipt:
    return Receipt(
        row.id,
        row.case_id,
        from_text(row.issued_at),
        row.issued_by,
        from_text_or_none(row.revoked_at),
    )


def issue(tx: Tx, case_id: str, code_hash: str, by: str, now: datetime) -> None:
    """Write a new receipt; those of before are revoked, and nobody stays inside with them."""
    earlier = select(receipt.c.id).where(receipt.c.case_id == case_id)
    tx.execute(delete(guest_session).where(guest_session.c.receipt_id.in_(earlier)))
    tx.execute(
        update(receipt)
        .where(receipt.c.case_id == case_id, receipt.c.revoked_at.is_(None))
        .values(revoked_at=to_text(now))
    )
    tx.execute(
        insert(receipt).values(
            case_id=case_id, code_hash=code_hash, issued_at=to_text(now), issued_by=by
        )
    )


def of_case(tx: Tx, case_id: str) -> list[Receipt]:
    """Every receipt of a case, the newest first."""
    return [_receipt(row) for row in _OF_CASE.records(tx, {"case": case_id})]


_OF_CASE = Ready(
    select(receipt).where(receipt.c.case_id == bindparam("case")).order_by(receipt.c.id.desc())
)


def by_code(tx: Tx, code_hash: str) -> Receipt | None:
    """The receipt of a code, while it holds."""
    row = tx.execute(
        select(receipt).where(receipt.c.code_hash == code_hash, receipt.c.revoked_at.is_(None))
    ).first()
    return None if row is None else _receipt(row)


# Sessions ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class GuestSession:
    """A browser that showed a receipt which still holds."""

    case_id: str
    seen_at: datetime
    expires_at: datetime


def open_session(tx: Tx, token: str, receipt_id: int, now: datetime, expires_at: datetime) -> None:
    """Remember a token."""
    tx.execute(
        insert(guest_session).values(
            token_hash=digest(token),
            receipt_id=receipt_id,
            seen_at=to_text(now),
            expires_at=to_text(expires_at),
        )
    )


def find_session(tx: Tx, token: str) -> GuestSession | None:
    """The session of a token, expired or not; None once its receipt is revoked."""
    row = tx.execute(
        select(receipt.c.case_id, guest_session.c.seen_at, guest_session.c.expires_at)
        .join(receipt, receipt.c.id == guest_session.c.receipt_id)
        .where(guest_session.c.token_hash == digest(token), receipt.c.revoked_at.is_(None))
    ).first()
    if row is None:
        return None
    return GuestSession(row.case_id, from_text(row.seen_at), from_text(row.expires_at))


def seen(tx: Tx, token: str, now: datetime) -> None:
    """Note that a session is in use."""
    tx.execute(
        update(guest_session)
        .where(guest_session.c.token_hash == digest(token))
        .values(seen_at=to_text(now))
    )


def close_session(tx: Tx, token: str) -> None:
    """Forget a token."""
    tx.execute(delete(guest_session).where(guest_session.c.token_hash == digest(token)))


# Drafts ------------------------------------------------------------------------------------


def save_draft(tx: Tx, task_id: str, draft: bytes, at: datetime) -> None:
    """Keep what a guest has filled in so far."""
    values = {"draft": draft, "saved_at": to_text(at)}
    tx.execute(
        insert_or(tx, guest_draft)
        .values(task_id=task_id, **values)
        .on_conflict_do_update(index_elements=["task_id"], set_=values)
    )


def draft(tx: Tx, task_id: str) -> tuple[bytes, datetime] | None:
    """What a guest has filled in so far, and when."""
    row = tx.execute(select(guest_draft).where(guest_draft.c.task_id == task_id)).first()
    return None if row is None else (row.draft, from_text(row.saved_at))


def drop_draft(tx: Tx, task_id: str) -> None:
    """The step is done: its draft goes."""
    tx.execute(delete(guest_draft).where(guest_draft.c.task_id == task_id))


def forget_old(tx: Tx, before: datetime) -> None:
    """Remove expired sessions, and drafts of steps that are done or cancelled."""
    tx.execute(delete(guest_session).where(guest_session.c.expires_at < to_text(before)))
    over = exists().where(task.c.id == guest_draft.c.task_id, task.c.status != "open")
    tx.execute(delete(guest_draft).where(over))
