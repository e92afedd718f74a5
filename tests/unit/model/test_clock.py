"""The clocks: what people are told the time is."""

from datetime import UTC, date, datetime, timedelta

import pytest

from engine.model.clock import (
    END_OF_TIME,
    BusinessClock,
    FixedClock,
    SystemClock,
    first_instant,
    last_instant,
    local_date,
)

REAL0 = datetime(2026, 11, 23, 8, tzinfo=UTC)
BUSINESS0 = datetime(2016, 2, 3, 1, tzinfo=UTC)


def test_the_system_clock_tells_aware_utc():
    assert SystemClock().now().tzinfo is UTC


def test_at_86400_a_real_second_is_a_business_day():
    system = FixedClock(REAL0)
    clock = BusinessClock(REAL0, BUSINESS0, 86400, system)
    assert clock.now() == BUSINESS0
    system.advance(timedelta(seconds=3))
    assert clock.now() == BUSINESS0 + timedelta(days=3)


def test_two_processes_with_the_same_three_values_agree():
    system = FixedClock(REAL0 + timedelta(hours=5, microseconds=7))
    one = BusinessClock(REAL0, BUSINESS0, 12.5, system)
    other = BusinessClock(REAL0, BUSINESS0, 12.5, system)
    assert one.now() == other.now()


def test_a_new_speed_goes_on_from_the_same_business_instant():
    system = FixedClock(REAL0)
    fast = BusinessClock(REAL0, BUSINESS0, 86400, system)
    system.advance(timedelta(seconds=10))
    slow = fast.rebased(1)
    assert slow.now() == fast.now() == BUSINESS0 + timedelta(days=10)
    system.advance(timedelta(seconds=10))
    assert slow.now() == BUSINESS0 + timedelta(days=10, seconds=10)


def test_a_clock_started_now_agrees_with_the_machine():
    system = FixedClock(REAL0)
    assert BusinessClock.started_now(60, system).now() == REAL0


def test_when_the_machine_is_set_back_business_time_waits():
    class Corrected:
        at = REAL0 + timedelta(hours=1)

        def now(self):
            return self.at

    system = Corrected()
    clock = BusinessClock(REAL0, BUSINESS0, 1, system)
    before = clock.now()
    system.at = REAL0 + timedelta(minutes=10)
    assert clock.now() == before
    assert clock.rebased(2).now() == before


def test_a_fast_clock_left_running_for_years_stands_still_at_the_end_of_time():
    system = FixedClock(REAL0)
    clock = BusinessClock(REAL0, BUSINESS0, 86400, system)
    system.advance(timedelta(days=4000))
    assert clock.now() == END_OF_TIME


@pytest.mark.parametrize("speed", [0, -1, float("nan"), float("inf")])
def test_a_speed_that_no_clock_can_run_at_is_refused(speed):
    with pytest.raises(ValueError, match="speed"):
        BusinessClock(REAL0, BUSINESS0, speed)


def test_naive_instants_are_refused():
    naive = REAL0.replace(tzinfo=None)
    with pytest.raises(ValueError, match="aware"):
        BusinessClock(naive, BUSINESS0, 1)
    with pytest.raises(ValueError, match="aware"):
        FixedClock(naive)


def test_a_fixed_clock_moves_only_forwards():
    clock = FixedClock(REAL0)
    assert clock.now() == REAL0
    assert clock.advance(timedelta(hours=1)) == REAL0 + timedelta(hours=1)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(timedelta(seconds=-1))


def test_the_local_day_begins_at_sixteen_hundred_utc():
    day = date(2026, 11, 24)
    assert first_instant(day) == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert last_instant(day) == datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)
    assert local_date(first_instant(day)) == local_date(last_instant(day)) == day
    assert local_date(first_instant(day) - timedelta(seconds=1)) == date(2026, 11, 23)
