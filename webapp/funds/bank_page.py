"""制作银行文件 as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from flask import url_for

from registry.budget.amounts import in_capitals, in_yuan
from registry.budget.bank_formats import bank_formats
from registry.funds.bank_desk import PAYING, BankOffer
from webapp.funds.words import amount, fund_tabs
from webapp.shared.language import _, is_english
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import moment


@dataclass(frozen=True)
class Typed:
    """What was typed into a form that was refused, and why it was.

    ``others``: so many lines could go without those that cannot be written.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    others: int | None = None


@dataclass(frozen=True)
class MadeFile:
    """A file that was made before."""

    href: str
    number: str
    name: str
    made: str
    lines: int
    total: str


@dataclass(frozen=True)
class LineNotSent:
    """A payment that stands in no file, and why."""

    number: int
    name: str
    note: str
    amount: str
    reason: str


@dataclass(frozen=True)
class BankFilePage(Page):
    """Which format, what for; what was made before."""

    template: ClassVar[str] = "funds/bank_file.html"

    tabs: tuple[Link, ...]
    number: str
    name: str
    lines: int
    total: str
    capitals: str
    formats: Mapping[str, str]
    made: tuple[MadeFile, ...]
    left_out: tuple[LineNotSent, ...]
    others: int | None
    chosen: str
    reason: str
    is_again: bool
    is_left: bool
    message: str

    @property
    def title(self) -> str:
        """制作银行文件 · 编号."""
        return f"{_('制作银行文件')} · {self.number}"


def bank_file_page(shell: Shell, offer: BankOffer, typed: Typed) -> BankFilePage:
    """The page; the format that was used last is chosen already."""
    line, values, english = offer.line, typed.values, is_english()
    last = offer.made[0].sending.format if offer.made else ""
    return BankFilePage(
        shell=shell,
        tabs=fund_tabs("batches"),
        number=line.batch.number,
        name=line.batch.title,
        lines=line.lines,
        total=in_yuan(line.fen),
        capitals=in_capitals(line.fen),
        formats={
            code: one.title_en if english else one.title for code, one in bank_formats().items()
        },
        made=tuple(
            MadeFile(
                href=url_for(
                    "funds.fetch_bank_file", number=line.batch.number, sending=one.sending.number
                ),
                number=one.sending.number,
                name=one.sending.file_name,
                made=f"{one.by_name} {moment(one.sending.made_at)}".strip(),
                lines=one.sending.lines,
                total=in_yuan(one.sending.fen),
            )
            for one in offer.made
        ),
        left_out=tuple(
            LineNotSent(
                number=one.payment.number,
                name=one.payment.payee.name,
                note=one.payment.payee.note,
                amount=amount(one.payment.fen),
                reason=one.reason,
            )
            for one in offer.left_out
        ),
        others=typed.others,
        chosen=values.get("format", last),
        reason=values.get("reason", PAYING),
        is_again=bool(values.get("again")),
        is_left=bool(values.get("leave")),
        message=typed.message,
    )
