"""The walk from day to day is right by itself: domain.md §4.5, and days known from the notices."""

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest

from tests.load.statute import CHINA, Limit, end_of, expected, is_worked

FIVE = Limit("", 5)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=CHINA).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "last"),
    [
        (date(2015, 2, 13), date(2015, 2, 26)),
        (date(2016, 2, 3), date(2016, 2, 15)),
        (date(2016, 2, 5), date(2016, 2, 17)),
        (date(2016, 4, 28), date(2016, 5, 6)),
        (date(2016, 9, 13), date(2016, 9, 21)),
        (date(2016, 9, 29), date(2016, 10, 11)),
        (date(2016, 12, 29), date(2017, 1, 6)),
    ],
)
def test_five_working_days(start: date, last: date) -> None:
    assert expected(FIVE, at(start), {}).at == end_of(last)


def test_the_15th_on_a_day_of_rest_and_the_days_worked_instead() -> None:
    moved = Limit("", 0, "d", citizens=True)
    for month, last in (
        (date(2015, 3, 15), date(2015, 3, 16)),
        (date(2015, 8, 15), date(2015, 8, 17)),
        (date(2015, 11, 15), date(2015, 11, 16)),
        (date(2016, 5, 15), date(2016, 5, 16)),
        (date(2016, 9, 15), date(2016, 9, 18)),
        (date(2016, 10, 15), date(2016, 10, 17)),
        (date(2015, 2, 15), date(2015, 2, 15)),
    ):
        assert expected(moved, at(month), {}).at == end_of(last)


def test_the_days_copied_from_the_notices_are_those_of_another_copy() -> None:
    day = date(2015, 1, 1)
    while day <= date(2017, 12, 31):
        assert is_worked(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_our_own_limit_keeps_its_day_of_rest_and_a_citizens_moves_on() -> None:
    # 30 days from 1 September 2016 end on 1 October, the first of seven days of rest
    facts = {"served_on": "2016-09-01"}
    ours = Limit("", 30, "d", "served_on")
    hers = Limit("", 30, "d", "served_on", citizens=True)
    assert expected(ours, at(date(2016, 9, 5)), facts).at == end_of(date(2016, 10, 1))
    assert expected(hers, at(date(2016, 9, 5)), facts).at == end_of(date(2016, 10, 8))


def test_hours_run_by_the_clock() -> None:
    assert expected(Limit("", 4, "h"), at(date(2015, 2, 17)), {}).at == datetime(
        2015, 2, 17, 5, tzinfo=UTC
    )
