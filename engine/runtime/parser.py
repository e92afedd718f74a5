"""SpiffWorkflow's plain parser, told about our specs (design.md D5).

It reads structure only: which element follows which. Everything written in the elements has been
read by :mod:`engine.runtime.reading`, and everything SpiffWorkflow would mis-run refused.
"""

from typing import Any, ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import SubprocessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from typing_extensions import override

from engine.runtime.diagram import Diagram, ProcessCall
from engine.runtime.findings import Findings
from engine.runtime.specs import (
    AutomaticTask,
    BoundaryWait,
    CatchEvent,
    EndOf,
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    InnerProcess,
    ParallelGateway,
    PersonTask,
    PlainThrow,
    ProcessSpec,
    Repeated,
    StartOf,
    detach_from_join,
)


def parse(diagram: Diagram, findings: Findings) -> dict[str, Any]:
    """The specs of a process and its sub-processes: its own by its key, theirs by ``key/id``.

    What SpiffWorkflow cannot read or reads differently is reported; then the specs are unusable.
    """
    try:
        specs = _specs(diagram)
    except ValidationException as error:
        if isinstance(error.__context__, MemoryError):  # SpiffWorkflow wraps whatever happens
            raise error.__context__ from error
        node = diagram.nodes.get(getattr(error, "id", "") or "")
        findings.add(None, "not-runnable", f"流程图无法运行:{error}")
        if node is not None:
            findings.found[-1] = _located(findings, node.id, node.element.line)
        return {}
    except (RecursionError, ValueError) as error:
        findings.add(None, "not-runnable", f"流程图无法运行:{error}。请拆成几个流程。")
        return {}
    _compare_lanes(diagram, specs, findings)
    return specs


def _located(findings: Findings, element_id: str, line: int | None) -> Any:
    last = findings.found[-1]
    return type(last)(last.severity, last.code, last.message, last.file, element_id, line)


def _specs(diagram: Diagram) -> dict[str, Any]:
    parser = _Parser(diagram)
    # The tree stays referenced by the diagram: SpiffWorkflow looks lanes up by the identity of
    # its root, which Python would otherwise give to another object.
    parser.add_bpmn_xml(diagram.root, filename=diagram.file)
    key = diagram.info.key
    specs: dict[str, Any] = {}
    for name, spec in parser.find_all_specs().items():
        spec.name = name if name == key else f"{key}/{name}"
        spec.process_key = key
        specs[spec.name] = spec
        for task_spec in spec.task_specs.values():
            if isinstance(task_spec, BoundaryWait) and not task_spec.cancel_activity:
                detach_from_join(task_spec)
            if isinstance(task_spec, InclusiveGateway):
                task_spec.upstream = {
                    before.name: frozenset(_upstream(task_spec, before))
                    for before in task_spec.inputs
                }
    return specs


def _upstream(gateway: InclusiveGateway, before: Any) -> set[str]:
    found: set[str] = set()
    waiting = [before]
    while waiting:
        spec = waiting.pop()
        if spec is not gateway and spec.name not in found:
            found.add(spec.name)
            waiting.extend(spec.inputs)
    return found


def _compare_lanes(diagram: Diagram, specs: dict[str, Any], findings: Findings) -> None:
    """Refuse a file whose lanes or elements SpiffWorkflow lost: lanes are who may do a step."""
    lanes = {
        task_spec.bpmn_id: task_spec.lane
        for spec in specs.values()
        for task_spec in spec.task_specs.values()
        if task_spec.bpmn_id
    }
    for node in diagram.nodes.values():
        drawn = None if node.element.lane is None else node.element.lane.name
        if node.id not in lanes or (lanes[node.id] or None) != (drawn or None):
            findings.add(
                None, "lane-lost", f"“{node.label}”所属的泳道读取有误,未部署。请重新上传。"
            )


class _Process(ProcessParser):  # type: ignore[misc]
    def create_spec(self) -> ProcessSpec:
        return ProcessSpec(self.bpmn_id, self.get_name(), self.filename)

    def add_tasks(self) -> None:
        """Parse every element, the last ones first.

        SpiffWorkflow follows the flows from the start by recursion; a chain of some 300 elements
        is too deep for Python. From the end each element finds its successors parsed.
        """
        for node_id in _from_the_end(self.parser.diagram, self.bpmn_id):
            self.parse_node(self.get_node_by_id(node_id))


