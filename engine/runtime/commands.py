"""The commands on a case: state in, :class:`Step` out. Nothing else is read or written.

A case is moved by one command at a time; the caller sees to that (design.md D2). All of them
raise StateUnreadable for a state that is none of this program's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from SpiffWorkflow.util.task import TaskState

from engine.errors import Invalid, TaskNotOpen
from engine.feel import EvaluationContext
from engine.runtime.answers import CALL
from engine.runtime.diagram import Message, Node, OperationTask, Timer
from engine.runtime.places import items_of
from engine.runtime.program import Program
from engine.runtime.run import COUNTED, DUE, KEY, Run
from engine.runtime.specs import PersonTask, listened_for
from engine.runtime.state import decode, encode, scope_of_all
from engine.runtime.step import (
    IncidentRecord,
    MessageWait,
    MovedTimer,
    OpenStep,
    OperationCall,
    OperationWait,
    Ports,
    SignalWait,
    Step,
    TimerWait,
    UserWait,
    Waits,
)
from engine.runtime.timers import (
    CannotWait,
    begin_from,
    due_of,
    instant_of,
    leans_on_calendar,
    text_of,
)
from engine.runtime.tokens import HELD, PartWorkflow, Token
from engine.runtime.variables import Scope, Variables, plain

_GONE = "这一步已经办完或被取消,未再办理。请返回待办列表刷新。"


def start(program: Program, variables: Mapping[str, object], ports: Ports) -> Step:
    """Begin a case with these variables; Invalid when they cannot be stored."""
    return begun(Run(program, ports, Variables(), {}), given(variables))


def begun(run: Run, variables: Mapping[str, object]) -> Step:
    """Begin the case of a fresh run with variables as they are stored."""
    run.variables.root.update(variables)
    run.variables.root.pop("case", None)
    run.case.plant()
    run.settle()
    return _step(run, frozenset())


def complete(
    program: Program, state: bytes, token: str, outputs: Mapping[str, object], ports: Ports
) -> Step:
    """Finish a user task with what was filled in; TaskNotOpen when it does not wait.

    Without an output mapping all outputs become variables; with one, only what it names.
    """
    run = decode(program, state, ports)
    before = _users(run)
    found, node = _waiting(run, token)
    if not isinstance(found.task_spec, PersonTask) or found.state != TaskState.READY:
        raise TaskNotOpen(_GONE)
    values = given(outputs)
    if node.outputs:
        run.map_outputs(found, node.outputs, values)
    else:
        run.variables.merge(found, values)
    run.execute(found)
    run.settle()
    return _step(run, before)


def fire_timer(program: Program, state: bytes, token: str, ports: Ports) -> Step:
    """Let a waiting timer fire, due or not; TaskNotOpen when it does not wait."""
    run = decode(program, state, ports)
    before = _users(run)
    found, node = _waiting(run, token)
    if not isinstance(node.event, Timer) or found.state != TaskState.WAITING:
        raise TaskNotOpen(_GONE)
    run.fire(found)
    run.settle()
    return _step(run, before)


def reckon_timers(
    program: Program, state: bytes, ports: Ports
) -> tuple[bytes, tuple[MovedTimer, ...]]:
    """Count again what leans on the calendar; the state, and the timers that moved."""
    run = decode(program, state, ports)
    moved: dict[str, datetime] = {}
    for token in _waiting_tokens(run):
        data, timer = token.internal_data, _timer_of(token)
        if timer is None or COUNTED not in data or DUE not in data:
            continue
        text, began = data[COUNTED]
        try:
            due = due_of(timer, text, begin_from(began), ports).isoformat()
        except CannotWait:  # what a newer version no longer understands stays as it is
            continue
        if due != data[DUE]:
            moved[token.id] = datetime.fromisoformat(data[DUE])
            data[DUE] = due
    if not moved:
        return state, ()
    timers = waits_of(run).timers
    return encode(run), tuple(
        MovedTimer(timers[token_id], before)
        for token_id, before in moved.items()
        if token_id in timers
    )


def retime(
    program: Program, state: bytes, began: Mapping[str, datetime], ports: Ports
) -> tuple[bytes, tuple[MovedTimer, ...]]:
    """Reckon waiting timers anew from when they began; the state, and the timers that moved.

    ``began`` says it for each token to be looked at; only what is reckoned without variables can
    be reckoned anew. What would be over already is over now: a timer never fires in the past.
    """
    run = decode(program, state, ports)
    before = waits_of(run).timers
    for token in _waiting_tokens(run):
        timer = _timer_of(token)
        if token.id in before and token.id in began and timer is not None:
            _retime(token, timer, began[token.id], ports)
    after = waits_of(run).timers
    moved = tuple(
        MovedTimer(after[token_id], timer.due)
        for token_id, timer in before.items()
        if timer.due != after[token_id].due
    )
    return encode(run), moved


def _retime(token: Token, timer: Timer, began: datetime, ports: Ports) -> None:
    data = token.internal_data
    begins = begin_from(data[COUNTED][1]) if COUNTED in data else began
    then, now = replace(ports, now=instant_of(begins)), ports.now.astimezone(UTC)
    try:
        text = text_of(timer, {}, then)
        due = max(due_of(timer, text, begins, then), now)
    except CannotWait:
        return
    if leans_on_calendar(timer, text, begins):
        data[COUNTED] = [text, begins.isoformat()]
    if due > now or datetime.fromisoformat(data[DUE]) > now:
        data[DUE] = due.isoformat()


def _timer_of(token: Token) -> Timer | None:
    node: Node | None = getattr(token.task_spec, "node", None)
    return node.event if node is not None and isinstance(node.event, Timer) else None


def _waiting_tokens(run: Run) -> Iterator[Token]:
    for part in () if run.case.completed else run.case.active_parts():
        yield from (t for t in part.tasks.values() if t.state == TaskState.WAITING)


def deliver(
    program: Program, state: bytes, token: str, payload: Mapping[str, object], ports: Ports
) -> Step:
    """Hand a message to a waiting event; only what its output mapping names is kept of it.

    TaskNotOpen when it does not wait.
    """
    run = decode(program, state, ports)
    before = _users(run)
    found, node = _waiting(run, token)
    waits_for_it = isinstance(node.event, Message) and KEY in found.internal_data
    if not waits_for_it or found.state != TaskState.WAITING:
        raise TaskNotOpen(_GONE)
    run.map_outputs(found, node.outputs, given(payload))
    run.fire(found)
    run.settle()
    return _step(run, before)


def catch_signal(program: Program, state: bytes, token: str, ports: Ports) -> Step:
    """Let a wait hear a signal that another case threw; TaskNotOpen when it does not wait."""
    run = decode(program, state, ports)
    before = _users(run)
    found, _ = _waiting(run, token)
    if listened_for(found) is None:
        raise TaskNotOpen(_GONE)
    run.fire(found)
    run.settle()
    return _step(run, before)


def finish_operation(
    program: Program, state: bytes, token: str, outputs: Mapping[str, object], ports: Ports
) -> Step:
    """Take in what an asynchronous operation gave; TaskNotOpen when nobody waits for it."""
    run = decode(program, state, ports)
    before = _users(run)
    found, node = _waiting(run, token)
    if not isinstance(node.action, OperationTask) or CALL not in found.internal_data:
        raise TaskNotOpen(_GONE)
    run.finish_operation(found, node, given(outputs))
    run.settle()
    return _step(run, before)


def retry(program: Program, state: bytes, ports: Ports) -> Step:
    """Run every element that failed once more."""
    run = decode(program, state, ports)
    before = _users(run)
    run.try_again()
    return _step(run, before)


def read_scope(program: Program, state: bytes, token: str | None) -> dict[str, object]:
    """The variables to be seen at a waiting token, or (None) of the case's own process.

    Without the reserved ``case``, which is the caller's. KeyError for a token that is gone.
    """
    seen_by_all = scope_of_all(program, state, token)
    if seen_by_all is not None:
        return seen_by_all
    run = decode(program, state, NO_PORTS)
    if token is None:
        return run.variables.root
    found = run.case.find(token)
    if found is None:
        raise KeyError(token)
    seen = run.variables.visible(found, {})
    del seen["case"]
    return seen


def waits(program: Program, state: bytes) -> Waits:
    """Everything a case waits for."""
    return waits_of(decode(program, state, NO_PORTS))


def failures(program: Program, state: bytes) -> tuple[IncidentRecord, ...]:
    """Every element of a case that failed and waits for a retry."""
    run = decode(program, state, NO_PORTS)
    return () if run.case.completed else run.incidents()


def given(values: Mapping[str, object]) -> Scope:
    """Values as a case holds them; Invalid for what it cannot hold."""
    try:
        return plain(values)
    except TypeError as error:
        raise Invalid(f"填写内容里有不能保存的数据,未提交({error})。") from error


def _waiting(run: Run, token: str) -> tuple[Token, Node]:
    found = run.case.find(token)
    node: Node | None = None if found is None else getattr(found.task_spec, "node", None)
    if found is None or node is None:
        raise TaskNotOpen(_GONE)
    return found, node


def _opened(run: Run, wait: UserWait) -> OpenStep:
    limit, counted_from, pauses = run.limits.get(wait.token, (None, None, None))
    return OpenStep(
        wait.token,
        wait.process_key,
        wait.element_id,
        wait.path,
        wait.items,
        limit,
        counted_from,
        pauses,
        run.hands.get(wait.token, ""),
    )


def _step(run: Run, before: frozenset[str]) -> Step:
    state = encode(run)
    now = waits_of(run)
    return Step(
        state=state,
        ended=run.case.completed,
        opened=tuple(_opened(run, wait) for wait in now.user.values() if wait.token not in before),
        closed=tuple(sorted(before - now.user.keys())),
        waits=now,
        passed=tuple(run.record.passed),
        decisions=tuple(run.record.decisions),
        operations=tuple(run.record.operations),
        incidents=() if run.case.completed else run.incidents(),
        variables=run.variables.root,
        signals=tuple(run.record.signals),
    )


# Waits -------------------------------------------------------------------------------------


def _users(run: Run) -> frozenset[str]:
    """The tokens of the user tasks that wait."""
    if run.case.completed:
        return frozenset()
    return frozenset(
        token.id
        for part in run.case.active_parts()
        for token in part.tasks.values()
        if isinstance(token.task_spec, PersonTask)
        and token.state & HELD
        and token.id not in run.failures
    )


def waits_of(run: Run) -> Waits:
    """Everything a case waits for that has been decoded already."""
    found = Waits({}, {}, {}, {})
    if run.case.completed:
        return found
    for part in run.case.active_parts():
        path = _path(part)
        for token in part.tasks.values():
            node: Node | None = getattr(token.task_spec, "node", None)
            if node is not None and token.state & HELD:
                _add_wait(found, run, token, node, path)
    return found


def _add_wait(found: Waits, run: Run, token: Token, node: Node, path: tuple[str, ...]) -> None:
    place = (token.id, node.element.process_key, node.id)
    data = token.internal_data
    if isinstance(token.task_spec, PersonTask):
        if token.id in run.failures:
            return
        found.user[token.id] = UserWait(*place, path, items_of(token, run.variables.local))
    elif isinstance(node.event, Timer) and DUE in data:
        text, begins = data.get(COUNTED, ("", None))
        found.timers[token.id] = TimerWait(
            *place,
            datetime.fromisoformat(data[DUE]),
            text,
            None if begins is None else begin_from(begins),
        )
    elif isinstance(node.event, Message) and KEY in data:
        found.messages[token.id] = MessageWait(*place, node.event.name, data[KEY])
    elif (signal := listened_for(token)) is not None:
        found.signals[token.id] = SignalWait(*place, signal.name)
    elif isinstance(node.action, OperationTask) and CALL in data:
        call = node.action
        found.jobs[token.id] = OperationWait(*place, call.operation, data[CALL], call.headers)


def _path(part: object) -> tuple[str, ...]:
    names: list[str] = []
    while isinstance(part, PartWorkflow):
        names.append(part.holder.task_spec.node.id)
        part = part.holder.workflow
    return tuple(reversed(names))


def _no_due(_text: str, _start: datetime) -> datetime:
    raise NotImplementedError


def _no_operation(_call: OperationCall) -> Mapping[str, object]:
    raise NotImplementedError


_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
NO_PORTS = Ports(_LONG_AGO, {}, EvaluationContext(_LONG_AGO), _no_due, _no_operation)
"""Reading a state asks nothing of the world outside."""
