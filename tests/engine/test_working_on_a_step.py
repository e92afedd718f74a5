"""Claim, release, pass on, draft, complete: one person at a time, nothing typed is lost."""

import pytest

from engine import Refused
from engine.errors import (
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotPermitted,
    SeparationOfDuties,
    Stale,
    TaskHeldByOther,
    TaskNotOpen,
)
from engine.model.once import Once, Replayed
from engine.model.tasks import InboxFilter, TaskStatus
from engine.work.complete import Completed
from tests.engine.conftest import FILLED, Office
from tests.support.at_once import at_once

AGREE = {"decision": "agree"}


def test_of_two_who_claim_at_once_exactly_one_has_it(office: Office) -> None:
    for _ in range(5):
        step = office.step(office.applied())
        one, two = office.actor("reviewer"), office.actor("reviewer2")
        results = at_once(
            lambda a=one, s=step: office.engine.tasks.claim(a, s),
            lambda a=two, s=step: office.engine.tasks.claim(a, s),
        )
        refused = [r for r in results if isinstance(r, Exception)]
        assert len(refused) == 1
        assert isinstance(refused[0], TaskHeldByOther)


def test_of_many_who_complete_at_once_exactly_one_does(office: Office) -> None:
    case_id = office.applied()
    step = office.step(case_id)
    one, two = office.actor("reviewer"), office.actor("reviewer2")
    actors = [one, two] * 4
    results = at_once(
        *(lambda a=actor: office.engine.tasks.complete(a, step, AGREE) for actor in actors)
    )
    done = [r for r in results if isinstance(r, Completed)]
    assert len(done) == 1
    assert all(isinstance(r, (Completed, TaskNotOpen)) for r in results), results
    finished = [
        entry
        for entry in office.engine.cases.history(one, case_id)
        if entry.task_id == step and entry.kind.value == "task_completed"
    ]
    assert len(finished) == 1


def test_complete_and_cancel_at_once_leave_one_outcome(office: Office) -> None:
    for _ in range(3):
        case_id = office.applied()
        step = office.step(case_id)
        reviewer, admin = office.actor("reviewer"), office.actor("officer")
        results = at_once(
            lambda a=reviewer, s=step: office.engine.tasks.complete(a, s, AGREE),
            lambda a=admin, c=case_id: office.engine.cases.cancel(a, c, "重复登记"),
        )
        case = office.engine.cases.view(reviewer, case_id)
        if case.case.status.value == "cancelled":
            assert not case.open_tasks
        assert not any(isinstance(r, Exception) and not isinstance(r, Refused) for r in results)
    assert all(i.ok for i in office.engine.audit.invariants())


def test_a_claimed_step_is_hers_until_she_puts_it_back(office: Office) -> None:
    step = office.step(office.applied())
    reviewer, colleague = office.actor("reviewer"), office.actor("reviewer2")
    claimed = office.engine.tasks.claim(reviewer, step)
    assert claimed.assignee == reviewer.person_id
    with pytest.raises(TaskHeldByOther, match="模拟reviewer正在办理"):
        office.engine.tasks.complete(colleague, step, AGREE)
    released = office.engine.tasks.release(reviewer, step)
    assert released.assignee is None
    assert released.rev > claimed.rev
    assert office.engine.tasks.complete(colleague, step, AGREE).task.status is TaskStatus.COMPLETED


def test_passing_on_needs_a_reason_and_a_colleague_who_may(office: Office) -> None:
    step = office.step(office.applied())
    reviewer = office.actor("reviewer")
    office.engine.tasks.claim(reviewer, step)
    with pytest.raises(Invalid, match="转办原因"):
        office.engine.tasks.pass_on(reviewer, step, "p-reviewer2", " ")
    with pytest.raises(NotPermitted, match="没有办理这一步的权限"):
        office.engine.tasks.pass_on(reviewer, step, "p-approver", "请代为办理")
    passed = office.engine.tasks.pass_on(reviewer, step, "p-reviewer2", "本周外出")
    assert passed.assignee == "p-reviewer2"


def test_a_draft_is_kept_and_changes_no_revision(office: Office) -> None:
    case_id = office.start()
    step, officer = office.step(case_id), office.actor("officer")
    before = office.engine.tasks.view(officer, step)
    office.engine.tasks.save_draft(officer, step, {"applicant_name": "林", "amount": "一千"})
    after = office.engine.tasks.view(officer, step)
    assert after.data["amount"] == "一千"
    assert after.task.rev == before.task.rev
    assert after.draft_by_name == "模拟officer"
    office.engine.tasks.complete(officer, step, FILLED, if_match=before.task.rev)
    with pytest.raises(TaskNotOpen):
        office.engine.tasks.save_draft(officer, step, {"amount": 1})


