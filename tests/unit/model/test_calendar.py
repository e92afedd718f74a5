"""Working days, against the State Council's notices and a count day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model.calendar import WorkCalendar, days_of_notice, official_days

CALENDAR = WorkCalendar(official_days(range(2014, 2018)))
DAYS = st.dates(date(2013, 1, 1), date(2018, 12, 31))


@pytest.mark.parametrize(
    ("posted", "fifth"),
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
def test_a_notice_of_five_working_days_ends_as_in_the_field(posted, fifth):
    assert CALENDAR.working_day_after(posted, 5) == (fifth, False)
    assert CALENDAR.working_days_between(posted, fifth) == 5


@pytest.mark.parametrize(
    ("fifteenth", "moved"),
    [
        (date(2015, 3, 15), date(2015, 3, 16)),
        (date(2015, 8, 15), date(2015, 8, 17)),
        (date(2015, 11, 15), date(2015, 11, 16)),
        (date(2016, 5, 15), date(2016, 5, 16)),
        (date(2016, 9, 15), date(2016, 9, 18)),  # 中秋; the Sunday is worked
        (date(2016, 10, 15), date(2016, 10, 17)),
        (date(2015, 2, 15), date(2015, 2, 15)),  # a Sunday, but worked
    ],
)
def test_reception_on_the_fifteenth_moves_to_the_next_working_day(fifteenth, moved):
    assert CALENDAR.next_working_day(fifteenth) == moved


@pytest.mark.parametrize(
    "festival", [date(2014, 1, 31), date(2015, 2, 19), date(2016, 2, 8), date(2016, 9, 15)]
)
def test_festivals_are_rest_days(festival):
    assert not CALENDAR.is_working_day(festival)


def test_the_last_working_day_before_a_rest_day():
    assert CALENDAR.last_working_day_on_or_before(date(2016, 10, 7)) == date(2016, 9, 30)
    assert CALENDAR.last_working_day_on_or_before(date(2016, 10, 8)) == date(2016, 10, 8)


def test_a_year_without_a_notice_counts_weekdays_and_says_so():
    assert not CALENDAR.is_official(2018)
    assert CALENDAR.is_working_day(date(2018, 1, 1))  # a Monday; the notice would say otherwise
    assert not CALENDAR.is_working_day(date(2018, 1, 6))
    assert CALENDAR.working_day_after(date(2018, 1, 5), 1) == (date(2018, 1, 8), True)


def test_a_count_that_runs_into_a_year_without_a_notice_is_provisional():
    assert CALENDAR.working_day_after(date(2017, 12, 28), 1) == (date(2017, 12, 29), False)
    assert CALENDAR.working_day_after(date(2017, 12, 28), 2) == (date(2018, 1, 1), True)
    assert CALENDAR.working_day_after(date(2017, 12, 31), 1) == (date(2018, 1, 1), True)


def test_single_settled_days_do_not_make_their_year_official():
    with_new_year = WorkCalendar({**official_days([2017]), date(2018, 1, 1): False})
    assert with_new_year.working_day_after(date(2017, 12, 29), 1) == (date(2018, 1, 2), True)


def test_without_any_day_everything_is_provisional():
    assert WorkCalendar({}).working_day_after(date(2016, 2, 5), 5) == (date(2016, 2, 12), True)


def test_no_days_after_a_day_is_the_day_itself():
    assert CALENDAR.working_day_after(date(2018, 1, 6), 0) == (date(2018, 1, 6), False)
    with pytest.raises(ValueError, match="-1"):
        CALENDAR.working_day_after(date(2016, 1, 6), -1)


def test_years_the_library_has_no_notice_for_are_left_out():
    days = official_days([2003, 2016, 2500])
    assert {day.year for day in days} == {2016}
    assert len(days) == 366


def test_an_imported_notice_makes_its_year_official():
    days = days_of_notice(2018, [date(2018, 1, 1)], [date(2018, 2, 11)])
    calendar = WorkCalendar({**official_days([2017]), **days})
    assert calendar.is_official(2018)
    assert not calendar.is_working_day(date(2018, 1, 1))
    assert calendar.is_working_day(date(2018, 2, 11))
    assert calendar.working_day_after(date(2017, 12, 29), 1) == (date(2018, 1, 2), False)


def test_a_notice_that_contradicts_itself_or_names_another_year_is_refused():
    day = date(2018, 1, 1)
    with pytest.raises(ValueError, match="放假又上班"):
        days_of_notice(2018, [day], [day])
    with pytest.raises(ValueError, match="2019 年"):
        days_of_notice(2019, [day], [])


def counted_one_by_one(first, last):
    day, count = first, 0
    while day < last:
        day += timedelta(days=1)
        count += CALENDAR.is_working_day(day)
    return count


@settings(max_examples=150, deadline=None)
@given(DAYS, DAYS)
def test_counting_agrees_with_a_count_day_by_day(first, last):
    assert CALENDAR.working_days_between(first, last) == counted_one_by_one(first, last)


@settings(max_examples=150, deadline=None)
@given(DAYS, st.integers(1, 90))
def test_the_nth_working_day_is_worked_and_n_working_days_later(start, count):
    found, provisional = CALENDAR.working_day_after(start, count)
    assert CALENDAR.is_working_day(found)
    assert CALENDAR.working_days_between(start, found) == count
    days = [start + timedelta(days=n) for n in range(1, (found - start).days + 1)]
    assert provisional == any(not 2014 <= day.year <= 2017 for day in days)
