"""Synthetic households in need, to fill the demonstration with applications (模拟).

Every number keeps its rules, so that the forms accept it, and is not a real one: mobile numbers
have the prefix 154, which no operator uses, cards and credit codes a row of zeros.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from stdnum import luhn
from stdnum.cn import uscc

from engine.model.organisations import Organisation
from webapp.demo.families import DemoMember, Families, FamilyWish, area_code
from webapp.demo.federation import Federation
from webapp.demo.figures import ExpenseLine, IncomeLine, draw_figures
from webapp.demo.hardship import Cause, Plight, plights

_NO_EMPLOYER = ("灵活就业", "失(无)业")
_HOUSINGS = ("自建房", "自建房", "自建房", "自购房", "租房", "承租单位公房", "政府廉租房(公租房)")
_MAYBE_MIGRANT, _MIGRANTS = ("病休", "灵活就业", "失(无)业"), 0.7
_HUKOU = ("农业", "农业", "非农业", "居民户口")
_DRIVES = 0.03
_ALSO = ("2", "3", "4", "5")  # causes that change nothing in the sums
_HAS_ANOTHER = 0.3
_RECENTLY = (15, 300)


@dataclass(frozen=True)
class DemoHousehold:
    """A household that applies at ``organisation_id`` or has its file there.

    ``members`` are the others, without the head; the lines are those of the twelve months before
    the day it was drawn for, oldest first.
    """

    number: int
    organisation_id: str
    head: DemoMember
    members: tuple[DemoMember, ...]
    income_lines: tuple[IncomeLine, ...]
    expense_lines: tuple[ExpenseLine, ...]
    plight: Plight
    cause: Cause
    causes_more: tuple[str, ...]
    event_date: date | None
    certificate_date: date | None
    marital: str
    worker_kind: str
    contract_from: date | None
    mobile: str
    address: str
    hukou: str
    hukou_area: str
    housing: str
    dwellings: int
    floor_area: Decimal
    vehicle: str
    savings: Decimal
    employer: str
    employer_uscc: str
    work_start: date
    bank: str
    card_number: str

    @property
    def size(self) -> int:
        """How many people, the head included."""
        return 1 + len(self.members)


def demo_households(
    federation: Federation,
    chance: random.Random,
    today: date,
    standard: Decimal,
    applying: Mapping[str, int],
    taken: set[str],
) -> Iterator[DemoHousehold]:
    """Draw households without end, taking the unions in turn; take as many as are needed.

    ``standard`` is the low-income standard (低保标准) in yuan a person and month that their
    plight is drawn against; ``applying`` how often each plight comes; ``taken`` the identity
    numbers that are somebody's, and then those of these households too. The same ``chance`` gives
    the same households.
    """
    homes = [
        organisation
        for organisation in federation.organisations
        if organisation.kind == "grassroots" and federation.holders("officer", organisation.id)
    ]
    drawing = Households(federation, chance, taken)
    found = plights()
    number = 0
    while homes:
        number += 1
        plight = found[chance.choices(list(applying), list(applying.values()))[0]]
        home = homes[(number - 1) % len(homes)]
        yield drawing.draw(home, number, plight, standard, today)


class Households:
    """Draws households of a federation; nobody gets an identity number that is ``taken``."""

    def __init__(self, federation: Federation, chance: random.Random, taken: set[str]) -> None:
        self._chance = chance
        self._families = Families(chance, taken)
        self._areas = {one.id: federation.area_of(one.id) for one in federation.organisations}
        self._places = {one.id: n for n, one in enumerate(federation.organisations)}

    def draw(
        self,
        home: Organisation,
        number: int,
        plight: Plight,
        standard: Decimal,
        day: date,
        until: date | None = None,
    ) -> DemoHousehold:
        """The ``number``-th household, in the area of a union, with the figures of a day.

        The head is no pensioner before ``until``.
        """
        chance = self._chance
        area = self._areas[home.id]
        county = next(one for one in area if one.kind == "county")
        cause = plight.cause(chance)
        wish = FamilyWish(
            number, area_code(chance, county.code), day, until or day, cause.cost == "education"
        )
        family = self._families.draw(wish)
        figures = draw_figures(chance, plight, cause, family.people, standard, day)
        head = figures.people[0]
        is_migrant = head.occupation == "农民工" or (
            head.occupation in _MAYBE_MIGRANT and chance.random() < _MIGRANTS
        )
        employer, employer_uscc = self._employer(home, county.code, head)
        work_start = date(head.birth_date.year + chance.randint(17, 22), 7, 1)
        relation_from = day - timedelta(days=chance.randint(400, 3000))
        another = chance.random() < _HAS_ANOTHER
        return DemoHousehold(
            number=number,
            organisation_id=home.id,
            head=head,
            members=figures.people[1:],
            income_lines=figures.income_lines,
            expense_lines=figures.expense_lines,
            plight=plight,
            cause=cause,
            causes_more=tuple(
                code for code in [chance.choice(_ALSO)] if another and code != cause.code
            ),
            event_date=self._recently(day) if cause.is_event else None,
            certificate_date=self._recently(day) if figures.has_certificate else None,
            marital=family.marital,
            worker_kind="migrant" if is_migrant else "worker",
            contract_from=max(relation_from, work_start) if is_migrant else None,
            mobile=f"154{number:08}",
            address=_address(area, chance.randint(1, 300)),
            hukou=chance.choice(_HUKOU),
            hukou_area=wish.area_code,
            housing=(housing := chance.choice(_HOUSINGS)),
            dwellings=1 if housing in ("自建房", "自购房") else 0,
            floor_area=Decimal(chance.randint(13, 22) * (2 + len(figures.people))),
            vehicle="yes" if chance.random() < _DRIVES else "no",
            savings=Decimal(chance.randrange(0, 9000, 100)),
            employer=employer,
            employer_uscc=employer_uscc,
            work_start=work_start,
            bank="模拟银行",
            card_number=_card_number(number),
        )

    def _recently(self, day: date) -> date:
        return day - timedelta(days=self._chance.randint(*_RECENTLY))

    def _employer(self, home: Organisation, county_code: str, head: DemoMember) -> tuple[str, str]:
        """The unit of a union; whoever belongs to a township's union has none."""
        if home.kind != "grassroots" or head.occupation in _NO_EMPLOYER:
            return "", ""
        return home.name.removesuffix("工会"), _credit_code(county_code, self._places[home.id])


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
