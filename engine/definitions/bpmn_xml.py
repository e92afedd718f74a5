"""BPMN files as XML: read safely, named in what is said of them, flows all with an id."""

from lxml import etree

from engine.model.straightening import straighten
from engine.model.xml import LARGEST_FILE, UnreadableXml, read_xml

Element = etree._Element  # noqa: SLF001 - lxml's element class has no public name

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMN_DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

MOST_ELEMENTS = 2_000
"""Elements of a process with an id: steps, gateways, flows. The drawing is not counted."""

__all__ = [
    "BPMN",
    "BPMN_DIAGRAM",
    "LARGEST_FILE",
    "XSI",
    "ZEEBE",
    "BpmnRefused",
    "Element",
    "give_flow_ids",
    "line_of",
    "read_bpmn",
]


class BpmnRefused(Exception):
    """The content cannot be used; ``message`` is a Chinese sentence, ``line`` counts from 1."""

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line


def read_bpmn(content: bytes, file: str) -> Element:
    """The ``definitions`` root of a BPMN 2.0 file without comments, its shorthand written out.

    Raises BpmnRefused for what is no XML, not BPMN, too large or nested too deep; nothing else,
    whatever the bytes.
    """
    try:
        root = read_xml(content)
    except UnreadableXml as problem:
        raise BpmnRefused(problem.code, f"“{file}”:{problem.message}", problem.line) from None
    except (LookupError, etree.LxmlError):  # encodings that do not exist, and the like
        message = f"“{file}”不是合格的 XML。请在建模工具中重新保存后再上传。"
        raise BpmnRefused("not-xml", message) from None
    if root.tag != f"{{{BPMN}}}definitions":
        raise BpmnRefused(
            "not-bpmn",
            f"“{file}”不是 BPMN 2.0 流程文件(根元素是 {str(root.tag)[:80]})。"
            "请用流程编辑器另存为 .bpmn。",
            line_of(root),
        )
    counted = sum(1 for element in root.iter(f"{{{BPMN}}}*") if element.get("id"))
    if counted > MOST_ELEMENTS:
        raise BpmnRefused(
            "too-many-elements",
            f"“{file}”有 {counted} 个元素,超过 {MOST_ELEMENTS} 个。请把一部分拆成被调用的流程。",
        )
    straighten(root)
    return root


def give_flow_ids(root: Element) -> tuple[Element, ...]:
    """Give every sequence flow without an id the one it runs under; returns those that had none.

    The id is optional in BPMN. Flows are numbered within their process, as ``engine.runtime``
    numbers them.
    """
    unnamed: list[Element] = []
    for process in root.iter(f"{{{BPMN}}}process"):
        for number, flow in enumerate(process.iter(f"{{{BPMN}}}sequenceFlow")):
            if not flow.get("id"):
                flow.set("id", f"_flow_{number}")
                unnamed.append(flow)
    return tuple(unnamed)


def line_of(element: Element) -> int | None:
    """The line an element begins on, None where the parser does not know."""
    line = element.sourceline
    return line if isinstance(line, int) and line > 0 else None
