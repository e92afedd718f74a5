"""A case opened by mistake is cancelled: nothing of it waits any more, all of it is kept."""

from datetime import timedelta

import pytest

from engine import SYSTEM
from engine.errors import CaseNotActive, Invalid, NotFound, NotPermitted, Stale, TaskNotOpen
from engine.model.cases import CaseStatus
from tests.engine.moving.conftest import Workshop
from tests.engine.moving.test_jobs import beside, failing
from tests.engine.moving.test_messages import answered, asked, send
from tests.engine.moving.test_timers import guarded

MISTAKE = "重复发起,作废"


def test_nothing_of_a_cancelled_case_waits_and_its_history_is_kept(shop: Workshop) -> None:
    shop.put(*answered())
    case_id = asked(shop, "函1号")
    before = shop.history(case_id)
    shop.engine.cases.cancel(shop.actor("officer"), case_id, MISTAKE)
    assert shop.status(case_id) is CaseStatus.CANCELLED
    assert shop.jobs(case_id, "waiting", "running", "failed") == []
    assert shop.rows("SELECT count(*) FROM subscription") == [(0,)]
    assert send(shop, "函1号") == 0
    shop.pass_time(days=60)
    assert shop.history(case_id) == [*before, "cancelled"]
    assert shop.engine.cases.history(SYSTEM, case_id)[-1].detail["reason"] == MISTAKE
    assert shop.broken() == {}


def test_an_open_step_of_a_cancelled_case_cannot_be_finished(shop: Workshop) -> None:
    shop.put(guarded(interrupting=True))
    case_id = shop.begin("guarded")
    step = shop.step(case_id)
    shop.engine.cases.cancel(shop.actor("officer"), case_id, MISTAKE)
    with pytest.raises(TaskNotOpen):
        shop.engine.tasks.complete(shop.actor("officer"), step, {})
    with pytest.raises(CaseNotActive):
        shop.engine.cases.cancel(shop.actor("officer"), case_id, MISTAKE)


def test_a_worker_finds_nothing_to_do_for_a_cancelled_case(shop: Workshop) -> None:
    shop.put(guarded(interrupting=True))
    case_id = shop.begin("guarded")
    shop.clock.advance(timedelta(hours=5))
    (leased,) = shop.engine.jobs.take_jobs("slow", 10, timedelta(minutes=1))
    shop.engine.cases.cancel(shop.actor("officer"), case_id, MISTAKE)
    shop.work()
    assert shop.jobs(case_id)[0].status == "done"
    assert leased.id == shop.jobs(case_id)[0].id
    assert "timer_fired" not in shop.history(case_id)
    assert shop.broken() == {}


def test_an_incident_can_be_cancelled(shop: Workshop) -> None:
    shop.put(beside())
    shop.doing["echo"] = failing(KeyError())
    case_id = shop.begin("beside")
    for _ in range(4):
        shop.work()
        shop.let_back_off_pass()
    assert shop.status(case_id) is CaseStatus.INCIDENT
    shop.engine.cases.cancel(shop.actor("officer"), case_id, MISTAKE)
    assert shop.status(case_id) is CaseStatus.CANCELLED
    assert shop.broken() == {}


def test_who_may_cancel_and_with_what(shop: Workshop) -> None:
    shop.put(guarded(interrupting=True))
    case_id = shop.begin("guarded")
    seen = shop.engine.cases.view(SYSTEM, case_id).case.rev
    officer = shop.actor("officer")
    with pytest.raises(NotFound):
        shop.engine.cases.cancel(shop.actor("far_officer"), case_id, MISTAKE)
    with pytest.raises(NotPermitted):
        shop.engine.cases.cancel(shop.actor("supervisor"), case_id, MISTAKE)
    with pytest.raises(Invalid, match="作废原因"):
        shop.engine.cases.cancel(officer, case_id, " ", if_match=seen)
    shop.engine.tasks.claim(officer, shop.step(case_id))
    with pytest.raises(Stale):
        shop.engine.cases.cancel(officer, case_id, MISTAKE, if_match=seen)
    now = shop.engine.cases.view(SYSTEM, case_id).case.rev
    assert shop.engine.cases.cancel(officer, case_id, MISTAKE, if_match=now) == now + 1
