"""The queue of messages to the outside: leased, carried by others, marked (design.md D9)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy import case as when

from engine.store.database import Tx
from engine.store.instants import to_text
from engine.store.messages import TEST, Message, load
from engine.store.tables import message


def free(real_now: datetime, busy: Collection[int], *, tests_only: bool) -> Any:
    """The condition of messages that may go out now, by none of the busy channels."""
    now = to_text(real_now)
    may_go = or_(
        and_(
            message.c.status == "waiting",
            or_(message.c.locked_until.is_(None), message.c.locked_until <= now),
        ),
        and_(message.c.status == "sending", message.c.locked_until <= now),
    )
    if busy:
        elsewhere = or_(message.c.channel_id.is_(None), message.c.channel_id.not_in(sorted(busy)))
        may_go = and_(may_go, elsewhere)
    return and_(may_go, message.c.kind == TEST) if tests_only else may_go


def any_waiting(tx: Tx, may_go: Any) -> bool:
    """Whether a look at the queue is worth a lock."""
    looked = select(message.c.id).where(message.c.status.in_(("waiting", "sending")), may_go)
    return tx.execute(looked.limit(1)).first() is not None


def take(tx: Tx, may_go: Any, until: datetime) -> Message | None:
    """Lease one message; a lease that ran out is taken over.

    The fence number rises with each lease, so that the late former holder cannot write.
    """
    chosen = tx.execute(
        select(message.c.id)
        .where(message.c.status.in_(("waiting", "sending")), may_go)
        .order_by(when((message.c.kind == TEST, 0), else_=1), message.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).scalar()
    if chosen is None:
        return None
    tx.execute(
        update(message)
        .where(message.c.id == chosen)
        .values(
            status="sending",
            fence=message.c.fence + 1,
            attempts=message.c.attempts + 1,
            locked_until=to_text(until),
        )
    )
    return load(tx, chosen)


def finish(tx: Tx, taken: Message, status: str, error: str, now: datetime) -> bool:
    """It is sent, or given up; False where another worker took it over."""
    done = tx.execute(
        update(message)
        .where(
            message.c.id == taken.id,
            message.c.fence == taken.fence,
            message.c.status == "sending",
        )
        .values(status=status, error=error or None, done_at=to_text(now), locked_until=None)
    )
    return done.rowcount == 1


def put_back(tx: Tx, taken: Message, not_before: datetime, error: str) -> bool:
    """A failed try waits (real time) for the next."""
    done = tx.execute(
        update(message)
        .where(
            message.c.id == taken.id,
            message.c.fence == taken.fence,
            message.c.status == "sending",
        )
        .values(status="waiting", error=error, locked_until=to_text(not_before))
    )
    return done.rowcount == 1


def try_again(tx: Tx, message_id: int) -> bool:
    """Put a message that was given up back into the queue, with all its tries."""
    done = tx.execute(
        update(message)
        .where(message.c.id == message_id, message.c.status == "failed")
        .values(status="waiting", attempts=0, locked_until=None, done_at=None)
    )
    return done.rowcount == 1
