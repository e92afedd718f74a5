"""制作银行文件 and what banks send back, as values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from flask import url_for

from registry.budget.amounts import in_capitals, in_yuan
from registry.budget.bank_formats import bank_formats
from registry.funds.bank_desk import PAYING, BankOffer, OpenPayment
from registry.incoming.rows import Problem
from registry.store.bank_sendings import Answer, SendingOfList, SendingState
from webapp.funds.words import amount, fund_tabs
from webapp.shared.addresses import address
from webapp.shared.language import _, is_english, lazy
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import NOTHING, day, moment

_STATES: Mapping[SendingState, object] = {
    SendingState.WAITING: lazy("等待银行结果"),
    SendingState.ANSWERED: lazy("已导入结果"),
    SendingState.VOIDED: lazy("已作废"),
}
_MOST_PROBLEMS = 200
_MOST_ROWS = 500


@dataclass(frozen=True)
class Typed:
    """What was typed into a form that was refused, and why it was.

    ``others``: so many lines could go without those that cannot be written. ``sending``: the file
    whose result it was, with everything that is wrong with that. ``chosen``: payments to go again.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    others: int | None = None
    sending: str = ""
    problems: Sequence[Problem] = ()
    chosen: Collection[int] = ()


@dataclass(frozen=True)
class MadeFile:
    """A file that was made: how far it is, where its result is brought to."""

    number: str
    name: str
    made: str
    lines: int
    total: str
    status: str
    state: str
    result: str
    fetch: str
    late: str
    """The way to its result after all, of one that was voided."""


@dataclass(frozen=True)
class Awaited:
    """A file whose result can be brought, with what was typed of it."""

    number: str
    words: str
    accept: str
    is_voided: bool
    voucher: str
    paid_on: str


@dataclass(frozen=True)
class LineToSend:
    """A payment that is in no file under way, and why it was not paid so far."""

    number: int
    name: str
    note: str
    amount: str
    reason: str
    again: int | None
    """The payment, where the bank could not pay it and it may go out again as it was."""
    is_chosen: bool


@dataclass(frozen=True)
class ProblemRow:
    """Something wrong with a result."""

    row: str
    column: str
    message: str


@dataclass(frozen=True)
class BankFilePage(Page):
    """Which format, what for; what was made before and what came back."""

    template: ClassVar[str] = "funds/bank_file.html"

    tabs: tuple[Link, ...]
    number: str
    name: str
    facts: tuple[tuple[str, str], ...]
    capitals: str
    formats: Mapping[str, str]
    made: tuple[MadeFile, ...]
    awaited: tuple[Awaited, ...]
    left: tuple[LineToSend, ...]
    left_lines: int
    failed_lines: int
    why: str
    is_all: bool
    is_open: bool
    is_waiting: bool
    case_href: str
    others: int | None
    chosen: str
    reason: str
    is_again: bool
    is_left: bool
    message: str
    problems: tuple[ProblemRow, ...]

    @property
    def title(self) -> str:
        """银行文件 · 编号."""
        return f"{_('银行文件')} · {self.number}"


def bank_file_page(shell: Shell, offer: BankOffer, typed: Typed) -> BankFilePage:
    """The page; the format that was used last is chosen already."""
    batch, values, english = offer.line.batch, typed.values, is_english()
    last = offer.made[0].sending.format if offer.made else ""
    fen = sum(one.payment.fen for one in offer.left)
    return BankFilePage(
        shell=shell,
        tabs=fund_tabs("batches"),
        number=batch.number,
        name=batch.title,
        facts=_facts(offer, fen),
        capitals=in_capitals(fen) if fen else "",
        formats={
            code: one.title_en if english else one.title for code, one in bank_formats().items()
        },
        made=tuple(_made(one, is_open=offer.is_open) for one in offer.made),
        awaited=_awaited(offer, typed),
        left=_left(offer, typed)[:_MOST_ROWS] if offer.made else (),
        left_lines=len(offer.left) if offer.made else 0,
        failed_lines=sum(bool(one.failed_in) for one in offer.left) if offer.is_open else 0,
        why=values.get("why", ""),
        is_all=bool(values.get("all")),
        is_open=offer.is_open,
        is_waiting=offer.waiting[0] > 0,
        case_href=url_for("cases.show", case_id=batch.case_id) if batch.case_id else "",
        others=typed.others,
        chosen=values.get("format", last),
        reason=values.get("reason", PAYING),
        is_again=bool(values.get("again")),
        is_left=bool(values.get("leave")),
        message=typed.message,
        problems=tuple(
            ProblemRow(str(one.row) if one.row else NOTHING, one.column or NOTHING, one.message)
            for one in typed.problems[:_MOST_PROBLEMS]
        ),
    )


