"""What people show who they are with is told apart by its number; right ones are never refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.identity_documents import (
    Document,
    document_problem,
    document_warning,
    documents_of,
)
from engine.model.identity_numbers import excel_damage, resident_id_check_character

TODAY = date(2026, 11, 23)

RIGHT = {
    "350602199001019907": Document.RESIDENT,
    "350628199007049932": Document.RESIDENT,
    "350624199211059964": Document.RESIDENT,
    "35062519990315992X": Document.RESIDENT,
    "350681199007049942": Document.RESIDENT,
    "350604199007049958": Document.RESIDENT,
    "350602197001019908": Document.RESIDENT,
    "830000198501010014": Document.RESIDENCE_PERMIT,
    "H12345678": Document.HONG_KONG_MACAO_PERMIT,
    "M1234567801": Document.HONG_KONG_MACAO_PERMIT,
    "12345678": Document.TAIWAN_PERMIT,
    "1234567801(B)": Document.TAIWAN_PERMIT,
    "USA110080062301": Document.FOREIGNER,
    "M350000001": Document.BIRTH_CERTIFICATE,
    "E12345678": Document.PASSPORT,
    "PE1234567": Document.PASSPORT,
    "K0123456": Document.PASSPORT,
    "123456789": Document.PASSPORT,
}


@pytest.mark.parametrize(("number", "document"), RIGHT.items())
def test_each_document_is_known_by_its_number(number, document):
    assert document_problem(number, TODAY) is None
    assert documents_of(number)[0] is document
    assert document_warning(number, document) is None
    assert document_warning(number, "") is None
    assert document_warning(number, "别的证件") is None


def test_another_document_than_was_said_only_warns():
    warning = document_warning("830000198501010014", Document.RESIDENT)
    assert warning is not None
    assert "港澳台居民居住证" in warning
    assert "居民身份证" in warning


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("350602850101001", "15 位旧号"),
        ("35060219900101990", "17 位"),
        ("3506021990010199070", "19 位"),
        ("350602199001019900", "校验不符"),
        ("830000198501010013", "校验不符"),
        ("3.50602E+17", "Excel"),
        ("AB", "护照"),
        ("PASSPORT", "护照"),
        ("", "护照"),
        ("没有", "护照"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(number, says):
    problem = excel_damage(number) or document_problem(number, TODAY)
    assert problem is not None
    assert says in problem
    assert problem.endswith("。")


@given(
    st.sampled_from(["81", "82", "83", "35", "11", "93"]),
    st.dates(date(1930, 1, 1), TODAY),
    st.integers(0, 999),
    st.integers(0, 9999),
)
def test_every_number_built_by_the_rule_is_right(province, born, serial, area):
    first17 = f"{province}{area:04d}{born:%Y%m%d}{serial:03d}"
    number = first17 + resident_id_check_character(first17)
    assert document_problem(number, TODAY) is None
    assert len(documents_of(number)) == 1


@given(st.text(max_size=40))
def test_any_text_is_a_document_or_has_a_problem(number):
    problem = document_problem(number, TODAY)
    if not documents_of(number):
        assert problem is not None
        assert problem.endswith("。")
