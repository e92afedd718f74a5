"""Write what a step of the engine did: tasks, jobs, waits, history, the case. One place for all.

Whatever moved the case — a person, a timer, a message, a retry — the runtime returns a
:class:`~engine.runtime.Step`; this module turns it into rows inside the caller's transaction.
After it the tables and the engine's state wait for exactly the same things (design.md D22), or
the whole command is undone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson

from engine.errors import Broken, StateUnreadable
from engine.feel import value_or_expression
from engine.model.cases import Case, CaseStatus, EventKind
from engine.model.clock import ZONE
from engine.model.deadlines import Deadline, Pause, alert_times, due_with_pauses
from engine.model.definitions import Element, listed
from engine.model.items import Items, key_of, listed_items, of_key, same_item
from engine.model.operations import NotYet, OperationContext
from engine.model.tasks import Task, TaskLine
from engine.runtime import OpenStep, OperationCall, Ports, Program, Step, read_scope
from engine.store import cases, directory, jobs, queues, subscriptions, tasks
from engine.store.database import Tx, savepoint
from engine.store.ready import Collision
from engine.store.tasks import NewTask
from engine.store.vault import CaseVault
from engine.store.waits import WaitRow
from engine.work import applicant_news
from engine.work.environment import Environment
from engine.work.history import Cause, append_history
from engine.work.public_status import pack, status_at_end

TITLE_LENGTH = 100


class TimerDue(Exception):
    """A timer of the case is over and must fire before anything else can be judged."""

    def __init__(self, case_id: str) -> None:
        super().__init__(case_id)
        self.case_id = case_id


@dataclass(frozen=True)
class Memory:
    """What the engine remembers of a case beside SpiffWorkflow's state."""

    engine: bytes
    organisation: Mapping[str, str]
    signers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Who did which step, by element id and item: what ``notSamePersonAs`` looks at."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Which organisation handled a step last, by element id and item: for ``notSameUnitAs``."""
    versions: tuple[tuple[int, str, str], ...] = ()
    """The versions it was on before: the number of the last row of the history that was written
    on it, when it left it, and its id."""

    def pack(self) -> bytes:
        """As bytes for the case's row."""
        known: dict[str, object] = {
            "organisation": self.organisation,
            "signers": self.signers,
            "units": self.units,
        }
        if self.versions:
            known["versions"] = self.versions
        head = orjson.dumps(known)
        return len(head).to_bytes(4, "big") + head + self.engine

    @classmethod
    def unpack(cls, packed: bytes) -> "Memory":
        """From the case's row."""
        try:
            length = int.from_bytes(packed[:4], "big")
            head = orjson.loads(packed[4 : 4 + length])
            return cls(
                engine=packed[4 + length :],
                organisation=head["organisation"],
                signers={k: tuple(v) for k, v in head["signers"].items()},
                units=head.get("units", {}),  # states of the first release have none
                versions=tuple((n, at, i) for n, at, i in head.get("versions", ())),
            )
        except (ValueError, KeyError, TypeError) as error:
            msg = "the stored state of a case cannot be read"
            raise StateUnreadable(msg) from error

    def signed(self, element_id: str, items: Items, person_id: str, unit_id: str) -> "Memory":
        """With one more doer of a step, for the organisation that handled it."""
        key = key_of(element_id, items)
        doers = self.signers.get(key, ())
        signers = self.signers
        if person_id not in doers:
            signers = {**signers, key: (*doers, person_id)}
        units = {**self.units, element_id: unit_id, key: unit_id}
        return replace(self, signers=signers, units=units)

    def doers(self, element_id: str, items: Items | None = None) -> frozenset[str]:
        """Who has done a step; for an item only what belongs to it, for None for whichever."""
        return self._who_did(element_id, lambda it: items is None or same_item(it, items))

    def doers_of_others(self, element_id: str, items: Items) -> frozenset[str]:
        """Who has done it for another item."""
        return self._who_did(element_id, lambda it: not same_item(it, items))

    def _who_did(self, element_id: str, for_item: Callable[[Items], bool]) -> frozenset[str]:
        return frozenset(
            person
            for key, people in self.signers.items()
            for done, items in [of_key(key)]
            if done == element_id and for_item(items)
            for person in people
        )

    def unit_of(self, element_id: str, items: Items) -> str | None:
        """Which organisation handled a step last: for the same item where it is one of a list."""
        return self.units.get(key_of(element_id, items), self.units.get(element_id))


