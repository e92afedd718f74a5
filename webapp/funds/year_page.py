"""年度报告 as a value: four tables of one total, each figure a way to what it counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from registry.budget.amounts import in_yuan
from registry.budget.model import PayeeKind
from registry.funds.year_report import PaidBehind, Spent, YearReport
from registry.store.year_payments import Cut, PaidLine, PaidSum, PaidWanted
from webapp.funds.words import (
    PAYEES,
    amount,
    fund_tabs,
    programme_words,
    source_words,
    subject_names,
)
from webapp.shared.addresses import address
from webapp.shared.language import _, lazy
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import NOTHING, day, moment

CUTS: Mapping[Cut, tuple[object, object]] = {
    Cut.PROGRAMME: (lazy("按帮扶项目"), lazy("帮扶项目")),
    Cut.SOURCE: (lazy("按资金来源"), lazy("资金来源")),
    Cut.UNIT: (lazy("按付款单位"), lazy("付款单位")),
    Cut.MONTH: (lazy("按月份"), lazy("月份")),
}
"""What stands above each table, and above its first column."""


@dataclass(frozen=True)
class Figure:
    """A number with what it counts; without an address it counts nothing."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class YearRow:
    """One value of a table. ``change``: against the year before, in fen."""

    label: str
    payments: Figure
    households: Figure
    others: Figure
    paid: Figure
    other: Figure
    total: str
    was: Figure
    change: int
    change_text: str
    spent: Spent


@dataclass(frozen=True)
class YearTable:
    """Rows that add up to the total of the report; ``of``: what each row is one of."""

    label: str
    of: str
    rows: tuple[YearRow, ...]


@dataclass(frozen=True)
class YearPage(Page):
    """The report of a year."""

    template: ClassVar[str] = "funds/year.html"

    tabs: tuple[Link, ...]
    year: int
    years: tuple[Link, ...]
    area: str
    unit: str
    units: Mapping[str, str]
    until: str
    is_over: bool
    summary: str
    tables: tuple[YearTable, ...]
    total: YearRow
    workbook: str

    @property
    def title(self) -> str:
        """年度报告."""
        return _("年度报告")


@dataclass(frozen=True)
class PaidRow:
    """A payment in words."""

    paid_on: str
    payee: str
    payee_href: str
    kind: str
    payer: str
    what: str
    amount: str
    voucher: str
    href: str
    link: str
    is_recovery: bool


@dataclass(frozen=True)
class PaidPage(Page):
    """The payments that a figure counts."""

    template: ClassVar[str] = "funds/paid.html"

    tabs: tuple[Link, ...]
    back: str
    of_what: str
    total: str
    count: str
    rows: tuple[PaidRow, ...]
    is_cut: bool

    @property
    def title(self) -> str:
        """付款明细."""
        return _("付款明细")


def year_page(shell: Shell, found: YearReport, area: str) -> YearPage:
    """The page; ``area`` is what she sees, where no unit was chosen."""
    draw = _Drawing(found)
    narrowed = {"unit": found.unit} if found.unit else {}
    return YearPage(
        shell=shell,
        tabs=fund_tabs("year"),
        year=found.year,
        years=tuple(
            Link(str(one), address("funds.year", narrowed, year=one), one == found.year)
            for one in found.years
        ),
        area=found.units.get(found.unit, "") or area,
        unit=found.unit,
        units=found.units,
        until=moment(found.until),
        is_over=found.is_over,
        summary=_summary(found),
        tables=tuple(
            YearTable(str(label), str(of), tuple(draw.rows(cut)))
            for cut, (label, of) in CUTS.items()
        ),
        total=draw.row(_("合计"), found.total, {}, {}),
        workbook=address("funds.year_workbook_file", narrowed, year=found.year),
    )


def _summary(found: YearReport) -> str:
    paid, total = found.total.paid, found.total.fen
    told = _("%(year)s 年帮扶支出合计 %(total)s", year=found.year, total=in_yuan(total))
    parts = [told]
    if paid.households:
        parts.append(_("惠及在档困难职工家庭 %(n)s 户", n=f"{paid.households:,}"))
    if paid.others:
        parts.append(_("其他对象 %(n)s 个", n=f"{paid.others:,}"))
    if paid.recoveries:
        parts.append(
            _("已扣除追回 %(n)s 笔 %(sum)s", n=f"{paid.recoveries:,}", sum=in_yuan(paid.recovered))
        )
    if found.total.was > 0:
        percent = (total - found.total.was) * 100 / found.total.was
        parts.append(_("比上年 %(percent)s%%", percent=f"{percent:+.1f}"))
    return ",".join(parts) + "。"


