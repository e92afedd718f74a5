"""People are found by what is typed for their names: pinyin, whole or by initials."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.pinyin import LONGEST, search_text, typed


def found(name: str, query: str) -> bool:
    wanted = typed(query)
    return wanted is not None and wanted in search_text(name)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("张模拟", "zhangmoni"),
        ("张模拟", "Zhang Moni"),
        ("张模拟", "zhangmn"),
        ("张模拟", "ZMN"),
        ("张模拟", "zhang"),
        ("曾小明", "zeng"),  # not céng
        ("单小明", "shanxm"),
        ("张长生", "zcs"),  # 长 has two readings, both are met
        ("张长生", "zzs"),
        ("吕绿", "lv"),
        ("买买提·吐尔逊", "maimaiti"),
        ("买买提·吐尔逊", "mmttex"),
        ("张𬱖", "zhangdi"),  # extension E
        ("漳州市模拟机械厂工会", "zzsmnjx"),
        ("李Anna", "lianna"),
    ],
)
def test_a_name_is_found_by_its_pinyin(name: str, query: str) -> None:
    assert found(name, query)


@pytest.mark.parametrize("query", ["张", "z", "350602", "张三 z", "", "zhang1"])
def test_what_is_no_pinyin_is_not_looked_for(query: str) -> None:
    assert typed(query) is None


def test_a_spelling_is_met_from_its_beginning_only() -> None:
    assert not found("张模拟", "moni")
    assert search_text("350602199001019907") == ""


@given(st.text(max_size=60))
def test_any_text_has_a_search_text_that_fits_its_column(text: str) -> None:
    spelled = search_text(text)
    assert len(spelled) <= LONGEST
    assert spelled == spelled.lower()
    assert "%" not in spelled
    assert "_" not in spelled
