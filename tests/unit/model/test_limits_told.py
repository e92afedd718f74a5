"""What is told of a limit beside its last day: whose it is, from when, pauses, rest days left out."""

from datetime import UTC, date, datetime

import pytest

from engine.model.calendar import WorkCalendar, official_days
from engine.model.clock import ZONE, first_instant, last_instant
from engine.model.deadlines import (
    Deadline,
    LimitOf,
    Pause,
    Stop,
    alert_times,
    begins_at,
    citizens_due,
    due,
    due_with_pauses,
    moved_on,
    reckon,
    skipped_days,
    stops,
    whose_limit,
)

CALENDAR = WorkCalendar(official_days(range(2014, 2018)))
NATIONAL_DAY = [date(2016, 10, day) for day in range(1, 8)]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def limit(text: str) -> Deadline:
    return Deadline.parse(text)


def test_one_function_reckons_whoever_asks() -> None:
    start, days = at("2016-09-27 10:00"), limit("5d")
    assert reckon(start, days, CALENDAR) == due(start, days, CALENDAR)
    assert reckon(start, days, CALENDAR, LimitOf.CITIZEN) == citizens_due(start, days, CALENDAR)
    pause = [Pause(at("2016-09-28 09:00"), None)]
    now = at("2016-09-30 09:00")
    assert reckon(start, days, CALENDAR, LimitOf.OURS, pause, now) == due_with_pauses(
        start, days, pause, now, CALENDAR
    )


def test_a_citizens_limit_with_a_pause_moves_on_from_where_the_pause_left_it() -> None:
    pause = [Pause(at("2016-09-28 09:00"), at("2016-09-29 09:00"))]
    found = reckon(at("2016-09-25 10:00"), limit("5d"), CALENDAR, LimitOf.CITIZEN, pause)
    # without the pause the 30th; with it the 1st, a holiday; the 8th is a worked Saturday
    assert (found.moved_from, found.last_day) == (date(2016, 10, 1), date(2016, 10, 8))
    assert stops(found) == (Stop(date(2016, 9, 28), date(2016, 9, 29), 1),)
    assert skipped_days(found, CALENDAR) == tuple(NATIONAL_DAY)


def test_rest_days_within_working_days_are_told_and_worked_week_ends_are_not() -> None:
    found = due(at("2016-09-29 10:00"), limit("3wd"), CALENDAR)
    assert found.last_day == date(2016, 10, 9)  # the 8th and the 9th are worked
    assert skipped_days(found, CALENDAR) == tuple(NATIONAL_DAY)


def test_rest_days_of_a_pause_are_told_with_the_pause() -> None:
    pause = [Pause(at("2016-09-30 09:00"), at("2016-10-07 09:00"))]
    found = reckon(at("2016-09-29 10:00"), limit("2wd"), CALENDAR, pauses=pause)
    assert found.last_day == date(2016, 10, 8)
    assert stops(found) == (Stop(date(2016, 9, 30), date(2016, 10, 7), 7),)
    assert skipped_days(found, CALENDAR) == ()


def test_our_own_calendar_days_skip_nothing() -> None:
    found = due(at("2016-09-27 10:00"), limit("5d"), CALENDAR)
    assert (skipped_days(found, CALENDAR), found.moved_from) == ((), None)


def test_a_pause_after_the_end_took_nothing() -> None:
    pause = [Pause(at("2016-03-20 09:00"), at("2016-03-25 09:00"))]
    assert stops(reckon(at("2016-03-01 09:00"), limit("5d"), CALENDAR, pauses=pause)) == ()


def test_reminders_know_of_the_pauses() -> None:
    start, pause = at("2016-03-01 09:00"), [Pause(at("2016-03-02 09:00"), at("2016-03-12 09:00"))]
    times = alert_times(start, reckon(start, limit("10d"), CALENDAR, pauses=pause), CALENDAR)
    # counted are the 2nd and what follows the 12th: the 8th day is the 19th, the 15th the 26th
    assert times.remind == first_instant(date(2016, 3, 19))
    assert times.overdue == last_instant(date(2016, 3, 21))
    assert times.escalate == last_instant(date(2016, 3, 26))


@pytest.mark.parametrize(
    ("instant", "moved"),
    [
        ("2016-10-01 23:59:59", "2016-10-08 23:59:59"),
        ("2016-10-02 09:30:00", "2016-10-08 23:59:59"),
        ("2016-10-08 09:30:00", "2016-10-08 09:30:00"),
    ],
)
def test_an_instant_in_a_rest_day_moves_to_the_end_of_the_next_working_day(
    instant: str, moved: str
) -> None:
    assert moved_on(at(instant), CALENDAR) == at(moved)


def test_a_limit_begins_with_the_date_that_was_written() -> None:
    opened = at("2016-03-10 15:00")
    assert begins_at(opened, None) == opened
    assert due(begins_at(opened, date(2016, 3, 1)), limit("15d"), CALENDAR).last_day == date(
        2016, 3, 16
    )


@pytest.mark.parametrize(
    ("said", "is_participants", "whose"),
    [
        (None, False, LimitOf.OURS),
        (None, True, LimitOf.CITIZEN),
        ("ours", True, LimitOf.OURS),
        ("citizen", False, LimitOf.CITIZEN),
    ],
)
def test_whose_a_limit_is_is_said_or_follows_from_the_lane(
    said: str | None, is_participants: bool, whose: LimitOf
) -> None:
    assert whose_limit(said, is_participants=is_participants) is whose
