"""The tab 收支与资产: the sums behind the category, months as bars, lines with their papers."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from registry.money import Line, Money, yuan
from webapp.shared.language import _
from webapp.shared.words import NOTHING


@dataclass(frozen=True)
class SumRow:
    """One figure; ``href`` leads to the lines it comes from."""

    label: str
    text: str
    href: str
    note: str
    doubt: str


@dataclass(frozen=True)
class MonthRow:
    """One month; ``total`` draws the bar."""

    month: str
    own: str
    dibao: str
    per_head: str
    total: str
    is_below: bool


@dataclass(frozen=True)
class LineRow:
    """One line with links to the papers that prove it."""

    when: str
    who: str
    kind: str
    amount: str
    papers: tuple[str, ...]
    verified: str = ""


@dataclass(frozen=True)
class KindRow:
    """What one kind comes to."""

    kind: str
    amount: str


@dataclass(frozen=True)
class MoneyTab:
    """Everything about money."""

    sums: tuple[SumRow, ...]
    gap: str
    months: tuple[MonthRow, ...]
    largest: str
    incomes: tuple[LineRow, ...]
    income_kinds: tuple[KindRow, ...]
    expenses: tuple[LineRow, ...]
    expense_kinds: tuple[KindRow, ...]


def money_tab(money: Money) -> MoneyTab:
    """The tab."""
    return MoneyTab(
        sums=tuple(
            SumRow(one.label, one.text, _place(one.place), one.note, one.doubt)
            for one in money.sums
        ),
        gap=money.gap,
        months=tuple(
            MonthRow(
                one.month,
                yuan(one.own),
                yuan(one.dibao) if one.dibao else NOTHING,
                NOTHING if one.per_head is None else yuan(one.per_head),
                f"{one.own + one.dibao:f}",
                one.is_below,
            )
            for one in money.months
        ),
        largest=f"{max(money.largest_month, 1):f}",
        incomes=_lines(money.incomes),
        income_kinds=tuple(KindRow(one.kind, yuan(one.amount)) for one in money.income_kinds),
        expenses=_lines(money.expenses),
        expense_kinds=tuple(KindRow(one.kind, yuan(one.amount)) for one in money.expense_kinds),
    )


def _place(place: str) -> str:
    """Where on the file's pages the lines of a figure stand."""
    return "?tab=members" if place == "members" else f"#{place}"


def _verified(line: Line) -> str:
    """Who verified the line, and what had been stated where that was something else."""
    if not line.verified_by:
        return ""
    said = _("%(name)s核实", name=line.verified_by)
    if line.stated is None or line.stated == line.amount:
        return said
    return _("%(said)s,申报 %(amount)s", said=said, amount=yuan(line.stated))


def _lines(lines: Sequence[Line]) -> tuple[LineRow, ...]:
    return tuple(
        LineRow(
            line.when or NOTHING,
            line.who or NOTHING,
            line.kind,
            yuan(line.amount),
            tuple(url_for("reading.paper", file_id=one) for one in line.evidence),
            _verified(line),
        )
        for line in lines
    )
