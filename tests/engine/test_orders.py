"""Orders to units whose steps are late (督办单), and reminders, on both databases."""

from datetime import timedelta

import pytest

from engine import SYSTEM, Options, Request, open_engine
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.clock import FixedClock
from engine.store.month_counts import KINDS, Behind
from engine.work.supervise import OverdueFilter
from tests.engine.conftest import KEY, MONDAY_MORNING, Office
from tests.engine.moving.conftest import form
from tests.support.federation import staffed
from tests.support.grievances import KEY as COMPLAINT
from tests.support.grievances import grievance
from webapp.standard.parameters import standard_parameters

ISSUED = {"order_reason": "已超过办理时限。", "order_demand": "请尽快办结。"}
ANSWER = {
    "step_answers": [{"cause": "材料未补齐", "until": "2027-01-15"}],
    "answer_text": "已安排专人办理",
}


def opened(url, folder, clock):
    options = Options(clock=clock, data_dir=folder, parameters=standard_parameters())
    return Office(open_engine(url, key=KEY, options=options), clock)


def set_up(url, folder):
    """The federation with its parameters, the example process and the order."""
    made = opened(url, folder, FixedClock(MONDAY_MORNING))
    staffed(made.engine)
    made.deploy("example_request", "supervision_order")
    made.engine.close()


@pytest.fixture
def office(templates, database_kind, clock, tmp_path):
    with templates.copy(database_kind, set_up, tmp_path) as url:
        made = opened(url, tmp_path / "data", clock)
        yield made
        made.engine.close()


def send(office, *steps, at="u1", by="supervisor"):
    request = Request("supervision_order", at, ISSUED, about=steps)
    return office.engine.cases.start(office.actor(by), request).case_id


def late(office):
    """Two cases that wait at 填写申请 of one union, long past their limits."""
    cases = [office.start("甲"), office.start("乙")]
    office.clock.advance(timedelta(days=60))
    return [office.step(case) for case in cases]


def test_an_order_names_the_steps_and_waits_for_the_chair(office):
    first, second = late(office)

    order = send(office, first, second)

    view = office.engine.cases.view(office.actor("supervisor"), order)
    assert view.case.number == "漳芗督-2027-000001"
    assert view.case.title == "督办 模拟一厂工会(2 个环节)"
    assert office.inbox("chair") == ["answer_grassroots"]
    (open_step,) = view.open_tasks
    assert open_step.handling_id == "u1"
    task = office.engine.tasks.view(office.actor("chair"), open_step.id)
    about = task.scope["about"]
    assert [one["step"] for one in about["steps"]] == ["填写申请", "填写申请"]
    assert all(one["late"].startswith("超 ") for one in about["steps"])
    assert about["issuer"]["unit"] == "芗城模拟区总工会"
    assert "甲" not in str(about)


def test_it_is_answered_step_by_step_and_reviewed_where_it_came_from(office):
    (first, _) = late(office)
    order = send(office, first, by="city")
    assert office.engine.cases.view(office.actor("city"), order).case.number.startswith("漳州督-")

    office.do("chair", order, "answer_grassroots", ANSWER)
    office.do("city", order, "review_city", {"decision": "return", "review_opinion": "再说明"})
    office.do("chair", order, "answer_grassroots", ANSWER)
    office.do("city", order, "review_city", {"decision": "close"})

    view = office.engine.cases.view(office.actor("city"), order)
    assert view.case.status.value == "completed"
    answers = [s.data["step_answers"] for s in view.submissions if "step_answers" in s.data]
    assert answers[0][0]["cause"] == "材料未补齐"
    assert answers[0][0]["number"].startswith("漳芗-2026-")


def test_the_list_and_the_step_say_where_it_is(office):
    first, second = late(office)
    order = send(office, first, second)
    supervisor = office.actor("supervisor")

    (row,) = office.engine.supervision.orders(supervisor)
    assert (row.line.id, row.steps, row.open_steps) == (order, 2, 2)
    assert row.open_step.name == "答复督办单"
    page = office.engine.tasks.page(supervisor, first)
    assert [one.case_id for one in page.orders] == [order]
    board = office.engine.supervision.overdue(supervisor, OverdueFilter())
    assert set(board.orders) == {first, second}

    office.do("officer", first.rpartition("-")[0], "apply", {**FILLED})
    (row,) = office.engine.supervision.orders(supervisor)
    assert (row.steps, row.open_steps) == (2, 1)
    lines, unseen = office.engine.cases.page(supervisor, order).about
    assert len(lines) + unseen == 2


FILLED = {
    "applicant_name": "林模拟",
    "amount": 1200,
    "needed_by": "2027-12-20",
    "reason": "班组安全帽到期需要更换",
}


