"""One command on one case: runs what can run, and remembers what happened.

A run is what SpiffWorkflow calls the script engine of a workflow: the specs ask it whatever is
not structure. It lives for one command; only the workflow's tokens and the scopes outlive it, in
the state document.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import StepFailed
from engine.feel import value_or_expression
from engine.runtime.answers import CALL
from engine.runtime.diagram import (
    ErrorEvent,
    Message,
    Node,
    OperationTask,
    ProcessCall,
    Signal,
    Timer,
)
from engine.runtime.places import items_of
from engine.runtime.program import Program
from engine.runtime.repeating import Repeating
from engine.runtime.specs import (
    FIRED,
    BoundaryEventSplit,
    BoundaryWait,
    Repeated,
    listened_for,
)
from engine.runtime.step import (
    IncidentRecord,
    Passed,
    Ports,
    SignalRecord,
)
from engine.runtime.telling import LONGEST_REASON, shown
from engine.runtime.timers import (
    CannotWait,
    begin_of,
    due_of,
    leans_on_calendar,
    limit_of,
    text_of,
    written_date,
    written_pauses,
)
from engine.runtime.tokens import (
    UNFINISHED,
    CaseWorkflow,
    PartWorkflow,
    Token,
    set_state,
    update,
)
from engine.runtime.variables import Variables

MOST_STEPS = 500
"""Elements run in one command; more is an endless loop of automatic steps."""

DEEPEST_CALL = 20
"""Sub-processes and called processes inside each other."""

DUE, KEY = "due", "key"
Limit = tuple[str, date | None, tuple[tuple[date, date], ...] | None]
"""The limit of a user task, the written date it is counted from, and for when it stood still."""

COUNTED = "counted"
"""Of a timer that leans on the calendar or on a written date: what it waits for, and from when."""


class Run(Repeating):
    """Moves one case.

    By token: ``failures`` are the sentences of the elements that failed, ``limits`` the deadlines
    of the user tasks that began, with what was written down for them, ``hands`` whom such a
    task names to begin with.
    """

    def __init__(
        self, program: Program, ports: Ports, variables: Variables, failures: dict[str, str]
    ) -> None:
        super().__init__(program, ports, variables)
        self.failures = failures
        self.limits: dict[str, Limit] = {}
        self.hands: dict[str, str] = {}
        self.case = CaseWorkflow(program.spec, program.parts, self)
        self.steps_left = MOST_STEPS
        self._urgent: list[Token] = []

    # Moving --------------------------------------------------------------------------------

    def settle(self) -> None:
        """Run everything that needs nobody, until the case waits or ends."""
        token = self._next()
        while token is not None:
            if self.steps_left <= 0:
                self._fail(token, f"自动步骤连续超过 {MOST_STEPS} 步,可能是没有出口的循环,已停下")
            else:
                self.execute(token)
            token = self._next()
        self._report_deadlock()

    def execute(self, token: Token) -> None:
        """Run one READY token and see to what follows from its end; a failure is kept."""
        self.steps_left -= 1
        try:
            token.run()
        except StepFailed as failure:
            self._fail(token, failure.message)
            return
        if token.state == TaskState.COMPLETED:
            self._after(token)

    def _next(self) -> Token | None:
        while self._urgent:
            token = self._urgent.pop(0)
            if token.state == TaskState.READY and self.case.find(token.id) is token:
                return token
        throw = None
        for part in self.case.active_parts():
            for token in part.tasks.values():
                can_run = token.state == TaskState.READY and not token.task_spec.manual
                if can_run and token.id not in self.failures:
                    if not _throws_signal(token):
                        return token
                    throw = throw or token
        # A signal is thrown when all else stands still: who is to hear it waits for it by then.
        return throw

    def _after(self, token: Token) -> None:
        parent = token.parent
        if parent is not None and isinstance(parent.task_spec, Repeated) and token.triggered:
            self.repeated_done(parent, token)
        else:
            self._note_passing(token)
        part = token.workflow
        ended = isinstance(part, PartWorkflow) and part.completed
        if ended and part.holder.state == TaskState.STARTED:
            set_state(part.holder, TaskState.READY)

    def _note_passing(self, token: Token) -> None:
        node: Node | None = getattr(token.task_spec, "node", None)
        if node is None:
            return
        flows = self.record.taken.pop(token.id, None)
        self.record.passed.append(
            Passed(
                node.element.process_key,
                node.id,
                node.element.milestone,
                tuple(flow.id for flow in node.flows) if flows is None else flows,
            )
        )
        self._arm_again(token, node)

    def _arm_again(self, token: Token, node: Node) -> None:
        """A message or signal at a boundary that does not interrupt may come again."""
        split = token.parent
        if split is None or not isinstance(split.task_spec, BoundaryEventSplit):
            return
        if node.interrupting or not isinstance(node.event, Message | Signal):
            return
        hosts = [c for c in split.children if not isinstance(c.task_spec, BoundaryWait)]
        if any(not host.is_finished for host in hosts):
            again = split._add_child(token.task_spec, TaskState.WAITING)  # noqa: SLF001
            again.triggered = True
            again.task_spec._predict(again, mask=UNFINISHED)  # noqa: SLF001
            update(again)

    # Failures ------------------------------------------------------------------------------

    def _fail(self, token: Token, reason: str) -> None:
        node = _node_of(token)
        label = node.label if node is not None else token.task_spec.name
        self.failures[token.id] = (
            f"“{label}”{self._which_item(token)}没有完成:{shown(reason, LONGEST_REASON)}。"
            "已填写的内容都已保存。"
        )

    def _which_item(self, token: Token) -> str:
        """Which of several it is: by its number, for its name is something somebody typed in."""
        items = items_of(token, self.variables.local)
        told = "的".join(
            f"第 {one.number} 项" if one.count else f"第 {one.number} 次" for one in items
        )
        return f"({told})" if told else ""

    def _report_deadlock(self) -> None:
        """A case that neither ends nor waits for anything is stuck: say where."""
        if self.case.completed or self.failures:
            return
        stuck = None
        for part in self.case.active_parts():
            for token in part.tasks.values():
                if _waits_for_outside(token):
                    return
                if token.state == TaskState.WAITING and _node_of(token) is not None:
                    stuck = stuck or token
        if stuck is not None:
            self._fail(stuck, "流程停在这里等待另一条线,但已没有任何环节在办")

    def incidents(self) -> tuple[IncidentRecord, ...]:
        """Every element that still fails."""
        found = []
        for part in self.case.active_parts():
            for token in part.tasks.values():
                if token.id in self.failures and not token.is_finished:
                    node = _node_of(token)
                    found.append(
                        IncidentRecord(
                            token.id,
                            part.spec.process_key,
                            token.task_spec.name if node is None else node.id,
                            self.failures[token.id],
                            items_of(token, self.variables.local),
                        )
                    )
        return tuple(found)

    def finish_operation(self, token: Token, node: Node, outputs: Mapping[str, object]) -> None:
        """A job has done an operation: map its outputs and go on."""
        if not isinstance(node.action, OperationTask):
            return
        inputs = token.internal_data.pop(CALL)
        self.operated(token, node, node.action, inputs, outputs)
        token.complete()
        self._after(token)

    # Inner processes -----------------------------------------------------------------------

    def enter(self, token: Token, node: Node, spec_name: str) -> None:
        """Begin an embedded sub-process or call a process."""
        depth, around = 0, token.workflow
        while isinstance(around, PartWorkflow):
            depth, around = depth + 1, around.holder.workflow
        if depth >= DEEPEST_CALL:
            raise StepFailed(f"子流程层层调用超过 {DEEPEST_CALL} 层", node.id)
        if isinstance(node.action, ProcessCall):
            self.variables.called[token.id] = self.inputs(token, node)
        self.case.create_subprocess(token, spec_name).plant()

    def leave(self, token: Token, node: Node) -> None:
        """Take over what a called process gives back; its scope ends."""
        if isinstance(node.action, ProcessCall):
            inside = self.variables.within(token, self.ports.case)
            values = {
                assignment.target: assignment.source.evaluate(inside, self.ports.feel).value
                for assignment in node.outputs
            }
            del self.variables.called[token.id]
            for target, value in values.items():
                self.variables.write(token, target, value)
        del self.case.subprocesses[token.id]

    # People's steps ------------------------------------------------------------------------

    def begin_step(self, token: Token, node: Node) -> None:
        """Fix what a user task begins with; one whose deadline is not known is an incident."""
        self.map_inputs(token, node)
        if node.element.given_to:
            named = value_or_expression(node.element.given_to)
            value = named.evaluate(self.visible(token), self.ports.feel).value
            self.hands[token.id] = value.strip() if isinstance(value, str) else ""
        if node.element.deadline is None:
            return
        element, visible = node.element, self.visible(token)
        try:
            limit = limit_of(node.element.deadline, visible, self.ports)
            begins = written_date(element.counted_from, limit, visible, self.ports)
            pauses = written_pauses(element.paused_for, visible, self.ports)
        except CannotWait as error:
            self._fail(token, str(error))
            return
        if limit is not None:
            self.limits[token.id] = limit, begins, pauses

    # Events --------------------------------------------------------------------------------

    def begin_wait(self, token: Token, node: Node) -> None:
        """Fix what an event waits for; a wait that cannot begin is an incident."""
        if token.id in self.failures:
            return
        try:
            match node.event:
                case Timer() as timer if DUE not in token.internal_data:
                    visible = self.visible(token)
                    begins = begin_of(timer, visible, self.ports)
                    text = text_of(timer, visible, self.ports)
                    token.internal_data[DUE] = due_of(timer, text, begins, self.ports).isoformat()
                    if leans_on_calendar(timer, text, begins):
                        token.internal_data[COUNTED] = [text, begins.isoformat()]
                case Message() as message if KEY not in token.internal_data:
                    token.internal_data[KEY] = self.message_key(token, message)
                case _:
                    pass
        except CannotWait as error:
            self._fail(token, str(error))

    def fire(self, token: Token) -> None:
        """What an event waited for has come: it goes on before anything else does."""
        token.internal_data[FIRED] = True
        self.failures.pop(token.id, None)
        update(token)
        self._urgent.append(token)

    def throw(self, token: Token, node: Node) -> None:
        """Throw the signal or the error of an event, if it has one."""
        match node.event:
            case Signal() as signal:
                self._broadcast(node, signal)
            case ErrorEvent() as error:
                self._throw_error(token, node, error)
            case _:
                pass

    def _broadcast(self, node: Node, signal: Signal) -> None:
        """Let everything go on that waits for a signal in this case; others are told later.

        Outer waits come before inner ones, which they may take away, and events that go on beside
        an activity before those that end it: so each that is drawn is taken.
        """
        self.record.signals.append(
            SignalRecord(node.element.process_key, node.id, signal.name, signal.everywhere)
        )
        for part in list(self.case.active_parts()):
            catching = [t for t in part.tasks.values() if _listens_for(t, signal.name)]
            for token in sorted(catching, key=_ends_its_host):
                if token.state == TaskState.WAITING:
                    self.fire(token)

    def _throw_error(self, token: Token, node: Node, error: ErrorEvent) -> None:
        """Hand an error to the nearest boundary event around that catches it."""
        part = token.workflow
        while isinstance(part, PartWorkflow):
            catching = _catching(part.holder, error)
            if catching is not None:
                self.fire(catching)
                return
            part = part.holder.workflow
        raise StepFailed(f"错误“{error.code or ''}”没有任何边界事件接住", node.id)

    def try_again(self) -> None:
        """Let everything that failed run once more."""
        failed, self.failures = self.failures, {}
        for part in list(self.case.active_parts()):
            for token in list(part.tasks.values()):
                if token.id in failed:
                    self._begin_again(token)
        self.settle()

    def _begin_again(self, token: Token) -> None:
        node = _node_of(token)
        if token.state == TaskState.WAITING:
            update(token)
        elif token.state == TaskState.READY and token.task_spec.manual and node is not None:
            self.begin_step(token, node)


def _catching(holder: Token, thrown: ErrorEvent) -> Token | None:
    """The waiting boundary event of an activity for an error: one that names it goes first."""
    is_item = isinstance(holder.parent_spec, Repeated)
    activity = holder.parent if is_item and holder.parent is not None else holder
    split = activity.parent
    if split is None or not isinstance(split.task_spec, BoundaryEventSplit):
        return None
    everything = None
    for token in split.children:
        node = _node_of(token)
        if token.state != TaskState.WAITING or node is None:
            continue
        if isinstance(node.event, ErrorEvent):
            if node.event.code is not None and node.event.code == thrown.code:
                return token  # type: ignore[no-any-return]
            if node.event.code is None:
                everything = token
    return everything


def _node_of(token: Token) -> Node | None:
    node: Node | None = getattr(token.task_spec, "node", None)
    return node


def _throws_signal(token: Token) -> bool:
    node = _node_of(token)
    return node is not None and node.thrown_signal is not None


def _listens_for(token: Token, name: str) -> bool:
    signal = listened_for(token)
    return signal is not None and signal.name == name


def _ends_its_host(token: Token) -> bool:
    node = _node_of(token)
    return node is not None and node.attached_to is not None and node.interrupting


def _waits_for_outside(token: Token) -> bool:
    """Whether a person, the clock, a message, a signal or a job will move a token."""
    if token.state == TaskState.READY:
        return bool(token.task_spec.manual)
    data: dict[str, Any] = token.internal_data
    if token.state == TaskState.STARTED:
        return CALL in data
    is_event = DUE in data or KEY in data or listened_for(token) is not None
    return token.state == TaskState.WAITING and is_event
