"""Is every BPMN element and attribute one that is run as drawn? All others are refused."""

from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from engine.definitions.advice import DELETE, ELEMENTS, USE_ANOTHER
from engine.definitions.bpmn_xml import BPMN, Element
from engine.definitions.diagram import ACTIVITIES, RUN_NODES, described, local_name
from engine.definitions.draft import BpmnFile, Draft
from engine.definitions.findings import error
from engine.errors import Finding
from engine.model.items import LISTED, LOOPED, REPEATED
from engine.runtime.vocabulary import ATTRIBUTES
from engine.sentences import Words

_WITHOUT_EFFECT = frozenset(
    {"documentation", "text", "textAnnotation", "association", "group", "incoming", "outgoing"}
)
"""Drawing and words."""

_ROOT = frozenset(
    {"process", "collaboration", "message", "error", "signal", "category", "itemDefinition"}
)
_PROCESS = RUN_NODES | {"laneSet", "sequenceFlow"}
_INSIDE: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(ACTIVITIES, REPEATED),
    "definitions": _ROOT,
    "process": _PROCESS,
    "subProcess": _PROCESS | REPEATED,
    LISTED: frozenset({"completionCondition"}),
    LOOPED: frozenset({"loopCondition"}),
    "collaboration": frozenset({"participant", "messageFlow"}),
    "category": frozenset({"categoryValue"}),
    "laneSet": frozenset({"lane"}),
    "lane": frozenset({"flowNodeRef", "childLaneSet"}),
    "childLaneSet": frozenset({"lane"}),
    "sequenceFlow": frozenset({"conditionExpression"}),
    "startEvent": frozenset({"timerEventDefinition"}),
    "endEvent": frozenset(
        {"terminateEventDefinition", "errorEventDefinition", "signalEventDefinition"}
    ),
    "intermediateThrowEvent": frozenset({"signalEventDefinition"}),
    "intermediateCatchEvent": frozenset(
        {"timerEventDefinition", "messageEventDefinition", "signalEventDefinition"}
    ),
    "boundaryEvent": frozenset(
        {
            "timerEventDefinition",
            "messageEventDefinition",
            "errorEventDefinition",
            "signalEventDefinition",
        }
    ),
    "timerEventDefinition": frozenset({"timeDate", "timeDuration", "timeCycle"}),
}
_HANDLERS = Words(
    "事件子流程要有且只有一个开始事件,由定时、消息、信号或错误触发;"
    "有不中断的事件子流程时,不能用终止结束。也可改用边界事件",
    "an event sub-process has exactly one start event, which a timer, a message, a signal or an "
    "error sets off; beside one that does not interrupt, nothing may end by termination. "
    "Boundary events do as well",
)
_WITH_ONE_EVENT = frozenset(
    {"intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "endEvent"}
)
_Wrong = Callable[[str], bool]
_ATTRIBUTES: Mapping[str, tuple[_Wrong, Words]] = {
    "triggeredByEvent": (
        lambda v: v == "true",
        _HANDLERS,
    ),
    "isForCompensation": (
        lambda v: v == "true",
        Words(
            "不支持补偿,请把撤销的步骤直接画出来",
            "compensation is not supported; draw the steps that undo",
        ),
    ),
    "startQuantity": (lambda v: v != "1", Words("只能是 1", "only 1 is supported")),
    "completionQuantity": (lambda v: v != "1", Words("只能是 1", "only 1 is supported")),
    "parallelMultiple": (
        lambda v: v == "true",
        Words(
            "不支持多重事件,请用并行网关",
            "multiple events are not supported; use a parallel gateway",
        ),
    ),
    "instantiate": (
        lambda v: v == "true",
        Words(
            "流程由人发起或被调用,网关和接收不能启动流程",
            "people or other processes start a process; gateways and receive tasks cannot",
        ),
    ),
    "eventGatewayType": (
        lambda v: v != "Exclusive",
        Words("只支持先到先得(Exclusive)", "only the first event counts (Exclusive)"),
    ),
    "scriptFormat": (
        lambda v: "feel" not in v.lower(),
        Words("只支持 FEEL,不支持其他脚本语言", "only FEEL is supported, no other script language"),
    ),
    "calledElement": (
        bool,
        Words("请用 zeebe:calledElement 的 processId", "use processId of zeebe:calledElement"),
    ),
    "language": (
        lambda v: "feel" not in v.lower(),
        Words("只支持 FEEL 表达式", "only FEEL expressions are supported"),
    ),
    "evaluatesToTypeRef": (
        bool,
        Words("条件的结果总是真或假,请删去", "a condition is always true or false; delete it"),
    ),
}
_ELSEWHERE = frozenset({"id", "name", "default"})
"""Looked at by other checks, as are the attributes of other namespaces."""


def check(draft: Draft) -> Iterator[Finding]:
    """Every element and attribute of the BPMN namespace."""
    for file in draft.bpmn_files:
        for element in file.root.iter(f"{{{BPMN}}}*"):
            yield from _element(file, element)
            yield from _attributes(file, element)


def _element(file: BpmnFile, element: Element) -> Iterator[Finding]:
    tag, parent = local_name(element), element.getparent()
    if parent is None:
        return
    if tag in _WITHOUT_EFFECT or tag == "extensionElements":
        return
    if etree.QName(parent).namespace == BPMN:
        holder = local_name(parent)
        if _is_refused_already(holder) or tag in _INSIDE.get(holder, frozenset()):
            if holder in _WITH_ONE_EVENT:
                yield from _second_event(file, element, parent)
            return
        advice = ELEMENTS.get(tag, USE_ANOTHER)
        yield error(
            "unsupported-element",
            file.name,
            element,
            element=_placed(element, parent),
            tag=tag,
            place=_in(holder),
            advice=advice,
        )


def _attributes(file: BpmnFile, element: Element) -> Iterator[Finding]:
    known = ATTRIBUTES.get(local_name(element))
    for key, text in element.attrib.items():
        name, value = str(key), str(text)
        if name in _ATTRIBUTES:
            wrong, advice = _ATTRIBUTES[name]
            if not wrong(value.strip()):
                continue
        elif known is None or name in _ELSEWHERE or name.startswith("{"):
            continue
        else:
            allowed, advice = known.get(name), DELETE
            if allowed is not None and (not allowed or value in allowed):
                continue
        yield error(
            "unsupported-attribute",
            file.name,
            element,
            element=described(element),
            name=name,
            value=value[:60],
            advice=advice,
        )


def _second_event(file: BpmnFile, element: Element, parent: Element) -> Iterator[Finding]:
    events = [child for child in parent if local_name(child).endswith("EventDefinition")]
    if element in events[1:]:
        yield error("several-events", file.name, parent, parent=described(parent))


def _is_refused_already(holder: str) -> bool:
    """Whether a finding about the holder says enough about what is in it."""
    return holder in ELEMENTS and holder not in _INSIDE


def _placed(element: Element, parent: Element) -> Words:
    own = described(element)
    if element.get("id") and element.get("name"):
        return own
    return Words.filled("{parent}里的{own}", "{own} in {parent}", parent=described(parent), own=own)


def _in(holder: str) -> Words:
    if holder in {"startEvent", "endEvent", "intermediateThrowEvent"}:
        return Words(f"(在 {holder} 里)", f" (in {holder})")
    return Words("", "")