def test_what_makes_no_order_is_refused_in_words(office):
    fresh = office.step(office.start("丙"))
    with pytest.raises(Conflict, match="没有超期"):
        send(office, fresh)
    first, _ = late(office)
    with pytest.raises(Invalid, match="先在督办看板勾选"):
        send(office)
    with pytest.raises(Invalid, match="不都由“模拟二厂工会”办理"):
        send(office, first, at="u2")
    with pytest.raises(Invalid, match="您查不到"):
        send(office, "no-such-step")
    with pytest.raises(NotPermitted):
        send(office, first, by="reviewer")
    request = Request("example_request", "u1", {"subject": "丁"}, about=(first,))
    with pytest.raises(Invalid, match="不从超期环节发起"):
        office.engine.cases.start(office.actor("officer"), request)
    with pytest.raises(Invalid, match="最多列 50 个"):
        send(office, *(f"{first}{n}" for n in range(51)))
    assert not office.engine.supervision.orders(office.actor("supervisor"))


def test_a_reminder_is_kept_at_each_late_step(office):
    first, second = late(office)
    supervisor = office.actor("supervisor")

    assert office.engine.supervision.remind(supervisor, [first, second], "电话") == 2
    office.clock.advance(timedelta(days=1))
    assert office.engine.supervision.remind(supervisor, [first], "微信或短信") == 1

    found = office.engine.tasks.page(supervisor, first).reminded
    assert (found.times, found.way, found.by_name) == (2, "微信或短信", "模拟supervisor")
    board = office.engine.supervision.overdue(supervisor, OverdueFilter())
    assert board.reminded[second].times == 1
    with pytest.raises(Conflict):
        office.engine.supervision.remind(supervisor, [office.step(office.start("丙"))], "电话")
    with pytest.raises(Invalid):
        office.engine.supervision.remind(supervisor, [first], "飞鸽")


def test_a_month_counts_what_was_done_and_what_is_late_and_shows_the_steps_behind(office):
    done, late_one = office.start("甲"), office.start("乙")
    office.do("officer", done, "apply", FILLED)
    office.clock.advance(timedelta(days=40))  # 2026-12-19
    officer, supervisor = office.actor("officer"), office.actor("supervisor")
    office.engine.tasks.say_why_late(officer, office.step(late_one), "材料未补齐", "")
    office.clock.advance(timedelta(minutes=1))

    month = office.engine.supervision.month(supervisor, "2026-12", "")

    sums = {
        kind: sum(getattr(one, kind.replace("-", "_")) for one in month.counts) for kind in KINDS
    }
    assert sums == {"done": 0, "done-late": 0, "late": 2, "was-done": 1, "was-late": 2}
    assert {one.reason for one in month.counts if one.late} == {"材料未补齐", ""}
    for narrowed, expected in (
        (Behind("late"), 2),
        (Behind("late", reason=""), 1),
        (Behind("late", reason="材料未补齐"), 1),
        (Behind("late", handling_id="u1"), 1),
        (Behind("was-done", step_id="example_request/apply"), 1),
    ):
        found = office.engine.supervision.behind_figure(supervisor, "2026-12", "", narrowed, 10)
        assert (found.total, len(found.lines)) == (expected, expected), narrowed
    whole = [
        office.engine.supervision.behind_figure(
            supervisor, "2026-12", "", Behind("late", skip=skip), 1
        )
        for skip in (0, 1, 2)
    ]
    assert [one.total for one in whole] == [2, 2, 2]
    assert len({line.id for one in whole for line in one.lines}) == 2
    below = office.engine.supervision.month(supervisor, "2026-12", "u1")
    assert sum(one.late for one in below.counts) == 1
    assert {gap.organisation_id for gap in below.gaps} <= {"u1"}
    with pytest.raises(Invalid, match="还没有到"):
        office.engine.supervision.month(supervisor, "2027-01", "")


def test_an_order_about_a_step_of_a_complaint_is_kept_from_whom_that_is_about(office):
    office.engine.definitions.deploy(SYSTEM, (*grievance(), form("blank", "note")))
    officer, city = office.actor("officer"), office.actor("city")
    orders = [send_about_complaint(office, officer, about) for about in ("chair", "city")]
    seen = {one.line.id for one in office.engine.supervision.orders(city)}
    assert seen == {orders[0]}
    with pytest.raises(NotFound):
        office.engine.cases.view(city, orders[1])
    assert office.engine.cases.search(city, "督办") == office.engine.cases.search(city, "1 个环节")
    assert len(office.engine.cases.search(SYSTEM, "督办")) == 2
    assert {i.id for i in office.engine.audit.invariants() if not i.ok} == set()


def send_about_complaint(office, officer, accused):
    """The order to look into a complaint that waits too long, from the county's supervisor."""
    case_id = office.engine.cases.start(officer, Request(COMPLAINT, "u1", {})).case_id
    said = {"matter": "wages", "accused": accused, "about": "拖欠"}
    office.engine.tasks.complete(officer, office.step(case_id, "record"), said)
    office.clock.advance(timedelta(days=60))
    return send(office, office.step(case_id, "look"), at="xc")
