"""Is every BPMN element and attribute one that is run as drawn? All others are refused."""

from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from engine.definitions.bpmn_xml import BPMN, Element
from engine.definitions.diagram import RUN_NODES, described, local_name
from engine.definitions.draft import BpmnFile, Draft
from engine.definitions.findings import error
from engine.errors import Finding

_WITHOUT_EFFECT = frozenset(
    {"documentation", "text", "textAnnotation", "association", "group", "incoming", "outgoing"}
)
"""Drawing and words."""

_ROOT = frozenset({"process", "collaboration", "message", "error", "category", "itemDefinition"})
_PROCESS = RUN_NODES | {"laneSet", "sequenceFlow"}
_INSIDE: Mapping[str, frozenset[str]] = {
    "definitions": _ROOT,
    "process": _PROCESS,
    "subProcess": _PROCESS,
    "collaboration": frozenset({"participant", "messageFlow"}),
    "category": frozenset({"categoryValue"}),
    "laneSet": frozenset({"lane"}),
    "lane": frozenset({"flowNodeRef", "childLaneSet"}),
    "childLaneSet": frozenset({"lane"}),
    "sequenceFlow": frozenset({"conditionExpression"}),
    "endEvent": frozenset({"terminateEventDefinition", "errorEventDefinition"}),
    "intermediateCatchEvent": frozenset({"timerEventDefinition", "messageEventDefinition"}),
    "boundaryEvent": frozenset(
        {"timerEventDefinition", "messageEventDefinition", "errorEventDefinition"}
    ),
    "timerEventDefinition": frozenset({"timeDate", "timeDuration", "timeCycle"}),
}
_ADVICE = {
    "task": "请把任务类型改成用户任务、服务任务、业务规则任务或脚本任务",
    "manualTask": "请改成用户任务,有人在系统里确认完成",
    "sendTask": "请改成服务任务,由一个操作发送",
    "receiveTask": "请写明 messageRef,不放边界事件;或改成消息等待事件",
    "globalTask": "请把任务画在流程里",
    "globalUserTask": "请把任务画在流程里",
    "complexGateway": "请改成排他、并行或包容网关",
    "adHocSubProcess": "请改成普通子流程,用网关画出可能的次序",
    "transaction": "请改成普通子流程,撤销的步骤用边界事件画出来",
    "choreography": "请画成流程",
    "globalChoreographyTask": "请画成流程",
    "conversation": "请画成流程",
    "standardLoopCharacteristics": "请用排他网关画一条走回来的连线",
    "multiInstanceLoopCharacteristics": "请画成普通步骤,或用排他网关画一条走回来的连线",
    "signalEventDefinition": "请改成消息事件",
    "escalationEventDefinition": "请改成定时边界事件,或接到给人办的步骤",
    "conditionalEventDefinition": "请改成网关上的条件",
    "compensateEventDefinition": "请把撤销的步骤直接画出来",
    "cancelEventDefinition": "请把撤销的步骤直接画出来",
    "linkEventDefinition": "链接要成对:同一层里同名的发出和接收,接收只有一个;或直接画连线",
    "dataObject": "数据请用表单字段和变量表示,说明文字请用注释",
    "dataObjectReference": "数据请用表单字段和变量表示,说明文字请用注释",
    "dataStore": "数据请由操作读写,说明文字请用注释",
    "dataStoreReference": "数据请由操作读写,说明文字请用注释",
    "ioSpecification": "请用输入映射和输出映射",
    "dataInputAssociation": "请用输入映射",
    "dataOutputAssociation": "请用输出映射",
    "property": "请用变量",
    "script": "请写成 FEEL 计算式(zeebe:script),不支持其他脚本",
    "messageEventDefinition": "开始和结束处不能收发消息:由人发起,由操作发送",
    "timerEventDefinition": "开始处不能定时:由人发起,或由别的流程调用",
    "errorEventDefinition": "错误只能写在结束事件上,由边界事件接住",
    "import": "请把引用的内容放进同一个文件",
    "messageFlow": "只支持一个池,请用消息等待事件",
}
_HANDLERS = (
    "事件子流程要有且只有一个开始事件,由定时、消息或错误触发;"
    "有不中断的事件子流程时,不能用终止结束。也可改用边界事件"
)
_Wrong = Callable[[str], bool]
_ATTRIBUTES: Mapping[str, tuple[_Wrong, str]] = {
    "triggeredByEvent": (
        lambda v: v == "true",
        _HANDLERS,
    ),
    "isForCompensation": (lambda v: v == "true", "不支持补偿,请把撤销的步骤直接画出来"),
    "startQuantity": (lambda v: v != "1", "只能是 1"),
    "completionQuantity": (lambda v: v != "1", "只能是 1"),
    "parallelMultiple": (lambda v: v == "true", "不支持多重事件,请用并行网关"),
    "instantiate": (lambda v: v == "true", "流程由人发起或被调用,网关和接收不能启动流程"),
    "eventGatewayType": (lambda v: v != "Exclusive", "只支持先到先得(Exclusive)"),
    "scriptFormat": (lambda v: "feel" not in v.lower(), "只支持 FEEL,不支持其他脚本语言"),
    "calledElement": (bool, "请用 zeebe:calledElement 的 processId"),
    "language": (lambda v: "feel" not in v.lower(), "只支持 FEEL 表达式"),
    "evaluatesToTypeRef": (bool, "条件的结果总是真或假,请删去"),
}


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
            if holder in {"intermediateCatchEvent", "boundaryEvent", "endEvent"}:
                yield from _second_event(file, element, parent)
            return
        advice = _ADVICE.get(tag, "请改用支持的元素")
        yield error(
            "unsupported-element",
            f"{_placed(element, parent)}不能执行:本系统不支持“{tag}”{_in(holder)}。{advice}。",
            file.name,
            element,
        )


def _attributes(file: BpmnFile, element: Element) -> Iterator[Finding]:
    for name, (wrong, advice) in _ATTRIBUTES.items():
        value = element.get(name)
        if value is not None and wrong(value.strip()):
            yield error(
                "unsupported-attribute",
                f"{described(element)}的属性 {name}=“{value[:60]}”不能用:{advice}。",
                file.name,
                element,
            )


def _second_event(file: BpmnFile, element: Element, parent: Element) -> Iterator[Finding]:
    events = [child for child in parent if local_name(child).endswith("EventDefinition")]
    if element in events[1:]:
        yield error(
            "several-events",
            f"{described(parent)}有多个事件定义,只会看第一个。请分成几个事件。",
            file.name,
            parent,
        )


def _is_refused_already(holder: str) -> bool:
    """Whether a finding about the holder says enough about what is in it."""
    return holder in _ADVICE and holder not in _INSIDE


def _placed(element: Element, parent: Element) -> str:
    own = described(element)
    return own if element.get("id") and element.get("name") else f"{described(parent)}里的{own}"


def _in(holder: str) -> str:
    return (
        f"(在 {holder} 里)"
        if holder in {"startEvent", "endEvent", "intermediateThrowEvent"}
        else ""
    )
