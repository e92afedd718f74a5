"""Which parts of BPMN and of the zeebe extensions are read; everything else is refused.

Nothing in a file may be ignored silently: an attribute or element that is not listed here makes
the file unusable, with a sentence that names it (design.md D5).
"""

from collections.abc import Mapping

from lxml import etree

from engine.model.items import REPEATED

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_OF_BPMN = f"{{{BPMN}}}"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_HARMLESS_NAMESPACES = frozenset({_XSI, "http://camunda.org/schema/modeler/1.0"})

DRAWING_ONLY = ("http://www.signavio.com", "http://www.bizagi.com/bpmn20")
"""What these tools add to every element are colours and notes; they run nothing themselves."""

GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"}
)
TASKS = frozenset(
    {"userTask", "scriptTask", "businessRuleTask", "serviceTask", "sendTask", "receiveTask"}
)
ACTIVITIES = TASKS | {"subProcess", "callActivity"}
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
    }
)
THROWING = frozenset({"intermediateThrowEvent", "endEvent"})
"""Events that throw what they name; the others wait for it."""
NODES = GATEWAYS | ACTIVITIES | EVENTS

_NOTES = {"documentation", "extensionElements", "textAnnotation", "association", "group"}
_NODE_PARTS = {"documentation", "extensionElements", "incoming", "outgoing"}
_EVENT_DEFINITIONS = {
    "startEvent": {"timerEventDefinition"},
    "endEvent": {"terminateEventDefinition", "errorEventDefinition", "signalEventDefinition"},
    "intermediateThrowEvent": {"signalEventDefinition"},
    "intermediateCatchEvent": {
        "timerEventDefinition",
        "messageEventDefinition",
        "signalEventDefinition",
    },
    "boundaryEvent": {
        "timerEventDefinition",
        "messageEventDefinition",
        "errorEventDefinition",
        "signalEventDefinition",
    },
}

CHILDREN: Mapping[str, frozenset[str]] = {
    "process": frozenset(_NOTES | NODES | {"laneSet", "sequenceFlow"}),
    "subProcess": frozenset(_NOTES | NODES | _NODE_PARTS | REPEATED | {"laneSet", "sequenceFlow"}),
    "callActivity": frozenset(_NODE_PARTS | REPEATED),
    "laneSet": frozenset({"documentation", "extensionElements", "lane"}),
    "lane": frozenset({"documentation", "extensionElements", "flowNodeRef", "childLaneSet"}),
    "childLaneSet": frozenset({"documentation", "extensionElements", "lane"}),
    "sequenceFlow": frozenset({"documentation", "extensionElements", "conditionExpression"}),
    "timerEventDefinition": frozenset({"documentation", "timeDate", "timeDuration"}),
    "multiInstanceLoopCharacteristics": frozenset(
        {"documentation", "extensionElements", "completionCondition"}
    ),
    "standardLoopCharacteristics": frozenset(
        {"documentation", "extensionElements", "loopCondition"}
    ),
    "signalEventDefinition": frozenset({"documentation"}),
    **{tag: frozenset(_NODE_PARTS | REPEATED) for tag in TASKS},
    **{tag: frozenset(_NODE_PARTS) for tag in GATEWAYS},
    **{tag: frozenset(_NODE_PARTS | extra) for tag, extra in _EVENT_DEFINITIONS.items()},
}
"""The BPMN elements that may lie in a BPMN element; tags not listed may hold anything."""

