"""Papers ticked off as checked (已核): kept with the step, seen by whoever comes after."""

import pytest

from engine.errors import NotFound, NotPermitted, TaskHeldByOther, TaskNotOpen
from tests.engine.conftest import FILLED, Office

SCAN = b"%PDF-1.4 simulated"


def applied_with(office: Office) -> tuple[str, str]:
    """A case that waits for its review, and the paper that came with it."""
    officer = office.actor("officer")
    paper = office.engine.files.stage(officer, "报价单.pdf", SCAN).id
    case_id = office.start()
    office.do("officer", case_id, "apply", {**FILLED, "paper": paper})
    return case_id, paper


def test_a_tick_says_who_and_when_and_stays_for_the_next_step(office: Office) -> None:
    case_id, paper = applied_with(office)
    reviewer, step = office.actor("reviewer"), office.step(case_id)
    office.engine.tasks.tick_paper(reviewer, step, paper, checked=True)
    (check,) = office.engine.tasks.view(reviewer, step).paper_checks
    assert (check.task_id, check.file_id) == (step, paper)
    assert (check.by_name, check.at) == (reviewer.name, office.engine.clock.now())
    office.engine.tasks.complete(reviewer, step, {"decision": "agree"})
    (seen,) = office.engine.cases.view(reviewer, case_id).paper_checks
    assert seen == check


def test_a_tick_can_be_taken_back_and_ticking_twice_is_once(office: Office) -> None:
    case_id, paper = applied_with(office)
    reviewer, step = office.actor("reviewer"), office.step(case_id)
    for _ in range(2):
        office.engine.tasks.tick_paper(reviewer, step, paper, checked=True)
    assert len(office.engine.tasks.view(reviewer, step).paper_checks) == 1
    office.engine.tasks.tick_paper(reviewer, step, paper, checked=False)
    assert office.engine.tasks.view(reviewer, step).paper_checks == ()


def test_only_who_may_do_the_step_ticks_and_only_papers_of_the_case(office: Office) -> None:
    case_id, paper = applied_with(office)
    _, other_paper = applied_with(office)
    step, tasks = office.step(case_id), office.engine.tasks
    with pytest.raises(NotPermitted):
        tasks.tick_paper(office.actor("approver"), step, paper, checked=True)
    with pytest.raises(NotFound):
        tasks.tick_paper(office.actor("far_reviewer"), step, paper, checked=True)
    reviewer = office.actor("reviewer")
    for unknown in (other_paper, "nothing"):
        with pytest.raises(NotFound, match="已核"):
            tasks.tick_paper(reviewer, step, unknown, checked=True)
    tasks.claim(office.actor("reviewer2"), step)
    with pytest.raises(TaskHeldByOther):
        tasks.tick_paper(reviewer, step, paper, checked=True)
    tasks.complete(office.actor("reviewer2"), step, {"decision": "agree"})
    with pytest.raises(TaskNotOpen):
        tasks.tick_paper(office.actor("reviewer2"), step, paper, checked=True)
