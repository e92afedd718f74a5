"""Is every zeebe extension one that is read? What nobody reads is refused, never ignored."""

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.definitions.advice import DELETE, EXTENSIONS, USE_OURS
from engine.definitions.bpmn_xml import BPMN, BPMN_DIAGRAM, XSI, ZEEBE, Element
from engine.definitions.diagram import described, local_name, zeebe
from engine.definitions.draft import BpmnFile, Draft
from engine.definitions.findings import error, warning
from engine.errors import Finding
from engine.runtime.vocabulary import DRAWING_ONLY, is_of_drawing
from engine.sentences import Words

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
    "multiInstanceLoopCharacteristics": frozenset({"loopCharacteristics"}),
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
    "loopCharacteristics": frozenset(
        {"inputCollection", "inputElement", "outputCollection", "outputElement"}
    ),
}
_INSIDE: Mapping[str, frozenset[str]] = {
    "properties": frozenset({"property"}),
    "ioMapping": frozenset({"input", "output"}),
    "taskHeaders": frozenset({"header"}),
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
_OTHER_ENGINES = (
    "camunda.org/schema/1.0",
    "operaton",
    "flowable",
    "activiti",
    "spiffworkflow",
    "jboss.org/drools",
)


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
            elif not namespace.startswith((*_HARMLESS, *DRAWING_ONLY)):
                yield from _foreign_element(file, element, namespace)
        yield from _of_drawing(file)


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
        yield error("extension-twice", file.name, element, owner=described(owner), tag=tag)


def _attributes(file: BpmnFile, element: Element) -> Iterator[Finding]:
    tag = local_name(element)
    if tag not in _ATTRIBUTES:
        return
    for name in element.attrib:
        if str(name) not in _ATTRIBUTES[tag]:
            word = etree.QName(str(name)).localname
            advice = EXTENSIONS.get(word, DELETE)
            yield error(
                "extension-attribute.of-zeebe",
                file.name,
                element,
                element=_owner(element),
                tag=tag,
                word=word,
                advice=advice,
            )


def _foreign_attributes(file: BpmnFile, element: Element) -> Iterator[Finding]:
    for name in element.attrib:
        qualified = etree.QName(str(name))
        namespace, word = qualified.namespace or "", qualified.localname
        if not namespace or namespace.startswith((*_HARMLESS, *DRAWING_ONLY)):
            continue
        if namespace == ZEEBE or any(engine in namespace for engine in _OTHER_ENGINES):
            advice = EXTENSIONS.get(word, USE_OURS)
            yield error(
                "extension-attribute.of-bpmn",
                file.name,
                element,
                element=described(element),
                word=word,
                advice=advice,
            )
        else:
            yield error(
                "foreign-extension.attribute",
                file.name,
                element,
                element=described(element),
                word=word,
                namespace=namespace[:80],
            )


def _foreign_element(file: BpmnFile, element: Element, namespace: str) -> Iterator[Finding]:
    parent = element.getparent()
    if parent is None or etree.QName(parent).namespace not in (BPMN, ZEEBE):
        return
    tag = local_name(element)
    if any(engine in namespace for engine in _OTHER_ENGINES):
        yield error(
            "extension-refused.other-engine",
            file.name,
            element,
            element=_owner(element),
            tag=tag,
            namespace=namespace[:80],
            advice=EXTENSIONS.get(tag, USE_OURS),
        )
    else:
        yield error(
            "foreign-extension.element",
            file.name,
            element,
            element=_owner(element),
            tag=tag,
            namespace=namespace[:80],
        )


def _of_drawing(file: BpmnFile) -> Iterator[Finding]:
    """Colours and notes of drawing tools, which stand at every element: told once a kind."""
    seen: dict[tuple[str, str], list[Element]] = {}
    for element in file.root.iter():
        parent = element.getparent()
        if parent is not None and is_of_drawing(str(parent.tag)):
            continue
        for name in (element.tag, *element.attrib):
            if is_of_drawing(str(name)):
                qualified = etree.QName(str(name))
                kind = qualified.localname, qualified.namespace or ""
                seen.setdefault(kind, []).append(element)
    for (tag, namespace), elements in seen.items():
        yield warning(
            "foreign-extension.drawing",
            file.name,
            elements[0],
            tag=tag,
            namespace=namespace[:80],
            keys=Words.listed(sorted({key for one in elements for key in _keys(one)})[:8]),
            count=len(elements),
            first=_owner(elements[0]),
        )


def _keys(element: Element) -> Iterator[str]:
    """What a drawing tool notes down: the names of its properties."""
    for one in element.iter():
        key = one.get("metaKey") or (one.get("name") if len(one) == 0 else None)
        if key and is_of_drawing(str(one.tag)):
            yield key


def _refused(file: BpmnFile, element: Element, tag: str, owner: Element) -> Finding:
    refused = tag == "assignmentDefinition"
    return error(
        "assignment-refused" if refused else "extension-refused.not-here",
        file.name,
        element,
        element=_owner(owner),
        tag=tag,
        advice=EXTENSIONS.get(tag, DELETE),
    )


def _owner(element: Element) -> Words:
    """The nearest BPMN element that people know by its name."""
    found: Element | None = element
    while found is not None and (
        etree.QName(found).namespace != BPMN or local_name(found) == "extensionElements"
    ):
        found = found.getparent()
    return described(element if found is None else found)
