"""What people were told: their lists, the queue to the outside, the record of what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import and_, bindparam, delete, exists, func, insert, literal, or_, select, update
from sqlalchemy.sql import ColumnElement

from engine.model.actors import Actor
from engine.store.areas import lies_below
from engine.store.cases import FOR_ALL_TO_KNOW, may_know_of, visible_to
from engine.store.database import Tx
from engine.store.instants import from_text, from_text_or_none, to_text
from engine.store.ready import Ready
from engine.store.tables import case, message, person

OUTSIDE = ("sms", "robot", "mail")
TEST = "test"
DIGEST = "digest"
CASE = "case"
SAME_PERSON = "same"
"""Tells who may know of a kept case that its person has another: for her eyes alone."""


@dataclass(frozen=True)
class NewMessage:
    """A message to be written; ``once`` is what it can be written only once for."""

    once: str
    kind: str
    via: str
    organisation_id: str
    day: date
    text: str
    person_id: str | None = None
    case_id: str | None = None
    channel_id: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    address: bytes | None = None
    shown_as: str = ""


@dataclass(frozen=True)
class Message:
    """A message as it stands."""

    id: int
    once: str
    kind: str
    via: str
    organisation_id: str
    person_id: str | None
    person_name: str
    case_id: str | None
    channel_id: int | None
    day: date
    text: str
    facts: Mapping[str, Any]
    address: bytes | None
    shown_as: str
    status: str
    attempts: int
    fence: int
    error: str
    created_at: datetime
    done_at: datetime | None


def _message(row: Any) -> Message:
    return Message(
        id=row.id,
        once=row.once,
        kind=row.kind,
        via=row.via,
        organisation_id=row.organisation_id,
        person_id=row.person_id,
        person_name=row.person_name or "",
        case_id=row.case_id,
        channel_id=row.channel_id,
        day=date.fromisoformat(row.day),
        text=row.text,
        facts=orjson.loads(row.facts),
        address=row.address,
        shown_as=row.shown_as,
        status=row.status,
        attempts=row.attempts,
        fence=row.fence,
        error=row.error or "",
        created_at=from_text(row.created_at),
        done_at=from_text_or_none(row.done_at),
    )


_ALL = select(message, person.c.name.label("person_name")).select_from(
    message.outerjoin(person, person.c.id == message.c.person_id)
)


def add(tx: Tx, new: Sequence[NewMessage], now: datetime) -> None:
    """Write messages: those to the outside wait, the others are there to be read."""
    if new:
        tx.execute(
            insert(message),
            [
                {
                    "once": one.once,
                    "kind": one.kind,
                    "via": one.via,
                    "channel_id": one.channel_id,
                    "person_id": one.person_id,
                    "organisation_id": one.organisation_id,
                    "case_id": one.case_id,
                    "day": one.day.isoformat(),
                    "text": one.text,
                    "facts": orjson.dumps(dict(one.facts)).decode(),
                    "address": one.address,
                    "shown_as": one.shown_as,
                    "status": "waiting" if one.via in OUTSIDE else "unread",
                    "created_at": to_text(now),
                }
                for one in new
            ],
        )


def replace_digests(tx: Tx, day: date, now: datetime) -> None:
    """Digests of earlier days speak no more: they count as unread no longer, nor go out."""
    earlier = and_(message.c.kind == DIGEST, message.c.day < day.isoformat())
    tx.execute(
        update(message)
        .where(earlier, message.c.status == "unread")
        .values(status="past", done_at=to_text(now))
    )
    tx.execute(
        update(message)
        .where(earlier, message.c.status == "waiting")
        .values(status="replaced", done_at=to_text(now))
    )


def forget_before(tx: Tx, day: date) -> None:
    """Remove messages of days before this one; what is on its way out stays until it is out."""
    tx.execute(
        delete(message).where(
            message.c.day < day.isoformat(), message.c.status.not_in(("waiting", "sending"))
        )
    )


def known(tx: Tx, once: Sequence[str]) -> set[str]:
    """Which of these have been written."""
    return set(tx.execute(select(message.c.once).where(message.c.once.in_(once))).scalars())


# Applicants to be rung ---------------------------------------------------------------------


def to_ring(tx: Tx, actor: Actor, since: date, limit: int) -> Sequence[tuple[Message, str]]:
    """(message, case number): applicants of the actor's units whom no text message reaches."""
    rows = tx.execute(
        select(*_ALL.selected_columns, case.c.number)
        .select_from(
            message.outerjoin(person, person.c.id == message.c.person_id).join(
                case, case.c.id == message.c.case_id
            )
        )
        .where(
            or_(
                and_(message.c.via == "copy", message.c.status == "unread"),
                and_(message.c.via == "sms", message.c.status == "failed"),
            ),
            message.c.kind == CASE,
            message.c.day >= since.isoformat(),
            message.c.organisation_id.in_(actor.units),
            visible_to(actor),
        )
        .order_by(message.c.id)
        .limit(limit)
    )
    return [(_message(row), row.number) for row in rows]


