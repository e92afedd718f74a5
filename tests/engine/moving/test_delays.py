"""Why a step is late is said by its people and its supervisor, and moves nothing."""

import pytest

from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.delays import OTHER, REASONS
from engine.work.supervise import OverdueFilter
from tests.engine.moving.conftest import Workshop


def test_a_late_step_says_why_on_its_page_and_on_the_board(shop: Workshop) -> None:
    shop.deploy("example_request")
    case_id = shop.applied()
    step = shop.step(case_id, "review")
    reviewer, supervisor = shop.actor("reviewer"), shop.actor("supervisor")
    with pytest.raises(Conflict, match="没有超期"):
        shop.engine.tasks.say_why_late(reviewer, step, REASONS[0], "")
    shop.pass_time(days=20)
    due = shop.engine.tasks.view(reviewer, step).task.due_at
    shop.engine.tasks.say_why_late(reviewer, step, REASONS[0], "")
    shop.engine.tasks.say_why_late(supervisor, step, REASONS[1], "住院两周")
    view = shop.engine.tasks.view(reviewer, step)
    assert view.delay is not None
    assert (view.delay.words, view.delay.by_name) == (
        f"{REASONS[1]}(住院两周)",
        "模拟supervisor",
    )
    assert view.task.due_at == due
    board = shop.engine.supervision.overdue(supervisor, OverdueFilter())
    assert board.reasons[step].reason == REASONS[1]


def test_what_is_no_reason_is_refused_with_a_sentence(shop: Workshop) -> None:
    shop.deploy("example_request")
    step = shop.step(shop.applied(), "review")
    shop.pass_time(days=20)
    reviewer = shop.actor("reviewer")
    for reason, note in (("忘了", ""), (OTHER, " "), (REASONS[0], "长" * 201)):
        with pytest.raises(Invalid, match="没有保存"):
            shop.engine.tasks.say_why_late(reviewer, step, reason, note)
    with pytest.raises(NotPermitted):
        shop.engine.tasks.say_why_late(shop.actor("approver"), step, REASONS[0], "")
    with pytest.raises(NotFound):
        shop.engine.tasks.say_why_late(shop.actor("far_officer"), step, REASONS[0], "")
