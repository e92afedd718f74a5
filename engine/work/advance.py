"""Write what a step of the engine did: tasks, jobs, waits, history, the case. One place for all.

Whatever moved the case — a person, a timer, a message, a retry — the runtime returns a
:class:`~engine.runtime.Step`; this module turns it into rows inside the caller's transaction.
After it the tables and the engine's state wait for exactly the same things (design.md D22), or
the whole command is undone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.errors import Broken
from engine.feel import value_or_expression
from engine.model.cases import Attribute, Case, CaseStatus, EventKind, Reached
from engine.model.confidentiality import Degree
from engine.runtime import Step
from engine.store import cases, jobs, tasks
from engine.store.database import Tx
from engine.store.ready import Collision
from engine.store.tasks import NewTask
from engine.store.waits import WaitRow
from engine.work import applicant_news
from engine.work.compartments import keys_of, names_in
from engine.work.environment import Environment
from engine.work.history import Cause, append_history, told_items
from engine.work.kept_away import judge
from engine.work.kept_numbers import keep_numbers
from engine.work.new_tasks import new_task
from engine.work.opened import OpenedCase, case_variable
from engine.work.public_status import pack, status_at_end
from engine.work.total_limit import changed_pauses, with_total_due
from engine.work.waiting import Waited, close_waits, open_waits, record_incidents

TITLE_LENGTH = 100


def write_step(
    environment: Environment,
    tx: Tx,
    opened: OpenedCase,
    step: Step,
    cause: Cause,
    before: Sequence[WaitRow],
) -> Case:
    """Write everything a step did; the case as it is now.

    ``before`` are the rows the case waited with (:func:`engine.store.waits.wait_rows`). Raises
    Collision when the case was written by somebody else since it was loaded.
    """
    had = Waited(before)
    _record_automatic_work(step, cause)
    close_waits(tx, opened, step, cause, had)
    opened = judge(environment, tx, opened, step, cause)
    next_no = _open_tasks(environment, tx, opened, step, cause, had)
    open_waits(environment, tx, opened, step, cause, had)
    _tell_other_cases(tx, opened, step, cause)
    record_incidents(tx, opened, step, cause, had)
    case = opened.case
    changes: dict[str, Any] = {"next_task_no": next_no, "rev": case.rev + 1}
    title = _title(environment, tx, opened, step, cause)
    if title:
        changes["title"] = title
    changes.update(changed_pauses(case, step, cause, had))
    told = _told_at_end(environment, tx, opened, step, cause)
    changes["status"] = _status(step, cause, had, told)
    if step.ended:
        changes["ended_at"] = cause.now
    reached = [
        Reached(p.milestone, cause.now, p.process_key, p.element_id)
        for p in step.passed
        if p.milestone
    ]
    if reached:
        cases.reach_milestones(tx, case.id, reached)
        changes["milestone"] = reached[-1].name
    if case.event_count:  # whoever is there when the case begins knows that it begins
        _leave_news(environment, tx, opened, step, cause)
    searchable = _searchable(opened, cause)
    cases.put_attributes(tx, case.id, searchable)
    kept = {one.name: one.key_hash for one in cause.attributes if one not in searchable}
    keep_numbers(environment, tx, case.id, {name: it for name, it in kept.items() if it})
    _record_path(step, cause)
    changes["event_count"], changes["chain_head"] = append_history(tx, case, opened.vault, cause)
    memory = replace(opened.memory, engine=step.state)
    changes["state"] = opened.vault.seal(memory.pack(), "state", 0)
    changed = with_total_due(environment, tx, replace(case, **changes), cause)
    cases.save(tx, changed, case.rev)
    for act in cause.afterwards:
        act()
    return changed


def _searchable(opened: OpenedCase, cause: Cause) -> list[Attribute]:
    """What may be searched of the answers: nothing of a compartment once the case is kept close."""
    if opened.case.confidentiality < Degree.CONFIDENTIAL:
        return cause.attributes
    kept = keys_of(opened.programs, names_in(opened.programs))
    return [one for one in cause.attributes if not kept & set(one.name.split("."))]


def _leave_news(
    environment: Environment, tx: Tx, opened: OpenedCase, step: Step, cause: Cause
) -> None:
    feel = environment.feel(tx, opened.case.organisation_id, cause.now)
    mobile = applicant_news.number_to_tell(opened.program, step, cause.actor, feel)
    if mobile is not None:
        applicant_news.leave(environment, tx, opened.case.id, mobile)


def align_waits(
    environment: Environment,
    tx: Tx,
    opened: OpenedCase,
    step: Step,
    cause: Cause,
    before: Sequence[WaitRow],
) -> CaseStatus:
    """Let the tables wait for what a case waits for that was taken over; its status then.

    No step opens or closes by that: events beside them may.
    """
    had = Waited(before)
    if had.tasks.keys() != step.waits.user.keys():
        msg = f"the steps of case {opened.case.id} and their rows differ"
        raise Broken(msg)
    close_waits(tx, opened, step, cause, had)
    open_waits(environment, tx, opened, step, cause, had)
    record_incidents(tx, opened, step, cause, had)
    return _status(step, cause, had, {})


def _record_automatic_work(step: Step, cause: Cause) -> None:
    for record in step.decisions:
        cause.note(
            EventKind.DECISION,
            {**decision_detail(record.outcome), **told_items(record.items)},
            place=(record.process_key, record.element_id),
        )


def _record_path(step: Step, cause: Cause) -> None:
    """The path belongs to the row that caused it; it is kept apart from what was typed in."""
    passed = [[p.process_key, p.element_id, list(p.flow_ids)] for p in step.passed]
    if not passed:
        return
    if not cause.entries:  # a person asked for the retry, and has a row of her own
        cause.note(EventKind.RETRIED, {})
    cause.entries[0].detail["passed"] = passed


def decision_detail(outcome: object) -> dict[str, object]:
    """What is kept of a decision: its value, and the rules that fired with all they looked at."""
    hits = getattr(outcome, "hits", ())
    return {
        "value": getattr(outcome, "value", None),
        "problems": list(getattr(outcome, "problems", ())),
        "hits": [
            {
                "decision_id": hit.decision_id,
                "decision_name": hit.decision_name,
                "rule": hit.rule,
                "rule_id": hit.rule_id,
                "annotation": hit.annotation,
                "inputs": [[label, value] for label, value in hit.inputs],
                "outputs": hit.outputs,
                "conditions": list(hit.conditions),
            }
            for hit in hits
        ],
    }


def _open_tasks(
    environment: Environment,
    tx: Tx,
    opened: OpenedCase,
    step: Step,
    cause: Cause,
    had: Waited,
) -> int:
    number = opened.case.next_task_no
    new: list[NewTask] = []
    for open_step in step.opened:
        task = new_task(environment, tx, opened, open_step, cause, number)
        number += 1
        new.append(task)
        cause.note(
            EventKind.TASK_CREATED,
            {
                "name": task.name,
                "due_at": None if task.due_at is None else task.due_at.isoformat(),
                "deadline": task.deadline,
                **({} if task.counted_from is None else {"from": task.counted_from.isoformat()}),
                **({} if task.assignee is None else {"given_to": task.assignee}),
                **told_items(task.items),
            },
            task.id,
            (task.process_key, task.element_id),
        )
    tasks.add(tx, new)
    had.pausing |= {task.token for task in new if task.pauses_clock}
    waiting = step.waits.user.keys()
    if (had.tasks.keys() & waiting) | {t.token for t in new} != waiting:
        if moved_since(tx, opened.case):  # a step beside this one was done at the same moment
            raise Collision
        msg = f"the steps of case {opened.case.id} and their rows differ"
        raise Broken(msg)
    return number


def moved_since(tx: Tx, case: Case) -> bool:
    """Whether somebody wrote a case after it was loaded."""
    now = cases.load(tx, case.id)
    return now is None or now.rev != case.rev


def _tell_other_cases(tx: Tx, opened: OpenedCase, step: Step, cause: Cause) -> None:
    """Signals that were thrown are on their way to every case that waits for them now."""
    for signal in step.signals:
        told = jobs.tell(tx, signal.name, opened.case.id, cause.now) if signal.everywhere else 0
        cause.note(
            EventKind.MESSAGE,
            {"name": signal.name, "signal": "thrown", "cases": told},
            place=(signal.process_key, signal.element_id),
        )


def _title(
    environment: Environment, tx: Tx, opened: OpenedCase, step: Step, cause: Cause
) -> str | None:
    text = opened.program.info.title
    if not text:
        return None
    seen = {**step.variables, "case": case_variable(environment, tx, opened)}
    feel = environment.feel(tx, opened.case.organisation_id, cause.now)
    value = value_or_expression(text).evaluate(seen, feel).value
    return str(value)[:TITLE_LENGTH] if value else None


def _told_at_end(
    environment: Environment, tx: Tx, opened: OpenedCase, step: Step, cause: Cause
) -> dict[str, object]:
    """What the end says to the applicant: its variables are gone with the state."""
    if not step.ended:
        return {}
    feel = environment.feel(tx, opened.case.organisation_id, cause.now)
    case = case_variable(environment, tx, opened)
    told = status_at_end(opened.program, step, case, feel)
    return {} if told is None else {"public": pack(told)}


def _status(step: Step, cause: Cause, had: Waited, told: Mapping[str, object]) -> CaseStatus:
    if step.ended:
        cause.note(EventKind.COMPLETED, told)
        return CaseStatus.COMPLETED
    # A timer or an operation that was given up in another branch still needs a person.
    waited_for = step.waits.timers.keys() | step.waits.jobs.keys() | step.waits.signals.keys()
    given_up = had.failed & waited_for
    return CaseStatus.INCIDENT if step.incidents or given_up else CaseStatus.ACTIVE
