"""Deadlines, against the field's dates and an oracle that walks day by day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Invalid
from engine.model.calendar import WorkCalendar, official_days
from engine.model.clock import ZONE, first_instant, last_instant, local_date
from engine.model.deadlines import (
    Deadline,
    Pause,
    Remaining,
    Unit,
    alert_times,
    citizens_due,
    due,
    due_with_pauses,
    remaining,
    soon_until,
)
from engine.model.tasks import DueState

CALENDAR = WorkCalendar(official_days(range(2014, 2018)))
ONE_DAY = timedelta(days=1)
FROM, UNTIL = datetime.fromisoformat("2014-01-01"), datetime.fromisoformat("2017-06-01")


def at(text):
    """An instant from local time: 2016-02-03 09:00."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def limit(text):
    return Deadline.parse(text)


class TestReadingALimit:
    @pytest.mark.parametrize(
        ("text", "amount", "unit"),
        [
            ("5wd", 5, Unit.WORKING_DAYS),
            ("60d", 60, Unit.DAYS),
            ("4h", 4, Unit.HOURS),
            (" 9999wd ", 9999, Unit.WORKING_DAYS),
        ],
    )
    def test_the_three_units_are_read(self, text, amount, unit):
        assert limit(text) == Deadline(amount, unit)
        assert str(limit(text)) == text.strip()

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "5",
            "wd",
            "0wd",
            "-1d",
            "1.5d",
            "5WD",
            "5 wd",
            "05d",
            "10000d",
            "５wd",
            "5w",
            "5日",
            "P5D",
            "5wd\n5",
        ],
    )
    def test_anything_else_is_refused_with_a_sentence(self, text):
        with pytest.raises(Invalid, match="5 个工作日") as refusal:
            limit(text)
        assert text in refusal.value.message


class TestWhenALimitIsOver:
    @pytest.mark.parametrize(
        ("posted", "last"),
        [
            ("2015-02-13", date(2015, 2, 26)),
            ("2016-02-03", date(2016, 2, 15)),
            ("2016-09-29", date(2016, 10, 11)),
            ("2016-12-29", date(2017, 1, 6)),
        ],
    )
    def test_a_notice_ends_with_the_last_second_of_its_fifth_working_day(self, posted, last):
        found = due(at(f"{posted} 09:00"), limit("5wd"), CALENDAR)
        assert found.last_day == found.finish_by == last
        assert found.at == last_instant(last)
        assert found.counted_from == date.fromisoformat(posted)
        assert not found.provisional

    def test_the_hour_of_the_start_makes_no_difference_to_a_limit_of_days(self):
        early = due(at("2016-02-03 00:00"), limit("5wd"), CALENDAR)
        late = due(at("2016-02-03 23:59"), limit("5wd"), CALENDAR)
        assert early == late

    def test_our_own_limit_keeps_a_last_day_of_rest_and_says_when_to_finish(self):
        found = due(at("2016-09-27 10:00"), limit("5d"), CALENDAR)
        assert found.last_day == date(2016, 10, 2)
        assert found.finish_by == date(2016, 9, 30)

    def test_a_citizens_limit_moves_past_the_rest_days(self):
        found = citizens_due(at("2016-09-27 10:00"), limit("5d"), CALENDAR)
        assert found.last_day == found.finish_by == date(2016, 10, 8)  # a worked Saturday
        assert found.at == last_instant(date(2016, 10, 8))

    def test_a_citizens_limit_that_ends_on_a_working_day_stays(self):
        start = at("2016-10-10 10:00")
        assert citizens_due(start, limit("3d"), CALENDAR) == due(start, limit("3d"), CALENDAR)

    def test_a_citizens_hours_and_working_days_are_like_ours(self):
        start = at("2016-09-30 22:00")
        for text in ("4h", "3wd"):
            assert citizens_due(start, limit(text), CALENDAR) == due(start, limit(text), CALENDAR)

    def test_hours_run_by_the_clock_through_the_night(self):
        found = due(at("2016-09-30 22:00"), limit("4h"), CALENDAR)
        assert found.at == at("2016-10-01 02:00")
        assert found.last_day == date(2016, 10, 1)
        assert found.finish_by == date(2016, 9, 30)

    def test_hours_within_a_holiday_have_no_working_day_to_finish_by(self):
        assert due(at("2016-10-03 10:00"), limit("4h"), CALENDAR).finish_by is None

    def test_only_what_leans_on_a_year_without_a_notice_is_provisional(self):
        start = at("2017-12-28 10:00")
        assert due(start, limit("5wd"), CALENDAR).provisional
        assert not due(start, limit("5d"), CALENDAR).provisional
        assert citizens_due(start, limit("5d"), CALENDAR).provisional
        assert not due(start, limit("99h"), CALENDAR).provisional

    def test_a_date_is_reckoned_anew_when_the_notice_has_come(self):
        start = at("2017-12-29 10:00")
        before = due(start, limit("1wd"), WorkCalendar(official_days([2017])))
        after = due(start, limit("1wd"), WorkCalendar(official_days([2017, 2018])))
        assert (before.last_day, before.provisional) == (date(2018, 1, 1), True)
        assert (after.last_day, after.provisional) == (date(2018, 1, 2), False)


