"""Files that were made for banks, in the tables, and what became of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, insert, select, update

from engine.store.database import Tx
from engine.store.instants import from_text, from_text_or_none, to_text
from engine.store.tables import person
from registry.store.fund_tables import bank_left_out, bank_sending, bank_sending_line
from registry.store.funds import day_of

_AT_ONCE = 500


class SendingState(StrEnum):
    """How far a file is. One that was voided may be answered after all: then it went out."""

    WAITING = "waiting"
    ANSWERED = "answered"
    VOIDED = "voided"


class LineFate(StrEnum):
    """What the bank did with a line."""

    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True)
class SendingLine:
    """A payment in a file: whose account, and a keyed hash that tells a corrected account.

    ``fate`` and ``reason`` are known once the bank has answered; ``excuse`` is why a failure was
    the payer's, so that the same account may be tried again.
    """

    payment_id: int
    name: str
    account_hash: str
    fate: LineFate | None = None
    reason: str = ""
    excuse: str = ""

    @property
    def is_at_fault(self) -> bool:
        """Whether the bank could not pay it, and nobody said that this was the payer's doing."""
        return self.fate is LineFate.FAILED and not self.excuse


@dataclass(frozen=True)
class LeftOut:
    """A payment that could not be written into a file, and why."""

    payment_id: int
    reason: str


@dataclass(frozen=True)
class Answer:
    """The bank's result: when it was taken over, by whom, under which voucher and day."""

    at: datetime
    by: str
    sha256: str
    voucher: str
    paid_on: date


@dataclass(frozen=True)
class Sending:
    """A file for the bank without its lines. ``bank_no`` is what the bank knows it by."""

    number: str
    batch_no: str
    bank_no: str
    format: str
    file_name: str
    made_at: datetime
    made_by: str
    lines: int
    fen: int
    voided_at: datetime | None = None
    answer: Answer | None = None

    @property
    def state(self) -> SendingState:
        """How far it is."""
        if self.answer is not None:
            return SendingState.ANSWERED
        return SendingState.WAITING if self.voided_at is None else SendingState.VOIDED


@dataclass(frozen=True)
class SendingOfList:
    """One of them in a list, with who made it, its lines and what it was made without."""

    sending: Sending
    by_name: str
    lines: Sequence[SendingLine] = ()
    left_out: Sequence[LeftOut] = ()

    @property
    def paid(self) -> int:
        """How many of its lines the bank has paid."""
        return sum(one.fate is LineFate.PAID for one in self.lines)

    @property
    def failed(self) -> int:
        """How many it has not."""
        return sum(one.fate is LineFate.FAILED for one in self.lines)


def add(tx: Tx, new: Sending, lines: Sequence[SendingLine], without: Sequence[LeftOut]) -> None:
    """Write a file down with its lines, and what it was made without."""
    named = ("number", "batch_no", "bank_no", "format", "file_name", "made_by", "lines", "fen")
    values = {name: getattr(new, name) for name in named}
    tx.execute(insert(bank_sending).values({**values, "made_at": to_text(new.made_at)}))
    tx.execute(
        insert(bank_sending_line),
        [
            {
                "sending": new.number,
                "payment_id": one.payment_id,
                "name": one.name,
                "account_hash": one.account_hash,
            }
            for one in lines
        ],
    )
    if without:
        tx.execute(insert(bank_left_out), [{"sending": new.number, **vars(one)} for one in without])


def of_batch(tx: Tx, batch_no: str) -> list[SendingOfList]:
    """The files that were made of a batch, newest first: by number, for clocks are set back."""
    query = (
        select(bank_sending, func.coalesce(person.c.name, "").label("by_name"))
        .select_from(bank_sending.outerjoin(person, person.c.id == bank_sending.c.made_by))
        .where(bank_sending.c.batch_no == batch_no)
        .order_by(bank_sending.c.number.desc())
    )
    found = [(_sending(row), row.by_name) for row in tx.execute(query)]
    if not found:
        return []
    lines, without = _lines_of(tx, batch_no), _left_out_of(tx, batch_no)
    return [
        SendingOfList(one, by_name, lines.get(one.number, ()), without.get(one.number, ()))
        for one, by_name in found
    ]