@dataclass(frozen=True)
class Earlier:
    """A version that a case was on: up to which row of its history, and until when."""

    last_number: int
    until: datetime
    program: Program


@dataclass(frozen=True)
class OpenedCase:
    """A case with what is needed to move it; ``earlier`` are the versions it has left."""

    case: Case
    vault: CaseVault
    memory: Memory
    program: Program
    earlier: tuple[Earlier, ...] = ()

    @property
    def programs(self) -> tuple[Program, ...]:
        """Every version it was ever on, the one it is on last."""
        return (*(one.program for one in self.earlier), self.program)

    def program_at(self, number: int) -> Program:
        """The version it was on when a row of its history was written."""
        for one in self.earlier:
            if number <= one.last_number:
                return one.program
        return self.program

    def program_of(self, task: Task | TaskLine) -> Program:
        """The version with which a step is done, or was done."""
        if task.completed_at is not None:
            for one in self.earlier:
                was_there = _has(one.program, task.process_key, task.element_id)
                if task.completed_at <= one.until and was_there:
                    return one.program
        return self.program


def _has(program: Program, process_key: str, element_id: str) -> bool:
    return process_key in program.processes and element_id in program.diagram(process_key).nodes


def open_case(environment: Environment, tx: Tx, case: Case) -> OpenedCase:
    """Decrypt a case and find its program."""
    vault = environment.vault.case(case.id, case.data_key)
    memory = Memory.unpack(vault.open(case.state, "state", 0))
    program = environment.programs.get(tx, case.definition_id)
    earlier = tuple(
        Earlier(number, datetime.fromisoformat(at), environment.programs.get(tx, definition_id))
        for number, at, definition_id in memory.versions
    )
    return OpenedCase(case, vault, memory, program, earlier)


def case_variable(environment: Environment, tx: Tx, opened: OpenedCase) -> dict[str, object]:
    """The reserved variable ``case`` that every expression of a process can read.

    ``levels`` says at which level each finished step was handled last: an appeal goes to the
    union next above the one that refused, which is not always the level its lane names.
    """
    case = opened.case
    return {
        "id": case.id,
        "number": case.number,
        "business_key": case.business_key,
        "organisation": {"id": case.organisation_id, **opened.memory.organisation},
        "started_on": case.created_at.astimezone(ZONE).date().isoformat(),
        "levels": {
            element_id: environment.places.level(tx, unit_id)
            for key, unit_id in opened.memory.units.items()
            for element_id, items in [of_key(key)]
            if not items
        },
    }


def scope_at(environment: Environment, tx: Tx, opened: OpenedCase, token: str) -> dict[str, object]:
    """What the form of a step may read: the variables seen there, and ``case``."""
    variables = read_scope(opened.program, opened.memory.engine, token)
    return {**variables, "case": case_variable(environment, tx, opened)}


