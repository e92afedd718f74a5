"""A masked name tells acquaintances who it is, and nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.notice_names import masked_name, tidy, told_apart


@pytest.mark.parametrize(
    ("full", "shown"),
    [
        ("张三", "张*"),
        ("张小三", "张**"),
        ("欧阳明", "欧阳*"),
        ("欧阳小明", "欧阳**"),
        ("司马", "司*"),
        ("买买提·吐尔逊", "买**·吐**"),
        ("买买提•吐尔逊", "买**·吐**"),
        ("阿卜杜热合曼·买买提·库尔班", "阿**·买**·库**"),
        ("John Smith", "J** S**"),
        ("Müller", "M**"),
        ("张", "*"),
        ("张 三", "张*"),
        ("𠮷田", "𠮷*"),
        ("葛\U000e0100小三", "葛\U000e0100**"),
        ("", "*"),
    ],
)
def test_names_of_every_kind(full: str, shown: str) -> None:
    assert masked_name(full) == shown


@given(st.text(alphabet="张王李欧阳小明三·• aZ𠮷", min_size=1, max_size=20))
def test_a_masked_name_never_holds_the_name(full: str) -> None:
    shown = masked_name(full)
    assert "*" in shown
    name = tidy(full)
    assert len(name) < 2 or name not in shown


def test_equal_names_in_a_unit_are_told_apart_by_section_and_else_by_number() -> None:
    assert told_apart("张*", "", {"李*"}) == "张*"
    assert told_apart("张*", "装配车间", {"张*"}) == "张*(装配车间)"
    assert told_apart("张*", "", {"张*"}) == "张*(二)"
    assert told_apart("张*", "装配车间", {"张*", "张*(装配车间)"}) == "张*(二)"
    many = {"张*", *(f"张*({n})" for n in "二三四五六七八九十")}
    assert told_apart("张*", "", many) not in many
