"""SpiffWorkflow's tasks and workflows without what a case does not need.

A *token* is a SpiffWorkflow task: one visit of one element, also of those that are only predicted.
Its id is the stable name of a wait. Compared with the stock classes:

* no wall clock is read, no log records are built (they are, even with logging off);
* ids are short random texts instead of UUID objects;
* a failed run leaves the token READY before its element: it can be run again;
* waiting tokens are looked up in the flat table of tasks, never by a walk of the tree, which
  hides everything below 1,000 levels;
* no callback is ever hung on a task spec: the specs are shared by all cases of a version.
"""

import secrets
from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

ROOT_ID = "root"
_BYTES_OF_AN_ID = 9
"""A multiple of three: so many bytes are whole characters."""

PREDICTED = TaskState.PREDICTED_MASK
FINISHED = TaskState.FINISHED_MASK
UNFINISHED = TaskState.NOT_FINISHED_MASK
MAY_CHANGE = TaskState.FUTURE | PREDICTED
HELD = TaskState.READY | TaskState.WAITING | TaskState.STARTED


def new_token_id() -> str:
    """A name for a wait, unique within a case for all its life."""
    return secrets.token_urlsafe(_BYTES_OF_AN_ID)


def new_token_ids(how_many: int) -> tuple[str, ...]:
    """Several such names at once: the system is asked for chance only once."""
    text = secrets.token_urlsafe(_BYTES_OF_AN_ID * how_many)
    long = len(text) // how_many if how_many else 0
    return tuple(text[n * long : (n + 1) * long] for n in range(how_many))


class Token(Task):  # type: ignore[misc]
    """One visit of one element."""

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        parent: "Token | None" = None,
        state: int = TaskState.MAYBE,
        id: str | None = None,  # noqa: A002 - SpiffWorkflow's name
    ) -> None:
        # Not super().__init__: it reads the wall clock and makes a UUID.
        self.id = id or new_token_id()
        self.workflow = workflow
        workflow.tasks[self.id] = self
        self._parent = None if parent is None else parent.id
        self._children: list[str] = []
        self._state = state
        self.triggered = False
        self.task_spec = task_spec
        self.thread_id = 0
        self.data: dict[str, object] = {}
        self.internal_data: dict[str, Any] = {}
        self.last_state_change = 0.0
        if parent is not None:
            parent._children.append(self.id)  # noqa: SLF001 - the same class

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> "Token":
        child = Token(self.workflow, task_spec, self, state)
        if state == TaskState.READY:
            child._ready()
        return child

    def _set_state(self, value: int) -> None:
        self._state = value

    def _inherit_data(self) -> None:
        """Nothing: variables live in scopes of ours, tokens carry none (design.md D16)."""

    def error(self) -> None:
        """Stay READY before the element; the run that failed reports an incident."""

    @property
    def is_finished(self) -> bool:
        """Whether it is completed or cancelled."""
        return bool(self._state & FINISHED)

    @property
    def parent_id(self) -> str:
        """The id of the token before it; empty at the root."""
        return self._parent or ""

    @property
    def parent_spec(self) -> Any:
        """The spec of the token before it; None at the root."""
        parent = self.parent
        return None if parent is None else parent.task_spec


def set_state(token: Token, state: int) -> None:
    """Put a token into a state as SpiffWorkflow does it."""
    token._set_state(state)  # noqa: SLF001 - SpiffWorkflow offers no other way


def update(token: Token) -> None:
    """Let a token's spec decide again whether it can go on."""
    token.task_spec._update(token)  # noqa: SLF001 - SpiffWorkflow's own call


class _Lean:
    """What case and sub-process have in common."""

    tasks: dict[str, Token]
    spec: Any
    completed: bool

    def plant(self) -> None:
        """Begin: the root token, ready to run."""
        self.task_tree = Token(self, self.spec.start, state=TaskState.FUTURE, id=ROOT_ID)
        self.task_tree.task_spec._predict(self.task_tree, mask=UNFINISHED)  # noqa: SLF001
        self.task_tree._ready()  # noqa: SLF001

    def update_waiting_tasks(self) -> None:
        """Let every waiting token see whether what it waits for has come."""
        for token in [t for t in self.tasks.values() if t.state == TaskState.WAITING]:
            if token.state == TaskState.WAITING:
                update(token)

    def _task_completed_notify(self, token: Token) -> None:
        if token.task_spec is self.spec.end:
            self.completed = True
        if not self.completed:
            self.update_waiting_tasks()

    def _mark_complete(self, _token: Token) -> None:
        self.completed = True

    def cancel(self, success: bool = False) -> list[Token]:  # noqa: FBT001, FBT002, ARG002
        """End everything in it."""
        self.completed = True
        cancelled = [t for t in self.tasks.values() if t.state & UNFINISHED]
        for token in cancelled:
            token.cancel()
        return cancelled


class CaseWorkflow(_Lean, BpmnWorkflow):  # type: ignore[misc]
    """The process of a case. ``run`` answers whatever its specs ask during one command."""

    def __init__(self, spec: Any, part_specs: Any, run: Any) -> None:
        BpmnWorkflow.__init__(self, spec, part_specs, script_engine=run, deserializing=True)

    def create_subprocess(self, token: Token, spec_name: str) -> "PartWorkflow":
        """The workflow inside a sub-process or call activity."""
        part = PartWorkflow(self.subprocess_specs[spec_name], token, self)
        self.subprocesses[token.id] = part
        return part

    def active_parts(self) -> "Iterator[CaseWorkflow | PartWorkflow]":
        """Itself and every sub-process under way, outer ones first.

        SpiffWorkflow forgets to end what lies in a cancelled multi-instance activity; a
        sub-process counts only while the token that holds it does.
        """
        yield self
        waiting: list[CaseWorkflow | PartWorkflow] = [self] if self.subprocesses else []
        while waiting:
            for token in list(waiting.pop(0).tasks.values()):
                part = self.subprocesses.get(token.id)
                if part is not None and not part.completed and token.state & HELD:
                    yield part
                    waiting.append(part)

    def find(self, token_id: str) -> Token | None:
        """A token that is still under way, anywhere in the case."""
        for part in self.active_parts():
            token = part.tasks.get(token_id)
            if token is not None and token.state & HELD:
                return token
        return None


class PartWorkflow(_Lean, BpmnSubWorkflow):  # type: ignore[misc]
    """An embedded sub-process, or a called process, inside a case."""

    def __init__(self, spec: Any, holder: Token, case: CaseWorkflow) -> None:
        self.holder = holder
        """The token of the activity that it is the inside of."""
        BpmnSubWorkflow.__init__(self, spec, holder.id, case, deserializing=True)

    @property
    def parent_workflow(self) -> Any:
        """The workflow around it."""
        return self.holder.workflow
