"""发放批次 as values: the list, the form that opens one, one batch with its roster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from registry.budget.amounts import in_yuan
from registry.budget.model import WAS_PAID, BatchStatus, PayeeKind, Payment, PaymentStatus
from registry.budget.programmes import programmes
from registry.funds.batches import BatchView
from registry.funds.desk import words_of
from registry.store.funds import LineOfUnit
from registry.store.payees import HouseholdToPay
from registry.store.payments import BatchLine
from registry.vocabulary import CATEGORIES, words
from webapp.funds.papers import has_papers
from webapp.funds.recovery_form import (
    RecoveredRow,
    RecoveryForm,
    recover_href,
    recovered_rows,
    recovered_sum,
    recovery_form,
)
from webapp.funds.words import PAYEES, PAYMENT_STATES, STATES, amount, fund_tabs, item_names
from webapp.shared.addresses import address
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import NOTHING, day, moment

_MOST_ROWS = 500
_OF_CHILD = ("student_name", "student_code")
_OF_HELD = ("payment", "voucher", "paid_on", "in_cash", "witness_1", "witness_2", "reason")


@dataclass(frozen=True)
class BatchRow:
    """One batch in the list."""

    href: str
    number: str
    title: str
    unit: str
    state: str
    status: str
    lines: int
    amount: str
    made: str
    case_href: str
    case_number: str
    voucher: str


@dataclass(frozen=True)
class BatchesPage(Page):
    """Batches, newest first."""

    template: ClassVar[str] = "funds/batches.html"

    tabs: tuple[Link, ...]
    states: tuple[tuple[Link, int], ...]
    rows: tuple[BatchRow, ...]
    new: str

    @property
    def title(self) -> str:
        """发放批次."""
        return _("发放批次")


@dataclass(frozen=True)
class LineChoice:
    """A budget line a batch can draw on, with what it may be for."""

    id: str
    words: str
    left: str
    periods: tuple[str, ...]
    items: Mapping[str, str]


@dataclass(frozen=True)
class NewBatchPage(Page):
    """Which line, which period, what."""

    template: ClassVar[str] = "funds/new_batch.html"

    tabs: tuple[Link, ...]
    lines: tuple[LineChoice, ...]
    chosen: LineChoice | None
    typed: Mapping[str, str]
    message: str

    @property
    def title(self) -> str:
        """新建发放批次."""
        return _("新建发放批次")


@dataclass(frozen=True)
class PayeeRow:
    """One line of a roster. ``faults`` stand in the way, ``told`` must be known.

    ``remark`` is in nobody's way; ``state`` how far it is, where it is not as far as its batch.
    """

    id: int
    number: int
    kind: str
    name: str
    href: str
    student: str
    note: str
    amount: str
    exception: str
    faults: tuple[str, ...]
    told: tuple[str, ...]
    remark: str
    status: str
    state: str
    why: str
    recover_href: str


@dataclass(frozen=True)
class FoundHousehold:
    """A household a search has found."""

    file_no: str
    name: str
    last4: str
    unit: str
    category: str
    is_there: bool


@dataclass(frozen=True)
class BatchPage(Page):
    """One batch."""

    template: ClassVar[str] = "funds/batch.html"

    tabs: tuple[Link, ...]
    number: str
    name: str
    status: str
    state: str
    facts: tuple[tuple[str, str, str], ...]
    rows: tuple[PayeeRow, ...]
    is_cut: bool
    count: int
    faulty: int
    total: str
    left: str
    over: str
    is_draft: bool
    may_copy: bool
    may_settle: bool
    may_recover: bool
    form: RecoveryForm | None
    """Where it was asked what came back of one payment."""
    recovered: tuple[RecoveredRow, ...]
    recovered_sum: str
    held: str
    waits: str
    bank_href: str
    excel_href: str
    sheet_href: str
    slips_href: str
    searched: str
    found: tuple[FoundHousehold, ...]
    has_searched: bool
    payees: Mapping[str, str]
    takes_households: bool
    per_student: bool
    """Each line says for which child of the household it is."""
    categories: Mapping[str, str]
    typed: Mapping[str, str]
    message: str

    @property
    def title(self) -> str:
        """发放批次 · 编号."""
        return f"{_('发放批次')} · {self.number}"


@dataclass(frozen=True)
class Typed:
    """What was searched for, and typed into a form that was refused."""

    searched: str = ""
    values: Mapping[str, str] | None = None
    message: str = ""


def batches_page(
    shell: Shell,
    found: Sequence[BatchLine],
    counts: Mapping[str, int],
    chosen: str,
    *,
    may_open: bool,
) -> BatchesPage:
    """The list."""
    links = [(Link(_("全部"), url_for("funds.batches"), not chosen), sum(counts.values()))]
    for status, said in STATES.items():
        href = address("funds.batches", {"status": status.value})
        count = counts.get(status.value, 0)
        links.append((Link(str(said), href, chosen == status.value), count))
    return BatchesPage(
        shell=shell,
        tabs=fund_tabs("batches"),
        states=tuple(links),
        rows=tuple(_batch_row(one) for one in found),
        new=url_for("funds.new_batch") if may_open else "",
    )


def _batch_row(one: BatchLine) -> BatchRow:
    batch = one.batch
    return BatchRow(
        href=url_for("funds.batch", number=batch.number),
        number=batch.number,
        title=batch.title,
        unit=one.unit,
        state=str(STATES[batch.status]),
        status=batch.status.value,
        lines=one.lines,
        amount=amount(one.fen),
        made=f"{one.made_by} {moment(batch.made_at)}".strip(),
        case_href=url_for("cases.show", case_id=batch.case_id) if batch.case_id else "",
        case_number=one.case_number,
        voucher=batch.voucher or NOTHING,
    )


def new_batch_page(
    shell: Shell, lines: Sequence[LineOfUnit], typed: Mapping[str, str], message: str
) -> NewBatchPage:
    """The form; the line comes first, since it says what the batch may be for."""
    choices = tuple(_line_choice(one) for one in lines)
    wanted = typed.get("line", "")
    return NewBatchPage(
        shell=shell,
        tabs=fund_tabs("batches"),
        lines=choices,
        chosen=next((one for one in choices if one.id == wanted), None),
        typed={name: typed.get(name, "") for name in ("line", "title", "period", "item")},
        message=message,
    )


def _line_choice(one: LineOfUnit) -> LineChoice:
    key = one.line.key
    programme = programmes().get(key.programme)
    return LineChoice(
        id=str(one.line.id),
        words=words_of(one),
        left=in_yuan(one.line.available),
        periods=() if programme is None else programme.periods(key.year),
        items=item_names(key.programme),
    )


def batch_page(
    shell: Shell,
    view: BatchView,
    found: Sequence[HouseholdToPay],
    categories: Mapping[str, int],
    typed: Typed,
) -> BatchPage:
    """One batch; its exceptions first."""
    batch, values = view.line.batch, typed.values or {}
    # A household may come again with another child.
    there = set() if view.programme.per_member else {one.payee.key for one in view.payments}
    last = view.payments[-1].fen if view.payments else 0
    names = ("amount", "exception", "payee", "name", "code", "category", *_OF_CHILD, *_OF_HELD)
    kept = {name: values.get(name, "") for name in names}
    return BatchPage(
        shell=shell,
        tabs=fund_tabs("batches"),
        number=batch.number,
        name=batch.title,
        status=batch.status.value,
        state=str(STATES[batch.status]),
        facts=_facts(view),
        rows=tuple(payee_rows(view)[:_MOST_ROWS]),
        is_cut=len(view.payments) > _MOST_ROWS,
        count=len(view.payments),
        faulty=sum(
            any(not fault.is_allowed for fault in faults) for faults in view.faults.values()
        ),
        total=in_yuan(view.line.fen),
        left=in_yuan(view.budget.line.available),
        over=in_yuan(view.over) if view.is_mine and view.over > 0 else "",
        is_draft=view.is_mine,
        may_copy=view.may_copy and batch.status in (BatchStatus.REFUSED, BatchStatus.WITHDRAWN),
        may_settle=view.may_settle,
        may_recover=view.may_recover,
        form=recovery_form(view, values),
        recovered=recovered_rows(view),
        recovered_sum=recovered_sum(view),
        held=_held(view),
        waits=view.waits if view.may_send else "",
        bank_href=url_for("funds.bank_file", number=batch.number) if view.may_send else "",
        excel_href=url_for("funds.roster_in_excel", number=batch.number) if view.is_mine else "",
        sheet_href=url_for("funds.batch_sheet", number=batch.number) if has_papers(view) else "",
        slips_href=url_for("funds.batch_slips", number=batch.number) if has_papers(view) else "",
        searched=typed.searched,
        found=tuple(_found(one, there) for one in found),
        has_searched=bool(typed.searched),
        payees={
            kind.value: str(said)
            for kind, said in PAYEES.items()
            if kind in view.programme.payees and kind is not PayeeKind.HOUSEHOLD
        },
        takes_households=PayeeKind.HOUSEHOLD in view.programme.payees,
        per_student=view.programme.per_member,
        categories={}
        if view.programme.per_member
        else {code: f"{words(CATEGORIES, code)} {count}" for code, count in categories.items()},
        typed={**kept, "amount": kept["amount"] or (amount(last) if last else "")},
        message=typed.message,
    )


def payee_rows(view: BatchView) -> list[PayeeRow]:
    """The roster, what is wrong or exceptional first."""
    rows = [_payee_row(one, view) for one in view.payments]
    held, paid = PaymentStatus.HELD.value, {status.value for status in WAS_PAID}

    def place(row: PayeeRow) -> tuple[bool, bool, bool, bool, int]:
        is_last = row.status in paid
        return row.status != held, is_last, not row.faults, not row.told, row.number

    return sorted(rows, key=place)


def _payee_row(one: Payment, view: BatchView) -> PayeeRow:
    faults = view.faults.get(one.id, ())
    is_file = one.payee.kind is PayeeKind.HOUSEHOLD
    return PayeeRow(
        id=one.id,
        number=one.number,
        kind=str(PAYEES[one.payee.kind]),
        name=one.payee.name,
        href=url_for("register.household", file_no=one.payee.key) if is_file else "",
        student=one.beneficiary_name if one.for_whom != one.payee.name else "",
        note=one.payee.note or NOTHING,
        amount=amount(one.fen),
        exception=one.exception,
        faults=tuple(fault.sentence for fault in faults if not fault.is_allowed),
        told=tuple(fault.sentence for fault in faults if fault.is_allowed),
        remark=_("档案中没有银行账号")
        if one.id in view.without_account and one.id not in view.unpaid
        else "",
        status=one.status.value,
        state=_state(one, view),
        why=_why(one, view),
        recover_href=recover_href(one, view),
    )


def _held(view: BatchView) -> str:
    """挂账 with how many and what they come to; empty for none."""
    held = [one.fen for one in view.payments if one.status is PaymentStatus.HELD]
    if not held:
        return ""
    return _("挂账 %(n)s 笔 %(total)s", n=len(held), total=in_yuan(sum(held)))


def _state(one: Payment, view: BatchView) -> str:
    """Of a batch that is paid in parts: how far a payment is."""
    if view.line.batch.status not in (BatchStatus.APPROVED, BatchStatus.PAID):
        return ""
    return str(PAYMENT_STATES.get(one.status, ""))


def _why(one: Payment, view: BatchView) -> str:
    if one.status in WAS_PAID:
        paid = f"{one.voucher} {day(one.paid_on)}"
        back = _("追回 %(sum)s", sum=in_yuan(one.recovered)) if one.recovered else ""
        return f"{paid} {back}".strip()
    if one.status is PaymentStatus.RELEASED:
        return one.reason
    return view.unpaid.get(one.id, "")


def _facts(view: BatchView) -> tuple[tuple[str, str, str], ...]:
    """Label, text, and where it leads."""
    batch, line = view.line.batch, view.budget.line
    found = [
        (_("指标"), words_of(view.budget), url_for("funds.line", line_id=line.id)),
        (_("期间"), batch.period, ""),
        (_("内容"), item_names(batch.programme).get(batch.item, batch.item), ""),
        (_("制单"), f"{view.line.made_by} {moment(batch.made_at)}", ""),
    ]
    if batch.case_id:
        href = url_for("cases.show", case_id=batch.case_id)
        found.append((_("办件"), view.line.case_number, href))
    if batch.voucher:
        found.append((_("付款"), f"{batch.voucher} {day(batch.paid_on)}", ""))
    if batch.reason:
        found.append((_("原因"), batch.reason, ""))
    return tuple(found)


def _found(one: HouseholdToPay, there: set[str]) -> FoundHousehold:
    return FoundHousehold(
        file_no=one.file_no,
        name=one.name,
        last4=one.last4,
        unit=one.unit,
        category=words(CATEGORIES, one.category),
        is_there=one.file_no in there,
    )
