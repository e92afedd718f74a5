"""Take a running case over to another version of its process, and put it back.

One case, one transaction: its state, the rows of its steps, timers and messages, its history with
both versions, and what it takes to put it back. What has been written is never in question: a
migration that was killed goes on with the cases that are not there yet.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.errors import Broken, Conflict, NotFound
from engine.model.actors import Actor
from engine.model.cases import RUNNING, Case, EventKind
from engine.model.clock import ZONE
from engine.model.items import Item, key_of, of_key, pack_items
from engine.model.tasks import Standing, standing
from engine.model.version_moves import Migration, MoveStatus, Verdict
from engine.runtime import (
    IncidentRecord,
    MessageWait,
    OpenStep,
    OperationWait,
    Program,
    Renaming,
    SignalWait,
    Step,
    TimerWait,
    waits,
)
from engine.runtime import failures as failed_elements
from engine.sentences import Words
from engine.store import audit, cases, directory, subscriptions, tasks, version_moves
from engine.store.database import Tx
from engine.store.ready import Collision
from engine.store.version_moves import StepRow, StoredMove
from engine.store.waits import wait_rows
from engine.work.advance import align_waits, moved_since
from engine.work.environment import Environment
from engine.work.history import Cause, append_history
from engine.work.new_tasks import new_task
from engine.work.opened import Memory, OpenedCase, open_case
from engine.work.version_plan import Judges

_PUT_BACK = "新版由别的岗位办理,原认领人不再有权"


@dataclass(frozen=True)
class Outcome:
    """What became of a case: moved, or left where it is for these reasons."""

    status: MoveStatus | None
    reasons: tuple[Words, ...] = ()


def move_case(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    asked: tuple[Migration, Judges],
    case_id: str,
) -> Outcome:
    """Take one case over, or note why not; nothing for one that ended or is there already.

    ``asked`` is the migration with the judges of its route. Raises Collision when somebody moved
    the case meanwhile.
    """
    case = cases.load(tx, case_id)
    migration, judges = asked
    route = migration.route
    if case is None or case.status not in RUNNING or case.process_key != route.key:
        return Outcome(None)
    if case.definition_id == route.to_id or route.from_id not in (None, case.definition_id):
        return Outcome(None)
    opened, judged = judges.judged(tx, actor, case)
    now = environment.now()
    step = None if judged.rebound is None else judged.rebound.step
    if opened is None or step is None or judged.verdict is not Verdict.SAFE:
        left = StoredMove(
            migration.id, case.id, case.definition_id, route.to_id, MoveStatus.LEFT, judged.reasons
        )
        version_moves.put_move(tx, left, now)
        return Outcome(MoveStatus.LEFT, judged.reasons)
    target = environment.programs.get(tx, route.to_id)
    if waits(target, step.state) != step.waits:
        msg = f"the new state of case {case.id} does not read as it was written"
        raise Broken(msg)
    before = version_moves.open_steps(tx, case.id)
    _must_be_of(tx, case, {row.token for row in before}, step)
    cause = Cause(actor, now)
    cause.note(
        EventKind.MIGRATED,
        {
            "from": case.definition_id,
            "to": route.to_id,
            "ids": dict(route.ids),
            "migration": migration.id,
        },
    )
    memory = _renamed(opened.memory, opened.program, target, Renaming(route.ids))
    there = replace(opened, program=target, memory=memory)
    _set_steps(environment, tx, there, step, cause, before)
    changed = _written(environment, tx, there, step, cause)
    _note(environment, tx, cause, "case-migrated", case, route.to_id)
    moved = StoredMove(
        migration.id,
        case.id,
        case.definition_id,
        route.to_id,
        MoveStatus.MOVED,
        (),
        changed.event_count,
        _hash(step.state),
        opened.vault.seal(opened.memory.pack(), _SNAPSHOT, changed.event_count),
        tuple(before),
    )
    version_moves.put_move(tx, moved, now)
    return Outcome(MoveStatus.MOVED)


_SNAPSHOT = "snapshot"


def put_back(
    environment: Environment, tx: Tx, actor: Actor, migration_id: str, case_id: str
) -> None:
    """Put a case back to where it was before a migration, if it has not moved since.

    Who has claimed a step since, or typed into it, keeps that. Raises NotFound, and Conflict for a
    case that has moved, ended, or gone to another version.
    """
    move = version_moves.move(tx, migration_id, case_id)
    case = cases.load(tx, case_id)
    if move is None or case is None or move.status is MoveStatus.LEFT:
        raise NotFound("没有找到这一件的转版记录。")
    if move.status is not MoveStatus.MOVED or move.snapshot is None:
        raise Conflict(f"{case.number} 已经恢复过,没有变化。")
    if case.status not in RUNNING or case.definition_id != move.to_id:
        raise Conflict(f"{case.number} 已结束或又转到了别的版本,不能恢复,没有变化。")
    opened = open_case(environment, tx, case)
    if _hash(opened.memory.engine) != move.state_hash:
        raise Conflict(f"{case.number} 转版之后已经往下办了,不能恢复,没有变化。")
    before = Memory.unpack(opened.vault.open(move.snapshot, _SNAPSHOT, move.number))
    program = environment.programs.get(tx, move.from_id)
    there = replace(
        opened, program=program, memory=replace(before, versions=opened.memory.versions)
    )
    step = _standing_still(program, before)
    _must_be_of(tx, case, {row.token for row in version_moves.open_steps(tx, case_id)}, step)
    cause = Cause(actor, environment.now())
    cause.note(
        EventKind.MIGRATED,
        {"from": move.to_id, "to": move.from_id, "back": True, "migration": migration_id},
    )
    by_token = {row.token: row for row in move.steps}
    for row in version_moves.open_steps(tx, case_id):
        before_it = by_token[row.token]
        if case.excludes:  # whoever was kept away meanwhile stays away
            people = frozenset(filter(None, f"{before_it.barred}|{row.barred}".split("|")))
            before_it = replace(
                before_it, barred=tasks.stored_people(people), queue_id=row.queue_id
            )
        version_moves.set_step(tx, before_it)
    _release_who_may_not(tx, there, cause)
    # A timer that was given up has its row already: it waits again.
    for token, timer in step.waits.timers.items():
        version_moves.wake_timer(tx, case_id, token, timer.due)
    _written(environment, tx, there, step, cause)
    _note(environment, tx, cause, "case-put-back", case, move.from_id)
    version_moves.put_move(
        tx, replace(move, status=MoveStatus.BACK, snapshot=None, steps=()), cause.now
    )


def _written(environment: Environment, tx: Tx, there: OpenedCase, step: Step, cause: Cause) -> Case:
    """Let the rows and the case be what its state says; ``there`` is the case as it will be."""
    case = there.case
    _set_places(tx, case.id, step)
    _set_messages(environment, tx, case.id, step)
    try:
        status = align_waits(environment, tx, there, step, cause, wait_rows(tx, case.id))
    except Broken:
        if moved_since(tx, case):
            raise Collision from None
        raise
    count, head = append_history(tx, case, there.vault, cause)
    left = (case.event_count, cause.now.isoformat(), case.definition_id)
    memory = replace(there.memory, engine=step.state, versions=(*there.memory.versions, left))
    changed = replace(
        case,
        definition_id=there.program.id,
        status=status,
        rev=case.rev + 1,
        event_count=count,
        chain_head=head,
        state=there.vault.seal(memory.pack(), "state", 0),
    )
    cases.save(tx, changed, case.rev)
    return changed


def _standing_still(program: Program, memory: Memory) -> Step:
    """A state as it is, as a step that did nothing."""
    return Step(
        state=memory.engine,
        ended=False,
        opened=(),
        closed=(),
        waits=waits(program, memory.engine),
        passed=(),
        decisions=(),
        operations=(),
        incidents=failed_elements(program, memory.engine),
        variables={},
    )


def _renamed(memory: Memory, old: Program, new: Program, ids: Renaming) -> Memory:
    """Who did a step is remembered under the id the new version gives it, if it was renamed."""
    names: dict[str, str] = {}
    for key in old.processes.keys() & new.processes.keys():
        nodes = new.diagram(key).nodes
        for element_id in old.diagram(key).nodes:
            target = ids.of(key, element_id)
            if target and target != element_id and element_id not in nodes:
                names[element_id] = target
    signers = dict(memory.signers)
    units = dict(memory.units)
    for before in {*signers, *units}:
        after = _renamed_key(before, names)
        if after == before:
            continue
        if before in signers:
            signers[after] = tuple(dict.fromkeys((*signers.get(after, ()), *signers[before])))
        if before in units:
            units[after] = units[before]
    return replace(memory, signers=signers, units=units)


def _renamed_key(key: str, names: Mapping[str, str]) -> str:
    element_id, items = of_key(key)
    renamed = (Item(names.get(i.activity, i.activity), i.number, i.count) for i in items)
    return key_of(names.get(element_id, element_id), tuple(renamed))


def _must_be_of(tx: Tx, case: Case, rows: set[str], step: Step) -> None:
    """The rows of the open steps are those of the state that was read before them.

    Where they are not, somebody completed a step between the two readings: Collision, and the
    command is tried again. A lock of the case would be taken against the order of a completion.
    """
    if rows != step.waits.user.keys() and moved_since(tx, case):
        raise Collision


# The rows -------------------------------------------------------------------------------------


def _set_steps(
    environment: Environment,
    tx: Tx,
    there: OpenedCase,
    step: Step,
    cause: Cause,
    before: Sequence[StepRow],
) -> None:
    """The open steps as the new version has them; holder, draft and due date stay."""
    for row in before:
        wait = step.waits.user.get(row.token)
        if wait is None:
            msg = f"the steps of case {there.case.id} and their rows differ"
            raise Broken(msg)
        place = OpenStep(wait.token, wait.process_key, wait.element_id, wait.path, wait.items)
        new = new_task(environment, tx, there, place, cause, 0)
        version_moves.set_step(
            tx,
            replace(
                row,
                process_key=new.process_key,
                element_id=new.element_id,
                name=new.name,
                item=pack_items(new.items),
                queue_id=new.queue_id,
                lane_kind=new.lane_kind,
                barred=tasks.stored_people(new.barred),
                by_profile=tasks.stored_people(new.by_profile),
                priority=new.priority,
            ),
        )
    _release_who_may_not(tx, there, cause)


def _release_who_may_not(tx: Tx, there: OpenedCase, cause: Cause) -> None:
    today = cause.now.astimezone(ZONE).date()
    for row in version_moves.open_steps(tx, there.case.id):
        loaded = tasks.load(tx, row.id)
        if loaded is None or loaded.task.assignee is None:
            continue
        holder = directory.actor(tx, loaded.task.assignee, today)
        if holder is not None and standing(holder, loaded.task) is Standing.MAY:
            continue
        if not tasks.give_to(tx, row.id, loaded.task.rev, None, cause.now):
            raise Collision
        place = (row.process_key, row.element_id)
        cause.note(EventKind.TASK_RELEASED, {"reason": _PUT_BACK}, row.id, place)


def _set_places(tx: Tx, case_id: str, step: Step) -> None:
    """Timers, operations, signals on their way and retries wait at elements of the new version."""
    with_jobs: list[TimerWait | OperationWait | SignalWait | IncidentRecord] = [
        *step.waits.timers.values(),
        *step.waits.jobs.values(),
        *step.waits.signals.values(),
        *step.incidents,
    ]
    for one in with_jobs:
        version_moves.set_job_place(tx, case_id, one.token, one.process_key, one.element_id)


def _set_messages(environment: Environment, tx: Tx, case_id: str, step: Step) -> None:
    """A message that is called otherwise now is waited for under its new name, with its old key.

    So is a signal, which has none.
    """
    for one in subscriptions.of_case(tx, case_id):
        wait = step.waits.messages.get(one.token) or step.waits.signals.get(one.token)
        if wait is None:
            continue
        key_hash = subscriptions.SIGNAL
        if isinstance(wait, MessageWait):
            key_hash = environment.vault.lookup_hash(subscriptions.key_text(wait.name, wait.key))
        version_moves.set_message(
            tx,
            replace(
                one,
                process_key=wait.process_key,
                element_id=wait.element_id,
                name=wait.name,
                key_hash=key_hash,
            ),
        )


def _note(
    environment: Environment, tx: Tx, cause: Cause, action: str, case: Case, to_id: str
) -> None:
    """Both versions in the open, beside the sealed row of the case's own history."""
    detail = f"{case.definition_id} -> {to_id}"
    audit.add_access(tx, environment.now(), cause.actor.person_id, action, case.id, detail)


def _hash(state: bytes) -> str:
    return hashlib.sha256(state).hexdigest()
