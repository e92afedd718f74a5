"""Sessions, tokens and the tries of guessers (design.md D13). All instants here are real time."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from engine.model.actors import Actor
from engine.store.database import Tx
from engine.store.directory import ACTOR_COLUMNS, actor_of, with_grants
from engine.store.instants import from_text, to_text
from engine.store.ready import Ready
from engine.store.tables import one_use_link, person, role_grant, session, sign_in_attempt


def digest(token: str) -> str:
    """What is stored of a token: who reads the table cannot sign in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Session:
    """A signed-in browser or API client."""

    kind: str
    person_id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


def open_session(
    tx: Tx, token: str, kind: str, person_id: str, now: datetime, expires_at: datetime
) -> None:
    """Remember a token."""
    tx.execute(
        insert(session).values(
            token_hash=digest(token),
            kind=kind,
            person_id=person_id,
            created_at=to_text(now),
            seen_at=to_text(now),
            expires_at=to_text(expires_at),
        )
    )


# Every request asks this: one statement, built once.
_SIGNED_IN = Ready(
    select(
        session.c.kind,
        session.c.person_id,
        session.c.created_at,
        session.c.seen_at,
        session.c.expires_at,
        *ACTOR_COLUMNS,
    )
    .select_from(
        with_grants(
            session.outerjoin(person, and_(person.c.id == session.c.person_id, person.c.active))
        )
    )
    .where(session.c.token_hash == bindparam("hash"))
    .order_by(role_grant.c.id)
)


def signed_in(tx: Tx, token: str, today: date) -> tuple[Session, Actor | None] | None:
    """The session of a token, expired or not, and its person as she stands; None: no session.

    The person is None when her account is closed.
    """
    rows = _SIGNED_IN.rows(tx, {"hash": digest(token), "today": today.isoformat()})
    if not rows:
        return None
    kind, person_id, created_at, seen_at, expires_at, *_ = rows[0]
    found = Session(
        kind, person_id, from_text(created_at), from_text(seen_at), from_text(expires_at)
    )
    return found, actor_of([row[5:] for row in rows])


def seen(tx: Tx, token: str, now: datetime) -> None:
    """Note that the session is in use."""
    tx.execute(
        update(session).where(session.c.token_hash == digest(token)).values(seen_at=to_text(now))
    )


def close_session(tx: Tx, token: str) -> None:
    """Forget a token."""
    tx.execute(delete(session).where(session.c.token_hash == digest(token)))


def close_sessions_of(tx: Tx, person_id: str) -> None:
    """Forget every token of a person: after a password change or when she leaves."""
    tx.execute(delete(session).where(session.c.person_id == person_id))


def add_attempt(tx: Tx, username_hash: str, address: str, now: datetime) -> None:
    """Count a failed try."""
    tx.execute(
        insert(sign_in_attempt).values(
            at=to_text(now), username_hash=username_hash, address=address
        )
    )


def attempts_since(tx: Tx, username_hash: str, address: str, since: datetime) -> tuple[int, int]:
    """(failed tries for the name, from the address) since an instant."""
    by_name = tx.execute(
        select(func.count())
        .select_from(sign_in_attempt)
        .where(
            sign_in_attempt.c.username_hash == username_hash,
            sign_in_attempt.c.at >= to_text(since),
        )
    ).scalar_one()
    by_address = tx.execute(
        select(func.count())
        .select_from(sign_in_attempt)
        .where(sign_in_attempt.c.address == address, sign_in_attempt.c.at >= to_text(since))
    ).scalar_one()
    return by_name, by_address


def attempts_at(tx: Tx, username_hash: str, since: datetime) -> list[datetime]:
    """When this name was counted since an instant, oldest first."""
    counted = (
        select(sign_in_attempt.c.at)
        .where(
            sign_in_attempt.c.username_hash == username_hash,
            sign_in_attempt.c.at >= to_text(since),
        )
        .order_by(sign_in_attempt.c.at)
    )
    return [from_text(at) for at in tx.execute(counted).scalars()]


def forget_attempts_of(tx: Tx, who: str, at: datetime) -> None:
    """What was counted at this instant under the name was no failed try after all."""
    tx.execute(
        delete(sign_in_attempt).where(
            sign_in_attempt.c.username_hash == who, sign_in_attempt.c.at == to_text(at)
        )
    )


def clear_attempts(tx: Tx, username_hash: str, address: str) -> None:
    """The right password was given from this address: its failed tries for the name go."""
    tx.execute(
        delete(sign_in_attempt).where(
            sign_in_attempt.c.username_hash == username_hash,
            sign_in_attempt.c.address == address,
        )
    )


def forget_old(tx: Tx, before: datetime) -> None:
    """Remove expired sessions and old tries."""
    tx.execute(delete(session).where(session.c.expires_at < to_text(before)))
    tx.execute(delete(sign_in_attempt).where(sign_in_attempt.c.at < to_text(before)))


def add_link(tx: Tx, token: str, person_id: str, expires_at: datetime, now: datetime) -> None:
    """A one-use link to choose a password; a slip that was lost before is worth nothing now."""
    tx.execute(
        update(one_use_link)
        .where(one_use_link.c.person_id == person_id, one_use_link.c.used_at.is_(None))
        .values(used_at=to_text(now))
    )
    tx.execute(
        insert(one_use_link).values(
            token_hash=digest(token), person_id=person_id, expires_at=to_text(expires_at)
        )
    )


def use_link(tx: Tx, token: str, now: datetime) -> str | None:
    """Use a link up; the person it was for, or None when it is unknown, used or too old."""
    row = tx.execute(select(one_use_link).where(one_use_link.c.token_hash == digest(token))).first()
    if row is None or row.used_at is not None or from_text(row.expires_at) < now:
        return None
    done = tx.execute(
        update(one_use_link)
        .where(one_use_link.c.token_hash == row.token_hash, one_use_link.c.used_at.is_(None))
        .values(used_at=to_text(now))
    )
    person_id: str = row.person_id
    return person_id if done.rowcount == 1 else None
