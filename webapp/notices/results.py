"""发放结果公示 as pages: what batches paid, masked; the public needs no account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from registry.budget.amounts import in_yuan
from registry.funds.result_rows import ResultRow
from registry.funds.results import ShownPart, ShownResult
from registry.store.results import ResultNotice
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.words import day


@dataclass(frozen=True)
class ResultLine:
    """One published batch in the list."""

    href: str
    title: str
    unit: str
    lines: int
    amount: str
    published: str
    ends: str


@dataclass(frozen=True)
class ResultsPage(Page):
    """What is on notice today."""

    template: ClassVar[str] = "notices/results.html"

    rows: tuple[ResultLine, ...]

    @property
    def title(self) -> str:
        """发放结果公示."""
        return _("发放结果公示")


@dataclass(frozen=True)
class ResultPart:
    """What was published at once of a batch: who was paid."""

    head: ResultLine
    rows: tuple[ResultRow, ...]
    phone: str
    is_over: bool


@dataclass(frozen=True)
class ResultPage(Page):
    """One published batch: who was paid when it was closed, who later."""

    template: ClassVar[str] = "notices/result.html"

    parts_of_it: tuple[ResultPart, ...]
    is_over: bool
    is_intact: bool

    @property
    def title(self) -> str:
        """What was paid."""
        return f"{self.parts_of_it[0].head.title} {_('发放结果公示')}"


def results_page(shell: Shell, found: Sequence[ResultNotice]) -> ResultsPage:
    """The list."""
    return ResultsPage(shell, tuple(_line(one) for one in found))


def result_page(shell: Shell, one: ShownResult) -> ResultPage:
    """One of them."""
    return ResultPage(
        shell,
        parts_of_it=tuple(_part(part) for part in one.parts),
        is_over=one.is_over,
        is_intact=one.is_intact,
    )


def _part(one: ShownPart) -> ResultPart:
    return ResultPart(_line(one.notice), tuple(one.rows), one.notice.phone, one.is_over)


def _line(one: ResultNotice) -> ResultLine:
    return ResultLine(
        href=url_for("notices.result", batch_no=one.batch_no),
        title=one.title,
        unit=one.unit,
        lines=one.lines,
        amount=in_yuan(one.fen),
        published=day(one.published_on),
        ends=day(one.ends_on),
    )
