"""Short ways to write processes and to move cases, shared by the tests of the runtime."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from engine import runtime
from engine.feel import EvaluationContext
from engine.model.definitions import DefinitionSource
from engine.runtime import OperationCall, Ports, Program, Step, UserWait

HERE = Path(__file__).parent
MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday, nine o'clock in China

_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d">'
)


def process(body: str, extra: str = "", key: str = "p", own: str = "") -> bytes:
    """A BPMN file with one process of these elements."""
    return (
        f'{_HEAD}<bpmn:process id="{key}" isExecutable="true">{own}{body}</bpmn:process>'
        f"{extra}</bpmn:definitions>"
    ).encode()


def flow(source: str, target: str, condition: str | None = None) -> str:
    identity = f"{source}_{target}"
    if condition is None:
        return f'<bpmn:sequenceFlow id="{identity}" sourceRef="{source}" targetRef="{target}"/>'
    return (
        f'<bpmn:sequenceFlow id="{identity}" sourceRef="{source}" targetRef="{target}">'
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}'
        "</bpmn:conditionExpression></bpmn:sequenceFlow>"
    )


def line(*ids: str) -> str:
    """Flows along a line of elements."""
    return "".join(flow(a, b) for a, b in pairwise(ids))


def node(tag: str, identity: str, inside: str = "", **attributes: str) -> str:
    written = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f'<bpmn:{tag} id="{identity}"{written}>{inside}</bpmn:{tag}>'


def ext(*parts: str) -> str:
    return f"<bpmn:extensionElements>{''.join(parts)}</bpmn:extensionElements>"


def z(tag: str, inside: str = "", **attributes: str) -> str:
    written = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<zeebe:{tag}{written}>{inside}</zeebe:{tag}>"


def props(**values: str) -> str:
    return z("properties", "".join(z("property", name=n, value=v) for n, v in values.items()))


def io(inputs: Mapping[str, str] | None = None, outputs: Mapping[str, str] | None = None) -> str:
    return z(
        "ioMapping",
        "".join(z("input", source=s, target=t) for t, s in (inputs or {}).items())
        + "".join(z("output", source=s, target=t) for t, s in (outputs or {}).items()),
    )


def start(identity: str = "S") -> str:
    return node("startEvent", identity)


def end(identity: str = "E", inside: str = "") -> str:
    return node("endEvent", identity, inside)


def user(identity: str, *extensions: str, inside: str = "", **attributes: str) -> str:
    return node("userTask", identity, ext(z("userTask"), *extensions) + inside, **attributes)


def script(identity: str, expression: str, result: str) -> str:
    return node(
        "scriptTask", identity, ext(z("script", expression=expression, resultVariable=result))
    )


def service(
    identity: str,
    operation: str = "echo",
    inputs: Mapping[str, str] | None = None,
    outputs: Mapping[str, str] | None = None,
    *more: str,
) -> str:
    return node(
        "serviceTask",
        identity,
        ext(z("taskDefinition", type=operation), io(inputs, outputs), *more),
    )


def timer(kind: str, text: str) -> str:
    return (
        f"<bpmn:timerEventDefinition><bpmn:{kind}>{escape(text)}</bpmn:{kind}>"
        "</bpmn:timerEventDefinition>"
    )


def message(identity: str, name: str, key: str) -> str:
    return node("message", identity, ext(z("subscription", correlationKey=key)), name=name)


def receives(reference: str) -> str:
    return f'<bpmn:messageEventDefinition messageRef="{reference}"/>'


def signal(identity: str, name: str | None = None) -> str:
    """The signal that events name, called like its id if not otherwise."""
    return node("signal", identity, name=identity if name is None else name)


def signals(reference: str) -> str:
    """An event waits for a signal or throws one, by where it stands."""
    return f'<bpmn:signalEventDefinition signalRef="{reference}"/>'


def throws(identity: str, reference: str, *, reach: str = "") -> str:
    """An intermediate event that throws a signal."""
    reaches = ext(props(signalReach=reach)) if reach else ""
    return node("intermediateThrowEvent", identity, reaches + signals(reference))


def catches(identity: str, inside: str) -> str:
    """An intermediate event that waits."""
    return node("intermediateCatchEvent", identity, inside)


def boundary(identity: str, host: str, inside: str, *, interrupting: bool = True) -> str:
    return node(
        "boundaryEvent",
        identity,
        inside,
        attachedToRef=host,
        cancelActivity="true" if interrupting else "false",
    )


def many(
    collection: str,
    item: str = "item",
    *,
    sequential: bool = False,
    until: str | None = None,
    **result: str,
) -> str:
    condition = "" if until is None else node_text("completionCondition", until)
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        + ext(z("loopCharacteristics", inputCollection=collection, inputElement=item, **result))
        + condition
        + "</bpmn:multiInstanceLoopCharacteristics>"
    )


def again(condition: str, **attributes: str) -> str:
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return (
        f"<bpmn:standardLoopCharacteristics{written}>"
        + node_text("loopCondition", condition)
        + "</bpmn:standardLoopCharacteristics>"
    )


def node_text(tag: str, text: str) -> str:
    return f"<bpmn:{tag}>{escape(text)}</bpmn:{tag}>"


def source_of(bpmn: bytes, key: str = "p", **files: Any) -> DefinitionSource:
    return DefinitionSource(f"{key}:1", key, 1, f"{key}.bpmn", bpmn, **files)


def file(name: str) -> bytes:
    return (HERE / name).read_bytes()


@dataclass
class World:
    """What a case can ask: a clock that is moved by hand, a calendar without feasts, operations."""

    now: datetime = MORNING
    parameters: dict[str, object] = field(default_factory=dict)
    operations: dict[str, Callable[[Mapping[str, object]], Mapping[str, object]]] = field(
        default_factory=lambda: {"echo": dict}
    )
    calls: list[OperationCall] = field(default_factory=list)

    def working_day_after(self, start: date, days: int) -> date:
        while days:
            start += timedelta(days=1)
            days -= start.weekday() < 5
        return start

    def working_days_between(self, start: date, end: date) -> int:
        return sum(
            (start + timedelta(days=n)).weekday() < 5 for n in range(1, (end - start).days + 1)
        )

    def parameter(self, name: str) -> object:
        return self.parameters[name]

    def operate(self, call: OperationCall) -> Mapping[str, object]:
        self.calls.append(call)
        return self.operations[call.operation](call.inputs)

    def due(self, text: str, begin: datetime) -> datetime:
        assert text.endswith("wd"), text
        context = EvaluationContext(begin)
        day = self.working_day_after(begin.astimezone(context.zone).date(), int(text[:-2]))
        return datetime(day.year, day.month, day.day, 15, 59, 59, tzinfo=UTC)

    def ports(self) -> Ports:
        return Ports(
            self.now,
            {"id": "case-1", "number": "漳芗-2026-000001"},
            EvaluationContext(self.now, host=self),
            self.due,
            self.operate,
        )


class Case:
    """A case under way; every command goes through a freshly compiled program, from the bytes."""

    def __init__(
        self, source: DefinitionSource, world: World, variables: Mapping[str, object]
    ) -> None:
        self.source, self.world = source, world
        self.log: list[str] = []
        self.step: Step = self._keep(runtime.start(self.program, variables, world.ports()))

    @classmethod
    def stored(cls, source: DefinitionSource, world: World, state: bytes) -> "Case":
        """A case as it was stored: first it is told what it waits for."""
        case = cls.__new__(cls)
        case.source, case.world, case.log = source, world, []
        case.step = runtime.retry(case.program, state, world.ports())
        return case

    @property
    def program(self) -> Program:
        return runtime.compile_program(self.source)

    def _keep(self, step: Step) -> Step:
        self.step = step
        self.log += [passed.element_id for passed in step.passed]
        return step

    @property
    def open(self) -> list[str]:
        """The user tasks that wait, by element."""
        return [wait.element_id for wait in self.step.waits.user.values()]

    @property
    def incidents(self) -> list[str]:
        return [incident.element_id for incident in self.step.incidents]

    def token(self, element: str, item: int | None = None) -> str:
        (found,) = [
            wait.token
            for kind in self.step.waits.kinds
            for wait in kind.values()
            if wait.element_id == element
            and (item is None or (isinstance(wait, UserWait) and wait.item == item))
        ]
        return found

    def done(self, element: str, item: int | None = None, **outputs: object) -> Step:
        return self.complete(self.token(element, item), **outputs)

    def complete(self, token: str, **outputs: object) -> Step:
        return self._keep(
            runtime.complete(self.program, self.step.state, token, outputs, self.world.ports())
        )

    def fire(self, element: str) -> Step:
        return self._keep(
            runtime.fire_timer(
                self.program, self.step.state, self.token(element), self.world.ports()
            )
        )

    def send(self, element: str, **payload: object) -> Step:
        return self._keep(
            runtime.deliver(
                self.program, self.step.state, self.token(element), payload, self.world.ports()
            )
        )

    def hear(self, element: str) -> Step:
        """Another case has thrown the signal."""
        return self._keep(
            runtime.catch_signal(
                self.program, self.step.state, self.token(element), self.world.ports()
            )
        )

    def job_done(self, element: str, **outputs: object) -> Step:
        return self._keep(
            runtime.finish_operation(
                self.program, self.step.state, self.token(element), outputs, self.world.ports()
            )
        )

    def retry(self) -> Step:
        return self._keep(runtime.retry(self.program, self.step.state, self.world.ports()))

    def scope(self, token: str | None = None) -> dict[str, object]:
        return runtime.read_scope(self.program, self.step.state, token)
