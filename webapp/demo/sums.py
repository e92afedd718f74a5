"""What a household's lines come to, as its file keeps it beside the category it was given.

The demonstration's files were opened before there was a case here, so nothing has reckoned them.
A test evaluates the decision table over the same lines and compares.
"""

from collections.abc import Iterator
from decimal import Decimal

from webapp.demo.figures import DIBAO, MONTHS
from webapp.demo.households import DemoHousehold

_CENT = Decimal("0.01")
_RIGID = ("medical", "education", "disability_care")
_OF_RULE_SETS = {"GB2016": _RIGID, "GB2021": (*_RIGID, "work_cost")}
_ILLNESS = "6"


def reckoned(household: DemoHousehold, standard: Decimal) -> dict[str, object]:
    """Size, sums and averages of a household under the rules of its plight."""
    plight = household.plight
    income = sum((n.amount for n in household.income_lines if n.income_kind != DIBAO), Decimal(0))
    dibao = sum((n.amount for n in household.income_lines if n.income_kind == DIBAO), Decimal(0))
    costs = _costs(household, _OF_RULE_SETS[plight.rule_set])
    accident = _costs(household, _accident_kinds(household))
    person_months = MONTHS * household.size
    return {
        "category": plight.category,
        "category_name": plight.name,
        "rule": plight.with_certificate
        if household.certificate_date and plight.with_certificate
        else plight.reason,
        "rule_set": plight.rule_set,
        "standard": standard,
        "household_size": household.size,
        "income_own": income,
        "income_dibao": dibao,
        "expenses": costs,
        "expenses_accident": accident,
        "assets": household.savings,
        "y_own": (income / person_months).quantize(_CENT),
        "y_total": ((income + dibao) / person_months).quantize(_CENT),
        "y_net": ((income - costs) / person_months).quantize(_CENT),
        "y_after_accident": ((income - accident) / person_months).quantize(_CENT),
        "gap": (income / person_months - standard).quantize(_CENT),
        "months_below": _months_below(household, standard),
        "months_filled": MONTHS,
        "warnings": [],
    }


def _costs(household: DemoHousehold, kinds: tuple[str, ...]) -> Decimal:
    return sum((n.amount for n in household.expense_lines if n.expense_kind in kinds), Decimal(0))


def _accident_kinds(household: DemoHousehold) -> tuple[str, ...]:
    is_ill = _ILLNESS in (household.cause.code, *household.causes_more)
    return ("accident", "medical") if is_ill else ("accident",)


def _months_below(household: DemoHousehold, standard: Decimal) -> int:
    """How many of the newest months, one after another, were below the standard."""
    found = 0
    for income in _newest_first(household):
        if income / household.size >= standard:
            break
        found += 1
    return found


def _newest_first(household: DemoHousehold) -> Iterator[Decimal]:
    for month in sorted({line.month for line in household.income_lines}, reverse=True):
        yield sum(
            (
                line.amount
                for line in household.income_lines
                if line.month == month and line.income_kind != DIBAO
            ),
            Decimal(0),
        )
