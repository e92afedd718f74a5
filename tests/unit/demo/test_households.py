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
from webapp.demo.families import RESIDENT_CARD
from webapp.demo.federation import demo_federation
from webapp.demo.hardship import plights
from webapp.demo.households import demo_households
from webapp.demo.sums import reckoned

TODAY = date(2026, 11, 23)
STANDARD = Decimal(800)
FEDERATION = demo_federation(
    read_divisions(Path(__file__).with_name("divisions.json").read_bytes())
)
APPLYING = dict.fromkeys(plights(), 1)


def drawn(seed, count, taken=None):
    return list(
        islice(
            demo_households(
                FEDERATION,
                random.Random(seed),
                TODAY,
                STANDARD,
                APPLYING,
                set() if taken is None else taken,
            ),
            count,
        )
    )


HOUSEHOLDS = drawn(1, 600)
PEOPLE = [person for home in HOUSEHOLDS for person in (home.head, *home.members)]
RESIDENTS = [person for person in PEOPLE if person.id_kind == RESIDENT_CARD]


def test_the_same_chance_draws_the_same_households():
    assert drawn(7, 20) == drawn(7, 20)
    assert drawn(7, 20) != drawn(8, 20)


def test_identity_numbers_are_right_and_nobody_shares_one():
    assert len({person.id_number for person in PEOPLE}) == len(PEOPLE)
    for person in RESIDENTS:
        read = numbers.resident_id(person.id_number, TODAY)
        assert (read.birth_date, read.sex) == (person.birth_date, person.sex)


def test_nobody_gets_a_number_that_is_somebodys():
    taken = set()
    first = {p.id_number for home in drawn(3, 50, taken) for p in (home.head, *home.members)}
    second = {p.id_number for home in drawn(3, 50, taken) for p in (home.head, *home.members)}
    assert not {n for n in first if n.isdigit()} & second


def test_people_born_in_longhai_before_its_renaming_keep_the_old_code():
    codes = {
        person.id_number[:6]
        for home in HOUSEHOLDS
        if home.hukou_area == "350604"
        for person in (home.head, *home.members)
        if person.birth_date.year < 2021 and person.id_kind == RESIDENT_CARD
    }
    assert codes == {"350681"}


def test_some_come_from_elsewhere_and_some_have_other_papers():
    assert any(not home.hukou_area.startswith("3506") for home in HOUSEHOLDS)
    others = Counter(person.id_kind for person in PEOPLE if person.id_kind != RESIDENT_CARD)
    assert others["出生医学证明"] > 0
    many = [p for home in drawn(5, 2500) for p in home.members if p.id_kind.startswith("港澳台")]
    assert many
    for person in many:
        assert numbers.resident_id_problem(person.id_number, TODAY) is None
        assert person.id_number[:2] in ("81", "82", "83")


@pytest.mark.parametrize(
    ("text_format", "read"),
    [
        (TextFormat.NAME, lambda home: home.head.name),
        (TextFormat.RESIDENT_ID, lambda home: home.head.id_number),
        (TextFormat.MOBILE, lambda home: home.mobile),
        (TextFormat.BANK_ACCOUNT, lambda home: home.card_number),
    ],
)
def test_the_forms_take_what_was_drawn(text_format, read):
    assert {format_problem(text_format, read(home), TODAY) for home in HOUSEHOLDS} == {None}


def test_names_and_papers_of_members_are_taken_too_and_everybody_is_labelled():
    for person in PEOPLE:
        assert format_problem(TextFormat.NAME, person.name, TODAY) is None
        assert person.name.endswith("·模拟")
        assert format_problem(TextFormat.IDENTITY_DOCUMENT, person.id_number, TODAY) is None


def test_some_names_have_a_middle_dot_some_a_character_outside_the_first_plane():
    bare = [person.name.removesuffix("·模拟") for person in PEOPLE]
    assert any("·" in name for name in bare)
    assert any(ord(letter) > 0xFFFF for name in bare for letter in name)