def waiting_of(tx: Tx, batch_no: str) -> list[str]:
    """The files of a batch whose result is not there yet."""
    query = (
        select(bank_sending.c.number)
        .where(
            bank_sending.c.batch_no == batch_no,
            bank_sending.c.voided_at.is_(None),
            bank_sending.c.answered_at.is_(None),
        )
        .order_by(bank_sending.c.number)
    )
    return list(tx.execute(query).scalars())


def void(tx: Tx, numbers: Collection[str], at: datetime, by_id: str) -> None:
    """These files were never given to the bank."""
    tx.execute(
        update(bank_sending)
        .where(bank_sending.c.number.in_(list(numbers)))
        .values(voided_at=to_text(at), voided_by=by_id)
    )


def excuse(tx: Tx, number: str, payment_ids: Sequence[int], why: str) -> None:
    """The bank could not pay these lines of a file, and that was the payer's doing."""
    for first in range(0, len(payment_ids), _AT_ONCE):
        tx.execute(
            update(bank_sending_line)
            .where(
                bank_sending_line.c.sending == number,
                bank_sending_line.c.payment_id.in_(payment_ids[first : first + _AT_ONCE]),
            )
            .values(excuse=why)
        )


def answer(tx: Tx, number: str, told: Answer, fates: Mapping[int, tuple[LineFate, str]]) -> None:
    """Write down what the bank says of a file, and of each payment in it."""
    tx.execute(
        update(bank_sending)
        .where(bank_sending.c.number == number)
        .values(
            answered_at=to_text(told.at),
            answered_by=told.by,
            result_sha256=told.sha256,
            voucher=told.voucher,
            paid_on=told.paid_on.isoformat(),
        )
    )
    for fate, reason in sorted(set(fates.values())):
        same = [one for one, told_of in fates.items() if told_of == (fate, reason)]
        for first in range(0, len(same), _AT_ONCE):
            tx.execute(
                update(bank_sending_line)
                .where(
                    bank_sending_line.c.sending == number,
                    bank_sending_line.c.payment_id.in_(same[first : first + _AT_ONCE]),
                )
                .values(fate=fate.value, reason=reason)
            )


def _lines_of(tx: Tx, batch_no: str) -> dict[str, list[SendingLine]]:
    query = (
        select(bank_sending_line)
        .join(bank_sending, bank_sending.c.number == bank_sending_line.c.sending)
        .where(bank_sending.c.batch_no == batch_no)
        .order_by(bank_sending_line.c.payment_id)
    )
    found: dict[str, list[SendingLine]] = {}
    for row in tx.execute(query):
        fate = None if row.fate is None else LineFate(row.fate)
        told = (row.reason or "", row.excuse)
        line = SendingLine(row.payment_id, row.name, row.account_hash, fate, *told)
        found.setdefault(row.sending, []).append(line)
    return found


def _left_out_of(tx: Tx, batch_no: str) -> dict[str, list[LeftOut]]:
    query = (
        select(bank_left_out)
        .join(bank_sending, bank_sending.c.number == bank_left_out.c.sending)
        .where(bank_sending.c.batch_no == batch_no)
        .order_by(bank_left_out.c.payment_id)
    )
    found: dict[str, list[LeftOut]] = {}
    for row in tx.execute(query):
        found.setdefault(row.sending, []).append(LeftOut(row.payment_id, row.reason))
    return found


def _sending(row: Any) -> Sending:
    told, paid_on = None, day_of(row.paid_on)
    if row.answered_at is not None and paid_on is not None:
        told = Answer(
            from_text(row.answered_at),
            row.answered_by,
            row.result_sha256,
            row.voucher,
            paid_on,
        )
    return Sending(
        number=row.number,
        batch_no=row.batch_no,
        bank_no=row.bank_no,
        format=row.format,
        file_name=row.file_name,
        made_at=from_text(row.made_at),
        made_by=row.made_by,
        lines=row.lines,
        fen=row.fen,
        voided_at=from_text_or_none(row.voided_at),
        answer=told,
    )
