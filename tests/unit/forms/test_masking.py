"""Personal data is masked wherever it stands; attributes take what they may."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.forms import Personal, mask_text


@pytest.mark.parametrize(
    ("kind", "clear", "masked"),
    [
        (Personal.NAME, "张三", "张*"),
        (Personal.NAME, "欧阳娜娜", "欧**"),
        (Personal.NAME, "买买提·吐尔逊", "买**·吐**"),
        (Personal.ID, "350602199001019907", "尾号 9907"),
        (Personal.ID, "E12345", "已隐去"),
        (Personal.ACCOUNT, "6217000000000000004", "尾号 0004"),
        (Personal.PHONE, "13912345678", "139****5678"),
        (Personal.PHONE, "0596-2000000", "尾号 0000"),
        (Personal.ADDRESS, "福建省漳州市芗城区模拟路 1 号", "福建省漳州市芗城区****"),
        (Personal.ADDRESS, "模拟路 1 号", "已隐去"),
        (Personal.TEXT, "因病致困", "已隐去"),
        (Personal.NAME, "", ""),
    ],
)
def test_each_kind_is_masked_in_its_way(kind, clear, masked):
    assert mask_text(kind, clear) == masked


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(Personal), st.text(max_size=30))
def test_a_masked_text_never_contains_the_clear_one(kind, clear):
    if clear.strip():
        assert clear.strip() not in mask_text(kind, clear)


def test_every_personal_answer_of_a_form_is_masked(application, answers):
    masked = application.mask(answers | {"unasked": "张模拟"})
    text = str(masked)
    for clear in (
        "张模拟",
        "350602199001019907",
        "13800000000",
        "模拟路",
        "6217000000000000004",
        "因病",
    ):
        assert clear not in text
    assert masked["members"][0]["name"] == "李**"
    assert masked["wage"] == 2350.5
    assert masked["joined_on"] == "2015-03-01"
    assert "unasked" not in masked


def test_attributes_are_what_a_case_is_found_by(application, answers, context):
    answers["members"][0]["member_id"] = "350628199007049932"
    data = application.validate(answers, {}, context).data
    found = {a.name: (a.kind.value, a.value, a.last4) for a in application.attributes(data)}
    assert found == {
        "applicant_name": ("text", "张模拟", None),
        "id_no": ("secret", "350602199001019907", "9907"),
        "mobile": ("secret", "13800000000", "0000"),
        "wage": ("number", Decimal("2350.5"), None),
        "family_size": ("number", Decimal(3), None),
        "members.0.member_id": ("secret", "350628199007049932", "9932"),
    }


def test_dates_are_attributes_as_dates(compiled):
    form = compiled(
        {
            "type": "datetime",
            "id": "d",
            "key": "d",
            "dateLabel": "日期",
            "properties": {"attribute": "both"},
        }
    )
    assert form.attributes({"d": "2026-11-16"})[0].value == date(2026, 11, 16)


def test_files_are_listed_with_their_labels(application, answers):
    assert application.files(answers) == (
        ("file_1", "身份证扫描件"),
        ("file_2", "入户照片"),
        ("file_3", "入户照片"),
    )
