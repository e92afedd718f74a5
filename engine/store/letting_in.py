"""Who asked to read a compartment of a case, and who let her in, in the tables."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from engine.store.database import Tx
from engine.store.instants import from_text, from_text_or_none, to_text
from engine.store.tables import compartment_request


@dataclass(frozen=True)
class Asked:
    """Somebody asked to read a compartment; ``granted`` is None while nobody has answered.

    Why it was asked and answered is sealed: it may say what the compartment holds.
    """

    id: int
    case_id: str
    compartment: str
    by: str
    at: datetime
    reason: bytes
    granted: bool | None
    answered_by: str
    answered_at: datetime | None
    answer: bytes | None
    until: datetime | None


def ask(tx: Tx, case_id: str, compartment: str, by: str, at: datetime) -> int:
    """Write down that somebody asks; its number. The reason is put beside it."""
    asked = (
        insert(compartment_request)
        .values(case_id=case_id, compartment=compartment, by_id=by, at=to_text(at), reason=b"")
        .returning(compartment_request.c.id)
    )
    return int(tx.execute(asked).scalar_one())


def put_reason(tx: Tx, number: int, reason: bytes) -> None:
    """Why it was asked, sealed under its number."""
    tx.execute(
        update(compartment_request).where(compartment_request.c.id == number).values(reason=reason)
    )


@dataclass(frozen=True)
class Answer:
    """What a second person says; ``until`` is the end of the last day of a grant."""

    granted: bool
    by: str
    at: datetime
    reason: bytes
    until: datetime | None


def answer(tx: Tx, number: int, said: Answer) -> bool:
    """Write an answer; False where somebody else was first."""
    done = tx.execute(
        update(compartment_request)
        .where(compartment_request.c.id == number, compartment_request.c.granted.is_(None))
        .values(
            granted=said.granted,
            answered_by=said.by,
            answered_at=to_text(said.at),
            answer=said.reason,
            until=None if said.until is None else to_text(said.until),
        )
    )
    return done.rowcount == 1


def of_case(tx: Tx, case_id: str) -> list[Asked]:
    """Everything that was asked of a case, the newest first."""
    rows = tx.execute(
        select(compartment_request)
        .where(compartment_request.c.case_id == case_id)
        .order_by(compartment_request.c.id.desc())
    )
    return [
        Asked(
            row.id,
            row.case_id,
            row.compartment,
            row.by_id,
            from_text(row.at),
            row.reason,
            row.granted,
            row.answered_by or "",
            from_text_or_none(row.answered_at),
            row.answer,
            from_text_or_none(row.until),
        )
        for row in rows
    ]


def let_in(tx: Tx, case_id: str, person_id: str, now: datetime) -> frozenset[str]:
    """The compartments of a case that somebody was let into and may still read."""
    rows = tx.execute(
        select(compartment_request.c.compartment).where(
            compartment_request.c.case_id == case_id,
            compartment_request.c.by_id == person_id,
            compartment_request.c.granted.is_(True),
            compartment_request.c.until > to_text(now),
        )
    )
    return frozenset(rows.scalars())