class TestPauses:
    def test_paused_days_are_added(self):
        start = at("2016-03-01 10:00")  # a Tuesday; the fifth working day is 03-08
        pause = Pause(at("2016-03-02 15:00"), at("2016-03-04 09:00"))
        found = due_with_pauses(start, limit("5wd"), [pause], at("2016-03-05 09:00"), CALENDAR)
        assert found.last_day == date(2016, 3, 10)
        assert found.counted_from == date(2016, 3, 1)

    def test_without_pauses_it_is_the_plain_date(self):
        start = at("2016-03-01 10:00")
        for text in ("5wd", "60d", "4h"):
            plain = due(start, limit(text), CALENDAR)
            assert due_with_pauses(start, limit(text), [], start, CALENDAR) == plain

    def test_a_pause_within_one_day_takes_nothing_from_a_limit_of_days(self):
        start = at("2016-03-01 10:00")
        pause = Pause(at("2016-03-02 09:00"), at("2016-03-02 17:00"))
        plain = due(start, limit("5wd"), CALENDAR)
        assert due_with_pauses(start, limit("5wd"), [pause], start, CALENDAR) == plain

    def test_while_a_pause_lasts_the_date_moves_with_the_days(self):
        start = at("2016-03-01 10:00")
        open_pause = [Pause(at("2016-03-02 15:00"), None)]
        days = [
            due_with_pauses(
                start, limit("10d"), open_pause, at(f"2016-03-{day:02} 12:00"), CALENDAR
            )
            for day in (2, 5, 20)
        ]
        assert [found.last_day for found in days] == [
            date(2016, 3, 11),
            date(2016, 3, 14),
            date(2016, 3, 29),
        ]

    def test_overlapping_pauses_are_taken_once(self):
        start = at("2016-03-01 10:00")
        pauses = [
            Pause(at("2016-03-04 10:00"), at("2016-03-08 10:00")),
            Pause(at("2016-03-02 10:00"), at("2016-03-06 10:00")),
        ]
        now = at("2016-03-09 10:00")
        together = [Pause(at("2016-03-02 10:00"), at("2016-03-08 10:00"))]
        for text in ("10d", "5wd", "30h"):
            assert due_with_pauses(start, limit(text), pauses, now, CALENDAR) == due_with_pauses(
                start, limit(text), together, now, CALENDAR
            )

    def test_a_pause_after_the_end_or_before_the_start_changes_nothing(self):
        start = at("2016-03-01 10:00")
        pauses = [
            Pause(at("2016-02-01 10:00"), at("2016-02-05 10:00")),
            Pause(at("2016-06-01 10:00"), None),
        ]
        for text in ("5wd", "10d", "4h"):
            plain = due(start, limit(text), CALENDAR)
            now = at("2016-07-01 10:00")
            assert due_with_pauses(start, limit(text), pauses, now, CALENDAR) == plain

    def test_hours_stop_for_exactly_the_pause(self):
        start = at("2016-03-01 10:00")
        pause = Pause(at("2016-03-01 12:00"), at("2016-03-01 13:30"))
        found = due_with_pauses(start, limit("4h"), [pause], start, CALENDAR)
        assert found.at == at("2016-03-01 15:30")


