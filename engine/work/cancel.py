"""End a case that was opened by mistake (作废); withdrawal and death are drawn (design.md D21)."""

from collections.abc import Sequence
from dataclasses import replace

from engine.errors import CaseNotActive, Invalid, NotPermitted, Stale
from engine.model.actors import Actor
from engine.model.cases import RUNNING, Case, CaseStatus, EventKind
from engine.model.operations import Cancelled
from engine.store import cases, jobs, subscriptions, tasks
from engine.store.database import Tx
from engine.store.waits import wait_rows
from engine.work.access import visible_case
from engine.work.environment import Environment
from engine.work.fan_out_errands import end_lists_of
from engine.work.history import Cause, append_history

SHORTEST_REASON = 3


def cancellable(
    environment: Environment, tx: Tx, actor: Actor, case_id: str, seen_rev: int | None
) -> Case:
    """The case, if it still runs, is at the revision she saw and hers to cancel.

    Who started it may, and who holds its start role at the case's organisation.
    """
    case = visible_case(tx, actor, case_id)
    # Its state is not opened: a case whose state cannot be read must be cancellable.
    role = environment.programs.get(tx, case.definition_id).info.start_role or ""
    if actor.person_id != case.started_by and not actor.holds_at(role, case.organisation_id):
        raise NotPermitted("只有发起人或本单位的经办人可以作废这一件,未作废。")
    if case.status not in RUNNING:
        raise CaseNotActive("这一件已经结束,不能再作废。")
    if seen_rev is not None and seen_rev != case.rev:
        raise Stale
    return case


def cancel(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    case_id: str,
    reason: str,
    seen_rev: int | None,
) -> int:
    """Cancel a running case with a reason that is kept; the new revision."""
    case = cancellable(environment, tx, actor, case_id, seen_rev)
    return end_case(environment, tx, actor, case, stated(reason))


def stated(reason: str) -> str:
    """A reason that says something; Invalid otherwise."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid("请写明作废原因(至少 3 个字)。这一件没有变化。")
    return reason.strip()


def end_cases(
    environment: Environment, tx: Tx, actor: Actor, case_ids: Sequence[str], reason: str
) -> None:
    """End those of these cases that still run, for somebody who may end all of them."""
    for case_id in case_ids:
        case = cases.load(tx, case_id)
        if case is not None and case.status in RUNNING:
            end_case(environment, tx, actor, case, reason)


def end_case(environment: Environment, tx: Tx, actor: Actor, case: Case, reason: str) -> int:
    """End a running case for somebody who may, and the lists it asked for; the new revision."""
    now, case_id = environment.now(), case.id
    cause = Cause(actor, now)
    cause.note(EventKind.CANCELLED, {"reason": reason})
    waiting = wait_rows(tx, case_id)
    tasks.cancel(tx, case_id, [row.token for row in waiting if row.kind == "task"], now)
    jobs.finish(
        tx,
        case_id,
        [row.token for row in waiting if row.kind in {"timer", "operation", "retry", "signal"}],
        now,
    )
    subscriptions.remove(
        tx, case_id, [row.token for row in waiting if row.kind in {"message", "listening"}]
    )
    count, head = append_history(tx, case, environment.vault.case(case.id, case.data_key), cause)
    changed = replace(
        case,
        status=CaseStatus.CANCELLED,
        ended_at=now,
        paused_since=None,
        event_count=count,
        chain_head=head,
        rev=case.rev + 1,
    )
    cases.save(tx, changed, case.rev)
    end_lists_of(environment, tx, actor, case_id, reason.strip())
    environment.on_cancel(Cancelled(tx, case_id, actor.person_id, now, reason.strip()))
    return changed.rev
