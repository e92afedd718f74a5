"""Names, numbers and telephone numbers as people type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.forms import TextFormat
from engine.forms.formats import format_problem, format_warnings, normalise

TODAY = date(2026, 11, 23)
HAN = st.one_of(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
    st.characters(min_codepoint=0x20000, max_codepoint=0x2A6D6),  # extension B
    st.characters(min_codepoint=0x2B740, max_codepoint=0x2B81D),  # extension D
    st.characters(min_codepoint=0x30000, max_codepoint=0x3134A),  # extension G
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("买买提•吐尔逊", "买买提·吐尔逊"),
        ("买买提・吐尔逊", "买买提·吐尔逊"),
        ("买买提.吐尔逊", "买买提·吐尔逊"),
        ("买买提‧吐尔逊", "买买提·吐尔逊"),
        ("张 三", "张三"),
        (" 张\u3000三 ", "张三"),
        ("Anna  Smith", "Anna Smith"),
        ("𠮷田𬱖", "𠮷田𬱖"),
    ],
)
def test_names_are_stored_one_way(typed, stored):
    assert normalise(TextFormat.NAME, typed) == stored
    assert format_problem(TextFormat.NAME, stored, TODAY) is None


@given(st.lists(HAN, min_size=2, max_size=50))
def test_every_name_of_up_to_fifty_characters_is_taken(characters):
    name = "".join(characters)
    stored = normalise(TextFormat.NAME, name)
    assert stored == name
    assert format_problem(TextFormat.NAME, stored, TODAY) is None
    assert format_problem(TextFormat.NAME, name + "字" * (51 - len(characters)), TODAY)


@pytest.mark.parametrize("name", ["张", "张3", "张三!", "", "张\ue815", "张\ufffd"])
def test_what_is_no_name_is_said(name):
    problem = format_problem(TextFormat.NAME, name, TODAY)
    assert problem is not None
    assert problem.endswith("。")


@pytest.mark.parametrize(
    ("text_format", "typed", "stored"),
    [
        (TextFormat.MOBILE, "+86 138-0000-0000", "13800000000"),
        (TextFormat.MOBILE, "8613800000000", "13800000000"),
        (TextFormat.PHONE, "(0596)2000000", "0596-2000000"),
        (TextFormat.PHONE, "0596—2000000转801", "0596-2000000-801"),
        (TextFormat.PHONE, "138 0000 0000", "13800000000"),
        (TextFormat.PHONE, "0086 13800000000", "13800000000"),
        (TextFormat.BANK_ACCOUNT, "6217 0000 0000 0000 004", "6217000000000000004"),
        (TextFormat.RESIDENT_ID, "35062519990315992x", "35062519990315992X"),
    ],
)
def test_numbers_are_stored_one_way(text_format, typed, stored):
    assert normalise(text_format, typed) == stored
    assert format_problem(text_format, stored, TODAY) is None


@pytest.mark.parametrize(
    "text_format",
    [TextFormat.RESIDENT_ID, TextFormat.IDENTITY_DOCUMENT, TextFormat.BANK_ACCOUNT],
)
def test_a_number_that_excel_cut_off_is_called_by_its_name(text_format):
    text = normalise(text_format, "3.50602E+17")
    assert "Excel" in (format_problem(text_format, text, TODAY) or "")


def doubts(text_format, text, **beside):
    return [code for code, _ in format_warnings(text_format, text, beside)]


def test_what_stands_beside_a_number_is_compared_with_it_and_only_warned_of():
    number = "350602199001019907"
    document = TextFormat.IDENTITY_DOCUMENT
    assert doubts(document, number, 性别="女", 出生日期="1990-01-01") == []
    assert doubts(document, number, 性别="男") == ["sex"]
    assert doubts(document, number, 出生日期="1991-01-01") == ["birth"]
    assert doubts(document, number, 证件种类="护照") == ["kind"]
    assert doubts(document, "M350000001", 性别="男", 证件种类="出生医学证明") == []
    assert doubts(TextFormat.BANK_ACCOUNT, "12345678") == ["account"]
    assert doubts(TextFormat.BANK_ACCOUNT, "6217000000000000005") == ["account"]
    assert doubts(TextFormat.BANK_ACCOUNT, "6217000000000000004") == []
