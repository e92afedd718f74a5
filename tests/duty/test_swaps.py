"""换班: asked by one, agreed by the other, approved by the leader; the roster follows at once."""

from datetime import UTC, date, datetime

import pytest

from engine import SYSTEM, Request
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.cases import CaseStatus
from registry.duties import How, Kind
from tests.duty.conftest import DECEMBER, Rota

YES, AGREE = {"answer": "yes"}, {"decision": "agree"}


@pytest.fixture
def planned(rota: Rota) -> Rota:
    rota.plan(d1="anna", d2="bella", d3="clara")
    return rota


def asked(rota: Rota, day: int = 1, other: int | str = 2, by: str = "anna") -> str:
    """A swap that was asked for, of one's own day for another's or with somebody."""
    whom = f"person:p-{other}" if isinstance(other, str) else str(rota.duty_id(other))
    return rota.swaps.ask_swap(rota.actor(by), "xc", rota.duty_id(day), whom, "当天出差")


def test_a_swap_changes_both_days_when_the_leader_approves(planned: Rota) -> None:
    case_id = asked(planned)
    assert planned.inbox("bella") == ["agree_staff"]
    (step,) = planned.engine.cases.view(SYSTEM, case_id).open_tasks
    assert step.assignee == "p-bella", "it begins in her hands"
    planned.do("bella", case_id, "agree_staff", YES)
    assert planned.on_duty() == {1: "anna", 2: "bella", 3: "clara"}, "not before"
    planned.do("approver", case_id, "approve", AGREE)
    assert planned.on_duty() == {1: "bella", 2: "anna", 3: "clara"}
    view = planned.engine.cases.view(SYSTEM, case_id)
    assert view.case.status is CaseStatus.COMPLETED
    changes = planned.desk.month(planned.actor("anna"), "xc", DECEMBER).changes
    newest, names = changes[0]
    assert (newest.how, newest.case_id, newest.why) == (How.SWAPPED, case_id, "当天出差")
    assert (names["case"], names["by"]) == (view.case.number, "模拟approver")


def test_somebody_stands_in_and_gets_nothing_in_return(planned: Rota) -> None:
    case_id = asked(planned, other="clara")
    planned.do("clara", case_id, "agree_staff", YES)
    planned.do("approver", case_id, "approve", AGREE)
    assert planned.on_duty() == {1: "clara", 2: "bella", 3: "clara"}


def test_lawyers_swap_among_themselves(planned: Rota) -> None:
    planned.planned({(DECEMBER, Kind.LAWYER): "p-lawyer"})
    whom = "person:p-lawyer2"
    number = planned.duty_id(1, Kind.LAWYER)
    case_id = planned.swaps.ask_swap(planned.actor("lawyer"), "xc", number, whom, "出庭")
    planned.do("lawyer2", case_id, "agree_lawyer", YES)
    planned.do("approver", case_id, "approve", AGREE)
    (day, *_) = planned.desk.month(SYSTEM, "xc", DECEMBER).days
    assert day.planned[Kind.LAWYER].person_id == "p-lawyer2"


def test_only_the_other_herself_can_agree(planned: Rota) -> None:
    case_id = asked(planned)
    (step,) = planned.engine.cases.view(SYSTEM, case_id).open_tasks
    planned.engine.tasks.release(planned.actor("bella"), step.id)
    with pytest.raises(NotPermitted):
        planned.engine.tasks.complete(planned.actor("anna"), step.id, YES)
    planned.do("clara", case_id, "agree_staff", YES)
    assert planned.waiting(case_id) == ["agree_staff"], "it was not hers to say"
    planned.do("bella", case_id, "agree_staff", YES)
    assert planned.waiting(case_id) == ["approve"]


def test_she_may_say_no(planned: Rota) -> None:
    case_id = asked(planned)
    planned.do("bella", case_id, "agree_staff", {"answer": "no"})
    assert planned.engine.cases.view(SYSTEM, case_id).case.milestone == "declined"
    assert planned.on_duty()[1] == "anna"