def rung(tx: Tx, message_id: int, by: str, now: datetime) -> bool:
    """Somebody has told the applicant; False where somebody else was first."""
    done = tx.execute(
        update(message)
        .where(
            message.c.id == message_id,
            message.c.kind == CASE,
            message.c.status.in_(("unread", "failed")),
        )
        .values(status="read", person_id=by, done_at=to_text(now))
    )
    return done.rowcount == 1


# A person's own list -----------------------------------------------------------------------


_UNREAD = Ready(
    select(func.count())
    .select_from(message)
    .where(message.c.person_id == bindparam("person"), message.c.status == "unread")
)


def unread(tx: Tx, person_id: str) -> int:
    """How many messages wait to be read: every page asks."""
    ((number,),) = _UNREAD.rows(tx, {"person": person_id})
    return int(number)


def of_person(tx: Tx, actor: Actor, limit: int) -> Sequence[Message]:
    """Her messages in the product, the newest first; of cases that she may know of."""
    rows = tx.execute(
        _ALL.where(
            message.c.person_id == actor.person_id,
            message.c.via == "app",
            _may_know_of_its_case(actor),
        )
        .order_by(message.c.id.desc())
        .limit(limit)
    )
    return [_message(row) for row in rows]


def unread_of(tx: Tx, person_id: str) -> Sequence[Message]:
    """Her messages in the product that she has not read, the newest first."""
    rows = tx.execute(
        _ALL.where(
            message.c.person_id == person_id,
            message.c.via == "app",
            message.c.status == "unread",
        ).order_by(message.c.id.desc())
    )
    return [_message(row) for row in rows]


def hand_on(tx: Tx, person_id: str, taker_id: str, said_before: str) -> None:
    """What she has not read waits for whoever takes over; ``said_before`` stands before it.

    Not what speaks of a case that is kept from some: her successor may be one of them.
    """
    open_case = exists().where(case.c.id == message.c.case_id, FOR_ALL_TO_KNOW)
    tx.execute(
        update(message)
        .where(
            message.c.person_id == person_id,
            message.c.via == "app",
            message.c.status == "unread",
            or_(message.c.case_id.is_(None), open_case.correlate(message)),
            message.c.kind != SAME_PERSON,
        )
        .values(person_id=taker_id, text=literal(said_before) + message.c.text)
    )


def mark_read(tx: Tx, person_id: str, now: datetime) -> None:
    """She has read what waited."""
    tx.execute(
        update(message)
        .where(message.c.person_id == person_id, message.c.status == "unread")
        .values(status="read", done_at=to_text(now))
    )


def load(tx: Tx, message_id: int) -> Message | None:
    """One message."""
    row = tx.execute(_ALL.where(message.c.id == message_id)).first()
    return None if row is None else _message(row)


# The record --------------------------------------------------------------------------------


@dataclass(frozen=True)
class RecordQuestion:
    """What the record is narrowed to."""

    status: str = ""
    via: str = ""
    channel_id: int | None = None
    before: int | None = None
    limit: int = 50


def record(
    tx: Tx, actor: Actor, tops: Sequence[str], question: RecordQuestion
) -> Sequence[Message]:
    """Messages of these organisations and those below, the newest first; one more than asked."""
    query = _ALL.where(
        lies_below(message.c.organisation_id, tops),
        _may_know_of_its_case(actor),
        message.c.kind != SAME_PERSON,
    )
    for column, value in (
        (message.c.status, question.status),
        (message.c.via, question.via),
        (message.c.channel_id, question.channel_id),
    ):
        if value:
            query = query.where(column == value)
    if question.before is not None:
        query = query.where(message.c.id < question.before)
    rows = tx.execute(query.order_by(message.c.id.desc()).limit(question.limit + 1))
    return [_message(row) for row in rows]


def _may_know_of_its_case(actor: Actor) -> ColumnElement[bool]:
    its_case = exists().where(case.c.id == message.c.case_id, may_know_of(actor))
    return or_(message.c.case_id.is_(None), its_case.correlate(message))


def may_know_of_its_case(tx: Tx, actor: Actor, found: Message) -> bool:
    """Whether the actor may know of the case that a message speaks of."""
    asked = select(message.c.id).where(message.c.id == found.id, _may_know_of_its_case(actor))
    return tx.execute(asked).first() is not None


def counts(tx: Tx, actor: Actor, tops: Sequence[str], since: date) -> Mapping[tuple[str, str], int]:
    """How many messages since a day, by (way, status)."""
    rows = tx.execute(
        select(message.c.via, message.c.status, func.count().label("n"))
        .where(
            lies_below(message.c.organisation_id, tops),
            message.c.day >= since.isoformat(),
            _may_know_of_its_case(actor),
            message.c.kind != SAME_PERSON,
        )
        .group_by(message.c.via, message.c.status)
    )
    return {(row.via, row.status): row.n for row in rows}
