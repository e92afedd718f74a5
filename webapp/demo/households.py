"""Synthetic households in need, to fill the demonstration with applications (模拟).

Every number keeps its rules, so that the forms accept it, and is not a real one: mobile numbers
have the prefix 154, which no operator uses, cards and credit codes a row of zeros.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum

from stdnum import luhn
from stdnum.cn import uscc

from engine.model.organisations import Organisation
from webapp.demo.families import DemoMember, Family, IdNumbers
from webapp.demo.federation import Federation

_MONTHS = 12


class Plight(Enum):
    """What a household's figures come to under the rules of 2016, with its income as drawn."""

    LOW_INCOME = "低保户"  # under the standard in each of the twelve months
    BORDERLINE = "低保边缘户"  # up to 1.5 times, but not after illness or schooling
    ACCIDENT = "意外致困户"  # up to 3 times, but not after one great misfortune
    NOT_ELIGIBLE = "不符合"


@dataclass(frozen=True)
class Cause:
    """Why a household is in need: the code and text of the national form of 2020."""

    code: str
    text: str


_CAUSES = {
    Plight.LOW_INCOME: (
        Cause("1", "无劳动能力"),
        Cause("2", "有劳动能力而未就业"),
        Cause("3", "下岗失业"),
        Cause("4", "未参加社会保险"),
    ),
    Plight.BORDERLINE: (Cause("6", "患重特大疾病"), Cause("9", "子女上学")),
    Plight.ACCIDENT: (
        Cause("6", "患重特大疾病"),
        Cause("7", "遭受自然灾害"),
        Cause("8", "遭受意外事故"),
    ),
    Plight.NOT_ELIGIBLE: (Cause("3", "下岗失业"), Cause("10", "其他")),
}
_ILLNESS, _SCHOOLING = "6", "9"


@dataclass(frozen=True)
class DemoMonth:
    """What came in and what could not be avoided in one month, in yuan; ``month`` is 2026-03."""

    month: str
    wages: Decimal
    other_income: Decimal
    medical: Decimal
    schooling: Decimal
    accident: Decimal

    @property
    def income(self) -> Decimal:
        """Everything that came in."""
        return self.wages + self.other_income

    @property
    def expense(self) -> Decimal:
        """Everything that could not be avoided."""
        return self.medical + self.schooling + self.accident


@dataclass(frozen=True)
class DemoHousehold:
    """A household that applies at ``organisation_id``, a union with an officer.

    ``members`` are the others, without the head; ``months`` the twelve before the day it was
    drawn for, oldest first.
    """

    organisation_id: str
    head: DemoMember
    members: tuple[DemoMember, ...]
    months: tuple[DemoMonth, ...]
    plight: Plight
    cause: Cause
    marital: str
    mobile: str
    address: str
    hukou_area: str
    housing: str
    floor_area: Decimal
    employer: str
    employer_uscc: str
    work_start: date
    bank: str
    card_number: str

    @property
    def size(self) -> int:
        """How many people, the head included."""
        return 1 + len(self.members)

    @property
    def year_income(self) -> Decimal:
        """The income of the twelve months."""
        return sum((month.income for month in self.months), Decimal(0))

    @property
    def year_expense(self) -> Decimal:
        """The unavoidable expenses of the twelve months."""
        return sum((month.expense for month in self.months), Decimal(0))


def demo_households(
    federation: Federation, chance: random.Random, today: date, standard: Decimal
) -> Iterator[DemoHousehold]:
    """Draw households without end, taking the unions in turn; take as many as are needed.

    ``standard`` is the low-income standard (低保标准) in yuan a person and month that their
    plight is drawn against. The same ``chance`` gives the same households.
    """
    homes = [
        organisation
        for organisation in federation.organisations
        if organisation.kind == "grassroots" and federation.holders("officer", organisation.id)
    ]
    drawing = _Drawing(federation, chance, today, standard)
    number = 0
    while homes:
        number += 1
        yield drawing.household(homes[(number - 1) % len(homes)], number)


# How much a household has a person and month, in parts of the standard: from, to. A month differs
# from the next by three per cent, so the bounds keep that much away from the limits of the rules.
_INCOME = {
    Plight.LOW_INCOME: (0.50, 0.92),
    Plight.BORDERLINE: (1.08, 1.42),
    Plight.ACCIDENT: (1.70, 2.80),
    Plight.NOT_ELIGIBLE: (1.70, 2.60),
}
_UNSTEADY = 0.03
_WAGES_SHARE = Decimal("0.7")
_HOW_OFTEN = {
    Plight.LOW_INCOME: 45,
    Plight.BORDERLINE: 30,
    Plight.ACCIDENT: 15,
    Plight.NOT_ELIGIBLE: 10,
}
_TERM_BEGINS = (2, 9)  # months in which school fees are paid