def test_what_the_roster_says_meanwhile_is_told_to_the_leader(planned: Rota) -> None:
    case_id = asked(planned)
    planned.do("bella", case_id, "agree_staff", YES)
    planned.plan(d2="clara")
    planned.do("approver", case_id, "approve", AGREE)
    assert planned.waiting(case_id) == ["approve"]
    assert planned.on_duty() == {1: "anna", 2: "clara", 3: "clara"}
    refused = {"decision": "refuse", "refusal": "已另行安排"}
    planned.do("approver", case_id, "approve", refused)
    assert planned.engine.cases.view(SYSTEM, case_id).case.milestone == "refused"


def test_who_goes_on_leave_meanwhile_cannot_swap(planned: Rota) -> None:
    case_id = asked(planned)
    leave = {"person": "p-bella", "first": "2026-12-01"}
    planned.desk.take_leave(planned.actor("reviewer"), "xc", leave)
    planned.do("bella", case_id, "agree_staff", YES)
    assert planned.engine.cases.view(SYSTEM, case_id).case.milestone == "impossible"


def test_when_the_day_comes_the_old_roster_holds(planned: Rota) -> None:
    case_id = asked(planned)
    planned.move_to(datetime(2026, 12, 1, 0, 30, tzinfo=UTC))
    assert planned.waiting(case_id) == ["keep"]
    planned.do("approver", case_id, "keep", {"keep_note": "按原表值班"})
    assert planned.on_duty()[1] == "anna"


def test_a_second_one_for_the_same_day_waits_for_the_first(planned: Rota) -> None:
    asked(planned)
    with pytest.raises(Conflict, match="已经发起"):
        asked(planned, other=3)


@pytest.mark.parametrize(
    ("whom", "said"),
    [
        ("person:p-anna", "不能同自己换班"),
        ("person:p-far_reception", "不是本单位的值班人员"),
        ("person:p-lawyer", "不是本单位的值班人员"),
        ("999999", "请选择同谁换"),
        ("", "请选择同谁换"),
    ],
)
def test_a_swap_that_cannot_be_is_told_at_once(planned: Rota, whom: str, said: str) -> None:
    anna = planned.actor("anna")
    with pytest.raises(Invalid, match=said):
        planned.swaps.ask_swap(anna, "xc", planned.duty_id(1), whom, "出差")
    with pytest.raises(Invalid, match="原因"):
        planned.swaps.ask_swap(anna, "xc", planned.duty_id(1), "person:p-bella", " ")


def test_one_swaps_one_s_own_duties_that_are_ahead(planned: Rota) -> None:
    with pytest.raises(NotPermitted, match="自己的值班"):
        asked(planned, day=2, other=3, by="anna")
    with pytest.raises(NotFound):
        planned.swaps.swapping(planned.actor("far_reception"), "xc", planned.duty_id(1))
    number = planned.duty_id(1)
    planned.move_to(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
    with pytest.raises(Conflict, match="当天和过去"):
        planned.swaps.ask_swap(planned.actor("anna"), "xc", number, "person:p-bella", "出差")


def test_a_swap_begins_only_from_the_roster(planned: Rota) -> None:
    asked_for = {
        "kind": "staff",
        "kind_words": "值班人员",
        "day": "2026-12-01",
        "asker": "模拟anna",
    }
    asked_for |= {"asker_id": "p-anna", "other": "模拟bella", "other_id": "p-bella"}
    asked_for |= {"first_day": "2026-12-01", "reason": "出差"}
    with pytest.raises(NotPermitted):
        planned.engine.cases.start(planned.actor("anna"), Request("duty_swap", "xc", asked_for))


def test_what_can_be_had_for_a_day(planned: Rota) -> None:
    planned.planned({(date(2026, 12, 4), Kind.STAFF): "p-anna"})
    found = planned.swaps.swapping(planned.actor("anna"), "xc", planned.duty_id(1))
    assert [(one.day.day, one.name) for one in found.others] == [(2, "模拟bella"), (3, "模拟clara")]
    assert sorted(found.people) == ["p-bella", "p-clara"]
