"""A process diagram as the checks see it: steps, flows, lanes and the scopes they lie in.

Nothing is judged here and nothing raised: references may dangle, ids may be missing. What is
wrong is the checks' to say.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from engine.definitions.bpmn_xml import BPMN, ZEEBE, Element, line_of
from engine.model.definitions import listed
from engine.model.incoming import FORM
from engine.model.public_words import PUBLIC_FORM
from engine.sentences import Words

ACTIVITIES = frozenset(
    {"userTask", "scriptTask", "serviceTask", "businessRuleTask", "callActivity", "subProcess"}
)
GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"}
)
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
    }
)
RUN_NODES = ACTIVITIES | GATEWAYS | EVENTS
"""The elements that are run."""

WITH_FORMS = ("userTask", "startEvent", "intermediateCatchEvent", "boundaryEvent")
"""The elements that may show a form: a message is written down in one."""

OTHER_NODES = frozenset(
    {
        "task",
        "manualTask",
        "sendTask",
        "receiveTask",
        "complexGateway",
        "adHocSubProcess",
        "transaction",
    }
)
"""Elements of the standard that are refused; they still take part in the graph."""

_WORDS = {
    "startEvent": Words("开始事件", "start event"),
    "endEvent": Words("结束事件", "end event"),
    "intermediateCatchEvent": Words("等待事件", "catch event"),
    "intermediateThrowEvent": Words("中间事件", "intermediate event"),
    "boundaryEvent": Words("边界事件", "boundary event"),
    "userTask": Words("步骤", "step"),
    "scriptTask": Words("计算步骤", "script task"),
    "serviceTask": Words("系统步骤", "service task"),
    "businessRuleTask": Words("决策步骤", "decision task"),
    "callActivity": Words("调用流程", "call activity"),
    "subProcess": Words("子流程", "sub-process"),
    "exclusiveGateway": Words("排他网关", "exclusive gateway"),
    "parallelGateway": Words("并行网关", "parallel gateway"),
    "inclusiveGateway": Words("包容网关", "inclusive gateway"),
    "eventBasedGateway": Words("事件网关", "event gateway"),
    "sequenceFlow": Words("连线", "flow"),
    "lane": Words("泳道", "lane"),
    "process": Words("流程", "process"),
    "message": Words("消息", "message"),
    "error": Words("错误", "error"),
    "signal": Words("信号", "signal"),
    "participant": Words("池", "pool"),
    "task": Words("任务", "task"),
    "manualTask": Words("手工任务", "manual task"),
    "sendTask": Words("发送任务", "send task"),
    "receiveTask": Words("接收任务", "receive task"),
    "complexGateway": Words("复杂网关", "complex gateway"),
    "dataObject": Words("数据对象", "data object"),
    "dataObjectReference": Words("数据对象", "data object"),
    "dataStoreReference": Words("数据存储", "data store"),
    "textAnnotation": Words("注释", "annotation"),
    "multiInstanceLoopCharacteristics": Words("多实例标记", "multi-instance mark"),
    "standardLoopCharacteristics": Words("循环标记", "loop mark"),
}


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname


def bpmn(name: str) -> str:
    """The qualified name of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def zeebe(name: str) -> str:
    """The qualified name of a zeebe element."""
    return f"{{{ZEEBE}}}{name}"


def described(element: Element) -> Words:
    """How a finding calls an element: its kind, its name and its id."""
    word = _WORDS.get(local_name(element), Words.same(local_name(element)))
    name, identity = element.get("name", "").strip(), element.get("id", "")
    name = " ".join(name.split())[:60]
    if name and identity:
        return Words(f"{word.zh}“{name}”({identity})", f"{word.en} “{name}” ({identity})")
    if name or identity:
        return Words(f"{word.zh}“{name or identity}”", f"{word.en} “{name or identity}”")
    return word


def extension(element: Element, name: str) -> Element | None:
    """The first zeebe extension of that name."""
    return next(extensions(element, name), None)


def extensions(element: Element, name: str) -> Iterator[Element]:
    """The zeebe extensions of that name."""
    for holder in element.iterchildren(bpmn("extensionElements")):
        yield from holder.iterchildren(zeebe(name))


def properties_of(element: Element) -> dict[str, str]:
    """The zeebe extension properties; of two with one name the last counts."""
    return {
        prop.get("name", ""): prop.get("value", "")
        for group in extensions(element, "properties")
        for prop in group.iterchildren(zeebe("property"))
    }