_ACTIVITY = {
    "isForCompensation": frozenset({"false"}),
    "completionQuantity": frozenset({"1"}),
    "startQuantity": frozenset({"1"}),
}
_ANY: frozenset[str] = frozenset()
ATTRIBUTES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "process": {
        "isExecutable": _ANY,
        "isClosed": frozenset({"true", "false"}),
        "processType": frozenset({"None", "Private", "Public"}),
    },
    "sequenceFlow": {"sourceRef": _ANY, "targetRef": _ANY},
    "conditionExpression": {},
    "startEvent": {
        "isInterrupting": frozenset({"true"}),
        "parallelMultiple": frozenset({"false"}),
    },
    "endEvent": {},
    "intermediateCatchEvent": {"parallelMultiple": frozenset({"false"})},
    "intermediateThrowEvent": {},
    "boundaryEvent": {
        "attachedToRef": _ANY,
        "cancelActivity": frozenset({"true", "false"}),
        "parallelMultiple": frozenset({"false"}),
    },
    "exclusiveGateway": {"default": _ANY, "gatewayDirection": _ANY},
    "inclusiveGateway": {"default": _ANY, "gatewayDirection": _ANY},
    "parallelGateway": {"gatewayDirection": _ANY},
    "eventBasedGateway": {
        "gatewayDirection": _ANY,
        "instantiate": frozenset({"false"}),
        "eventGatewayType": frozenset({"Exclusive"}),
    },
    "userTask": {**_ACTIVITY, "implementation": frozenset({"##unspecified"})},
    "scriptTask": _ACTIVITY,
    "businessRuleTask": {**_ACTIVITY, "implementation": frozenset({"##unspecified"})},
    "serviceTask": {**_ACTIVITY, "implementation": frozenset({"##WebService", "##unspecified"})},
    "sendTask": {**_ACTIVITY, "implementation": frozenset({"##WebService", "##unspecified"})},
    "receiveTask": {
        **_ACTIVITY,
        "messageRef": _ANY,
        "instantiate": frozenset({"false"}),
        "implementation": frozenset({"##WebService", "##unspecified"}),
    },
    "subProcess": {**_ACTIVITY, "triggeredByEvent": frozenset({"false"})},
    "signalEventDefinition": {"signalRef": _ANY},
    "callActivity": _ACTIVITY,
    "multiInstanceLoopCharacteristics": {
        "isSequential": frozenset({"true", "false"}),
        "behavior": frozenset({"All"}),
    },
    "completionCondition": {},
    "standardLoopCharacteristics": {
        "testBefore": frozenset({"true", "false"}),
        "loopMaximum": _ANY,
    },
    "loopCondition": {},
}
"""Attributes by element, beside id and name; with the values that we run, all when none listed."""

_MAPPED = {"ioMapping", "properties"}
EXTENSIONS: Mapping[str, frozenset[str]] = {
    "process": frozenset({"properties"}),
    "startEvent": frozenset({"formDefinition", "properties"}),
    "userTask": frozenset({"userTask", "formDefinition"} | _MAPPED),
    "scriptTask": frozenset({"script", "properties"}),
    "businessRuleTask": frozenset({"calledDecision", "properties"}),
    "serviceTask": frozenset({"taskDefinition", "taskHeaders"} | _MAPPED),
    "sendTask": frozenset({"taskDefinition", "taskHeaders"} | _MAPPED),
    "receiveTask": frozenset(_MAPPED),
    "callActivity": frozenset({"calledElement"} | _MAPPED),
    "intermediateCatchEvent": frozenset(_MAPPED),
    "boundaryEvent": frozenset(_MAPPED),
    "message": frozenset({"subscription", "properties"}),
    "multiInstanceLoopCharacteristics": frozenset({"loopCharacteristics"}),
}
"""The zeebe extensions of each element; only properties where it is not listed."""

EXTENSION_PARTS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "properties": (frozenset(), frozenset({"property"})),
    "property": (frozenset({"name", "value"}), frozenset()),
    "userTask": (frozenset(), frozenset()),
    "formDefinition": (frozenset({"formId"}), frozenset()),
    "script": (frozenset({"expression", "resultVariable"}), frozenset()),
    "calledDecision": (frozenset({"decisionId", "resultVariable"}), frozenset()),
    "taskDefinition": (frozenset({"type"}), frozenset()),
    "taskHeaders": (frozenset(), frozenset({"header"})),
    "header": (frozenset({"key", "value"}), frozenset()),
    "ioMapping": (frozenset(), frozenset({"input", "output"})),
    "input": (frozenset({"source", "target"}), frozenset()),
    "output": (frozenset({"source", "target"}), frozenset()),
    "calledElement": (
        frozenset({"processId", "propagateAllChildVariables", "propagateAllParentVariables"}),
        frozenset(),
    ),
    "subscription": (frozenset({"correlationKey"}), frozenset()),
    "loopCharacteristics": (
        frozenset({"inputCollection", "inputElement", "outputCollection", "outputElement"}),
        frozenset(),
    ),
}
"""Of each zeebe element: its attributes and the elements in it."""


def local_name(element: etree._Element) -> str:
    """The name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace_of(name: str) -> str:
    """The namespace of a qualified name; empty when it has none."""
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def is_bpmn(element: etree._Element) -> bool:
    """Whether it is one of BPMN's own elements."""
    return str(element.tag).startswith(_OF_BPMN)


def is_harmless_attribute(name: str) -> bool:
    """Whether an attribute of another namespace says nothing about running."""
    return namespace_of(name) in _HARMLESS_NAMESPACES or is_of_drawing(name)


def is_of_drawing(name: str) -> bool:
    """Whether an element or attribute says only how something is drawn."""
    return namespace_of(name).startswith(DRAWING_ONLY)
