"""What a number of the ledger counts, and the page of one line, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine.model.ids import new_id
from registry.budget.model import Column
from registry.funds.desk import Counted, OneLine, words_of
from registry.store.funds import MovementLine
from webapp.funds.words import (
    COLUMNS,
    KINDS,
    amount,
    fund_tabs,
    programme_words,
    source_words,
)
from webapp.shared.addresses import address
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import NOTHING, moment


@dataclass(frozen=True)
class MovementRow:
    """One movement in words."""

    at: str
    kind: str
    amount: str
    is_less: bool
    line: str
    line_href: str
    what: str
    document: str
    href: str
    link: str
    by: str


@dataclass(frozen=True)
class MovementsPage(Page):
    """The movements a number counts."""

    template: ClassVar[str] = "funds/movements.html"

    tabs: tuple[Link, ...]
    column: str
    of_what: str
    total: str
    count: int
    rows: tuple[MovementRow, ...]
    back: str
    is_cut: bool
    of_many: bool
    """Whether the rows are of several lines, so that each says of which."""

    @property
    def title(self) -> str:
        """占用明细."""
        return _("%(column)s明细", column=self.column)


@dataclass(frozen=True)
class LinePage(Page):
    """One budget line: its numbers, its movements, what can be done with it."""

    template: ClassVar[str] = "funds/line.html"

    tabs: tuple[Link, ...]
    line_id: int
    words: str
    figures: tuple[tuple[str, str, str], ...]
    percent: int
    is_near: bool
    rows: tuple[MovementRow, ...]
    may_transfer: bool
    may_carry: bool
    targets: Mapping[str, str]
    entry: str
    typed: Mapping[str, str]
    message: str

    @property
    def title(self) -> str:
        """The line in words."""
        return self.words


def movements_page(
    shell: Shell, found: Counted, column: Column, of_what: str, back: str
) -> MovementsPage:
    """The page of one number."""
    return MovementsPage(
        shell=shell,
        tabs=fund_tabs("ledger"),
        column=str(COLUMNS[column]),
        of_what=of_what,
        total=amount(found.fen),
        count=found.total,
        rows=tuple(_row(one) for one in found.lines),
        back=back,
        is_cut=found.total > len(found.lines),
        of_many=len({one.movement.line_id for one in found.lines}) > 1,
    )


def line_page(
    shell: Shell, one: OneLine, counted: Counted, typed: Mapping[str, str], message: str
) -> LinePage:
    """The page of one line; ``counted`` is all that moved what is free."""
    line = one.found.line
    return LinePage(
        shell=shell,
        tabs=fund_tabs("ledger"),
        line_id=line.id,
        words=f"{one.found.unit} {line.key.year} {programme_words(line.key.programme)}"
        f"({source_words(line.key.source)})",
        figures=tuple(
            (
                str(words),
                amount(line.column(column)),
                address("funds.movements", {"line": str(line.id), "column": column.value}),
            )
            for column, words in COLUMNS.items()
        ),
        percent=line.percent,
        is_near=line.allocated > 0 and line.percent >= one.warn_from,
        rows=tuple(_row(row) for row in counted.lines),
        may_transfer=one.may_transfer,
        may_carry=one.may_allocate and line.available > 0,
        targets={str(other.line.id): words_of(other) for other in one.others},
        entry=typed.get("entry", "") or new_id(),
        typed={name: typed.get(name, "") for name in ("target", "amount", "reason", "document")},
        message=message,
    )


def _row(one: MovementLine) -> MovementRow:
    movement = one.movement
    href, link = "", ""
    if movement.batch_no:
        href, link = url_for("funds.batch", number=movement.batch_no), movement.batch_no
    elif movement.case_id:
        href, link = url_for("cases.show", case_id=movement.case_id), _("办件")
    key = one.line.key
    return MovementRow(
        at=moment(movement.at),
        kind=str(KINDS[movement.kind]),
        amount=amount(one.signed),
        is_less=one.signed < 0,
        line=f"{one.unit} {programme_words(key.programme)}({source_words(key.source)})",
        line_href=url_for("funds.line", line_id=one.line.id),
        what=" ".join(part for part in (one.payee, movement.note) if part) or NOTHING,
        document=movement.document or NOTHING,
        href=href,
        link=link,
        by=one.by_name or NOTHING,
    )
