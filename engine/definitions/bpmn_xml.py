"""BPMN files as XML: read safely, named in what is said of them, flows all with an id."""

from lxml import etree

from engine.model.straightening import straighten
from engine.model.xml import LARGEST_FILE, UnreadableXml, read_xml
from engine.sentences import sentences_of

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
    """The content cannot be used: what the catalogue says under ``key``, at a line from 1."""

    def __init__(self, key: str, line: int | None = None, /, **values: object) -> None:
        self.key, self.line, self.values = key, line, values
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """What is wrong and what to do, in Chinese."""
        return "".join(words.zh for words in sentences_of(self.key, **self.values))


def read_bpmn(content: bytes, file: str) -> Element:
    """The ``definitions`` root of a BPMN 2.0 file without comments, its shorthand written out.

    Raises BpmnRefused for what is no XML, not BPMN, too large or nested too deep; nothing else,
    whatever the bytes.
    """
    try:
        root = read_xml(content)
    except UnreadableXml as problem:
        raise BpmnRefused(problem.key, problem.line, name=file, **problem.values) from None
    except (LookupError, etree.LxmlError):  # encodings that do not exist, and the like
        raise BpmnRefused("not-xml.encoding", name=file) from None
    if root.tag != f"{{{BPMN}}}definitions":
        raise BpmnRefused("not-bpmn", line_of(root), name=file, root=str(root.tag)[:80])
    counted = sum(1 for element in root.iter(f"{{{BPMN}}}*") if element.get("id"))
    if counted > MOST_ELEMENTS:
        raise BpmnRefused(
            "too-many-elements.of-bpmn", name=file, number=counted, most=MOST_ELEMENTS
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
