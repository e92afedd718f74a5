"""Names and small changes of BPMN elements, for what rewrites a drawing before it is read."""

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def named(name: str) -> str:
    """Give the qualified name of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def local(element: etree._Element) -> str:
    """Give an element's name without its namespace."""
    return etree.QName(element).localname


def add_flow(scope: etree._Element, identity: str, source: str, target: str) -> None:
    """Put a sequence flow into a scope."""
    flow = etree.SubElement(scope, named("sequenceFlow"))
    flow.set("id", identity)
    flow.set("sourceRef", source)
    flow.set("targetRef", target)
