"""Is every zeebe extension one that is read? What nobody reads is refused, never ignored."""

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.definitions.bpmn_xml import BPMN, BPMN_DIAGRAM, XSI, ZEEBE, Element
from engine.definitions.diagram import described, local_name, zeebe
from engine.definitions.draft import BpmnFile, Draft
from engine.definitions.findings import error
from engine.errors import Finding

_EVERYWHERE = frozenset({"properties"})
_ON: Mapping[str, frozenset[str]] = {
    "startEvent": frozenset({"formDefinition"}),
    "userTask": frozenset({"userTask", "formDefinition", "ioMapping"}),
    "scriptTask": frozenset({"script"}),
    "businessRuleTask": frozenset({"calledDecision"}),
    "serviceTask": frozenset({"taskDefinition", "taskHeaders", "ioMapping"}),
    "callActivity": frozenset({"calledElement", "ioMapping"}),
    "intermediateCatchEvent": frozenset({"ioMapping"}),
    "boundaryEvent": frozenset({"ioMapping"}),
    "message": frozenset({"subscription"}),
}
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "properties": frozenset(),
    "property": frozenset({"name", "value"}),
    "userTask": frozenset(),
    "formDefinition": frozenset({"formId"}),
    "ioMapping": frozenset(),
    "input": frozenset({"source", "target"}),
    "output": frozenset({"source", "target"}),
    "script": frozenset({"expression", "resultVariable"}),
    "calledDecision": frozenset({"decisionId", "resultVariable"}),
    "taskDefinition": frozenset({"type"}),
    "taskHeaders": frozenset(),
    "header": frozenset({"key", "value"}),
    "calledElement": frozenset(
        {"processId", "propagateAllChildVariables", "propagateAllParentVariables"}
    ),
    "subscription": frozenset({"correlationKey"}),
}
_INSIDE: Mapping[str, frozenset[str]] = {
    "properties": frozenset({"property"}),
    "ioMapping": frozenset({"input", "output"}),
    "taskHeaders": frozenset({"header"}),
}
_ADVICE = {
    "assignmentDefinition": "谁来办由泳道的 role 和 level 决定,请删去指派",
    "taskSchedule": "时限请写在扩展属性 deadline 里,例如 5wd",
    "priorityDefinition": "优先级请写在扩展属性 priority 里",
    "executionListeners": "不支持监听器,请用服务任务",
    "executionListener": "不支持监听器,请用服务任务",
    "taskListeners": "不支持监听器,请用服务任务",
    "versionTag": "版本由部署时编号,请删去",
    "ioMapping": "这里不做映射:结果写进 resultVariable,别处的变量可以直接读",
    "loopCharacteristics": "多实例目前不支持",
    "adHoc": "不支持 ad hoc 子流程",
    "linkedResources": "不支持关联资源,请删去",
    "conditionalFilter": "不支持条件事件",
    "agentDefinition": "不支持智能体任务",
    "userTaskForm": "表单请存为单独的 .form 文件",
    "bindingType": "版本在部署时绑定,请删去",
    "retries": "重试次数由系统统一规定,请删去",
    "retryCounter": "重试次数由系统统一规定,请删去",
    "formKey": "请用 formId 和 .form 文件",
    "externalReference": "请用 formId 和 .form 文件",
    "processIdExpression": "被调用的流程须写明编号",
    "modelerTemplate": "不支持元素模板,请在编辑器中解除模板",
}
_HARMLESS = (
    "http://camunda.org/schema/modeler/1.0",
    "http://bpmn.io/schema/bpmn/",
    "http://www.omg.org/spec/BPMN/non-normative/color/",
    "http://www.omg.org/spec/DD/",
    BPMN_DIAGRAM,
    XSI,
    "http://www.w3.org/XML/",
)
_OTHER_ENGINES = ("camunda.org/schema/1.0", "spiffworkflow", "flowable", "activiti", "operaton")