class _Drawing:
    """Where the figures of one report lead."""

    def __init__(self, found: YearReport) -> None:
        self._found = found

    def rows(self, cut: Cut) -> list[YearRow]:
        words = self._words(cut)
        rows = []
        for value, spent in self._found.tables[cut].items():
            narrowed = {cut.value: value}
            beside = {"subject" if cut is Cut.PROGRAMME else cut.value: value}
            rows.append(self.row(words(value), spent, narrowed, beside))
        return rows

    def row(
        self, label: str, spent: Spent, narrowed: Mapping[str, str], beside: Mapping[str, str]
    ) -> YearRow:
        """``narrowed``: which payments, ``beside``: which other expenditure a figure counts."""
        paid, other = spent.paid, spent.other
        change = spent.fen - spent.was
        return YearRow(
            label=label,
            payments=self._paid(f"{paid.payments:,}", paid.payments, narrowed),
            households=self._paid(f"{paid.households:,}", paid.households, narrowed),
            others=self._paid(f"{paid.others:,}", paid.others, narrowed),
            paid=self._paid(amount(paid.fen), paid.lines, narrowed),
            other=self._other(amount(other.fen), other.entries, beside),
            total=amount(spent.fen),
            was=Figure(amount(spent.was)),
            change=change,
            change_text=f"{'+' if change > 0 else ''}{amount(change)}",
            spent=spent,
        )

    def _paid(self, text: str, counted: int, narrowed: Mapping[str, str]) -> Figure:
        if not counted:
            return Figure(text)
        return Figure(text, address("funds.year_payments", self._all(narrowed)))

    def _other(self, text: str, counted: int, beside: Mapping[str, str]) -> Figure:
        if not counted:
            return Figure(text)
        return Figure(text, address("funds.expenses", self._all(beside)))

    def _all(self, narrowed: Mapping[str, str]) -> dict[str, str]:
        unit = {"unit": self._found.unit} if self._found.unit else {}
        return {"year": str(self._found.year), **unit, **narrowed}

    def _words(self, cut: Cut) -> Callable[[str], str]:
        if cut is Cut.PROGRAMME:
            subjects = subject_names()
            return lambda code: (
                _("其他支出:%(subject)s", subject=subjects[code])
                if (code in subjects)
                else programme_words(code)
            )
        if cut is Cut.SOURCE:
            return source_words
        if cut is Cut.UNIT:
            return lambda unit: self._found.units.get(unit, unit)
        return lambda month: _("%(n)s 月", n=int(month))


def paid_page(
    shell: Shell, found: PaidBehind, wanted: PaidWanted, units: Mapping[str, str]
) -> PaidPage:
    """The page of one figure."""
    total = found.total
    parts = (
        _("%(year)s 年", year=wanted.year),
        _("%(n)s 月", n=int(wanted.month)) if wanted.month else "",
        units.get(wanted.unit, wanted.unit),
        programme_words(wanted.programme),
        source_words(wanted.source),
    )
    unit = {"unit": wanted.unit} if wanted.unit else {}
    return PaidPage(
        shell=shell,
        tabs=fund_tabs("year"),
        back=address("funds.year", unit, year=wanted.year),
        of_what=" ".join(part for part in parts if part),
        total=amount(total.fen),
        count=_count(total),
        rows=tuple(_paid_row(one) for one in found.lines),
        is_cut=total.lines > len(found.lines),
    )


def _count(total: PaidSum) -> str:
    said = _(
        "%(payments)s 笔,在档户 %(households)s 户,其他对象 %(others)s 个",
        payments=f"{total.payments:,}",
        households=f"{total.households:,}",
        others=f"{total.others:,}",
    )
    if not total.recoveries:
        return said
    back = _("已扣除追回 %(n)s 笔 %(sum)s", n=f"{total.recoveries:,}", sum=in_yuan(total.recovered))
    return f"{said},{back}"


def _paid_row(one: PaidLine) -> PaidRow:
    is_file = one.kind is PayeeKind.HOUSEHOLD
    href, link = "", ""
    if one.batch_no:
        href, link = url_for("funds.batch", number=one.batch_no), one.batch_no
    elif one.case_id:
        href, link = url_for("cases.show", case_id=one.case_id), _("办件")
    return PaidRow(
        paid_on=day(one.paid_on),
        payee=one.payee,
        payee_href=url_for("register.household", file_no=one.payee_key) if is_file else "",
        kind=str(PAYEES[one.kind]),
        payer=one.payer,
        what=f"{programme_words(one.programme)} {one.period}({source_words(one.source)})",
        amount=amount(one.fen),
        voucher=one.voucher or NOTHING,
        href=href,
        link=link,
        is_recovery=one.is_recovery,
    )
