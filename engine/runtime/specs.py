"""What SpiffWorkflow does at each element: structure from it, everything else asked of the run.

The specs of a version are parsed once and shared by all its cases, in all threads: running never
writes on them. Whatever one case must remember is in its tokens' ``internal_data`` (plain JSON)
or in the scopes of its :class:`~engine.runtime.run.Run`, which is the "script engine" of its
workflow.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit, BpmnStartTask
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, EndEvent
from SpiffWorkflow.bpmn.specs.event_definitions.simple import (
    NoneEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.util.task import TaskState
from typing_extensions import override

from engine.runtime.diagram import Flow, Node, Signal, Terminate
from engine.runtime.tokens import HELD, MAY_CHANGE, Token, set_state

START_NAME, END_NAME = "$start", "$end"
"""Names of the specs that stand for no element; no XML id contains a dollar sign."""

SPLIT_SUFFIX = ".BoundaryEventSplit"
FIRED = "fired"
ARRIVED = "arrived"

__all__ = ["BoundaryEventJoin", "BoundaryEventSplit"]


class ProcessSpec(BpmnProcessSpec):  # type: ignore[misc]
    """A process or an embedded sub-process; ``process_key`` names the process it belongs to."""

    def __init__(self, name: str, description: str, filename: str) -> None:
        WorkflowSpec.__init__(self, name=name, filename=filename)
        self.svg = None
        self.description = description
        self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []
        self.process_key = ""
        self.start = BpmnStartTask(self, START_NAME)
        self.end = Ending(self, END_NAME)


class ElementSpec(BpmnSpecMixin):  # type: ignore[misc]
    """An element that runs as soon as a token reaches it."""

    def __init__(self, wf_spec: Any, bpmn_id: str, node: Node, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.node = node

    def _update_hook(self, _token: Token) -> bool:
        return True


class Ending(ElementSpec):
    """Where the tokens of a process or sub-process end; the last one ends it."""

    def __init__(self, wf_spec: Any, name: str) -> None:
        BpmnSpecMixin.__init__(self, wf_spec, name)
        self.bpmn_id = None

    @override
    def _update_hook(self, token: Token) -> bool:
        others = [
            other
            for other in token.workflow.tasks.values()
            if other is not token and not other.is_finished
        ]
        for other in others:
            if other.task_spec is self and other.state == TaskState.WAITING:
                other.cancel()
        if all(other.is_finished or _only_predicted(other) for other in others):
            return True
        set_state(token, TaskState.WAITING)
        return False


def _only_predicted(token: Token) -> bool:
    """Whether it is a guess at what may follow a token that is finished or counted itself."""
    parent = token.parent
    return token.state & MAY_CHANGE != 0 and (parent is None or not parent.is_finished)


# People's and automatic work ------------------------------------------------------------


class PersonTask(ElementSpec):
    """A user task: READY until a person has done it."""

    def __init__(self, wf_spec: Any, bpmn_id: str, node: Node, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, node, **kwargs)
        self.manual = True

    def _on_ready_hook(self, token: Token) -> None:
        token.workflow.script_engine.begin_step(token, self.node)


class AutomaticTask(ElementSpec):
    """A script, a decision or an operation."""

    def _run_hook(self, token: Token) -> bool | None:
        done: bool | None = token.workflow.script_engine.act(token, self.node)
        return done


class PlainThrow(ElementSpec):
    """An intermediate event that marks that the case came by, or throws a signal."""

    def _run_hook(self, token: Token) -> bool:
        token.workflow.script_engine.throw(token, self.node)
        return True


class StartOf(ElementSpec):
    """The start event."""


class InnerProcess(ElementSpec):
    """An embedded sub-process or a called process: run once to begin it, once to leave it.

    ``spec`` names the process spec inside.
    """

    def __init__(
        self, wf_spec: Any, bpmn_id: str, node: Node, subworkflow_spec: str, **kwargs: Any
    ) -> None:
        super().__init__(wf_spec, bpmn_id, node, **kwargs)
        self.spec = subworkflow_spec

    def _run_hook(self, token: Token) -> bool | None:
        run = token.workflow.script_engine
        if token.id in token.workflow.top_workflow.subprocesses:
            run.leave(token, self.node)
            return True
        run.enter(token, self.node, self.spec)
        return None

    def _on_cancel(self, token: Token) -> None:
        part = token.workflow.top_workflow.subprocesses.get(token.id)
        if part is not None and not part.completed:
            part.cancel()


class Repeated(ElementSpec):
    """An activity that is repeated; ``task_spec`` names the spec of one item or round."""

    task_spec = ""

    def _run_hook(self, token: Token) -> bool | None:
        done: bool | None = token.workflow.script_engine.repeat(token, self)
        return done


# Gateways -------------------------------------------------------------------------------


class Deciding(ElementSpec):
    """A gateway that takes some of its flows; which, its run has found out."""

    def _predict_hook(self, token: Token) -> None:
        token._sync_children(self.outputs, TaskState.MAYBE)  # noqa: SLF001

    def _take(self, token: Token, flows: Sequence[Flow]) -> None:
        specs = self._wf_spec.task_specs
        chosen = [specs.get(flow.target + SPLIT_SUFFIX) or specs[flow.target] for flow in flows]
        token._sync_children(chosen, TaskState.FUTURE)  # noqa: SLF001
        for child in token.children:
            child.task_spec._predict(child, mask=MAY_CHANGE)  # noqa: SLF001


class ExclusiveGateway(Deciding):
    """Goes on along one flow."""

    def _run_hook(self, token: Token) -> bool:
        self._take(token, token.workflow.script_engine.choose(token, self.node, several=False))
        return True


class Joining(ElementSpec):
    """A gateway that waits for several tokens.

    The tokens that have come are merged into the one that waits, which remembers the elements
    they came from: nothing that has finished is looked at again, so that finished tokens can be
    thrown away, also in loops.
    """

    @override
    def _update_hook(self, token: Token) -> bool:
        if token.state != TaskState.WAITING:
            came_from = token.parent_spec.name
            arrived = [came_from]
            waiting = self._waiting_for(token, came_from)
            if waiting is not None:
                arrived = [*waiting.internal_data[ARRIVED], came_from]
                waiting.cancel()
            token.internal_data[ARRIVED] = arrived
            set_state(token, TaskState.WAITING)
        return self._is_complete(token)

    def _waiting_for(self, token: Token, came_from: str) -> Token | None:
        """The token that waits here and can still take one that came from there."""
        most = self._inputs.count(came_from)
        tokens: Iterable[Token] = token.workflow.tasks.values()
        for other in tokens:
            waits = other.task_spec is self and other.state == TaskState.WAITING
            if waits and other.internal_data[ARRIVED].count(came_from) < most:
                return other
        return None

    def _is_complete(self, token: Token) -> bool:
        raise NotImplementedError


class ParallelGateway(Joining):
    """Waits for one token on each flow in, then goes on along all flows out."""

    @override
    def _is_complete(self, token: Token) -> bool:
        return Counter(token.internal_data[ARRIVED]) == Counter(self._inputs)


class InclusiveGateway(Joining, Deciding):
    """Waits while another token can still get here, then goes on along some flows."""

    upstream: Mapping[str, frozenset[str]] = MappingProxyType({})
    """By the name of each spec before it: those from which a way leads there, itself included,
    without passing here before."""

    @override
    def _is_complete(self, token: Token) -> bool:
        empty = self.upstream.keys() - set(token.internal_data[ARRIVED])
        return not any(
            other.task_spec.name in self.upstream[came_from]
            for came_from in empty
            for other in token.workflow.tasks.values()
            if other.task_spec is not self and _is_on_its_way(other)
        )

    def _run_hook(self, token: Token) -> bool:
        self._take(token, token.workflow.script_engine.choose(token, self.node, several=True))
        return True


def _is_on_its_way(token: Token) -> bool:
    """Whether a token is held somewhere, or has just been sent on and not arrived yet."""
    if token.state & HELD:
        return True
    parent = token.parent
    return bool(token.state == TaskState.FUTURE and parent is not None and parent.is_finished)


class EventBasedGateway(ElementSpec):
    """Goes on to all its events, which then wait; the first that happens cancels the others.

    Until it is reached, its events are only possible: a circle back to it is not foreseen for ever.
    """

    def _predict_hook(self, token: Token) -> None:
        token._sync_children(self.outputs, TaskState.MAYBE)  # noqa: SLF001

    def _run_hook(self, token: Token) -> bool:
        token._sync_children(self.outputs, TaskState.FUTURE)  # noqa: SLF001
        for child in token.children:
            child.task_spec._predict(child, mask=MAY_CHANGE)  # noqa: SLF001
        return True


# Events -----------------------------------------------------------------------------------


def listened_for(token: Token) -> Signal | None:
    """The signal that a token waits for at this moment."""
    node: Node | None = getattr(token.task_spec, "node", None)
    if node is None or token.state != TaskState.WAITING:
        return None
    return node.awaited_signal


class Waiting(ElementSpec):
    """An event that waits for a timer, a message or a signal.

    What exactly is fixed when the wait begins.
    """

    @override
    def _update_hook(self, token: Token) -> bool:
        if FIRED in token.internal_data:
            return True
        set_state(token, TaskState.WAITING)
        token.workflow.script_engine.begin_wait(token, self.node)
        return False

    def _run_hook(self, token: Token) -> bool:
        if isinstance(token.parent_spec, EventBasedGateway):
            for other in token.parent.children:
                if other is not token and not other.is_finished:
                    other.cancel()
        return True


class CatchEvent(Waiting):
    """An intermediate event or a receive task."""


class BoundaryWait(BoundaryEvent):  # type: ignore[misc]
    """An event at the boundary of an activity."""

    def __init__(self, wf_spec: Any, bpmn_id: str, node: Node, **kwargs: Any) -> None:
        super().__init__(
            wf_spec,
            bpmn_id,
            event_definition=NoneEventDefinition(),
            cancel_activity=node.interrupting,
            **kwargs,
        )
        self.node = node

    _update_hook = Waiting._update_hook  # noqa: SLF001 - the same behaviour in another family

    def _run_hook(self, _token: Token) -> bool:
        return True

    def _on_ready_hook(self, _token: Token) -> None:
        """Nothing: SpiffWorkflow's event manager is not used."""

    def _on_cancel(self, _token: Token) -> None:
        """Nothing: SpiffWorkflow's event manager is not used."""


