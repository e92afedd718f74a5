"""指标台账 as a value: lines by unit with sums, each number a way to the movements it counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from flask import url_for

from registry.budget.model import BudgetLine, Column
from registry.funds.desk import Ledger
from registry.store.funds import Narrowing
from webapp.funds.words import (
    COLUMNS,
    amount,
    fund_tabs,
    programme_names,
    programme_words,
    source_names,
    source_words,
)
from webapp.shared.addresses import address
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page


@dataclass(frozen=True)
class Figure:
    """A number and the movements it counts."""

    text: str
    href: str
    is_nothing: bool


@dataclass(frozen=True)
class LedgerRow:
    """A line, the sum of a unit, or the sum of all. ``state`` warns: near, over or nothing."""

    kind: str
    label: str
    source: str
    href: str
    figures: tuple[Figure, ...]
    percent: int
    state: str


@dataclass(frozen=True)
class Choice:
    """A value of a filter."""

    code: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class LedgerPage(Page):
    """The ledger of a year."""

    template: ClassVar[str] = "funds/ledger.html"

    tabs: tuple[Link, ...]
    year: int
    years: tuple[Choice, ...]
    units: tuple[Choice, ...]
    programmes: tuple[Choice, ...]
    sources: tuple[Choice, ...]
    columns: tuple[str, ...]
    rows: tuple[LedgerRow, ...]
    warnings: tuple[str, ...]
    paid: str
    other: str
    together: str
    other_href: str
    export: str
    allocate: str
    warn_from: int

    @property
    def title(self) -> str:
        """指标台账 · 2026 年."""
        return f"{_('指标台账')} · {self.year}"


def ledger_page(shell: Shell, found: Ledger, asked: Narrowing) -> LedgerPage:
    """The page."""
    lines = [one.line for one in found.lines]
    paid, other = sum(one.paid for one in lines), sum(found.other.values())
    narrowed = {"unit": asked.unit, "programme": asked.programme, "source": asked.source}
    here = {"year": str(found.year), **{k: v for k, v in narrowed.items() if v}}
    return LedgerPage(
        shell=shell,
        tabs=fund_tabs("ledger"),
        year=found.year,
        years=tuple(Choice(str(y), str(y), y == found.year) for y in found.years),
        units=_choices(found.units, asked.unit),
        programmes=_choices(programme_names(), asked.programme),
        sources=_choices(source_names(), asked.source),
        columns=tuple(str(words) for words in COLUMNS.values()),
        rows=tuple(_rows(found, here)),
        warnings=tuple(_warnings(found)),
        paid=amount(paid),
        other=amount(other),
        together=amount(paid + other),
        other_href=address(
            "funds.expenses",
            {"year": str(found.year), **({"unit": asked.unit} if asked.unit else {})},
        ),
        export=address("funds.export", here),
        allocate=url_for("funds.allocate") if found.may_allocate else "",
        warn_from=found.warn_from,
    )


def _choices(words: Mapping[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(code, label, code == chosen) for code, label in words.items())


def _rows(found: Ledger, here: Mapping[str, str]) -> Iterator[LedgerRow]:
    if not found.lines:
        return
    yield _row("all", _("合计"), "", [one.line for one in found.lines], found, here)
    for unit_id, group in groupby(found.lines, key=lambda one: one.line.key.organisation_id):
        lines = list(group)
        of_unit = {**here, "unit": unit_id}
        yield _row("unit", lines[0].unit, "", [one.line for one in lines], found, of_unit)
        for one in lines:
            key = one.line.key
            label, source = programme_words(key.programme), source_words(key.source)
            yield _row("line", label, source, [one.line], found, {"line": str(one.line.id)})


def _row(
    kind: str,
    label: str,
    source: str,
    lines: Sequence[BudgetLine],
    found: Ledger,
    narrowing: Mapping[str, str],
) -> LedgerRow:
    sums = {column: sum(line.column(column) for line in lines) for column in Column}
    allocated = sums[Column.ALLOCATED]
    percent = (allocated - sums[Column.AVAILABLE]) * 100 // allocated if allocated else 0
    href = url_for("funds.line", line_id=lines[0].id) if kind == "line" else ""
    figures = tuple(
        Figure(
            amount(sums[column]),
            address("funds.movements", {**narrowing, "column": column.value}),
            not sums[column],
        )
        for column in COLUMNS
    )
    near = percent >= found.warn_from and allocated > 0
    state = ("full" if not sums[Column.AVAILABLE] else "near") if near else ""
    return LedgerRow(kind, label, source, href, figures, percent, state)


def _warnings(found: Ledger) -> Iterator[str]:
    for one in found.lines:
        line = one.line
        if not line.allocated or line.percent < found.warn_from:
            continue
        yield _(
            "%(unit)s %(programme)s(%(source)s)已用 %(percent)s%%,结余 %(left)s 元",
            unit=one.unit,
            programme=programme_words(line.key.programme),
            source=source_words(line.key.source),
            percent=line.percent,
            left=amount(line.available),
        )
