"""Papers of a batch on A4, as values: the list to sign (签收表), and a slip for each payment.

They are official papers and Chinese whatever language she reads the pages in.
"""

from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine.errors import NotFound
from registry.budget.amounts import in_capitals
from registry.budget.model import WAS_PAID, BatchStatus, Payment, PaymentStatus
from registry.budget.programmes import GOODS, source_title
from registry.funds.batches import BatchView
from webapp.funds.words import amount
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.words import day

_ON_PAPER = frozenset({BatchStatus.SUBMITTED, BatchStatus.APPROVED, BatchStatus.PAID})
_SAID = {
    PaymentStatus.PAID: "已付",
    PaymentStatus.HELD: "挂账",
    PaymentStatus.RECOVERED: "已追回",
}


@dataclass(frozen=True)
class PaperRow:
    """A payment on paper. ``serial`` tells it among all; ``paid`` is empty until it is."""

    number: int
    serial: str
    name: str
    note: str
    amount: str
    capitals: str
    said: str
    paid: str
    voucher: str


@dataclass(frozen=True)
class OfBatch:
    """What every paper says of the batch, and its lines in order."""

    number: str
    unit: str
    programme: str
    period: str
    item: str
    source: str
    is_goods: bool
    made_by: str
    printed: str
    rows: tuple[PaperRow, ...]


@dataclass(frozen=True)
class RosterSheet(Page):
    """The list that whoever gets cash or goods signs, line by line."""

    template: ClassVar[str] = "funds/roster_sheet.html"

    back_href: str
    of: OfBatch
    total: str
    capitals: str
    voucher: str
    paid_on: str

    @property
    def title(self) -> str:
        """发放签收表."""
        return "物品发放签收表" if self.of.is_goods else "资金发放签收表"


@dataclass(frozen=True)
class SlipsPage(Page):
    """A slip for each payment, two on a sheet."""

    template: ClassVar[str] = "funds/slips.html"

    back_href: str
    of: OfBatch

    @property
    def title(self) -> str:
        """付款凭单."""
        return "帮扶物品领取单" if self.of.is_goods else "帮扶资金付款凭单"


def roster_sheet(shell: Shell, view: BatchView, printed: str) -> RosterSheet:
    """The list of everything that was not given back; ``printed``: by whom and when.

    Raises NotFound before it is submitted.
    """
    batch, listed = view.line.batch, _on_paper(view)
    total = sum(one.fen for one in listed)
    return RosterSheet(
        shell=shell,
        back_href=url_for("funds.batch", number=batch.number),
        of=_of_batch(view, listed, printed),
        total=amount(total),
        capitals=in_capitals(total),
        voucher=batch.voucher,
        paid_on=day(batch.paid_on) if batch.paid_on else "",
    )


def slips_page(shell: Shell, view: BatchView, only: int, printed: str) -> SlipsPage:
    """The slips; ``only`` the one of this line, 0 for all. Raises NotFound."""
    listed = [one for one in _on_paper(view) if not only or one.number == only]
    if not listed:
        raise NotFound(_("这一批没有这一行,请回批次核对。"))
    href = url_for("funds.batch", number=view.line.batch.number)
    return SlipsPage(shell=shell, back_href=href, of=_of_batch(view, listed, printed))


def has_papers(view: BatchView) -> bool:
    """Whether there is anything to print for signatures."""
    return view.line.batch.status in _ON_PAPER and bool(view.payments)


def _on_paper(view: BatchView) -> list[Payment]:
    if not has_papers(view):
        raise NotFound(_("这一批还没有提交,或者没有发放,没有可打印的签收表。"))
    left = [one for one in view.payments if one.status is not PaymentStatus.RELEASED]
    return sorted(left, key=lambda one: one.number)


def _of_batch(view: BatchView, listed: list[Payment], printed: str) -> OfBatch:
    batch = view.line.batch
    return OfBatch(
        number=batch.number,
        unit=view.budget.unit,
        programme=view.programme.title,
        period=batch.period,
        item=view.programme.items.get(batch.item, batch.item),
        source=source_title(view.budget.line.key.source),
        is_goods=batch.item == GOODS,
        made_by=view.line.made_by,
        printed=printed,
        rows=tuple(_row(one, batch.number) for one in listed),
    )


def _row(one: Payment, number: str) -> PaperRow:
    is_paid = one.status in WAS_PAID and one.paid_on is not None
    said = _SAID.get(one.status, "")
    if one.recovered and one.kept:
        said = f"{said},追回 {amount(one.recovered)}"
    return PaperRow(
        number=one.number,
        serial=f"{number}-{one.number:03}",
        name=one.for_whom,
        note=one.payee.note,
        amount=amount(one.fen),
        capitals=in_capitals(one.fen),
        said=said,
        paid=day(one.paid_on) if is_paid else "",
        voucher=one.voucher if is_paid else "",
    )
