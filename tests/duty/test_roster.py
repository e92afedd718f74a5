"""A month is planned: who may be, who may not, who is missing, what is remembered."""

from datetime import date, timedelta
from functools import partial

import pytest

import registry
from engine import SYSTEM
from engine.errors import Conflict, Invalid, NotFound, NotPermitted, Stale
from engine.model.calendar import WorkCalendar, official_days
from registry.duties import Gap, How, Kind, Post
from registry.duty.planning import Roster
from tests.duty.conftest import DECEMBER, Rota
from tests.support.at_once import at_once


def told(rota: Rota, **days: str) -> str:
    with pytest.raises(Invalid) as refused:
        rota.plan(**days)
    return refused.value.message


def gaps(rota: Rota, unit: str = "xc") -> dict[int, Gap]:
    """Days of December with somebody planned who will not be there."""
    found = rota.desk.month(SYSTEM, unit, DECEMBER)
    return {
        one.day.day: one.gaps[Kind.STAFF]
        for one in found.days
        if Kind.STAFF in one.planned and Kind.STAFF in one.gaps
    }


def test_a_month_is_planned_and_every_change_kept(rota: Rota) -> None:
    assert rota.plan(d1="anna", d2="bella", d3="clara") == 3
    assert rota.on_duty() == {1: "anna", 2: "bella", 3: "clara"}
    assert rota.plan(d1="anna", d2="clara", d3="", why="会议冲突") == 2
    assert rota.on_duty() == {1: "anna", 2: "clara"}
    found = rota.desk.month(rota.actor("anna"), "", DECEMBER)
    newest = [(one.how, one.day.day, names["was"], names["now"]) for one, names in found.changes]
    assert newest[:2] == [
        (How.REMOVED, 3, "模拟clara", ""),
        (How.CHANGED, 2, "模拟bella", "模拟clara"),
    ]
    assert {one.how for one, _ in found.changes[2:]} == {How.PLANNED}
    assert (found.changes[0][0].why, found.changes[0][1]["by"]) == ("会议冲突", "模拟reviewer")


def test_nobody_is_planned_on_a_day_of_rest_or_of_another_union(rota: Rota) -> None:
    assert "2026-12-05 是休息日" in told(rota, d5="anna")
    assert "不是本单位的值班人员" in told(rota, d1="far_reception")
    assert "不是本单位的值班人员" in told(rota, d1="lawyer")
    everything = told(rota, d1="far_reception", d5="anna", d2="bella")
    assert "2026-12-05 是休息日" in everything
    assert "2026-12-01 不是本单位" in everything
    assert rota.on_duty() == {}, "all or nothing"


def test_a_sunday_that_is_worked_can_be_planned_and_a_festival_cannot() -> None:
    post = Post(Kind.STAFF, "p-anna", "模拟anna", date(2000, 1, 1), None, is_active=True)
    roster = Roster("xc", WorkCalendar(official_days([2015, 2016])), (), (post,))
    assert roster.why_not(Kind.STAFF, date(2015, 2, 15), "p-anna") == "", "a Sunday"
    assert roster.why_not(Kind.STAFF, date(2016, 9, 18), "p-anna") == "", "a Sunday"
    assert "休息日" in roster.why_not(Kind.STAFF, date(2016, 9, 15), "p-anna"), "a Thursday"


def test_a_month_is_planned_as_it_is_named(rota: Rota) -> None:
    stray = {(date(2027, 1, 4), Kind.STAFF): "p-anna"}
    with pytest.raises(Invalid, match="2027-01-04 不在 2026-12"):
        rota.desk.plan(rota.actor("reviewer"), "xc", DECEMBER, stray, 0)


def test_what_is_over_stays_as_it_was(rota: Rota) -> None:
    rota.planned({(date(2026, 11, 9), Kind.STAFF): "p-anna"})
    rota.clock.advance(timedelta(days=1))
    with pytest.raises(Invalid, match="2026-11-09 已经过了"):
        rota.planned({(date(2026, 11, 9), Kind.STAFF): "p-bella"})