@dataclass(frozen=True)
class Mapped:
    """One line of an ``ioMapping``: what a FEEL text or a plain text gives to a variable."""

    element: Element
    source: str
    target: str

    @property
    def variable(self) -> str:
        """The variable that the target is, or is a part of."""
        return self.target.partition(".")[0].strip()


def mappings(element: Element, direction: str) -> tuple[Mapped, ...]:
    """The ``input`` or ``output`` mappings of an element."""
    return tuple(
        Mapped(line, line.get("source", ""), line.get("target", ""))
        for group in extensions(element, "ioMapping")
        for line in group.iterchildren(zeebe(direction))
    )


@dataclass(eq=False)
class Flow:
    """A sequence flow; its ends may not exist."""

    element: Element
    id: str
    source: str
    target: str

    @property
    def label(self) -> Words:
        """How findings call it."""
        return described(self.element)

    @property
    def condition(self) -> str | None:
        """The condition's text, None where there is none."""
        found = self.element.find(bpmn("conditionExpression"))
        return None if found is None else (found.text or "").strip()


@dataclass(eq=False)
class Node:
    """A step, gateway or event."""

    element: Element
    id: str
    tag: str
    scope: "Scope"
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    boundaries: list["Node"] = field(default_factory=list)
    inner: "Scope | None" = None

    @property
    def name(self) -> str:
        """The name as drawn."""
        return self.element.get("name", "")

    @cached_property
    def properties(self) -> Mapping[str, str]:
        """The zeebe extension properties."""
        return properties_of(self.element)

    @property
    def inputs(self) -> tuple[Mapped, ...]:
        """The input mappings."""
        return mappings(self.element, "input")

    @property
    def outputs(self) -> tuple[Mapped, ...]:
        """The output mappings."""
        return mappings(self.element, "output")

    @cached_property
    def event(self) -> Element | None:
        """The first event definition."""
        for child in self.element.iterchildren():
            if local_name(child).endswith("EventDefinition"):
                return child
        return None

    @property
    def event_kind(self) -> str:
        """``timer``, ``message``, ``error``, ``terminate`` …; empty for none."""
        return "" if self.event is None else local_name(self.event).removesuffix("EventDefinition")

    @property
    def is_handler(self) -> bool:
        """Whether it is an event sub-process that is still drawn as one: no flow leads to it."""
        return self.element.get("triggeredByEvent") == "true"

    @property
    def interrupting(self) -> bool:
        """Whether a boundary event ends what it sits on."""
        return self.element.get("cancelActivity", "true") != "false"

    @property
    def form_id(self) -> str:
        """The form a step, a start event or a message written down shows; empty for none."""
        if FORM in self.properties and self.event_kind == "message":
            return self.properties[FORM].strip()
        found = extension(self.element, "formDefinition")
        return "" if found is None else found.get("formId", "").strip()

    @property
    def document_ids(self) -> tuple[str, ...]:
        """The papers that are printed at this step."""
        return listed(self.properties.get("documents", ""))

    @property
    def list_document(self) -> tuple[str, ...]:
        """The list that is printed of several cases waiting at this step: one or none."""
        return listed(self.properties.get("listDocument", ""))[:1]

    @property
    def called_key(self) -> str:
        """The process that a call activity calls; empty for none."""
        found = extension(self.element, "calledElement")
        return "" if found is None else found.get("processId", "").strip()

    @property
    def decision_id(self) -> str:
        """The decision that a decision step asks; empty for none."""
        found = extension(self.element, "calledDecision")
        return "" if found is None else found.get("decisionId", "").strip()

    @property
    def operation(self) -> str:
        """The operation that a service step calls; empty for none."""
        found = extension(self.element, "taskDefinition")
        return "" if found is None else found.get("type", "").strip()

    @property
    def result_variable(self) -> str:
        """What a script or a decision writes to; empty for none."""
        for name in ("script", "calledDecision"):
            found = extension(self.element, name)
            if found is not None:
                return found.get("resultVariable", "").strip()
        return ""

    @property
    def label(self) -> Words:
        """How findings call it."""
        return described(self.element)