def _from_the_end(diagram: Diagram, container: str) -> list[str]:
    """The elements of a container, each after those its flows lead to (but for loops)."""
    inside = [node.id for node in diagram.nodes.values() if node.container == container]
    order: list[str] = []
    begun: set[str] = set()
    for first in inside:
        stack = [(first, False)]
        while stack:
            node_id, left = stack.pop()
            if left:
                order.append(node_id)
            elif node_id not in begun and node_id in diagram.nodes:
                begun.add(node_id)
                stack.append((node_id, True))
                stack.extend((flow.target, False) for flow in diagram.nodes[node_id].flows)
    return order


class _Element(TaskParser):  # type: ignore[misc]
    task: Any
    lane: Any

    def __init__(
        self, process_parser: Any, spec_class: Any, node: Any, nsmap: Any = None, lane: Any = None
    ) -> None:
        # SpiffWorkflow puts everything in a sub-process into the lane of the sub-process, also
        # what is drawn in another lane: ask for the element's own lane first.
        super().__init__(process_parser, spec_class, node, nsmap, lane=None)
        self.lane = self.lane or lane

    def create_task(self) -> Any:
        return self.spec_class(self.spec, self.bpmn_id, **self.attributes())

    @property
    def diagram_node(self) -> Any:
        return self.process_parser.parser.diagram.nodes[self.bpmn_id]

    def attributes(self) -> dict[str, Any]:
        return {
            "node": self.diagram_node,
            "lane": self.lane,
            "bpmn_name": self.node.get("name"),
        }

    def handles_multiple_outgoing(self) -> bool:
        return True  # the structure has been checked

    def connect_outgoing(self, target: Any, _flow: Any, _is_default: Any) -> None:
        self.task.connect(target)

    def _add_loop_task(self, loop: Any) -> None:
        self._add_multiinstance_task(loop)

    def _add_multiinstance_task(self, _loop: Any) -> None:
        item = self.spec.task_specs.pop(self.task.name)
        self.task = Repeated(self.spec, item.name, **self.attributes())
        self._copy_task_attrs(item)


class _Start(_Element):
    @override
    def create_task(self) -> Any:
        spec = super().create_task()
        self.spec.start.connect(spec)
        return spec


class _End(_Element):
    @override
    def create_task(self) -> Any:
        spec = super().create_task()
        spec.connect(self.spec.end)
        return spec


class _SubProcess(_Element):
    @override
    def create_task(self) -> Any:
        inner = SubprocessParser.get_subprocess_spec(self)
        name = f"{self.process_parser.parser.diagram.info.key}/{inner}"
        return self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=name, **self.attributes())


class _Call(_Element):
    @override
    def create_task(self) -> Any:
        call = self.diagram_node.action
        key = call.process_key if isinstance(call, ProcessCall) else ""
        return self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=key, **self.attributes())


class _Parser(BpmnParser):  # type: ignore[misc]
    PROCESS_PARSER_CLASS = _Process
    PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        full_tag("startEvent"): (_Start, StartOf),
        full_tag("endEvent"): (_End, EndOf),
        full_tag("userTask"): (_Element, PersonTask),
        full_tag("scriptTask"): (_Element, AutomaticTask),
        full_tag("businessRuleTask"): (_Element, AutomaticTask),
        full_tag("serviceTask"): (_Element, AutomaticTask),
        full_tag("sendTask"): (_Element, AutomaticTask),
        full_tag("receiveTask"): (_Element, CatchEvent),
        full_tag("intermediateCatchEvent"): (_Element, CatchEvent),
        full_tag("intermediateThrowEvent"): (_Element, PlainThrow),
        full_tag("boundaryEvent"): (_Element, BoundaryWait),
        full_tag("exclusiveGateway"): (_Element, ExclusiveGateway),
        full_tag("parallelGateway"): (_Element, ParallelGateway),
        full_tag("inclusiveGateway"): (_Element, InclusiveGateway),
        full_tag("eventBasedGateway"): (_Element, EventBasedGateway),
        full_tag("subProcess"): (_SubProcess, InnerProcess),
        full_tag("callActivity"): (_Call, InnerProcess),
    }

    def __init__(self, diagram: Diagram) -> None:
        super().__init__()
        self.diagram = diagram

    def _find_dependencies(self, _process: etree._Element) -> None:
        """Nothing: called processes are bound by us."""