def check(draft: Draft) -> Iterator[Finding]:
    """Extension elements and attributes, ours and those of other engines."""
    for file in draft.bpmn_files:
        for element in file.root.iter():
            if not isinstance(element.tag, str):
                continue
            namespace = etree.QName(element).namespace or ""
            if namespace == ZEEBE:
                yield from _element(file, element)
                yield from _attributes(file, element)
            elif namespace == BPMN:
                yield from _foreign_attributes(file, element)
            elif not namespace.startswith(_HARMLESS):
                yield from _foreign_element(file, element, namespace)


def _element(file: BpmnFile, element: Element) -> Iterator[Finding]:
    tag, parent = local_name(element), element.getparent()
    if parent is None:
        return
    if etree.QName(parent).namespace == ZEEBE:
        holder = local_name(parent)
        if holder not in _ATTRIBUTES or tag in _INSIDE.get(holder, frozenset()):
            return
        yield _refused(file, element, tag, parent)
        return
    owner = parent.getparent() if local_name(parent) == "extensionElements" else None
    if owner is None or local_name(parent) != "extensionElements":
        yield _refused(file, element, tag, parent)
        return
    if tag not in _EVERYWHERE | _ON.get(local_name(owner), frozenset()):
        yield _refused(file, element, tag, owner)
    elif sum(1 for sibling in parent if sibling.tag == element.tag) > 1 and (
        next(parent.iterchildren(zeebe(tag)), None) is not element
    ):
        yield error(
            "extension-twice",
            f"{described(owner)}的 zeebe:{tag} 写了两次,只会看第一个。请删去一个。",
            file.name,
            element,
        )


def _attributes(file: BpmnFile, element: Element) -> Iterator[Finding]:
    tag = local_name(element)
    if tag not in _ATTRIBUTES:
        return
    for name in element.attrib:
        if str(name) not in _ATTRIBUTES[tag]:
            word = etree.QName(str(name)).localname
            advice = _ADVICE.get(word, "请删去")
            yield error(
                "extension-attribute",
                f"{_owner(element)}的 zeebe:{tag} 有属性 {word},本系统不看它:{advice}。",
                file.name,
                element,
            )


def _foreign_attributes(file: BpmnFile, element: Element) -> Iterator[Finding]:
    for name in element.attrib:
        qualified = etree.QName(str(name))
        namespace, word = qualified.namespace or "", qualified.localname
        if not namespace or namespace.startswith(_HARMLESS):
            continue
        if namespace == ZEEBE or any(engine in namespace for engine in _OTHER_ENGINES):
            advice = _ADVICE.get(word, "请删去,改用 zeebe 扩展和扩展属性")
            yield error(
                "extension-attribute",
                f"{described(element)}有扩展属性 {word},本系统不看它:{advice}。",
                file.name,
                element,
            )
        else:
            yield error(
                "foreign-extension",
                f"{described(element)}有属性 {word}(命名空间 {namespace[:80]}),"
                "本系统不看它。请删去。",
                file.name,
                element,
            )


def _foreign_element(file: BpmnFile, element: Element, namespace: str) -> Iterator[Finding]:
    parent = element.getparent()
    if parent is None or etree.QName(parent).namespace not in (BPMN, ZEEBE):
        return
    tag = local_name(element)
    if any(engine in namespace for engine in _OTHER_ENGINES):
        yield error(
            "extension-refused",
            f"{_owner(element)}有别的引擎的扩展 {tag}(命名空间 {namespace[:80]}),本系统不看它。"
            "请改用 zeebe 扩展和扩展属性。",
            file.name,
            element,
        )
    else:
        yield error(
            "foreign-extension",
            f"{_owner(element)}有扩展 {tag}(命名空间 {namespace[:80]}),本系统不看它。请删去。",
            file.name,
            element,
        )


def _refused(file: BpmnFile, element: Element, tag: str, owner: Element) -> Finding:
    code = "assignment-refused" if tag == "assignmentDefinition" else "extension-refused"
    advice = _ADVICE.get(tag, "请删去")
    return error(
        code, f"{_owner(owner)}的 zeebe:{tag} 在这里不起作用:{advice}。", file.name, element
    )


def _owner(element: Element) -> str:
    """The nearest BPMN element that people know by its name."""
    found: Element | None = element
    while found is not None and (
        etree.QName(found).namespace != BPMN or local_name(found) == "extensionElements"
    ):
        found = found.getparent()
    return described(element if found is None else found)