def test_who_is_on_leave_is_not_planned_and_leaves_a_gap(rota: Rota) -> None:
    rota.plan(d1="anna", d2="bella")
    leave = {"person": "p-anna", "first": "2026-12-01", "last": "2026-12-07", "why": "休年假"}
    hit = rota.desk.take_leave(rota.actor("reviewer"), "xc", leave)
    assert hit == [DECEMBER]
    assert gaps(rota) == {1: Gap.AWAY}
    assert "模拟anna 2026-12-03 请假" in told(rota, d3="anna")
    assert rota.plan(d1="clara") == 1
    assert gaps(rota) == {}
    with pytest.raises(Invalid, match="已经登记过请假"):
        rota.desk.take_leave(rota.actor("reviewer"), "xc", leave)
    assert rota.desk.end_leave(rota.actor("reviewer"), "xc", "p-anna") == 5
    assert rota.plan(d3="anna") == 1
    with pytest.raises(Conflict, match="不用销假"):
        rota.desk.end_leave(rota.actor("reviewer"), "xc", "p-anna")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"first": "明天"}, "请假首日请写成"),
        ({"first": "2026-12-03", "last": "2026-12-01"}, "末日早于首日"),
        ({"first": "2026-01-05", "last": "2026-01-06"}, "已经过了"),
        ({"first": "2026-12-01", "last": "2027-12-01"}, "一次最多"),
        ({"first": "2026-12-05", "last": "2026-12-06"}, "都是休息日"),
        ({"first": "2026-12-01", "person": "p-far_reception"}, "请选择本单位"),
        ({"first": "2026-12-01", "why": "长" * 201}, "不超过 200 字"),
    ],
)
def test_a_leave_that_makes_no_sense_is_told(rota: Rota, typed: dict[str, str], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        rota.desk.take_leave(rota.actor("reviewer"), "xc", {"person": "p-anna", **typed})


def test_who_left_is_told_as_a_gap(rota: Rota) -> None:
    rota.plan(d1="anna", d2="bella", d3="clara")
    admin = rota.actor("admin")
    (grant,) = [one for one in rota.engine.directory.grants() if one.person_id == "p-bella"]
    rota.engine.directory.withdraw_grant(admin, grant.id)
    rota.engine.directory.close_account(admin, "p-clara")
    assert gaps(rota) == {2: Gap.LEFT, 3: Gap.CLOSED}
    assert "不是本单位的值班人员" in told(rota, d4="bella")


def test_a_working_day_with_nobody_is_a_gap(rota: Rota) -> None:
    found = rota.desk.month(SYSTEM, "xc", DECEMBER)
    empty = [one.day.day for one in found.days if one.gaps.get(Kind.STAFF) is Gap.NOBODY]
    assert empty[:5] == [1, 2, 3, 4, 7]
    assert [one.day.day for one in found.days if Kind.LEADER in one.gaps] == [15]
    assert [one.day.day for one in found.days if one.is_reception] == [15]


def test_all_take_turns_and_who_is_away_gives_hers_to_the_next(rota: Rota) -> None:
    reviewer = rota.actor("reviewer")
    rota.planned({(date(2026, 11, 30), Kind.STAFF): "p-anna"})
    rota.plan(d2="clara")
    rota.desk.take_leave(
        reviewer, "xc", {"person": "p-bella", "first": "2026-12-03", "last": "2026-12-03"}
    )
    found = rota.desk.in_turn(reviewer, "xc", DECEMBER, [2])
    staff = {day.day: who for (day, kind), who in found.items() if kind is Kind.STAFF}
    assert [staff.get(day) for day in (1, 2, 3, 4, 7)] == [
        "p-bella",
        None,
        "p-anna",
        "p-bella",
        "p-clara",
    ]
    lawyers = [day.day for day, kind in found if kind is Kind.LAWYER]
    assert lawyers == [2, 9, 15, 16, 23, 30], "every Wednesday, and the reception day"
    assert [day.day for day, kind in found if kind is Kind.LEADER] == [15]
    assert rota.on_duty() == {2: "clara"}, "nothing is written"


def test_others_read_it_and_only_the_office_plans(rota: Rota) -> None:
    rota.plan(d1="anna")
    assert rota.desk.month(rota.actor("lawyer"), "", DECEMBER).unit.id == "xc"
    assert rota.desk.month(rota.actor("protection"), "xc", DECEMBER).may_plan
    for name in ("anna", "lawyer"):
        with pytest.raises(NotPermitted):
            rota.plan(by=name, d2="anna")
    for name in ("far_reception", "far_leader"):
        with pytest.raises(NotFound):
            rota.desk.month(rota.actor(name), "xc", DECEMBER)
        with pytest.raises(NotFound):
            rota.desk.plan(rota.actor(name), "xc", DECEMBER, {}, 0)
    with pytest.raises(NotPermitted):
        rota.desk.month(rota.actor("designer"), "", DECEMBER)


def test_of_two_who_plan_at_once_one_is_told(rota: Rota) -> None:
    seen = rota.desk.month(rota.actor("reviewer"), "xc", DECEMBER).revision
    wanted = {(DECEMBER, Kind.STAFF): "p-anna"}

    def plan(by: str) -> str:
        try:
            rota.desk.plan(rota.actor(by), "xc", DECEMBER, wanted, seen)
        except Stale as refused:
            return refused.message[:6]
        return "saved"

    assert sorted(at_once(partial(plan, "reviewer"), partial(plan, "reviewer2"))) == [
        "saved",
        "值班表刚才有",
    ]
    assert rota.on_duty() == {1: "anna"}


def test_the_roster_points_at_people_and_units_that_there_are(rota: Rota) -> None:
    rota.plan(d1="anna")
    assert all(one.ok for one in registry.invariants(rota.engine))
