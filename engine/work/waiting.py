"""The rows a case waits with (jobs, subscriptions, failures): opened, closed and compared.

Steps of people are opened by :mod:`engine.work.advance`, which gives them their rows.
"""

from collections.abc import Sequence

from engine.model.cases import EventKind
from engine.runtime import Step
from engine.store import jobs, subscriptions, tasks
from engine.store.database import Tx
from engine.store.waits import WaitRow
from engine.work.environment import Environment
from engine.work.history import Cause, told_items
from engine.work.opened import OpenedCase


class Waited:
    """What the tables waited for before the step, by kind and token."""

    def __init__(self, rows: Sequence[WaitRow]) -> None:
        self.tasks = {row.token: row.id for row in rows if row.kind == "task"}
        self.timers = {row.token for row in rows if row.kind == "timer"}
        self.operations = {row.token for row in rows if row.kind == "operation"}
        self.retries = {row.token for row in rows if row.kind == "retry"}
        self.messages = {row.token for row in rows if row.kind == "message"}
        self.listening = {row.token for row in rows if row.kind == "listening"}
        self.signals = {row.token for row in rows if row.kind == "signal"}
        self.failed = {row.token for row in rows if row.status == "failed"}
        self.pausing = {row.token for row in rows if row.pauses}
        self.in_hand = {row.token for row in rows if row.status == "running"}


def close_waits(tx: Tx, opened: OpenedCase, step: Step, cause: Cause, had: Waited) -> None:
    """End the rows of all that the case waits for no longer."""
    case_id = opened.case.id
    gone = sorted(had.tasks.keys() - step.waits.user.keys())
    for one in tasks.give_up(tx, case_id, gone, cause.now):
        if one.begun_by is not None:
            cause.note(
                EventKind.TASK_RELEASED,
                {"given_up": one.begun_by},
                one.id,
                (one.process_key, one.element_id),
            )
    failing = {i.token for i in step.incidents}
    finished = (
        (had.timers - step.waits.timers.keys())
        | (had.operations - step.waits.jobs.keys())
        | (had.retries - failing)
        | (had.signals - step.waits.signals.keys())
    )
    jobs.finish(tx, case_id, sorted(finished), cause.now)
    heard = (had.messages - step.waits.messages.keys()) | (
        had.listening - step.waits.signals.keys()
    )
    subscriptions.remove(tx, case_id, sorted(heard))


def open_waits(
    environment: Environment,
    tx: Tx,
    opened: OpenedCase,
    step: Step,
    cause: Cause,
    had: Waited,
) -> None:
    """Write a row for all that the case began to wait for."""
    new_jobs: list[jobs.NewJob] = []
    for token, timer in step.waits.timers.items():
        if token not in had.timers:
            new_jobs.append(
                jobs.NewJob(token, "timer", timer.process_key, timer.element_id, timer.due)
            )
            cause.note(
                EventKind.TIMER_SET,
                {"due_at": timer.due.isoformat()},
                place=(timer.process_key, timer.element_id),
            )
    for token, wait in step.waits.jobs.items():
        if token not in had.operations:
            new_jobs.append(
                jobs.NewJob(token, "operation", wait.process_key, wait.element_id, cause.now)
            )
    new_jobs.extend(
        jobs.NewJob(incident.token, "retry", incident.process_key, incident.element_id, cause.now)
        for incident in step.incidents
        if incident.token not in had.retries
    )
    jobs.add(tx, opened.case.id, new_jobs, cause.now)
    subscriptions.add(
        tx,
        [
            subscriptions.Subscription(
                opened.case.id,
                token,
                wait.process_key,
                wait.element_id,
                wait.name,
                environment.vault.lookup_hash(subscriptions.key_text(wait.name, wait.key)),
            )
            for token, wait in step.waits.messages.items()
            if token not in had.messages
        ]
        + [
            subscriptions.Subscription(
                opened.case.id,
                token,
                signal.process_key,
                signal.element_id,
                signal.name,
                subscriptions.SIGNAL,
            )
            for token, signal in step.waits.signals.items()
            if token not in had.listening
        ],
    )


def record_incidents(tx: Tx, opened: OpenedCase, step: Step, cause: Cause, had: Waited) -> None:
    """Say what failed now; a failure of before keeps its row, and a retry that waits its turn."""
    for incident in step.incidents:
        tried_again = cause.retried and incident.token in had.in_hand
        if incident.token in had.retries and not tried_again:
            continue
        jobs.record_failure(tx, opened.case.id, incident.token, incident.message)
        cause.note(
            EventKind.INCIDENT,
            {"message": incident.message, **told_items(incident.items)},
            place=(incident.process_key, incident.element_id),
        )
