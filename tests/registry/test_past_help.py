"""Help given before Bangfu is taken over with the files, checked as if it were entered by hand."""

from datetime import date

import pytest

from engine.errors import Invalid, NotPermitted
from registry import PastHelp
from tests.registry.test_loading import SOURCE, existing
from tests.registry.town import Town

TYPED = {
    "kind": "festival",
    "given_on": "2022-01-20",
    "amount": "1,000.00",
    "source": "finance",
    "level": "county",
    "payer": "芗城模拟区总工会",
}


def entry(file_no: str, number: int = 1, **more: str) -> PastHelp:
    return PastHelp(f"{number:016}", file_no, {**TYPED, **more})


@pytest.fixture
def file_no(town: Town) -> str:
    (loaded,) = town.register.load_files(town.actor("reviewer"), [existing(1)], SOURCE)
    return loaded.file_no


def test_it_stands_on_the_page_of_the_file_and_never_twice(town: Town, file_no: str) -> None:
    reviewer = town.actor("reviewer")
    found = [entry(file_no, 1), entry(file_no, 2, given_on="2023-01-10", amount="1500")]
    assert town.register.load_help(reviewer, found, SOURCE) == 2
    assert town.register.load_help(reviewer, [*found, entry(file_no, 3)], SOURCE) == 1
    help_given = town.register.help.of_file(reviewer, file_no)
    assert [(one.given_on, one.cents) for one in help_given.lines] == [
        (date(2023, 1, 10), 150_000),
        (date(2022, 1, 20), 100_000),
        (date(2022, 1, 20), 100_000),
    ]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"given_on": "2018-01-01"}, "先建档、后帮扶"),
        ({"given_on": "2999-01-01"}, "还没有到"),
        ({"kind": "送温暖"}, "帮扶类别"),
        ({"amount": "一千"}, "不是数字"),
        ({"payer": ""}, "支付单位"),
    ],
)
def test_what_could_not_be_entered_by_hand_is_refused_with_its_file(
    town: Town, file_no: str, typed: dict[str, str], says: str
) -> None:
    found = [entry(file_no, 1), entry(file_no, 2, **typed)]
    with pytest.raises(Invalid, match=says) as refused:
        town.register.load_help(town.actor("reviewer"), found, SOURCE)
    assert file_no in refused.value.message
    assert town.register.help.of_file(town.actor("reviewer"), file_no).lines == []


def test_a_file_that_is_not_there_is_named(town: Town) -> None:
    with pytest.raises(Invalid, match="档-350602-2019-999999"):
        town.register.load_help(town.actor("reviewer"), [entry("档-350602-2019-999999")], SOURCE)


def test_nobody_loads_help_for_files_outside_her_area(town: Town, file_no: str) -> None:
    with pytest.raises(NotPermitted, match="模拟一厂工会"):
        town.register.load_help(town.actor("far_reviewer"), [entry(file_no)], SOURCE)
