"""After every command the tables and the engine wait for the same things (design.md D22)."""

import pytest

from engine.errors import Broken
from tests.engine.moving.conftest import Workshop, drawn, step
from tests.unit.runtime.kit import (
    boundary,
    end,
    ext,
    io,
    line,
    message,
    node,
    receives,
    start,
    timer,
)


@pytest.fixture
def case_id(shop: Workshop) -> str:
    """A case with two steps side by side; at ``slow`` a timer and a message wait too."""
    body = start() + node("parallelGateway", "F") + step("quick") + step("slow") + step("late")
    body += step("next") + end() + line("S", "F", "quick", "next", "E") + line("F", "slow", "E")
    body += boundary("limit", "slow", timer("timeDuration", "30d"))
    kept = ext(io(outputs={"why": "=why"}))
    body += boundary("stop", "slow", kept + receives("Message_stop"))
    body += line("limit", "late", "E") + line("stop", "E")
    stop = message("Message_stop", "stop", "=case.id")
    shop.put(drawn("beside", {"officer": "quick slow late next"}, body, stop))
    return shop.begin("beside")


def test_a_step_the_tables_lost_undoes_the_whole_command(shop: Workshop, case_id: str) -> None:
    shop.by_hand("DELETE FROM task WHERE element_id = 'slow'")
    before = shop.history(case_id)
    with pytest.raises(Broken, match="differ"):
        shop.finish("officer", case_id, "quick", {"note": "x"})
    assert shop.waiting(case_id) == ["quick"]
    assert shop.history(case_id) == before


@pytest.mark.parametrize("lost", ["DELETE FROM job", "DELETE FROM subscription"])
def test_a_wait_the_tables_lost_is_there_again_after_the_next_step(
    shop: Workshop, case_id: str, lost: str
) -> None:
    shop.by_hand(lost)
    assert "I4" in shop.broken()
    shop.finish("officer", case_id, "quick", {"note": "x"})
    assert shop.waiting(case_id) == ["next", "slow"]
    assert [job.element_id for job in shop.jobs(case_id, "waiting")] == ["limit"]
    assert shop.rows("SELECT element_id FROM subscription") == [("stop",)]
    assert "I4" not in shop.broken()


def test_a_wait_only_the_tables_know_is_gone_after_the_next_step(
    shop: Workshop, case_id: str
) -> None:
    shop.by_hand("UPDATE job SET token = 'nobody'")
    shop.by_hand("UPDATE subscription SET token = 'nobody'")
    shop.finish("officer", case_id, "quick", {"note": "x"})
    assert [job.element_id for job in shop.jobs(case_id, "waiting")] == ["limit"]
    assert len(shop.rows("SELECT token FROM subscription WHERE token <> 'nobody'")) == 1
    assert "I4" not in shop.broken()


def test_a_message_that_brings_nothing_leaves_its_variables_empty(
    shop: Workshop, case_id: str
) -> None:
    # SpiffWorkflow fails on a message without a payload.
    officer = shop.actor("officer")
    assert shop.engine.messages.send(officer, "stop", {"case": case_id}, {}) == 1
    assert shop.waiting(case_id) == ["quick"]
    shop.finish("officer", case_id, "quick", {"note": "x"})
    view = shop.engine.tasks.view(officer, shop.step(case_id, "next"))
    assert view.scope["why"] is None