class _Drawing:
    def __init__(
        self, federation: Federation, chance: random.Random, today: date, standard: Decimal
    ) -> None:
        self._federation = federation
        self._chance = chance
        self._today = today
        self._standard = standard
        self._id_numbers = IdNumbers(chance, today)

    def household(self, home: Organisation, number: int) -> DemoHousehold:
        """The ``number``-th household, in the area of a union."""
        chance = self._chance
        area = self._federation.area_of(home.id)
        county = next(one for one in area if one.kind == "county")
        plight = chance.choices(list(_HOW_OFTEN), list(_HOW_OFTEN.values()))[0]
        cause = chance.choice(_CAUSES[plight])
        marital = chance.choices(("已婚", "离异", "丧偶", "未婚"), (65, 15, 10, 10))[0]
        family = Family(chance, self._id_numbers, county.code)
        people = family.draw(number, marital, 1 if cause.code == _SCHOOLING else 0)
        if cause.code == _ILLNESS:
            illness = chance.choice(("癌症/恶性肿瘤", "尿毒症/终末期肾病", "心血管病"))
            people[0] = replace(people[0], occupation="病休", health=illness)
        people, months = self._year(plight, cause, people)
        return DemoHousehold(
            organisation_id=home.id,
            head=people[0],
            members=tuple(people[1:]),
            months=months,
            plight=plight,
            cause=cause,
            marital=marital,
            mobile=f"154{number:08}",
            address=_address(area, chance.randint(1, 300)),
            hukou_area=county.code,
            housing=chance.choice(("承租单位公房", "自购房", "租房", "自建房")),
            floor_area=Decimal(chance.randint(280, 900)) / 10,
            employer=home.name.removesuffix("工会"),
            employer_uscc=_credit_code(county.code, self._federation.organisations.index(home)),
            work_start=date(people[0].birth_date.year + chance.randint(18, 24), 7, 1),
            bank="模拟银行",
            card_number=_card_number(number),
        )

    def _year(
        self, plight: Plight, cause: Cause, people: list[DemoMember]
    ) -> tuple[list[DemoMember], tuple[DemoMonth, ...]]:
        """Twelve months of figures that come to the plight, and the people with their wages.

        The wages of a month are the sum of what the people earn; the rest is other income.
        """
        chance, earners = self._chance, sum(person.earns for person in people)
        usual = self._standard * len(people) * Decimal(str(chance.uniform(*_INCOME[plight])))
        incomes = [
            _whole(usual * Decimal(str(chance.uniform(1 - _UNSTEADY, 1 + _UNSTEADY))))
            for _ in range(_MONTHS)
        ]
        wage = _whole(min(incomes) * _WAGES_SHARE / earners) if earners else Decimal(0)
        needed = sum(incomes, Decimal(0)) - self._standard * len(people) * _MONTHS
        costs = self._costs(plight, cause, needed)
        months = tuple(
            DemoMonth(f"{month:%Y-%m}", wage * earners, income - wage * earners, *cost)
            for month, income, cost in zip(_past_months(self._today), incomes, costs, strict=True)
        )
        paid = [
            replace(person, monthly_income=wage) if person.earns else person for person in people
        ]
        return paid, months

    def _costs(
        self, plight: Plight, cause: Cause, needed: Decimal
    ) -> list[tuple[Decimal, Decimal, Decimal]]:
        """Medical, school and accident costs a month.

        ``needed`` is what brings the year's income down to the standard; a borderline household
        and one after an accident have that and a little more.
        """
        medical, schooling, accident = ([Decimal(0)] * _MONTHS for _ in range(3))
        more = needed + self._standard * self._chance.randint(1, 6)
        if plight is Plight.ACCIDENT:
            accident[self._chance.randrange(_MONTHS)] = _whole(more) + 1
        elif plight is Plight.BORDERLINE and cause.code == _SCHOOLING:
            terms = [month.month in _TERM_BEGINS for month in _past_months(self._today)]
            half = _whole(more / 2) + 1
            schooling = [half if begins else Decimal(0) for begins in terms]
        elif plight is Plight.BORDERLINE:
            medical = [_whole(more / _MONTHS) + 1] * _MONTHS
        else:
            medical = [Decimal(self._chance.randint(0, 60)) for _ in range(_MONTHS)]
        return list(zip(medical, schooling, accident, strict=True))


def _past_months(today: date) -> list[date]:
    """The first days of the twelve months before this one, oldest first."""
    ended = today.year * _MONTHS + today.month - 1
    return [date(n // _MONTHS, n % _MONTHS + 1, 1) for n in range(ended - _MONTHS, ended)]


def _whole(amount: Decimal) -> Decimal:
    """Whole yuan, rounded down."""
    return Decimal(int(amount))


def _address(area: Sequence[Organisation], house: int) -> str:
    """In the union's township if it has a real one, in an invented street."""
    names = [
        one.name.removesuffix("总工会").removesuffix("工会联合会")
        for one in reversed(area)
        if one.kind in ("city", "county", "township") and not one.simulated
    ]
    return f"福建省{''.join(names)}模拟路{house}号"


def _credit_code(area_code: str, number: int) -> str:
    """A credit code for the employer of a union: the same for all who work there."""
    first17 = f"91{area_code}MA{number:07}"
    return first17 + str(uscc.calc_check_digit(first17))


def _card_number(number: int) -> str:
    first18 = f"621700000{number:09}"
    return first18 + str(luhn.calc_check_digit(first18))
