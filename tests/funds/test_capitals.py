"""人民币大写, as the rules for filling in vouchers write it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.budget.amounts import in_capitals

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ["元", "拾", "佰", "仟", "万", "拾", "佰", "仟", "亿", "拾", "佰", "仟"]


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (99, "玖角玖分"),
        (100, "壹元整"),
        (1_000, "壹拾元整"),
        (120_000, "壹仟贰佰元整"),
        (140_950, "壹仟肆佰零玖元伍角整"),
        (600_714, "陆仟零柒元壹角肆分"),
        (168_032, "壹仟陆佰捌拾元叁角贰分"),
        (10_700_053, "壹拾万柒仟元伍角叁分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (1_000_000, "壹万元整"),
        (100_050_000, "壹佰万零伍佰元整"),
        (10_000_000_000, "壹亿元整"),
        (10_000_700_000, "壹亿零柒仟元整"),
        (20_003_000_000, "贰亿零叁万元整"),
        (23_000_050_005, "贰亿叁仟万零伍佰元零伍分"),
        (100_000_000_000_000, "壹万亿元整"),
    ],
)
def test_as_the_rules_write_it(fen: int, said: str) -> None:
    assert in_capitals(fen) == said


def written_out(yuan: int) -> str:
    """Every place written, then put together: another way to the same words."""
    digits = str(yuan)
    said = "".join(
        DIGITS[int(digit)] + PLACES[len(digits) - place] for place, digit in enumerate(digits, 1)
    )
    said = re.sub("零[仟佰拾]", "零", said)
    said = re.sub("零+", "零", said)
    said = re.sub("零(?=[万亿])", "", said).replace("亿万", "亿零")
    return re.sub("零+", "零", said).replace("零元", "元")


AMOUNTS = st.one_of(
    st.integers(1, 10**12 - 1),
    # Many zeros between the digits: there the words go wrong.
    st.lists(st.sampled_from("00001"), min_size=1, max_size=12).map(lambda d: int("".join(d)) or 1),
)


@given(AMOUNTS, st.integers(0, 9), st.integers(0, 9))
def test_every_amount_is_what_all_its_places_say(yuan: int, jiao: int, fen: int) -> None:
    said = in_capitals(yuan * 100 + jiao * 10 + fen)
    whole, _, rest = said.partition("元")
    assert whole + "元" == written_out(yuan)
    assert (
        rest
        == {
            (False, False): "整",
            (True, False): f"{DIGITS[jiao]}角整",
            (False, True): f"零{DIGITS[fen]}分",
            (True, True): f"{DIGITS[jiao]}角{DIGITS[fen]}分",
        }[(jiao > 0, fen > 0)]
    )
