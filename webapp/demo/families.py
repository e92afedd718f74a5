"""Synthetic families: people with fitting ages, names and identity numbers (模拟).

Identity numbers keep every rule of GB 11643, so that forms accept them, but use the sequence
numbers from 990, which are kept for the very old: hardly anybody real has such a number.
"""

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from engine.model.identity_numbers import Sex, resident_id_check_character
from webapp.demo.names import full_name, given_name, labelled_applicant, surname, surname_of

_FILE = Path(__file__).with_name("families.toml")
_FORMER_CODES = {"350604": "350681", "350605": "350625"}
_RENAMED_ON = date(2021, 2, 1)
"""龙海 and 长泰 got other codes then; people keep that of their first registration."""

RESIDENT_CARD = "居民身份证"
_YOUNGEST_PARENT, _OLDEST_PARENT = 22, 41
_GROWN_UP = 22
_YOUNGEST_HEAD, _OLDEST_HEAD = 28, 57
_RETIRES = {Sex.MALE: 60, Sex.FEMALE: 55}
_HAS_A_NUMBER_AT = 3  # years; a younger child may have a birth certificate alone
_DAYS_A_YEAR = 365.25
_EARNING = ("在岗", "农民工")
_WAYS = 97  # children are told apart by a number below this one
_CHILDREN = ("子", "女", "孙子女")


@dataclass(frozen=True)
class DemoMember:
    """One person of a household; ``relation`` to the head.

    ``way`` is a child's own from 0 to 1: which school it goes to when several are possible.
    """

    relation: str
    name: str
    sex: Sex
    id_kind: str
    id_number: str
    birth_date: date
    occupation: str
    place: str = ""
    health: str = "良好"
    disability: str = ""
    monthly_income: Decimal = Decimal(0)
    lives_together: bool = True
    way: float = 0.0

    @property
    def earns(self) -> bool:
        """Whether regular wages come from this person."""
        return self.occupation in _EARNING

    @property
    def is_student(self) -> bool:
        """Whether the person goes to school."""
        return self.occupation == "学生"

    def age_on(self, day: date) -> int:
        """Full years."""
        had_it = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (not had_it)


class IdNumbers:
    """Gives people birth dates and identity numbers, none that is ``taken``."""

    def __init__(self, chance: random.Random, taken: set[str]) -> None:
        self._chance = chance
        self._taken = taken

    def next(self, area_code: str, age: int, sex: Sex, on: date) -> tuple[date, str]:
        """A birth date of somebody ``age`` full years old that day, and a number nobody has."""
        while True:
            days = int(age * _DAYS_A_YEAR) + self._chance.randint(2, 363)
            birth_date = on - timedelta(days=days)
            number = self.of_birth(area_code, birth_date, sex)
            if number:
                return birth_date, number

    def of_birth(self, area_code: str, birth_date: date, sex: Sex) -> str:
        """A number of somebody born that day; empty where all five are taken."""
        for number in _numbers(area_code, birth_date, sex):
            if number not in self._taken:
                self._taken.add(number)
                return number
        return ""


def _numbers(area_code: str, birth_date: date, sex: Sex) -> Iterator[str]:
    """The five numbers of a birth date and sex that may be given out."""
    if birth_date < _RENAMED_ON:
        area_code = _FORMER_CODES.get(area_code, area_code)
    for sequence in range(991 if sex is Sex.MALE else 990, 1000, 2):
        first17 = f"{area_code}{birth_date:%Y%m%d}{sequence}"
        yield first17 + resident_id_check_character(first17)


@dataclass(frozen=True)
class FamilyWish:
    """What a family must have: its number among all, where it is from, who belongs to it."""

    number: int
    area_code: str
    on: date
    """The day the ages are those of."""
    until: date
    """The head is no pensioner before this day."""
    needs_student: bool = False


@dataclass(frozen=True)
class DemoFamily:
    """The people, the head first, and how the head is married."""

    people: tuple[DemoMember, ...]
    marital: str


