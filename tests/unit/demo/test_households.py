"""Households of the demonstration: their numbers keep the rules, their figures their plight."""

import random
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest

from engine.forms.components import TextFormat
from engine.forms.formats import format_problem
from engine.model import identity_numbers as numbers
from webapp.demo.divisions import read_divisions
from webapp.demo.federation import demo_federation
from webapp.demo.households import Plight, demo_households

TODAY = date(2026, 11, 23)
STANDARD = Decimal(800)
FEDERATION = demo_federation(
    read_divisions(Path(__file__).with_name("divisions.json").read_bytes())
)


def drawn(seed, count):
    return list(islice(demo_households(FEDERATION, random.Random(seed), TODAY, STANDARD), count))


HOUSEHOLDS = drawn(1, 400)
PEOPLE = [person for home in HOUSEHOLDS for person in (home.head, *home.members)]


def test_the_same_chance_draws_the_same_households():
    assert drawn(7, 20) == drawn(7, 20)
    assert drawn(7, 20) != drawn(8, 20)


def test_identity_numbers_are_right_and_nobody_shares_one():
    assert len({person.id_number for person in PEOPLE}) == len(PEOPLE)
    for person in PEOPLE:
        read = numbers.resident_id(person.id_number, TODAY)
        assert (read.birth_date, read.sex) == (person.birth_date, person.sex)


def test_people_born_in_longhai_before_its_renaming_keep_the_old_code():
    codes = {
        person.id_number[:6]
        for home in HOUSEHOLDS
        if home.hukou_area == "350604"
        for person in (home.head, *home.members)
        if person.birth_date.year < 2021
    }
    assert codes == {"350681"}


@pytest.mark.parametrize(
    ("text_format", "read"),
    [
        (TextFormat.NAME, lambda home: home.head.name),
        (TextFormat.RESIDENT_ID, lambda home: home.head.id_number),
        (TextFormat.MOBILE, lambda home: home.mobile),
        (TextFormat.BANK_ACCOUNT, lambda home: home.card_number),
        (TextFormat.CREDIT_CODE, lambda home: home.employer_uscc),
    ],
)
def test_the_forms_take_what_was_drawn(text_format, read):
    assert {format_problem(text_format, read(home), TODAY) for home in HOUSEHOLDS} == {None}


def test_names_of_members_are_taken_too_and_everybody_is_labelled():
    for person in PEOPLE:
        assert format_problem(TextFormat.NAME, person.name, TODAY) is None
        assert person.name.endswith("·模拟")


def test_cards_telephones_and_employers_are_each_ones_own():
    assert {numbers.bank_account_warning(home.card_number) for home in HOUSEHOLDS} == {None}
    assert len({home.card_number for home in HOUSEHOLDS}) == len(HOUSEHOLDS)
    assert len({home.mobile for home in HOUSEHOLDS}) == len(HOUSEHOLDS)
    employers = {(home.employer, home.employer_uscc) for home in HOUSEHOLDS}
    assert len({code for _, code in employers}) == len({name for name, _ in employers})


def test_they_apply_at_unions_that_have_an_officer():
    homes = {home.organisation_id for home in HOUSEHOLDS}
    assert len(homes) > 20
    assert all(FEDERATION.holders("officer", home) for home in homes)


def test_an_address_names_the_real_township():
    at_the_mill = next(home for home in HOUSEHOLDS if home.organisation_id == "zz-350602-u01")
    assert at_the_mill.address.startswith("福建省漳州市芗城区东铺头街道模拟路")


def test_twelve_months_before_today():
    for home in HOUSEHOLDS:
        assert [month.month for month in home.months][::11] == ["2025-11", "2026-10"]
        assert len(home.months) == 12


def test_wages_of_a_month_are_what_the_people_earn():
    for home in HOUSEHOLDS:
        earned = sum(person.monthly_income for person in (home.head, *home.members))
        assert {month.wages for month in home.months} == {earned}
        assert all(month.other_income >= 0 for month in home.months)


def test_the_figures_come_to_the_plight_under_the_rules_of_2016():
    assert set(Counter(home.plight for home in HOUSEHOLDS)) == set(Plight)
    for home in HOUSEHOLDS:
        a_head = home.year_income / 12 / home.size
        net = (home.year_income - home.year_expense) / 12 / home.size
        if home.plight is Plight.LOW_INCOME:
            assert all(month.income / home.size < STANDARD for month in home.months)
        elif home.plight is Plight.BORDERLINE:
            assert STANDARD <= a_head <= STANDARD * Decimal("1.5")
            assert net <= STANDARD
        elif home.plight is Plight.ACCIDENT:
            assert STANDARD * Decimal("1.5") < a_head <= STANDARD * 3
            assert net <= STANDARD
        else:
            assert net > STANDARD * Decimal("1.5")


def test_ages_fit():
    for home in HOUSEHOLDS:
        head_age = TODAY.year - home.head.birth_date.year
        assert 33 <= head_age <= 58
        assert home.work_start < TODAY
        for person in home.members:
            age = TODAY.year - person.birth_date.year
            if person.relation in ("子", "女"):
                assert 0 < age <= head_age - 22
            if person.occupation == "学生":
                assert age >= 6
        assert sum(person.relation == "配偶" for person in home.members) == (home.marital == "已婚")
        if home.cause.code == "9":
            assert any(person.occupation == "学生" for person in home.members)