def test_a_stale_page_is_told_so(office: Office) -> None:
    step, reviewer = office.step(office.applied()), office.actor("reviewer")
    seen = office.engine.tasks.view(reviewer, step).task.rev
    office.engine.tasks.claim(reviewer, step)
    with pytest.raises(Stale):
        office.engine.tasks.complete(reviewer, step, AGREE, if_match=seen)


def test_a_wrong_form_names_every_field_in_order_and_changes_nothing(office: Office) -> None:
    case_id = office.start()
    step = office.step(case_id)
    with pytest.raises(Invalid) as refused:
        office.engine.tasks.complete(office.actor("officer"), step, {"amount": "很多"})
    assert [e.pointer for e in refused.value.errors][:2] == ["/applicant_name", "/amount"]
    assert office.step(case_id, "apply") == step


def _once(key: str, request: str = "same") -> Once[Completed]:
    return Once(key, "complete", request, lambda done: done.task.id.encode())


def test_the_same_request_again_is_the_same_answer_once(office: Office) -> None:
    step, reviewer = office.step(office.applied()), office.actor("reviewer")
    office.engine.tasks.complete(reviewer, step, AGREE, once=_once("key-1"))
    with pytest.raises(Replayed) as again:
        office.engine.tasks.complete(reviewer, step, AGREE, once=_once("key-1"))
    assert again.value.answer == step.encode()
    with pytest.raises(IdempotencyKeyReused):
        office.engine.tasks.complete(reviewer, step, AGREE, once=_once("key-1", "another"))


def test_a_double_click_is_one_completion(office: Office) -> None:
    for n in range(5):
        step, reviewer = office.step(office.applied()), office.actor("reviewer")
        results = at_once(
            *(
                lambda a=reviewer, s=step, k=f"key-{n}": office.engine.tasks.complete(
                    a, s, AGREE, once=_once(k)
                )
                for _ in range(2)
            )
        )
        kinds = sorted(type(r).__name__ for r in results)
        assert kinds == ["Completed", "Replayed"], results


def test_a_refused_request_is_not_remembered(office: Office) -> None:
    step, reviewer = office.step(office.applied()), office.actor("reviewer")
    with pytest.raises(Invalid):
        office.engine.tasks.complete(reviewer, step, {}, once=_once("key-2"))
    done = office.engine.tasks.complete(reviewer, step, AGREE, once=_once("key-2"))
    assert done.task.status is TaskStatus.COMPLETED


def test_who_applied_may_not_review_even_with_the_role(office: Office) -> None:
    admin = office.actor("admin")
    office.engine.directory.grant(admin, "p-officer", "county_reviewer", "xc")
    step = office.step(office.applied())
    officer = office.actor("officer")
    assert step not in [line.id for line in office.engine.tasks.inbox(officer, InboxFilter()).lines]
    for attempt in (
        lambda: office.engine.tasks.claim(officer, step),
        lambda: office.engine.tasks.complete(officer, step, AGREE),
    ):
        with pytest.raises(SeparationOfDuties):
            attempt()
    with pytest.raises(NotPermitted):
        office.engine.tasks.pass_on(office.actor("reviewer"), step, "p-officer", "请代办")


def test_a_step_of_another_county_does_not_exist(office: Office) -> None:
    step = office.step(office.applied())
    far = office.actor("far_reviewer")
    for attempt in (
        lambda: office.engine.tasks.view(far, step),
        lambda: office.engine.tasks.claim(far, step),
        lambda: office.engine.tasks.complete(far, step, AGREE),
        lambda: office.engine.tasks.save_draft(far, step, {}),
        lambda: office.engine.tasks.view(far, "01m85tm0w0edt854d7nczabts1-2"),
    ):
        with pytest.raises(NotFound) as refused:
            attempt()
        assert str(refused.value) == str(NotFound())


def test_who_sees_the_case_but_lacks_the_role_is_refused(office: Office) -> None:
    step = office.step(office.applied())
    with pytest.raises(NotPermitted):
        office.engine.tasks.complete(office.actor("supervisor"), step, AGREE)
