"""What the values of a case say: mappings, scripts, decisions, operations, conditions, keys.

This half of a run never moves a token; it evaluates, writes variables and keeps the record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from engine.errors import BangfuError, Busy, LeaseLost, Overtaken, StepFailed
from engine.feel import Expression
from engine.model.operations import NotYet
from engine.runtime.diagram import (
    Assignment,
    DecisionCall,
    Flow,
    Message,
    Node,
    OperationTask,
    Script,
)
from engine.runtime.places import items_of
from engine.runtime.program import Program
from engine.runtime.step import (
    CannotOperate,
    DecisionRecord,
    OperationCall,
    OperationRecord,
    Passed,
    Ports,
    SignalRecord,
)
from engine.runtime.telling import kind_of, shown
from engine.runtime.timers import CannotWait
from engine.runtime.tokens import Token
from engine.runtime.variables import CASE, Variables, plain, put

CALL = "call"
"""In a token's internal data: the inputs of an operation that a job is to do."""


@dataclass
class Record:
    """What happened during a run."""

    passed: list[Passed] = field(default_factory=list)
    decisions: list[DecisionRecord] = field(default_factory=list)
    operations: list[OperationRecord] = field(default_factory=list)
    signals: list[SignalRecord] = field(default_factory=list)
    taken: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Flows that deciding gateways chose, by token."""


class Answers:
    """Evaluates what the elements of one case ask during one command."""

    def __init__(self, program: Program, ports: Ports, variables: Variables) -> None:
        self.program, self.ports, self.variables = program, ports, variables
        self.record = Record()

    def visible(self, token: Token) -> Mapping[str, object]:
        """The variables that an expression at a token reads."""
        return self.variables.visible(token, self.ports.case)

    # Mappings ------------------------------------------------------------------------------

    def map_inputs(self, token: Token, node: Node) -> None:
        """Give a user task the local variables its inputs name."""
        if node.inputs:
            self.variables.local.setdefault(token.id, {}).update(self.inputs(token, node))

    def inputs(self, token: Token, node: Node) -> dict[str, object]:
        """The variables an element's inputs name, each of them seen by those after it."""
        mapped: dict[str, object] = {}
        seen = self.visible(token)
        for assignment in node.inputs:
            value = assignment.source.evaluate({**seen, **mapped}, self.ports.feel).value
            put(mapped, assignment.target, value)
        return mapped

    def map_outputs(
        self, token: Token, outputs: tuple[Assignment, ...], values: Mapping[str, object]
    ) -> None:
        """Write what the outputs name; ``values`` hide the variables around the token."""
        seen = {**self.visible(token), **values, CASE: self.ports.case}
        for assignment in outputs:
            value = assignment.source.evaluate(seen, self.ports.feel).value
            self.variables.write(token, assignment.target, value)

    # Automatic work ------------------------------------------------------------------------

    def act(self, token: Token, node: Node) -> bool | None:
        """Do a script, a decision or an operation; None when a job is to do it."""
        match node.action:
            case Script(source, target):
                value = source.evaluate(self.visible(token), self.ports.feel).value
                self.variables.write(token, target, value)
            case DecisionCall() as call:
                self._decide(token, node, call)
            case OperationTask() as task:
                return self._operate(token, node, task)
            case _:
                raise StepFailed("这里没有要执行的内容", node.id)
        return True

    def _decide(self, token: Token, node: Node, call: DecisionCall) -> None:
        model = self.program.decision_model(node.element.process_key, call.decision_id)
        # What no step has written yet is nothing known, and no fault: names are checked at deploy.
        unwritten = dict.fromkeys(model.decisions[call.decision_id].inputs)
        facts = {**unwritten, **self.visible(token)}
        outcome = model.evaluate(call.decision_id, facts, self.ports.feel)
        if outcome.value is None and outcome.problems:
            raise StepFailed(f"决策没有结果({'、'.join(outcome.problems)})", node.id)
        self.variables.write(token, call.target, outcome.value)
        self.record.decisions.append(
            DecisionRecord(
                node.element.process_key, node.id, outcome, items_of(token, self.variables.local)
            )
        )

    def _operate(self, token: Token, node: Node, task: OperationTask) -> bool | None:
        inputs = self.inputs(token, node)
        if task.deferred:
            token.internal_data[CALL] = inputs
            return None
        call = OperationCall(
            task.operation, inputs, node.element.process_key, node.id, task.headers
        )
        try:
            answer = self.ports.operate(call)
            outputs = None if isinstance(answer, NotYet) else plain(answer or {})
        except (Busy, LeaseLost, Overtaken, CannotOperate):
            raise  # the whole command is undone and tried again
        except BangfuError as error:
            raise StepFailed(error.message.rstrip("。"), node.id) from error
        except Exception as error:
            # A foreign exception's text can hold what somebody typed in: only its kind is kept.
            kind = type(error).__name__
            raise StepFailed(f"操作“{task.operation}”出错({kind})", node.id) from error
        if outputs is None:
            raise StepFailed(
                f"操作“{task.operation}”要等很久,只能在异步(async)的服务任务里用", node.id
            )
        self.operated(token, node, task, inputs, outputs)
        return True

    def operated(
        self,
        token: Token,
        node: Node,
        task: OperationTask,
        inputs: Mapping[str, object],
        outputs: Mapping[str, object],
    ) -> None:
        """An operation has been done: write what its outputs name."""
        self.map_outputs(token, node.outputs, {**inputs, **outputs})
        self.record.operations.append(
            OperationRecord(node.element.process_key, node.id, task.operation, inputs, outputs)
        )

    # Gateways ------------------------------------------------------------------------------

    def choose(self, token: Token, node: Node, *, several: bool) -> tuple[Flow, ...]:
        """The flows a gateway takes; a condition is true or false, all else is a failure."""
        chosen: list[Flow] = []
        variables = self.visible(token)
        conditional = [f for f in node.flows if f.condition is not None]
        for flow in conditional:
            if flow.condition is not None and self.holds(
                flow.condition, flow.condition_text, variables, node
            ):
                chosen.append(flow)
                if not several:
                    break
        if not chosen:
            chosen = [f for f in node.flows if f.condition is None]
        if not chosen:
            raise StepFailed("没有一条流程线的条件成立,也没有默认流程线", node.id)
        self.record.taken[token.id] = tuple(flow.id for flow in chosen)
        return tuple(chosen)

    def holds(
        self, condition: Expression, text: str, variables: Mapping[str, object], node: Node
    ) -> bool:
        """Whether a condition is true; ``text`` is how the designer wrote it."""
        value, _, problems = condition.evaluate(variables, self.ports.feel)
        if isinstance(value, bool):
            return value
        reasons = f"({'、'.join(problems)})" if problems else ""
        raise StepFailed(
            f"条件“{shown(text)}”的结果是{kind_of(value)},既不是“是”也不是“否”{reasons}", node.id
        )

    # Messages ------------------------------------------------------------------------------

    def message_key(self, token: Token, message: Message) -> str:
        """The canonical key of a message wait; CannotWait where there is none."""
        value, _, problems = message.key.evaluate(self.visible(token), self.ports.feel)
        if value is None or value in ("", [], {}):
            reasons = f"({'、'.join(problems)})" if problems else ""
            raise CannotWait(f"消息“{message.name}”的关联键是空的{reasons}")
        return canonical(value)


def canonical(value: object) -> str:
    """JSON text in which equal values are equal texts: keys sorted, no spaces."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