class Families:
    """Draws families; nobody gets an identity number that is ``taken``, or one twice."""

    def __init__(self, chance: random.Random, taken: set[str]) -> None:
        self._chance = chance
        self._id_numbers = IdNumbers(chance, taken)
        self._kinds = _read()["kinds"]
        self._often = [kind["often"] for kind in self._kinds]
        self._papers = _read()["papers"]

    def draw(self, wish: FamilyWish) -> DemoFamily:
        """One family."""
        chance = self._chance
        kind = self._kind(wish)
        marital = chance.choice(kind["marital"])
        sex = Sex.MALE if chance.random() < _men_among(marital) else Sex.FEMALE
        later = (wish.until - wish.on).days / _DAYS_A_YEAR
        oldest = max(_YOUNGEST_HEAD + 8, int(min(_OLDEST_HEAD, _RETIRES[sex] - 1 - later)))
        youngest = _YOUNGEST_HEAD + (8 if wish.needs_student or "grandchild" in kind else 0)
        if "grandchild" in kind:
            youngest = oldest - 3
        age = chance.randint(youngest, max(youngest, oldest))
        name = full_name(chance, sex, wish.number, wish.on.year - age)
        people = [self._person(wish, "户主", name, sex, age)]
        line = surname_of(name)
        if marital == "已婚":
            people.append(self._spouse(wish, sex, age))
            if sex is Sex.FEMALE:
                line = surname_of(people[1].name)
        people += self._children(wish, kind, line, age)
        people += self._others(wish, kind, surname_of(name), age)
        return DemoFamily(tuple(people), marital)

    def _kind(self, wish: FamilyWish) -> Any:
        while True:
            kind = self._chance.choices(self._kinds, self._often)[0]
            if kind["children"][1] or not wish.needs_student:
                return kind

    def _spouse(self, wish: FamilyWish, sex: Sex, age: int) -> DemoMember:
        other = Sex.FEMALE if sex is Sex.MALE else Sex.MALE
        years = max(_YOUNGEST_PARENT, age + self._chance.randint(-4, 4))
        born = wish.on.year - years
        name = surname(self._chance) + given_name(self._chance, other, born)
        spouse = self._person(wish, "配偶", name, other, years)
        papers = self._papers
        if self._chance.randrange(papers["permit_every"]):
            return spouse
        permit = self._chance.choice(papers["permit_areas"])
        _, number = self._id_numbers.next(permit, years, other, wish.on)
        birth_date = date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
        return replace(
            spouse, id_kind=papers["permit_kind"], id_number=number, birth_date=birth_date
        )

    def _children(self, wish: FamilyWish, kind: Any, line: str, age: int) -> Iterator[DemoMember]:
        fewest, most = kind["children"]
        if wish.needs_student:
            fewest = max(fewest, 1)
        for place in range(self._chance.randint(fewest, most)):
            at_school = place == 0 and wish.needs_student
            youngest = 6 if at_school else max(1, age - _OLDEST_PARENT)
            oldest = max(youngest, min(age - _YOUNGEST_PARENT, 20 if at_school else 25))
            child = self._child(wish, line, self._chance.randint(youngest, oldest))
            while at_school and not child.is_student:
                child = self._child(wish, line, self._chance.randint(youngest, min(oldest, 15)))
            yield child

    def _child(self, wish: FamilyWish, line: str, age: int) -> DemoMember:
        chance = self._chance
        sex = chance.choice(list(Sex))
        name = line + given_name(chance, sex, wish.on.year - age)
        child = self._person(wish, "子" if sex is Sex.MALE else "女", name, sex, age)
        papers = self._papers
        if age < _HAS_A_NUMBER_AT and not chance.randrange(papers["birth_certificate_every"]):
            number = f"Y3506{chance.randint(0, 99999):05}"
            child = replace(child, id_kind=papers["birth_certificate_kind"], id_number=number)
        return as_on(replace(child, way=chance.randrange(_WAYS) / _WAYS), wish.on)

    def _others(self, wish: FamilyWish, kind: Any, line: str, age: int) -> Iterator[DemoMember]:
        chance = self._chance
        fewest, most = kind.get("elders", (0, 0))
        sexes = chance.sample([Sex.FEMALE, Sex.MALE], chance.randint(fewest, most))
        for sex in sexes:
            years = age + chance.randint(22, 31)
            begin = line if sex is Sex.MALE else surname(chance)
            name = begin + given_name(chance, sex, wish.on.year - years)
            elder = self._person(wish, "父" if sex is Sex.MALE else "母", name, sex, years)
            work = "退休" if years > _RETIRES[sex] else "务农"
            health = chance.choice(_read()["elders"]["health"])
            yield replace(elder, occupation=work, health=health)
        if "sibling" in kind:
            sex = chance.choice(list(Sex))
            years = max(18, age + chance.randint(-9, 6))
            name = line + given_name(chance, sex, wish.on.year - years)
            sibling = self._person(wish, "兄弟姐妹", name, sex, years)
            yield replace(sibling, occupation="失(无)业", health="残疾", disability="智力二级")
        if "grandchild" in kind:
            child = self._child(wish, line, chance.randint(1, 8))
            yield replace(child, relation="孙子女")

    def _person(self, wish: FamilyWish, relation: str, name: str, sex: Sex, age: int) -> DemoMember:
        birth_date, number = self._id_numbers.next(wish.area_code, age, sex, wish.on)
        return DemoMember(
            relation, labelled_applicant(name), sex, RESIDENT_CARD, number, birth_date, "失(无)业"
        )


def area_code(chance: random.Random, county_code: str) -> str:
    """Where somebody of a county was first registered: mostly there."""
    elsewhere = _read()["elsewhere"]
    if chance.random() < elsewhere["part"]:
        return str(chance.choice(elsewhere["codes"]))
    return county_code


def as_on(person: DemoMember, day: date) -> DemoMember:
    """What a child does on a day, by its age: which school, or what work."""
    if person.relation not in _CHILDREN:
        return person
    return replace(person, occupation=_stage_on(person, day)["occupation"], place=_at(person, day))


def place_on(person: DemoMember, day: date) -> str:
    """Where somebody goes to school or works on a day."""
    return _at(person, day) if person.relation in _CHILDREN else person.place


def _at(child: DemoMember, day: date) -> str:
    place = str(_stage_on(child, day).get("place", ""))
    number = int(child.way * _WAYS) % 9 + 1
    return f"模拟{place.format(number=number).removeprefix('模拟')}" if place else ""


def _stage_on(child: DemoMember, day: date) -> Mapping[str, Any]:
    ways = _stages_at(child.age_on(day))
    return next((row for row in ways if child.way < row.get("steady", 1.0)), ways[-1])


@cache
def _stages_at(age: int) -> Sequence[Mapping[str, Any]]:
    reached = max(row["from"] for row in _read()["stages"] if row["from"] <= age)
    return [row for row in _read()["stages"] if row["from"] == reached]


def is_of_working_age(person: DemoMember, day: date) -> bool:
    """Grown up, not at school, not a pensioner, and well enough."""
    age = person.age_on(day)
    return (
        _GROWN_UP - 4 <= age < _RETIRES[person.sex]
        and not person.is_student
        and person.health not in ("残疾", "精神病", "永久瘫痪")
    )


def _men_among(marital: str) -> float:
    return 0.62 if marital == "已婚" else 0.45


@cache
def _read() -> Any:
    with _FILE.open("rb") as file:
        return tomllib.load(file)