def ports_of(environment: Environment, tx: Tx, opened: OpenedCase, cause: Cause) -> Ports:
    """What the runtime may ask while it steps this case."""
    case = opened.case
    feel = environment.feel(tx, case.organisation_id, cause.now)

    def operate(call: OperationCall) -> Mapping[str, object] | NotYet:
        operation = environment.operations.get(call.operation)
        if operation is None:
            msg = f"没有名为“{call.operation}”的操作。请流程设计员核对服务任务的类型。"
            raise Broken(msg)
        context = OperationContext(
            tx=tx,
            case_id=case.id,
            case_number=case.number,
            organisation_id=case.organisation_id,
            actor_id=cause.actor.person_id,
            now=cause.now,
            lookup_hash=environment.vault.lookup_hash,
            seal=environment.vault.seal,
            open=environment.vault.open,
            reporter=lambda kind, detail: cause.note(
                EventKind(kind), detail, place=(call.process_key, call.element_id)
            ),
            parameter=lambda name, unit_id: environment.parameter(tx, name, unit_id),
        )
        written = len(cause.entries)
        try:
            with savepoint(tx):
                return operation.run(context, call.inputs)
        except BaseException:
            del cause.entries[written:]  # what it undid did not happen
            raise

    return Ports(
        now=cause.now,
        case=case_variable(environment, tx, opened),
        feel=feel,
        due=lambda deadline, start: environment.due(tx, deadline, start).at,
        operate=operate,
    )


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
    had = _Waited(before)
    _record_automatic_work(step, cause)
    _close_waits(tx, opened, step, cause, had)
    next_no = _open_tasks(environment, tx, opened, step, cause, had)
    _open_waits(environment, tx, opened, step, cause, had)
    _tell_other_cases(tx, opened, step, cause)
    _record_incidents(tx, opened, step, cause, had)
    case = opened.case
    changes: dict[str, Any] = {"next_task_no": next_no, "rev": case.rev + 1}
    title = _title(environment, tx, opened, step, cause)
    if title:
        changes["title"] = title
    changes.update(_pauses(case, step, cause, had))
    told = _told_at_end(environment, tx, opened, step, cause)
    changes["status"] = _status(step, cause, had, told)
    if step.ended:
        changes["ended_at"] = cause.now
    milestones = [p.milestone for p in step.passed if p.milestone]
    if milestones:
        cases.reach_milestones(tx, case.id, milestones, cause.now)
        changes["milestone"] = milestones[-1]
    if case.event_count:  # whoever is there when the case begins knows that it begins
        _leave_news(environment, tx, opened, step, cause)
    cases.put_attributes(tx, case.id, cause.attributes)
    _record_path(step, cause)
    changes["event_count"], changes["chain_head"] = append_history(tx, case, opened.vault, cause)
    memory = replace(opened.memory, engine=step.state)
    changes["state"] = opened.vault.seal(memory.pack(), "state", 0)
    changed = _with_total_due(environment, tx, replace(case, **changes), cause)
    cases.save(tx, changed, case.rev)
    return changed


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
    had = _Waited(before)
    if had.tasks.keys() != step.waits.user.keys():
        msg = f"the steps of case {opened.case.id} and their rows differ"
        raise Broken(msg)
    _close_waits(tx, opened, step, cause, had)
    _open_waits(environment, tx, opened, step, cause, had)
    _record_incidents(tx, opened, step, cause, had)
    return _status(step, cause, had, {})


class _Waited:
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


def _record_automatic_work(step: Step, cause: Cause) -> None:
    for record in step.decisions:
        cause.note(
            EventKind.DECISION,
            {**decision_detail(record.outcome), **_which(record.items)},
            place=(record.process_key, record.element_id),
        )


def _which(items: Items) -> dict[str, object]:
    """Which of several equal steps it was, for its row of the history."""
    return {"items": listed_items(items)} if items else {}


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


def _close_waits(tx: Tx, opened: OpenedCase, step: Step, cause: Cause, had: _Waited) -> None:
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


