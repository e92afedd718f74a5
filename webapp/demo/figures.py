"""Twelve months of income and costs that come to a household's plight (模拟).

The lines are the truth and every total is their sum, as in the real form. Who earns how much
follows from what the household has in all: nobody is in full work for a beggar's wage.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from webapp.demo.families import DemoMember, is_of_working_age
from webapp.demo.hardship import Cause, Plight

MONTHS = 12
DIBAO = "dibao"
_UNSTEADY = 0.03
"""A month differs from the next by so much: less than the plights keep from the limits."""
_FULL_WAGE = 2.2  # in parts of the standard: less is no full work
_WAGES_SHARE = 0.92
_PENSION = (0.22, 0.55)  # of the standard, and never above a third of what the household has
_ODD_JOB = 0.75
_TERM_BEGINS = (2, 9)  # months in which school fees are paid
_SMALL_COSTS = 0.02
_RENTS, _RENT = 0.14, (0.12, 0.25)
_WORKS = ("在岗", "农民工")
_ELDERS = ("父", "母")
_NEEDS_CARE = (*_ELDERS, "兄弟姐妹")
_STAYS_AT_HOME = ("病休", "下(待)岗", "失(无)业", "内退")


@dataclass(frozen=True)
class IncomeLine:
    """What came in for a person in a month, in yuan; ``month`` is 2026-03."""

    month: str
    person: str
    income_kind: str
    amount: Decimal


@dataclass(frozen=True)
class ExpenseLine:
    """What could not be avoided, in yuan; ``period`` is a month like 2026-03."""

    expense_kind: str
    period: str
    amount: Decimal


@dataclass(frozen=True)
class Figures:
    """The people with what they do and earn, and the lines of the twelve months before a day."""

    people: tuple[DemoMember, ...]
    income_lines: tuple[IncomeLine, ...]
    expense_lines: tuple[ExpenseLine, ...]
    has_certificate: bool


def draw_figures(
    chance: random.Random,
    plight: Plight,
    cause: Cause,
    people: Sequence[DemoMember],
    standard: Decimal,
    day: date,
) -> Figures:
    """Figures that come to the plight with this low-income standard of that day."""
    drawing = _Drawing(chance, plight, cause, float(standard), day)
    ready = drawing.afflicted(list(people))
    ready, lines = drawing.incomes(ready)
    costs = drawing.costs(len(ready), sum(line.amount for line in lines))
    has_certificate = chance.random() < plight.certificate
    if has_certificate:
        lines += drawing.dibao(ready, lines)
    return Figures(tuple(ready), tuple(lines), tuple(costs), has_certificate)


class _Drawing:
    def __init__(
        self, chance: random.Random, plight: Plight, cause: Cause, standard: float, day: date
    ) -> None:
        self._chance = chance
        self._plight = plight
        self._cause = cause
        self._standard = standard
        self._day = day
        self._months = [f"{month:%Y-%m}" for month in past_months(day)]

    def afflicted(self, people: list[DemoMember]) -> list[DemoMember]:
        """The people with what the cause makes of the head, and of whoever is ill."""
        work = self._chance.choice(self._cause.head)
        if self._cause.ill and work in _WORKS and len(people) > 1:
            place = self._chance.randrange(1, len(people))
        else:
            place = 0
            work = "病休" if self._cause.ill else work
        people[0] = replace(people[0], occupation=work)
        if self._cause.ill:
            people[place] = self._ill(people[place])
        return people

    def _ill(self, person: DemoMember) -> DemoMember:
        health = self._chance.choice(self._cause.ill)
        disability = ""
        if health == "残疾":
            kind = self._chance.choice(("肢体", "肢体", "视力", "智力", "精神", "听力"))
            disability = f"{kind}{self._chance.choice('一二二三')}级"
        return replace(person, health=health, disability=disability)

    # --- incomes ------------------------------------------------------------------------------

    def incomes(self, people: list[DemoMember]) -> tuple[list[DemoMember], list[IncomeLine]]:
        """Share out what comes in a month: pensions, wages, odd jobs, the rest."""
        about = self._plight.income if self._cause.cost else self._plight.plain
        total = self._chance.uniform(*about) * self._standard * len(people)
        shares: list[tuple[int, str, float]] = []
        rest = total
        for place, person in enumerate(people):
            if person.occupation == "退休" or person.relation in _ELDERS:
                pension = self._chance.uniform(*_PENSION) * self._standard
                shares.append((place, "transfer", min(pension, total / 3)))
                rest -= shares[-1][2]
        able = [n for n, person in enumerate(people) if self._is_able(person)]
        in_work = min(len(able), int(rest * _WAGES_SHARE / (_FULL_WAGE * self._standard)))
        for place in able[:in_work]:
            people[place] = self._in_full_work(people[place])
            shares.append((place, "wage", rest * _WAGES_SHARE / in_work))
        for place in able[in_work:]:
            people[place] = self._in_no_full_work(people[place])
        if not in_work and able:
            kind = "business" if people[able[0]].occupation == "务农" else "wage"
            shares.append((able[0], kind, rest * _ODD_JOB))
        left = rest - sum(amount for _, kind, amount in shares if kind != "transfer")
        shares.append((0, "other", left))
        lines = list(self._lines(people, shares))
        for place, kind, amount in shares:
            if kind in ("wage", "business"):
                people[place] = replace(people[place], monthly_income=_whole(amount))
        return people, lines

    def _is_able(self, person: DemoMember) -> bool:
        if person.relation == "户主":
            return person.occupation not in _STAYS_AT_HOME
        return person.relation not in _NEEDS_CARE and is_of_working_age(person, self._day)

    def _in_full_work(self, person: DemoMember) -> DemoMember:
        if person.occupation in (*_WORKS, "灵活就业"):
            return person
        return replace(person, occupation=self._chance.choice(_WORKS))

    def _in_no_full_work(self, person: DemoMember) -> DemoMember:
        if person.relation == "户主":
            is_flexible = person.occupation in (*_WORKS, "灵活就业")
            return replace(person, occupation="灵活就业") if is_flexible else person
        works = ("灵活就业", "务农", "务农", "失(无)业", "失(无)业")
        return replace(person, occupation=self._chance.choice(works), place="")

    def _lines(
        self, people: Sequence[DemoMember], shares: Sequence[tuple[int, str, float]]
    ) -> Iterator[IncomeLine]:
        for place, kind, amount in shares:
            if amount < 1:
                continue
            steady = kind == "transfer"
            for month in self._months:
                change = 1.0 if steady else self._chance.uniform(1 - _UNSTEADY, 1 + _UNSTEADY)
                yield IncomeLine(month, people[place].name, kind, _whole(amount * change))

    def dibao(self, people: Sequence[DemoMember], lines: Sequence[IncomeLine]) -> list[IncomeLine]:
        """What the office adds a month: about what lacks to the standard."""
        lacking = self._standard * len(people) - float(sum(n.amount for n in lines)) / MONTHS
        amount = _whole(max(lacking, 0.3 * self._standard))
        return [IncomeLine(month, people[0].name, DIBAO, amount) for month in self._months]

    # --- costs --------------------------------------------------------------------------------

    def costs(self, size: int, income: Decimal | int) -> list[ExpenseLine]:
        """Costs that leave what the plight says; and a rent, which no rule takes off."""
        year = self._standard * size * MONTHS
        if self._cause.cost:
            low, high = self._plight.left
            left = self._chance.uniform(low, min(high, float(income) / year))
            amount = max(float(income) - left * year, 0.0)
        else:
            amount = _SMALL_COSTS * year * self._chance.random()
        lines = list(self._spread(self._cause.cost or "medical", amount))
        if self._chance.random() < _RENTS:
            rent = _whole(self._chance.uniform(*_RENT) * self._standard * 2)
            lines += [ExpenseLine("rent", month, rent) for month in self._months]
        return lines

    def _spread(self, kind: str, amount: float) -> Iterator[ExpenseLine]:
        """The months it was paid in: school fees with the terms, a misfortune at once."""
        months = self._months
        if kind == "education":
            months = [month for month in months if int(month[5:]) in _TERM_BEGINS]
        elif kind == "accident":
            months = [self._chance.choice(months)]
        elif not self._cause.cost:
            months = sorted(self._chance.sample(months, 3))
        weights = [1.0] * len(months)
        if kind == "medical":
            weights = [self._chance.choice((0.3, 0.6, 1.0, 1.0, 3.0)) for _ in months]
        for month, weight in zip(months, weights, strict=True):
            part = _whole(amount * weight / sum(weights)) + (1 if self._cause.cost else 0)
            if part > 0:
                yield ExpenseLine(kind, month, part)


def past_months(day: date) -> list[date]:
    """The first days of the twelve months before a day's, oldest first."""
    ended = day.year * MONTHS + day.month - 1
    return [date(n // MONTHS, n % MONTHS + 1, 1) for n in range(ended - MONTHS, ended)]


def _whole(amount: float) -> Decimal:
    """Whole yuan, rounded down."""
    return Decimal(int(amount))
