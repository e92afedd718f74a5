"""其他支出 as a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from engine.model.ids import new_id
from engine.model.organisations import Organisation
from registry.funds.expense_book import Expenses
from registry.store.expenses import ExpensesWanted
from webapp.funds.words import amount, fund_tabs, source_names, source_words, subject_names
from webapp.shared.addresses import address
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import NOTHING, day, moment

FIELDS = ("unit", "subject", "source", "payee", "amount", "spent_on", "voucher", "note")


@dataclass(frozen=True)
class ExpenseRow:
    """One entry."""

    id: str
    spent_on: str
    unit: str
    subject: str
    source: str
    payee: str
    amount: str
    voucher: str
    note: str
    entered: str
    is_counter: bool
    is_taken_back: bool


@dataclass(frozen=True)
class ExpensesPage(Page):
    """The entries of a year, and the form for more."""

    template: ClassVar[str] = "funds/expenses.html"

    tabs: tuple[Link, ...]
    year: int
    years: tuple[Link, ...]
    rows: tuple[ExpenseRow, ...]
    total: str
    only: str
    """What alone is shown, of a unit, a subject, a source, a month; empty for all."""
    every: str
    may_enter: bool
    units: Mapping[str, str]
    subjects: Mapping[str, str]
    sources: Mapping[str, str]
    typed: Mapping[str, str]
    entry: str
    message: str

    @property
    def title(self) -> str:
        """其他支出 · 2026."""
        return f"{_('其他支出')} · {self.year}"


@dataclass(frozen=True)
class Asked:
    """Which year, whose alone, and what was typed into a form that was refused."""

    year: int
    this_year: int
    wanted: ExpensesWanted
    unit_name: str
    typed: Mapping[str, str]
    message: str = ""


def expenses_page(
    shell: Shell, found: Expenses, units: Sequence[Organisation], asked: Asked
) -> ExpensesPage:
    """The page of a year."""
    subjects = subject_names()
    wanted = asked.wanted
    narrowed = {"unit": wanted.unit} if wanted.unit else {}
    years = sorted({asked.this_year, asked.this_year - 1, asked.this_year - 2, asked.year})
    return ExpensesPage(
        shell=shell,
        tabs=fund_tabs("expenses"),
        year=asked.year,
        years=tuple(
            Link(
                str(year),
                address("funds.expenses", {"year": str(year), **narrowed}),
                year == asked.year,
            )
            for year in reversed(years)
        ),
        rows=tuple(
            ExpenseRow(
                id=one.expense.id,
                spent_on=day(one.expense.spent_on),
                unit=one.unit,
                subject=subjects.get(one.expense.subject, one.expense.subject),
                source=source_words(one.expense.source),
                payee=one.expense.payee,
                amount=amount(one.expense.fen),
                voucher=one.expense.voucher or NOTHING,
                note=one.expense.note or NOTHING,
                entered=f"{one.by_name} {moment(one.expense.entered_at)}".strip(),
                is_counter=one.expense.counters is not None,
                is_taken_back=one.is_taken_back,
            )
            for one in found.lines
        ),
        total=amount(found.fen),
        only=" ".join(part for part in _narrowed(asked) if part),
        every=address("funds.expenses", {"year": str(asked.year)}),
        may_enter=found.may_enter,
        units={one.id: one.name for one in units},
        subjects=subjects,
        sources=source_names(),
        typed={name: asked.typed.get(name, "") for name in FIELDS},
        entry=asked.typed.get("entry", "") or new_id(),
        message=asked.message,
    )


def _narrowed(asked: Asked) -> tuple[str, ...]:
    wanted, month = asked.wanted, asked.wanted.month
    return (
        asked.unit_name,
        subject_names().get(wanted.subject, wanted.subject),
        source_words(wanted.source),
        _("%(n)s 月", n=int(month)) if month.isdigit() else month,
    )
