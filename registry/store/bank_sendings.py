"""Files that were made for banks, in the tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.tables import person
from registry.store.fund_tables import bank_sending, bank_sending_line


@dataclass(frozen=True)
class SendingLine:
    """A payment in a file: whose account, and a keyed hash that tells a corrected account."""

    payment_id: int
    name: str
    account_hash: str


@dataclass(frozen=True)
class Sending:
    """A file for the bank without its lines."""

    number: str
    batch_no: str
    format: str
    file_name: str
    made_at: datetime
    made_by: str
    lines: int
    fen: int


@dataclass(frozen=True)
class SendingOfList:
    """One of them in a list, with who made it."""

    sending: Sending
    by_name: str


def add(tx: Tx, new: Sending, lines: Sequence[SendingLine]) -> None:
    """Write a file down with its lines."""
    tx.execute(insert(bank_sending).values({**vars(new), "made_at": to_text(new.made_at)}))
    tx.execute(insert(bank_sending_line), [{"sending": new.number, **vars(one)} for one in lines])


def of_batch(tx: Tx, batch_no: str) -> list[SendingOfList]:
    """The files that were made of a batch, newest first."""
    query = (
        select(bank_sending, func.coalesce(person.c.name, "").label("by_name"))
        .select_from(bank_sending.outerjoin(person, person.c.id == bank_sending.c.made_by))
        .where(bank_sending.c.batch_no == batch_no)
        .order_by(bank_sending.c.made_at.desc(), bank_sending.c.number.desc())
    )
    names = tuple(Sending.__dataclass_fields__)
    return [
        SendingOfList(
            Sending(
                **{name: getattr(row, name) for name in names if name != "made_at"},
                made_at=from_text(row.made_at),
            ),
            row.by_name,
        )
        for row in tx.execute(query)
    ]