def _facts(offer: BankOffer, fen: int) -> tuple[tuple[str, str], ...]:
    """How many payments, and what they come to, by how far they are."""
    found = [(_("本批"), (offer.line.lines, offer.line.fen))]
    if offer.paid[0]:
        found.append((_("已付"), offer.paid))
    if offer.waiting[0]:
        found.append((_("等待银行结果"), offer.waiting))
    if offer.made and offer.left:
        found.append((_("还没有付"), (len(offer.left), fen)))
    return tuple((label, _lines_and_sum(*told)) for label, told in found)


def _lines_and_sum(lines: int, fen: int) -> str:
    return _("%(n)s 笔 %(total)s", n=lines, total=in_yuan(fen))


def _made(one: SendingOfList, *, is_open: bool) -> MadeFile:
    sending, state = one.sending, one.sending.state
    return MadeFile(
        number=sending.number,
        name=sending.file_name,
        made=f"{one.by_name} {moment(sending.made_at)}".strip(),
        lines=sending.lines,
        total=in_yuan(sending.fen),
        status=state.value,
        state=str(_STATES[state]),
        result="" if sending.answer is None else _result(one, sending.answer),
        fetch=url_for("funds.fetch_bank_file", number=sending.batch_no, sending=sending.number)
        if is_open and state is SendingState.WAITING
        else "",
        late=address("funds.bank_file", {"of": sending.number}, number=sending.batch_no)
        if state is SendingState.VOIDED
        else "",
    )


def _result(one: SendingOfList, answer: Answer) -> str:
    counts = _("成功 %(paid)s 笔,失败 %(failed)s 笔", paid=one.paid, failed=one.failed)
    return f"{counts};{answer.voucher} {day(answer.paid_on)}"


def _awaited(offer: BankOffer, typed: Typed) -> tuple[Awaited, ...]:
    return tuple(
        _brought(one, typed)
        for one in offer.made
        if (offer.is_open and one.sending.state is SendingState.WAITING)
        or (one.sending.state is SendingState.VOIDED and one.sending.number == typed.sending)
    )


def _brought(one: SendingOfList, typed: Typed) -> Awaited:
    sending = one.sending
    values = typed.values if typed.sending == sending.number else {}
    form = bank_formats().get(sending.format)
    return Awaited(
        number=sending.number,
        words=_lines_and_sum(sending.lines, sending.fen),
        accept="" if form is None else f".{form.kind}",
        is_voided=sending.state is SendingState.VOIDED,
        voucher=values.get("voucher", ""),
        paid_on=values.get("paid_on", ""),
    )


def _left(offer: BankOffer, typed: Typed) -> tuple[LineToSend, ...]:
    """What has a reason first."""
    ordered = sorted(offer.left, key=lambda one: (not one.reason, one.payment.number))
    return tuple(_line(one, typed.chosen, is_open=offer.is_open) for one in ordered)


def _line(one: OpenPayment, chosen: Collection[int], *, is_open: bool) -> LineToSend:
    return LineToSend(
        number=one.payment.number,
        name=one.payment.for_whom,
        note=one.payment.payee.note,
        amount=amount(one.payment.fen),
        reason=one.reason or _("还没有写进文件"),
        again=one.payment.id if is_open and one.failed_in else None,
        is_chosen=one.payment.id in chosen,
    )