def _open_tasks(
    environment: Environment,
    tx: Tx,
    opened: OpenedCase,
    step: Step,
    cause: Cause,
    had: _Waited,
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
                **_which(task.items),
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


def new_task(
    environment: Environment,
    tx: Tx,
    opened: OpenedCase,
    open_step: OpenStep,
    cause: Cause,
    number: int,
) -> NewTask:
    """A step as it begins: where it goes, who may not do it, when it is due."""
    element = opened.program.element(open_step.process_key, open_step.element_id)
    lane = element.lane
    if lane is None:
        msg = f"the step {element.id} has no lane"  # the gate refuses this
        raise Broken(msg)
    relaxed = relaxed_for(environment, tx, opened, element, cause)
    apart = [one for one in element.not_same_person_as if one not in relaxed]
    barred = _doers(opened, element, apart, open_step.items)
    due = (
        None
        if open_step.deadline is None
        else environment.due(tx, open_step.deadline, cause.now, lane.kind.value)
    )
    remind_at = (
        None if due is None else alert_times(cause.now, due, environment.calendars.get(tx)).remind
    )
    return NewTask(
        id=f"{opened.case.id}-{number}",
        case_id=opened.case.id,
        number=number,
        token=open_step.token,
        process_key=open_step.process_key,
        case_process=opened.case.process_key,
        element_id=element.id,
        name=element.name or element.id,
        queue_id=_queue(environment, tx, opened, element, open_step.items, cause),
        lane_kind=lane.kind.value,
        barred=barred,
        by_profile=_doers(opened, element, element.same_in_small_units, open_step.items) - barred,
        priority=_priority(element),
        created_at=cause.now,
        due_at=None if due is None else due.at,
        due_date=None if due is None else due.last_day,
        deadline=None if due is None else str(due.limit),
        provisional=due is not None and due.provisional,
        next_alert_at=remind_at,
        returned_by=_returned_by(cause, element),
        pauses_clock=_is_so(environment, tx, opened, element.pauses_clock, cause),
        items=open_step.items,
    )


def _doers(
    opened: OpenedCase, element: Element, element_ids: Iterable[str], items: Items
) -> frozenset[str]:
    """Who has done one of these steps: for the same item, or, of the step itself, for another."""
    memory = opened.memory
    return frozenset().union(
        *(
            memory.doers_of_others(one, items) if one == element.id else memory.doers(one, items)
            for one in element_ids
        )
    )


def relaxed_for(
    environment: Environment, tx: Tx, opened: OpenedCase, element: Element, cause: Cause
) -> frozenset[str]:
    """The steps of ``notSamePersonAs`` whose doer may do this one too, here or always."""
    allowed = _allowed(environment, tx, opened, element, cause)
    return frozenset({*element.same_in_small_units, *allowed})


def _allowed(
    environment: Environment, tx: Tx, opened: OpenedCase, element: Element, cause: Cause
) -> tuple[str, ...]:
    """Which of the steps of ``notSamePersonAs`` the federation lets one person do as well."""
    return listed(str(_said(environment, tx, opened, element.same_allowed, cause) or ""))


def _is_so(environment: Environment, tx: Tx, opened: OpenedCase, text: str, cause: Cause) -> bool:
    """Whether a property is true."""
    return _said(environment, tx, opened, text, cause) in (True, "true")


def _said(environment: Environment, tx: Tx, opened: OpenedCase, text: str, cause: Cause) -> object:
    """What a property says: written out, or worked out from parameters and ``case``."""
    if not text.startswith("="):
        return text
    feel = environment.feel(tx, opened.case.organisation_id, cause.now)
    seen = {"case": case_variable(environment, tx, opened)}
    return value_or_expression(text).evaluate(seen, feel).value


def _queue(
    environment: Environment,
    tx: Tx,
    opened: OpenedCase,
    element: Element,
    items: Items,
    cause: Cause,
) -> int:
    """Where the step goes: from the case's own union up, past units that must not handle it.

    Where nobody is above such a unit it stays there: the directory has no other place for it.
    """
    lane = element.lane
    if lane is None:
        msg = f"the step {element.id} has no lane"  # the gate refuses this
        raise Broken(msg)
    home, today = opened.case.organisation_id, cause.now.astimezone(ZONE).date()
    level = str(_said(environment, tx, opened, element.handled_at, cause) or lane.level)
    number = environment.queues.find(tx, lane.role, level, home, today)
    handled = (opened.memory.unit_of(other, items) for other in element.not_same_unit_as)
    excluded = {unit for unit in handled if unit is not None}
    if element.not_the_case_unit:
        excluded.add(home)
    if not excluded:
        return number
    for place in directory.line_upwards(tx, home)[1:]:
        if queues.handling_of(tx, number) not in excluded:
            return number
        number = environment.queues.find(tx, lane.role, level, place.id, today)
    return number


def _returned_by(cause: Cause, element: Element) -> str | None:
    """The step that sent the case back to this element, if that is why it opens."""
    if cause.sent_back is None or cause.sent_back[1] != element.id:
        return None
    return cause.sent_back[0]


def _priority(element: Element) -> int:
    text = element.properties.get("priority", "50")
    return int(text) if text.isdigit() else 50


def _open_waits(
    environment: Environment,
    tx: Tx,
    opened: OpenedCase,
    step: Step,
    cause: Cause,
    had: _Waited,
) -> None:
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


def _tell_other_cases(tx: Tx, opened: OpenedCase, step: Step, cause: Cause) -> None:
    """Signals that were thrown are on their way to every case that waits for them now."""
    for signal in step.signals:
        told = jobs.tell(tx, signal.name, opened.case.id, cause.now) if signal.everywhere else 0
        cause.note(
            EventKind.MESSAGE,
            {"name": signal.name, "signal": "thrown", "cases": told},
            place=(signal.process_key, signal.element_id),
        )


def _record_incidents(tx: Tx, opened: OpenedCase, step: Step, cause: Cause, had: _Waited) -> None:
    """Say what failed now; a failure of before keeps its row, and a retry that waits its turn."""
    for incident in step.incidents:
        tried_again = cause.retried and incident.token in had.in_hand
        if incident.token in had.retries and not tried_again:
            continue
        jobs.record_failure(tx, opened.case.id, incident.token, incident.message)
        cause.note(
            EventKind.INCIDENT,
            {"message": incident.message, **_which(incident.items)},
            place=(incident.process_key, incident.element_id),
        )


def _pauses(case: Case, step: Step, cause: Cause, had: _Waited) -> dict[str, object]:
    """What changes of the case where its total limit begins or ends to stand still.

    The total limit stands still while a step that pauses it is open (design.md D8).

    Whether it does was settled when the step opened: a parameter changed since changes no case.
    """
    pausing = not had.pausing.isdisjoint(step.waits.user)
    if pausing and case.paused_since is None:
        return {"paused_since": cause.now}
    if not pausing and case.paused_since is not None:
        pauses = (*case.pauses, (case.paused_since, cause.now))
        return {"paused_since": None, "pauses": pauses}
    return {}


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


def _status(step: Step, cause: Cause, had: _Waited, told: Mapping[str, object]) -> CaseStatus:
    if step.ended:
        cause.note(EventKind.COMPLETED, told)
        return CaseStatus.COMPLETED
    # A timer or an operation that was given up in another branch still needs a person.
    waited_for = step.waits.timers.keys() | step.waits.jobs.keys() | step.waits.signals.keys()
    given_up = had.failed & waited_for
    return CaseStatus.INCIDENT if step.incidents or given_up else CaseStatus.ACTIVE


def _with_total_due(environment: Environment, tx: Tx, case: Case, cause: Cause) -> Case:
    if not case.total_limit or case.ended_at is not None:
        return case
    if case.total_due_at is not None and case.paused_since is None and not case.pauses:
        return case
    return replace(case, total_due_at=total_due(environment, tx, case, cause.now))


def total_due(environment: Environment, tx: Tx, case: Case, now: datetime) -> datetime | None:
    """When a case's total limit is over, net of its pauses; None where it has no limit.

    While a pause lasts it is the instant if work went on ``now``.
    """
    if not case.total_limit:
        return None
    pauses = [Pause(start, end) for start, end in case.pauses]
    if case.paused_since is not None:
        pauses.append(Pause(case.paused_since, None))
    limit = Deadline.parse(case.total_limit)
    return due_with_pauses(case.created_at, limit, pauses, now, environment.calendars.get(tx)).at
