"""The page on which 下达 and 核减 are entered, and the list of transfers, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine.model.ids import new_id
from engine.model.organisations import Organisation
from registry.funds.desk import TransferLine, words_of
from webapp.funds.words import (
    TRANSFER_STATES,
    amount,
    fund_tabs,
    programme_names,
    source_names,
)
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import NOTHING, moment

FIELDS = ("kind", "year", "unit", "programme", "source", "amount", "document", "note")


@dataclass(frozen=True)
class AllocatePage(Page):
    """The form; what is refused stays typed."""

    template: ClassVar[str] = "funds/allocate.html"

    tabs: tuple[Link, ...]
    units: Mapping[str, str]
    programmes: Mapping[str, str]
    sources: Mapping[str, str]
    typed: Mapping[str, str]
    entry: str
    message: str

    @property
    def title(self) -> str:
        """下达指标."""
        return _("下达指标")


@dataclass(frozen=True)
class TransferRow:
    """One transfer."""

    at: str
    source: str
    target: str
    amount: str
    reason: str
    state: str
    is_open: bool
    document: str
    href: str


@dataclass(frozen=True)
class TransfersPage(Page):
    """The newest transfers of her area."""

    template: ClassVar[str] = "funds/transfers.html"

    tabs: tuple[Link, ...]
    rows: tuple[TransferRow, ...]

    @property
    def title(self) -> str:
        """调剂记录."""
        return _("调剂记录")


def allocate_page(
    shell: Shell, units: Sequence[Organisation], year: int, typed: Mapping[str, str], message: str
) -> AllocatePage:
    """The form, this year chosen."""
    said = {name: typed.get(name, "") for name in FIELDS}
    return AllocatePage(
        shell=shell,
        tabs=fund_tabs("ledger"),
        units={one.id: one.name for one in units},
        programmes=programme_names(),
        sources=source_names(),
        typed={**said, "year": said["year"] or str(year)},
        entry=typed.get("entry", "") or new_id(),
        message=message,
    )


def transfers_page(shell: Shell, found: Sequence[TransferLine]) -> TransfersPage:
    """The list, newest first."""
    return TransfersPage(shell=shell, tabs=fund_tabs("transfers"), rows=tuple(map(_row, found)))


def _row(one: TransferLine) -> TransferRow:
    asked = one.transfer
    return TransferRow(
        at=moment(asked.asked_at),
        source=NOTHING if one.source is None else words_of(one.source),
        target=NOTHING if one.target is None else words_of(one.target),
        amount=amount(asked.fen),
        reason=asked.reason,
        state=str(TRANSFER_STATES[asked.status]),
        is_open=asked.status.value == "pending",
        document=asked.document or NOTHING,
        href=url_for("cases.show", case_id=asked.case_id) if asked.case_id else "",
    )
