"""A household's money as its file says it: months, kinds, and the sums behind the category.

The lines are the truth (domain.md, correction 5): every sum is reckoned from them again, and a
sum of the proposal that differs is said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from registry.household import Content, mapping, mappings, text
from registry.vocabulary import EXPENSE_KINDS, INCOME_KINDS, words

_DIBAO = "dibao"
_NOTHING = Decimal(0)
_MONTHS = 12
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Month:
    """One month: own income, 低保金, what that is for each person, whether under the standard."""

    month: str
    own: Decimal
    dibao: Decimal
    per_head: Decimal | None
    is_below: bool


@dataclass(frozen=True)
class Line:
    """One income or expense with the papers that prove it.

    ``amount`` is what counts; ``stated`` what was stated where somebody verified the line.
    """

    when: str
    who: str
    kind: str
    amount: Decimal
    evidence: tuple[str, ...]
    stated: Decimal | None = None
    verified_by: str = ""


@dataclass(frozen=True)
class KindSum:
    """What one kind of line comes to."""

    kind: str
    amount: Decimal


@dataclass(frozen=True)
class Sum:
    """One figure of the proposal. ``place`` names where its lines are; ``doubt`` a difference."""

    label: str
    text: str
    place: str
    note: str = ""
    doubt: str = ""


@dataclass(frozen=True)
class Money:
    """Everything about money that a file says."""

    sums: Sequence[Sum]
    gap: str
    months: Sequence[Month]
    incomes: Sequence[Line]
    income_kinds: Sequence[KindSum]
    expenses: Sequence[Line]
    expense_kinds: Sequence[KindSum]

    @property
    def largest_month(self) -> Decimal:
        """For drawing bars."""
        return max((one.own + one.dibao for one in self.months), default=_NOTHING)


def money_of(content: Content, show_name: Mapping[str, str]) -> Money:
    """The money of a content; ``show_name`` gives a person's name as it may be shown."""
    incomes = _lines(content.get("income_lines"), "month", "income_kind", INCOME_KINDS, show_name)
    expenses = _lines(
        content.get("expense_lines"), "period", "expense_kind", EXPENSE_KINDS, show_name
    )
    proposal = mapping(content.get("proposal"))
    months = _months(content, proposal)
    return Money(
        sums=_sums(content, proposal),
        gap=_gap(proposal),
        months=months,
        incomes=incomes,
        income_kinds=_by_kind(incomes),
        expenses=expenses,
        expense_kinds=_by_kind(expenses),
    )


def yuan(amount: Decimal) -> str:
    """1,000.00 元."""
    return f"{amount:,.2f} 元"


def number(value: object) -> Decimal | None:
    """A figure of a content; None for none."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _lines(
    group: object,
    when: str,
    kind: str,
    kinds: Mapping[str, str],
    show_name: Mapping[str, str],
) -> list[Line]:
    found = [
        Line(
            when=text(row.get(when)),
            who=show_name.get(text(row.get("person")), text(row.get("person"))),
            kind=words(kinds, row.get(kind)),
            amount=number(row.get("amount")) or _NOTHING,
            evidence=_file_ids(row.get("evidence")),
            stated=number(row.get("stated_amount")),
            verified_by=text(row.get("verified_by")),
        )
        for row in mappings(group)
    ]
    return sorted(found, key=lambda line: (line.when, line.kind, line.who))


def _file_ids(said: object) -> tuple[str, ...]:
    if isinstance(said, list | tuple):
        return tuple(text(one) for one in said if text(one))
    return (text(said),) if text(said) else ()


def _by_kind(lines: Sequence[Line]) -> list[KindSum]:
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line.kind] = sums.get(line.kind, _NOTHING) + line.amount
    return [KindSum(kind, amount) for kind, amount in sums.items()]


def _months(content: Content, proposal: Mapping[str, object]) -> list[Month]:
    size, standard = number(proposal.get("household_size")), number(proposal.get("standard"))
    own: dict[str, Decimal] = {}
    dibao: dict[str, Decimal] = {}
    for row in mappings(content.get("income_lines")):
        month, amount = text(row.get("month")), number(row.get("amount")) or _NOTHING
        into = dibao if row.get("income_kind") == _DIBAO else own
        into[month] = into.get(month, _NOTHING) + amount
    found = []
    for month in sorted({*own, *dibao}):
        earned = own.get(month, _NOTHING)
        per_head = (earned / size).quantize(_CENT) if size else None
        is_below = per_head is not None and standard is not None and per_head < standard
        found.append(Month(month, earned, dibao.get(month, _NOTHING), per_head, is_below))
    return found


def _sums(content: Content, proposal: Mapping[str, object]) -> list[Sum]:
    """The figures behind the category, each with where it comes from."""
    if not proposal:
        return []
    lines = mappings(content.get("income_lines"))
    own = _total(row for row in lines if row.get("income_kind") != _DIBAO)
    dibao = _total(row for row in lines if row.get("income_kind") == _DIBAO)
    spent = _total(mappings(content.get("expense_lines")))
    standard = mapping(content.get("standard"))
    of_whom = ",".join(
        one for one in (text(standard.get("organisation")), text(standard.get("taken_on"))) if one
    )
    size = number(proposal.get("household_size"))
    found = [
        _checked("全年收入 Y(不含低保金)", proposal.get("income_own"), own, "income"),
        _checked("全年低保金", proposal.get("income_dibao"), dibao, "income"),
        _checked("刚性支出 R", proposal.get("expenses"), spent, "expenses"),
        Sum("家庭人口 N", f"{size:f} 人" if size else "", "members", _counted(content, size)),
        _figure("低保标准 DB(每人每月)", proposal.get("standard"), "standard", of_whom),
        _figure("人均月收入 y", proposal.get("y_own"), "income", "Y ÷ 12 ÷ N"),
        _figure("扣除刚性支出后人均", proposal.get("y_net"), "expenses", "(Y − R) ÷ 12 ÷ N"),
    ]
    return [one for one in found if one.text]


def _counted(content: Content, size: Decimal | None) -> str:
    members = content.get("members")
    if size is None or members is None:
        return ""
    counted = 1 + sum(row.get("counted") == "yes" for row in mappings(members))
    return "" if counted == size else f"成员表计入 {counted} 人"


def _total(rows: Iterable[Mapping[str, object]]) -> Decimal:
    return sum((number(row.get("amount")) or _NOTHING for row in rows), _NOTHING)


def _figure(label: str, value: object, place: str, note: str) -> Sum:
    amount = number(value)
    return Sum(label, "" if amount is None else yuan(amount), place, note)


def _checked(label: str, said: object, reckoned: Decimal, place: str) -> Sum:
    amount = number(said)
    if amount is None:
        return Sum(label, "", place)
    off = amount - reckoned
    doubt = f"明细合计 {yuan(reckoned)},与测算相差 {yuan(abs(off))}" if off else ""
    return Sum(label, yuan(amount), place, doubt=doubt)


def _gap(proposal: Mapping[str, object]) -> str:
    """离标准差 … 元, in words."""
    gap = number(proposal.get("gap"))
    if gap is None:
        return ""
    if gap < 0:
        return f"低于低保标准 {yuan(-gap)}"
    return f"离低保标准差 {yuan(gap)}(高于标准)" if gap else "正好等于低保标准"