@dataclass(eq=False)
class Scope:
    """What lies directly in a process or in one embedded sub-process."""

    element: Element
    owner: Node | None
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)

    def around(self) -> Iterator["Scope"]:
        """This scope and those around it, inmost first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = None if scope.owner is None else scope.owner.scope

    def next_of(self, node: Node) -> list[Node]:
        """Where the work can go from a node: along its flows and through its boundary events."""
        targets = [self.nodes.get(flow.target) for flow in node.outgoing]
        return [target for target in targets if target is not None] + node.boundaries

    def reachable(self, start: list[Node]) -> set[Node]:
        """All nodes the work can come to from these, themselves included."""
        seen = set(start)
        waiting = list(start)
        while waiting:
            for following in self.next_of(waiting.pop()):
                if following not in seen:
                    seen.add(following)
                    waiting.append(following)
        return seen


@dataclass(eq=False)
class DrawnLane:
    """A lane with the ids it lists; ``inner`` tells whether it has lanes inside."""

    element: Element
    refs: tuple[Element, ...]
    inner: bool

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the elements drawn in it."""
        return tuple((ref.text or "").strip() for ref in self.refs)


@dataclass(eq=False)
class Process:
    """One process of a file."""

    element: Element
    file: str
    key: str
    scopes: list[Scope]
    lanes: tuple[DrawnLane, ...]

    @cached_property
    def properties(self) -> Mapping[str, str]:
        """The zeebe extension properties."""
        return properties_of(self.element)

    @property
    def public_form_id(self) -> str:
        """The form with which anybody begins a case of it; empty for none."""
        return self.properties.get(PUBLIC_FORM, "").strip()

    @property
    def form_ids(self) -> frozenset[str]:
        """Every form it shows somewhere."""
        shown = {node.form_id for node in self.of(*WITH_FORMS)}
        return frozenset((shown | {self.public_form_id}) - {""})

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every node of the process by its id."""
        return {key: node for scope in self.scopes for key, node in scope.nodes.items()}

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        """Every flow of the process."""
        return tuple(flow for scope in self.scopes for flow in scope.flows)

    @property
    def start_role(self) -> str:
        """Who may start it; empty when other processes call it only."""
        return self.properties.get("startRole", "").strip()

    def of(self, *tags: str) -> Iterator[Node]:
        """The nodes of these kinds."""
        for scope in self.scopes:
            for node in scope.nodes.values():
                if node.tag in tags:
                    yield node

    def line(self) -> int | None:
        """The line it begins on."""
        return line_of(self.element)


def read_processes(root: Element, file: str) -> list[Process]:
    """The processes of a BPMN file in file order."""
    return [_process(element, file) for element in root.iterchildren(bpmn("process"))]


def _process(element: Element, file: str) -> Process:
    scopes: list[Scope] = []
    waiting: list[tuple[Element, Node | None]] = [(element, None)]
    while waiting:
        holder, owner = waiting.pop(0)
        scope = _scope(holder, owner)
        scopes.append(scope)
        if owner is not None:
            owner.inner = scope
        waiting += [
            (node.element, node)
            for node in scope.nodes.values()
            if node.tag in {"subProcess", "transaction", "adHocSubProcess"}
        ]
    lanes = tuple(
        DrawnLane(
            lane,
            tuple(lane.iterchildren(bpmn("flowNodeRef"))),
            lane.find(bpmn("childLaneSet")) is not None,
        )
        for lane in element.iter(bpmn("lane"))
    )
    return Process(element, file, element.get("id", ""), scopes, lanes)


def _scope(holder: Element, owner: Node | None) -> Scope:
    scope = Scope(holder, owner)
    for child in holder.iterchildren(f"{{{BPMN}}}*"):
        tag, identity = local_name(child), child.get("id", "")
        if identity and tag in RUN_NODES | OTHER_NODES:
            scope.nodes[identity] = Node(child, identity, tag, scope)
        elif tag == "sequenceFlow":
            flow = Flow(child, identity, child.get("sourceRef", ""), child.get("targetRef", ""))
            scope.flows.append(flow)
    for flow in scope.flows:
        if flow.source in scope.nodes:
            scope.nodes[flow.source].outgoing.append(flow)
        if flow.target in scope.nodes:
            scope.nodes[flow.target].incoming.append(flow)
    for node in scope.nodes.values():
        host = scope.nodes.get(node.element.get("attachedToRef", ""))
        if node.tag == "boundaryEvent" and host is not None and host is not node:
            host.boundaries.append(node)
    return scope