class EndOf(EndEvent):  # type: ignore[misc]
    """An end event: plain, terminating, or throwing an error or a signal."""

    def __init__(self, wf_spec: Any, bpmn_id: str, node: Node, **kwargs: Any) -> None:
        terminates = isinstance(node.event, Terminate)
        definition = TerminateEventDefinition() if terminates else NoneEventDefinition()
        super().__init__(wf_spec, bpmn_id, event_definition=definition, **kwargs)
        self.node = node

    def _update_hook(self, _token: Token) -> bool:
        return True

    def _run_hook(self, token: Token) -> bool:
        token.workflow.script_engine.throw(token, self.node)
        return True

    def _on_complete_hook(self, token: Token) -> None:
        if isinstance(self.node.event, Terminate):
            token.workflow.cancel()


def detach_from_join(spec: BoundaryWait) -> None:
    """Let a non-interrupting event alone: SpiffWorkflow's join behind it would wait for nothing.

    The join behind an activity cancels what waits at its boundary; only an interrupting event or
    the activity itself may call it.
    """
    for output in spec.outputs:
        if isinstance(output, BoundaryEventJoin):
            spec._outputs.remove(output.name)  # noqa: SLF001 - the parser's own tables
            output._inputs.remove(spec.name)  # noqa: SLF001
