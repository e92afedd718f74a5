"""年度报告: what was spent on help in a calendar year, with the payments behind every figure.

Paid by programmes, less what came back (追回), and entered as other expenditure, added up the same
four ways, so that each table comes to the same total (domain.md §1.16, §4.2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine import Actor, Engine
from engine.model.clock import local_date
from engine.store.database import Tx
from registry.funds.rights import FundAct, must_somewhere, places_of
from registry.store import expenses, funds, year_payments
from registry.store.expenses import ExpenseSum, ExpensesWanted
from registry.store.funds import Places
from registry.store.year_payments import Cut, PaidLine, PaidSum, PaidWanted

_MOST_LISTED = 500


@dataclass(frozen=True)
class Spent:
    """What was paid and what was entered beside it; ``was``: both in the year before, in fen."""

    paid: PaidSum
    other: ExpenseSum
    was: int

    @property
    def fen(self) -> int:
        """Both together."""
        return self.paid.fen + self.other.fen


@dataclass(frozen=True)
class YearReport:
    """A year of her area, or of one unit of it. ``tables``: by what, and each of its values."""

    year: int
    unit: str
    years: Sequence[int]
    units: Mapping[str, str]
    until: datetime
    is_over: bool
    total: Spent
    tables: Mapping[Cut, Mapping[str, Spent]]


@dataclass(frozen=True)
class PaidBehind:
    """The payments of a figure, newest first, as many as are shown; ``total`` of all."""

    lines: Sequence[PaidLine]
    total: PaidSum


class YearDesk:
    """The group of questions about the money of a year."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment

    def report(self, actor: Actor, year: int, unit: str = "") -> YearReport:
        """The report of a year, 0 for this one. Raises NotPermitted."""
        must_somewhere(actor, FundAct.SEE)
        places = places_of(actor, FundAct.SEE)
        now = self._environment.now()
        this_year = local_date(now).year

        def read(tx: Tx) -> YearReport:
            seen = {*year_payments.years_paid(tx, places), *expenses.years(tx, places), this_year}
            of = year or this_year
            return YearReport(
                year=of,
                unit=unit,
                years=sorted(seen, reverse=True),
                units={**funds.units(tx, places, of - 1), **funds.units(tx, places, of)},
                until=now,
                is_over=of < this_year,
                total=_total(tx, places, PaidWanted(of, unit=unit)),
                tables={cut: _table(tx, places, PaidWanted(of, unit=unit), cut) for cut in Cut},
            )

        return self._engine.ask(read)

    def export(self, actor: Actor, year: int, unit: str = "") -> YearReport:
        """The report for a workbook; that it left is written down. Raises NotPermitted."""
        found = self.report(actor, year, unit)
        told = found.units.get(unit, "")
        self._engine.note_access(actor, "year-report-exported", str(found.year), told)
        return found

    def behind(self, actor: Actor, wanted: PaidWanted) -> PaidBehind:
        """The payments that a figure counts. Raises NotPermitted."""
        must_somewhere(actor, FundAct.SEE)
        places = places_of(actor, FundAct.SEE)
        return self._engine.ask(
            lambda tx: PaidBehind(
                year_payments.paid_listed(tx, places, wanted, _MOST_LISTED),
                year_payments.paid_total(tx, places, wanted),
            )
        )


def _total(tx: Tx, places: Places, wanted: PaidWanted) -> Spent:
    before = replace(wanted, year=wanted.year - 1)
    was = year_payments.paid_total(tx, places, before).fen
    was += expenses.total(tx, places, _beside(before)).fen
    paid = year_payments.paid_total(tx, places, wanted)
    return Spent(paid, expenses.total(tx, places, _beside(wanted)), was)


def _table(tx: Tx, places: Places, wanted: PaidWanted, cut: Cut) -> dict[str, Spent]:
    """Every value that either year has, in the order of its code."""
    before = replace(wanted, year=wanted.year - 1)
    paid = year_payments.paid_by(tx, places, wanted, cut)
    paid_before = year_payments.paid_by(tx, places, before, cut)
    other = expenses.by(tx, places, _beside(wanted), cut)
    other_before = expenses.by(tx, places, _beside(before), cut)
    return {
        value: Spent(
            paid.get(value, PaidSum()),
            other.get(value, ExpenseSum()),
            paid_before.get(value, PaidSum()).fen + other_before.get(value, ExpenseSum()).fen,
        )
        for value in sorted({*paid, *paid_before, *other, *other_before})
    }


def _beside(wanted: PaidWanted) -> ExpensesWanted:
    return ExpensesWanted(wanted.year, wanted.unit)
