"""Synthetic families: people with fitting ages, names and identity numbers (模拟).

Identity numbers keep every rule of GB 11643, so that forms accept them, but use the sequence
numbers from 990, which are kept for the very old: hardly anybody real has such a number.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from engine.model.identity_numbers import Sex, resident_id_check_character
from webapp.demo.names import full_name, given_name, labelled_applicant, surname, surname_of

_FORMER_CODES = {"350604": "350681", "350605": "350625"}
_RENAMED_ON = date(2021, 2, 1)
"""龙海 and 长泰 got other codes then; people keep that of their first registration."""

_SCHOOL_AGE, _GROWN_UP = 6, 22
_YOUNGEST_PARENT = 24
_LIVES_WITH_PARENT = 0.35  # so many families have a parent of the head in the household
_DAYS_A_YEAR = 365


@dataclass(frozen=True)
class DemoMember:
    """One person of a household. ``monthly_income`` in yuan; ``relation`` to the head."""

    relation: str
    name: str
    sex: Sex
    id_number: str
    birth_date: date
    occupation: str
    health: str = "良好"
    monthly_income: Decimal = Decimal(0)
    lives_together: bool = True

    @property
    def earns(self) -> bool:
        """Whether wages come from this person."""
        return self.occupation in ("在岗", "农民工", "务农")


class IdNumbers:
    """Gives people of an age a birth date and an identity number, no two alike."""

    def __init__(self, chance: random.Random, today: date) -> None:
        self._chance = chance
        self._today = today
        self._given_out: set[str] = set()

    def next(self, area_code: str, age: int, sex: Sex) -> tuple[date, str]:
        """A birth date of somebody ``age`` full years old, and a number nobody has yet."""
        while True:
            days = age * _DAYS_A_YEAR + age // 4 + self._chance.randint(1, _DAYS_A_YEAR - 1)
            birth_date = self._today - timedelta(days=days)
            for number in _numbers(area_code, birth_date, sex):
                if number not in self._given_out:
                    self._given_out.add(number)
                    return birth_date, number


def _numbers(area_code: str, birth_date: date, sex: Sex) -> Iterator[str]:
    """The five numbers of a birth date and sex that may be given out."""
    if birth_date < _RENAMED_ON:
        area_code = _FORMER_CODES.get(area_code, area_code)
    for sequence in range(991 if sex is Sex.MALE else 990, 1000, 2):
        first17 = f"{area_code}{birth_date:%Y%m%d}{sequence}"
        yield first17 + resident_id_check_character(first17)


class Family:
    """Draws one family, the head first."""

    def __init__(self, chance: random.Random, id_numbers: IdNumbers, area_code: str) -> None:
        self._chance = chance
        self._id_numbers = id_numbers
        self._area_code = area_code

    def draw(self, number: int, marital: str, fewest_children: int) -> list[DemoMember]:
        """Head, spouse, children and perhaps a mother; ``number`` counts the families."""
        chance = self._chance
        sex = chance.choice(list(Sex))
        age = chance.randint(34, 56)
        name = full_name(chance, sex, number)
        work = chance.choice(("在岗", "下(待)岗", "失(无)业", "农民工"))
        people = [self._person("户主", name, sex, age, work)]
        family_name = surname_of(name)
        if marital == "已婚":
            people.append(self._spouse(sex, age))
            if sex is Sex.FEMALE:
                family_name = surname_of(people[1].name)
        most_children = fewest_children if marital == "未婚" else 2
        for place in range(chance.randint(fewest_children, most_children)):
            youngest = _SCHOOL_AGE if place < fewest_children else 1
            oldest = min(age - _YOUNGEST_PARENT, _GROWN_UP - 1)
            people.append(self._child(family_name, chance.randint(youngest, oldest)))
        if chance.random() < _LIVES_WITH_PARENT:
            people.append(self._mother(age))
        return people

    def _spouse(self, sex: Sex, age: int) -> DemoMember:
        other = Sex.FEMALE if sex is Sex.MALE else Sex.MALE
        name = surname(self._chance) + given_name(self._chance, other)
        work = self._chance.choice(("在岗", "失(无)业", "务农"))
        return self._person("配偶", name, other, age + self._chance.randint(-4, 4), work)

    def _child(self, family_name: str, age: int) -> DemoMember:
        sex = self._chance.choice(list(Sex))
        name = family_name + given_name(self._chance, sex)
        relation = "子" if sex is Sex.MALE else "女"
        return self._person(relation, name, sex, age, "学生" if age >= _SCHOOL_AGE else "学龄前")

    def _mother(self, age: int) -> DemoMember:
        name = surname(self._chance) + given_name(self._chance, Sex.FEMALE)
        years = age + self._chance.randint(22, 30)
        return self._person("母", name, Sex.FEMALE, years, "退休")

    def _person(self, relation: str, name: str, sex: Sex, age: int, work: str) -> DemoMember:
        birth_date, id_number = self._id_numbers.next(self._area_code, age, sex)
        return DemoMember(relation, labelled_applicant(name), sex, id_number, birth_date, work)
