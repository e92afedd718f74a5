"""The XML of a decision file: read safely, and asked for by local names."""

from collections.abc import Iterator

from lxml import etree

from engine.decisions.findings import DecisionProblem
from engine.sentences import Words

LARGEST_FILE = 4_000_000  # bytes

DMN_NAMESPACES = frozenset(
    (
        "http://www.omg.org/spec/DMN/20180521/MODEL/",  # 1.2
        "https://www.omg.org/spec/DMN/20191111/MODEL/",  # 1.3
        "https://www.omg.org/spec/DMN/20211108/MODEL/",  # 1.4
        "https://www.omg.org/spec/DMN/20230324/MODEL/",  # 1.5
        "https://www.omg.org/spec/DMN/20240513/MODEL/",  # 1.6, the same elements
    )
)

Element = etree._Element  # noqa: SLF001 - lxml's element class has no public name


def parse_definitions(content: bytes, file: str) -> Element:
    """Give the root element; raises DecisionProblem for what is no DMN 1.2 to 1.6 file."""
    root = parse_xml(content, file)
    qualified = etree.QName(root)
    if qualified.localname != "definitions" or qualified.namespace not in DMN_NAMESPACES:
        raise DecisionProblem(
            Words(
                f"{_called(file)}不是 DMN 1.2 至 1.6 的决策文件",
                f"{_called(file).en} is no decision file of DMN 1.2 to 1.6",
            ),
            line=line_of(root),
        )
    return root


def parse_xml(content: bytes, file: str) -> Element:
    """Give the root element of a file of ours or of a stranger, read safely.

    Raises DecisionProblem for what is too large, no XML, or declares entities.
    """
    name = _called(file)
    if len(content) > LARGEST_FILE:
        raise DecisionProblem(
            Words(
                f"{name}超过 {LARGEST_FILE // 1_000_000} MB,未读取",
                f"{name.en} is larger than {LARGEST_FILE // 1000000} MB and was not read",
            )
        )
    # Neither entities nor DTDs: a decision file needs none, and both can be made to explode.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise DecisionProblem(
            Words(
                f"{name}含有 DOCTYPE 声明,不能使用",
                f"{name.en} has a DOCTYPE declaration and cannot be used",
            )
        )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        line = problem.lineno or 0
        raise DecisionProblem(
            Words(
                f"{name}不是完整的 XML(第 {line} 行)", f"{name.en} is no complete XML (line {line})"
            ),
            line=line,
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise DecisionProblem(
            Words(
                f"{name}含有 DOCTYPE 声明,不能使用",
                f"{name.en} has a DOCTYPE declaration and cannot be used",
            )
        )
    return root


def _called(file: str) -> Words:
    return Words.same(f"“{file}”") if file else Words("决策文件", "the decision file")


def local_name(element: Element) -> str:
    """Give an element's name without its namespace."""
    return etree.QName(element).localname


def children(element: Element, *names: str) -> Iterator[Element]:
    """Give the DMN children of an element, of these names or of any.

    Extensions of tools are none.
    """
    for child in element:
        namespace = etree.QName(child).namespace
        if namespace in DMN_NAMESPACES and (not names or local_name(child) in names):
            yield child


def child(element: Element, *names: str) -> Element | None:
    """Give the first such child."""
    return next(children(element, *names), None)


def text_of(element: Element | None) -> str:
    """Give the content of an element's text child, without the space around it."""
    text = None if element is None else child(element, "text")
    return "" if text is None else "".join(str(part) for part in text.itertext()).strip()


def line_of(element: Element) -> int:
    """Give the line an element begins on."""
    line = element.sourceline
    return line if isinstance(line, int) else 0
