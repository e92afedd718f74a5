"""A parameter that is a day: read as people type it, refused where it is none."""

import pytest

from engine.errors import Invalid
from engine.model.parameters import Kind, ParameterRule

RULE = ParameterRule("spring festival", "春节日期", Kind.DATE, value="2027-02-06")


@pytest.mark.parametrize("typed", ["2028-01-26", "2028/1/26", "2028年1月26日", " 2028.1.26 "])
def test_a_day_is_read_as_people_type_it(typed: str) -> None:
    assert RULE.read(typed) == "2028-01-26"
    RULE.check("2028-01-26")


@pytest.mark.parametrize("typed", ["2028-02-30", "明年春节", "20280126", "0-0-0"])
def test_what_is_no_day_is_refused_in_words(typed: str) -> None:
    for take in (RULE.read, RULE.check):
        with pytest.raises(Invalid, match="“春节日期”要填日期,例如 2027-02-06,不能是"):
            take(typed)