class TestAlerts:
    def test_five_working_days_remind_on_the_fourth_and_escalate_after_the_eighth(self):
        start = at("2016-02-03 09:00")  # Spring Festival in between
        alerts = alert_times(start, due(start, limit("5wd"), CALENDAR), CALENDAR)
        assert alerts.remind == first_instant(date(2016, 2, 14))  # a worked Sunday
        assert alerts.overdue == last_instant(date(2016, 2, 15))
        assert alerts.escalate == last_instant(date(2016, 2, 18))

    def test_sixty_days_remind_on_the_48th_and_escalate_after_the_90th(self):
        start = at("2016-03-01 09:00")
        alerts = alert_times(start, due(start, limit("60d"), CALENDAR), CALENDAR)
        assert alerts.remind == first_instant(date(2016, 4, 18))
        assert alerts.escalate == last_instant(date(2016, 5, 30))

    def test_a_short_limit_reminds_in_the_morning_of_its_last_day(self):
        start = at("2016-03-01 09:00")
        alerts = alert_times(start, due(start, limit("3wd"), CALENDAR), CALENDAR)
        assert alerts.remind == first_instant(date(2016, 3, 4))
        assert alerts.overdue == last_instant(date(2016, 3, 4))

    def test_a_limit_that_ends_on_rest_days_reminds_on_the_last_working_day(self):
        start = at("2016-03-03 09:00")  # Thursday; three days end on Sunday
        alerts = alert_times(start, due(start, limit("3d"), CALENDAR), CALENDAR)
        assert alerts.remind == first_instant(date(2016, 3, 4))

    def test_hours_are_not_rounded(self):
        start = at("2016-03-01 09:00")
        alerts = alert_times(start, due(start, limit("1h"), CALENDAR), CALENDAR)
        assert alerts.remind == at("2016-03-01 09:48")
        assert alerts.overdue == at("2016-03-01 10:00")
        assert alerts.escalate == at("2016-03-01 10:30")

    @settings(max_examples=150, deadline=None)
    @given(
        st.datetimes(FROM, UNTIL, timezones=st.just(UTC)),
        st.builds(Deadline, st.integers(1, 120), st.sampled_from(Unit)),
        st.sampled_from([due, citizens_due]),
    )
    def test_alerts_come_in_order_and_none_before_the_start(self, start, length, reckon):
        alerts = alert_times(start, reckon(start, length, CALENDAR), CALENDAR)
        assert start <= alerts.remind <= alerts.overdue <= alerts.escalate


class TestHowAStepStands:
    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            ("2016-09-26 10:00", Remaining(8, Unit.WORKING_DAYS, DueState.LATER)),
            ("2016-09-30 10:00", Remaining(4, Unit.WORKING_DAYS, DueState.LATER)),
            ("2016-10-05 10:00", Remaining(4, Unit.WORKING_DAYS, DueState.LATER)),
            ("2016-10-08 10:00", Remaining(3, Unit.WORKING_DAYS, DueState.LATER)),
            ("2016-10-09 10:00", Remaining(2, Unit.WORKING_DAYS, DueState.SOON)),
            ("2016-10-10 23:59", Remaining(1, Unit.WORKING_DAYS, DueState.SOON)),
            ("2016-10-11 00:00", Remaining(0, Unit.WORKING_DAYS, DueState.TODAY)),
            ("2016-10-11 23:59", Remaining(0, Unit.WORKING_DAYS, DueState.TODAY)),
            ("2016-10-12 00:00", Remaining(1, Unit.WORKING_DAYS, DueState.OVERDUE)),
            ("2016-10-18 10:00", Remaining(5, Unit.WORKING_DAYS, DueState.OVERDUE)),
        ],
    )
    def test_working_days_are_counted_in_working_days(self, now, expected):
        end = last_instant(date(2016, 10, 11))
        assert remaining(at(now), end, Unit.WORKING_DAYS, CALENDAR) == expected

    def test_over_a_week_end_a_late_step_is_one_working_day_over(self):
        friday = last_instant(date(2016, 3, 4))
        for now in ("2016-03-05 10:00", "2016-03-06 10:00", "2016-03-07 10:00"):
            stands = remaining(at(now), friday, Unit.WORKING_DAYS, CALENDAR)
            assert stands == Remaining(1, Unit.WORKING_DAYS, DueState.OVERDUE)

    @pytest.mark.parametrize(
        ("now", "amount", "state"),
        [
            ("2016-03-01 10:00", 10, DueState.LATER),
            ("2016-03-09 10:00", 2, DueState.SOON),
            ("2016-03-11 10:00", 0, DueState.TODAY),
            ("2016-03-14 10:00", 3, DueState.OVERDUE),
        ],
    )
    def test_calendar_days_are_counted_in_days(self, now, amount, state):
        end = last_instant(date(2016, 3, 11))
        assert remaining(at(now), end, Unit.DAYS, CALENDAR) == Remaining(amount, Unit.DAYS, state)

    @pytest.mark.parametrize(
        ("now", "amount", "state"),
        [
            ("2016-03-01 10:00", 4, DueState.TODAY),
            ("2016-03-01 10:01", 4, DueState.TODAY),
            ("2016-03-01 13:30", 1, DueState.TODAY),
            ("2016-03-01 14:01", 1, DueState.OVERDUE),
            ("2016-03-01 17:00", 3, DueState.OVERDUE),
            ("2016-02-29 20:00", 18, DueState.SOON),
        ],
    )
    def test_hours_are_counted_in_hours_the_one_under_way_included(self, now, amount, state):
        end = at("2016-03-01 14:00")
        assert remaining(at(now), end, Unit.HOURS, CALENDAR) == Remaining(amount, Unit.HOURS, state)

    def test_soon_is_two_working_days_across_a_holiday(self):
        assert soon_until(date(2016, 9, 30), CALENDAR) == date(2016, 10, 9)


