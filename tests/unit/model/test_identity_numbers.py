"""Identity, credit code, account and mobile numbers: wrong ones are told, right ones never are."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Invalid
from engine.model import identity_numbers as numbers
from engine.model.identity_numbers import ResidentIdKind, Sex

TODAY = date(2026, 11, 23)

VALID_IDS = [
    "350602199001019907",
    "350628199007049932",
    "350624199211059964",
    "35062519990315992X",  # 长泰县, a code that is no longer in use
    "350681199007049942",  # 龙海市, likewise
    "350604199007049958",  # 龙海区: younger than the holder
    "350602197001019908",
    "830000198501010014",  # 台湾居民居住证
]


@pytest.mark.parametrize("number", VALID_IDS)
def test_numbers_real_people_can_hold_are_accepted(number):
    assert numbers.resident_id_problem(number, TODAY) is None
    assert numbers.resident_id_warning(number) is None


@pytest.mark.parametrize("number", VALID_IDS)
def test_a_changed_last_character_is_noticed(number):
    for last in "0123456789X":
        problem = numbers.resident_id_problem(number[:17] + last, TODAY)
        assert (problem is None) == (last == number[17])


@given(st.sampled_from(VALID_IDS), st.integers(0, 16), st.integers(1, 9))
def test_any_single_mistyped_digit_is_noticed(number, place, by):
    wrong = str((int(number[place]) + by) % 10)
    assert numbers.resident_id_problem(number[:place] + wrong + number[place + 1 :], TODAY)


def with_check(first17):
    return first17 + numbers.resident_id_check_character(first17)


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (with_check("35060219850229001"), "19850229"),
        (with_check("35060219851332001"), "19851332"),
        (with_check("35060200000101001"), "出生日期"),
        (with_check("35060220261124001"), "不可能"),  # born tomorrow
        (with_check("35060218500101001"), "不可能"),
        ("350602850101001", "15 位旧号"),
        ("35062519990315992x", "大写 X"),
        ("350602 19900101 9907", "18 位"),
        ("３５０６０２１９９００１０１９９０７", "18 位"),
        ("", "18 位"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(number, says):
    problem = numbers.resident_id_problem(number, TODAY)
    assert problem is not None
    assert says in problem
    with pytest.raises(Invalid, match=r"。$"):
        numbers.resident_id(number, TODAY)


def test_somebody_born_today_has_a_number():
    assert numbers.resident_id_problem(with_check("35060220261123001"), TODAY) is None


def test_a_number_says_birth_date_sex_and_first_area():
    read = numbers.resident_id("350681199007049942", TODAY)
    assert read.birth_date == date(1990, 7, 4)
    assert read.sex is Sex.FEMALE
    assert read.area_code == "350681"
    assert read.kind is ResidentIdKind.MAINLAND
    assert numbers.resident_id("830000198501010014", TODAY).sex is Sex.MALE


@pytest.mark.parametrize(
    ("first17", "kind"),
    [
        ("81000019850101001", ResidentIdKind.HONG_KONG),
        ("82000019850101001", ResidentIdKind.MACAO),
        ("83000019850101001", ResidentIdKind.TAIWAN),
        ("93570419850101001", ResidentIdKind.FOREIGNER),
    ],
)
def test_permits_are_told_apart(first17, kind):
    number = with_check(first17)
    assert numbers.resident_id(number, TODAY).kind is kind
    assert numbers.resident_id_warning(number) is None


def test_an_unknown_province_only_warns():
    number = with_check("99060219850101001".replace("99", "29", 1))
    assert numbers.resident_id_problem(number, TODAY) is None
    assert "29" in (numbers.resident_id_warning(number) or "")


def test_numbers_are_stored_one_way():
    assert numbers.normalised(" ３５０６２５ 1999-0315 992x\u3000") == "35062519990315992X"


@pytest.mark.parametrize("code", ["81350602MC0000001K", "91350600MA0000001H", "12350600000000000G"])
def test_right_credit_codes_are_accepted(code):
    assert numbers.credit_code_problem(code) is None
    assert "校验位" in (numbers.credit_code_problem(code[:17] + "0") or "")


@pytest.mark.parametrize(
    "code", ["", "8135", "81350602MI0000001K", "81350602mc0000001k", "8135 0602MC0000001"]
)
def test_other_texts_are_no_credit_codes(code):
    assert "18 位" in (numbers.credit_code_problem(code) or "")


@pytest.mark.parametrize("card", ["6217000000000000004", "6222020000000000000"])
def test_right_cards_have_neither_problem_nor_warning(card):
    assert numbers.bank_account_problem(card) is None
    assert numbers.bank_account_warning(card) is None


def test_a_passbook_or_an_odd_card_only_warns():
    assert numbers.bank_account_problem("903010100010") is None
    assert "12 位" in (numbers.bank_account_warning("903010100010") or "")
    assert numbers.bank_account_problem("6217000000000000005") is None
    assert "第二人" in (numbers.bank_account_warning("6217000000000000005") or "")


@pytest.mark.parametrize("text", ["", "6217 0000", "62170000000000x", "1234567", "9" * 33])
def test_other_texts_are_no_accounts(text):
    assert numbers.bank_account_problem(text)


def test_mobiles():
    assert numbers.mobile_problem("13800000000") is None
    for wrong in (
        "12800000000",
        "1380000000",
        "138000000000",
        "１３８00000000",
        "",
        "0596-1234567",
    ):
        assert numbers.mobile_problem(wrong)
