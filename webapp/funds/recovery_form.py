"""追回 on the page of a batch: what came back of it, and the form that says that more did."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from engine.model.ids import new_id
from registry.budget.amounts import in_yuan
from registry.budget.model import Payment
from registry.funds.batches import BatchView
from registry.funds.recovering import may_come_back
from registry.funds.typed import number_of
from webapp.funds.words import amount
from webapp.shared.language import _
from webapp.shared.words import NOTHING, day, moment

_FIELDS = ("amount", "voucher", "recovered_on", "reason")


@dataclass(frozen=True)
class RecoveredRow:
    """What came back once of a payment."""

    number: int
    name: str
    amount: str
    voucher: str
    on: str
    reason: str
    entered: str


@dataclass(frozen=True)
class RecoveryForm:
    """What is asked of one payment; ``most`` is what of it did not come back yet."""

    payment_id: int
    words: str
    most: str
    entry: str
    typed: Mapping[str, str]


def recovered_rows(view: BatchView) -> tuple[RecoveredRow, ...]:
    """In the order in which it was entered."""
    listed = {one.id: one for one in view.payments}
    return tuple(
        RecoveredRow(
            number=listed[came.payment_id].number,
            name=listed[came.payment_id].for_whom,
            amount=amount(came.fen),
            voucher=came.voucher,
            on=day(came.recovered_on),
            reason=came.reason or NOTHING,
            entered=f"{by} {moment(came.entered_at)}".strip(),
        )
        for came, by in view.recovered
    )


def recovered_sum(view: BatchView) -> str:
    """How often something came back, and what it comes to."""
    fen = sum(came.fen for came, _by in view.recovered)
    return _("追回 %(n)s 笔 %(sum)s", n=len(view.recovered), sum=in_yuan(fen))


def recover_href(one: Payment, view: BatchView) -> str:
    """Where it is written down that some of a payment came back; empty where she may not."""
    if not view.may_recover or not may_come_back(one):
        return ""
    return url_for("funds.batch", number=one.batch_no, recover=one.id, _anchor="recover")


def recovery_form(view: BatchView, values: Mapping[str, str]) -> RecoveryForm | None:
    """The form of the payment that was asked for, with what was typed into it."""
    asked = number_of(values.get("recover", ""))
    one = next((one for one in view.payments if one.id == asked), None)
    if one is None or not recover_href(one, view):
        return None
    return RecoveryForm(
        payment_id=one.id,
        words=_(
            "第 %(n)s 行 %(name)s:%(on)s 已付 %(paid)s,最多还能追回 %(most)s。",
            n=one.number,
            name=one.for_whom,
            on=day(one.paid_on),
            paid=in_yuan(one.fen),
            most=in_yuan(one.kept),
        ),
        most=amount(one.kept),
        entry=values.get("entry", "") or new_id(),
        typed={name: values.get(name, "") for name in _FIELDS},
    )