# --- the oracle: one day at a time, nothing clever -----------------------------------------------

INSTANTS = st.datetimes(FROM, UNTIL, timezones=st.just(UTC))
DAY_LIMITS = st.builds(
    Deadline, st.integers(1, 70), st.sampled_from([Unit.DAYS, Unit.WORKING_DAYS])
)


def oracle(start, length, pauses, now):
    day, left = local_date(start), length.amount
    while left:
        day += ONE_DAY
        if length.unit is Unit.WORKING_DAYS and not CALENDAR.is_working_day(day):
            continue
        if any(
            local_date(pause.start) < day <= local_date(pause.end or now)
            and local_date(start) < day
            for pause in pauses
        ):
            continue
        left -= 1
    return day


@settings(max_examples=200, deadline=None)
@given(INSTANTS, DAY_LIMITS)
def test_a_limit_agrees_with_the_oracle(start, length):
    assert due(start, length, CALENDAR).last_day == oracle(start, length, [], start)


@settings(max_examples=200, deadline=None)
@given(INSTANTS, DAY_LIMITS, st.data())
def test_a_paused_limit_agrees_with_the_oracle(start, length, data):
    hours = st.integers(-200, 2000)
    pauses = []
    for _ in range(data.draw(st.integers(0, 4))):
        first, second = sorted((data.draw(hours), data.draw(hours)))
        pauses.append(Pause(start + timedelta(hours=first), start + timedelta(hours=second)))
    found = due_with_pauses(start, length, pauses, start, CALENDAR)
    assert found.last_day == oracle(start, length, pauses, start)
    assert found.at == last_instant(found.last_day)


@settings(max_examples=150, deadline=None)
@given(
    INSTANTS,
    st.integers(1, 300),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=4),
)
def test_paused_hours_agree_with_an_oracle_that_walks_hour_by_hour(start, amount, spans):
    stretches = [tuple(sorted(span)) for span in spans]
    pauses = [
        Pause(start + timedelta(hours=first), start + timedelta(hours=second))
        for first, second in stretches
    ]
    hour, left = 0, amount
    while left:
        if not any(first <= hour < second for first, second in stretches):
            left -= 1
        hour += 1
    found = due_with_pauses(start, Deadline(amount, Unit.HOURS), pauses, start, CALENDAR)
    assert found.at == start + timedelta(hours=hour)


@settings(max_examples=150, deadline=None)
@given(INSTANTS, DAY_LIMITS, st.integers(0, 24 * 120))
def test_what_remains_agrees_with_a_count_day_by_day(start, length, hours):
    found = due(start, length, CALENDAR)
    now = start + timedelta(hours=hours)
    stands = remaining(now, found.at, length.unit, CALENDAR)
    day, counted = min(local_date(now), found.last_day), 0
    while day < max(local_date(now), found.last_day):
        day += ONE_DAY
        counted += length.unit is Unit.DAYS or CALENDAR.is_working_day(day)
    if now > found.at:
        assert stands == Remaining(max(counted, 1), length.unit, DueState.OVERDUE)
    else:
        assert stands.amount == counted
        assert (stands.state is DueState.TODAY) == (local_date(now) == found.last_day)
