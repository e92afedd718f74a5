"""Files that were made for banks, in the tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.tables import person
from registry.store.fund_tables import bank_left_out, bank_sending, bank_sending_line


@dataclass(frozen=True)
class SendingLine:
    """A payment in a file: whose account, and a keyed hash that tells a corrected account."""

    payment_id: int
    name: str
    account_hash: str


@dataclass(frozen=True)
class LeftOut:
    """A payment that could not be written into a file, and why."""

    payment_id: int
    reason: str


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


def add(tx: Tx, new: Sending, lines: Sequence[SendingLine], without: Sequence[LeftOut]) -> None:
    """Write a file down with its lines, and what it was made without."""
    tx.execute(insert(bank_sending).values({**vars(new), "made_at": to_text(new.made_at)}))
    tx.execute(insert(bank_sending_line), [{"sending": new.number, **vars(one)} for one in lines])
    if without:
        tx.execute(insert(bank_left_out), [{"sending": new.number, **vars(one)} for one in without])


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


def lines_of(tx: Tx, number: str) -> list[SendingLine]:
    """The payments in a file, in the order of their ids."""
    query = (
        select(bank_sending_line)
        .where(bank_sending_line.c.sending == number)
        .order_by(bank_sending_line.c.payment_id)
    )
    return [SendingLine(row.payment_id, row.name, row.account_hash) for row in tx.execute(query)]


def left_out(tx: Tx, number: str) -> list[LeftOut]:
    """What a file was made without."""
    query = (
        select(bank_left_out)
        .where(bank_left_out.c.sending == number)
        .order_by(bank_left_out.c.payment_id)
    )
    return [LeftOut(row.payment_id, row.reason) for row in tx.execute(query)]