def test_cards_telephones_and_employers_are_each_ones_own():
    assert {numbers.bank_account_warning(home.card_number) for home in HOUSEHOLDS} == {None}
    assert len({home.card_number for home in HOUSEHOLDS}) == len(HOUSEHOLDS)
    assert len({home.mobile for home in HOUSEHOLDS}) == len(HOUSEHOLDS)
    employers = {(home.employer, home.employer_uscc) for home in HOUSEHOLDS if home.employer}
    assert len({code for _, code in employers}) == len({name for name, _ in employers})
    assert {numbers.credit_code_problem(code) for _, code in employers} == {None}
    for home in HOUSEHOLDS:
        without = home.head.occupation in ("灵活就业", "失(无)业")
        assert (home.employer == "") == without


def test_they_apply_at_unions_that_have_an_officer():
    homes = {home.organisation_id for home in HOUSEHOLDS}
    assert len(homes) > 20
    assert all(FEDERATION.holders("officer", home) for home in homes)


def test_an_address_names_the_real_township():
    at_the_mill = next(home for home in HOUSEHOLDS if home.organisation_id == "zz-350602-u01")
    assert at_the_mill.address.startswith("福建省漳州市芗城区东铺头街道模拟路")


def test_twelve_months_before_today():
    months = [f"2025-{n:02}" for n in (11, 12)] + [f"2026-{n:02}" for n in range(1, 11)]
    for home in HOUSEHOLDS:
        assert sorted({line.month for line in home.income_lines}) == months
        assert {line.period for line in home.expense_lines} <= set(months)
        assert all(line.amount > 0 for line in (*home.income_lines, *home.expense_lines))


def test_nobody_is_in_full_work_for_a_beggars_wage():
    for home in HOUSEHOLDS:
        for person in (home.head, *home.members):
            if person.occupation in ("在岗", "农民工") and person.monthly_income:
                assert person.monthly_income >= 2 * STANDARD


def test_the_figures_come_to_the_plight():
    assert {home.plight.name for home in HOUSEHOLDS} == set(plights())
    for home in HOUSEHOLDS:
        sums = reckoned(home, STANDARD)
        own, net = sums["y_own"], sums["y_net"]
        after = sums["y_after_accident"]
        match home.plight.name:
            case "低保户":
                assert own < STANDARD
                assert sums["months_below"] >= 6
            case "低保边缘户":
                assert STANDARD <= own <= STANDARD * Decimal("1.5")
                assert net <= STANDARD
            case "意外致困户":
                assert STANDARD * Decimal("1.5") < own <= STANDARD * 3
                assert after <= STANDARD
            case "深度困难职工":
                assert net < STANDARD
            case "相对困难职工":
                assert STANDARD <= net < STANDARD * 2
            case "意外致困职工":
                assert net >= STANDARD * 2
                assert after <= STANDARD
            case _:
                assert net > STANDARD * Decimal("1.5")


def test_ages_fit():
    for home in HOUSEHOLDS:
        head_age = home.head.age_on(TODAY)
        assert 28 <= head_age <= 59
        assert home.work_start < TODAY
        for person in home.members:
            age = person.age_on(TODAY)
            if person.relation in ("子", "女"):
                assert 0 < age <= head_age - 22
            if person.relation in ("父", "母"):
                assert age >= head_age + 22
            if person.is_student:
                assert 6 <= age <= 26
                assert person.place.startswith("模拟")
        assert sum(person.relation == "配偶" for person in home.members) == (home.marital == "已婚")
        if home.cause.code == "9":
            assert any(person.is_student for person in home.members)


def test_families_are_of_one_to_six():
    sizes = Counter(home.size for home in drawn(2, 2500))
    assert set(sizes) == {1, 2, 3, 4, 5, 6}
    assert sizes[3] + sizes[4] > 1200
