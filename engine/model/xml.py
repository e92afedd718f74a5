"""Read XML that strangers wrote: no entities, no network, bounded size and depth.

Process and decision files come from uploads; everything that could make the parser read another
file, grow without bounds or run for ever is refused before anything looks at the content
(reliability.md §4, items 1-3).
"""

from lxml import etree

from engine.sentences import Words

LARGEST_FILE = 5 * 1024 * 1024
DEEPEST = 100
MOST_ELEMENTS = 20_000
_BEGINNING = Words("开头", "its beginning")


class UnreadableXml(Exception):
    """The content cannot be read: what the catalogue says under ``key``, at a line from 1."""

    def __init__(self, key: str, line: int | None = None, /, **values: object) -> None:
        super().__init__(key)
        self.key, self.line, self.values = key, line, values


def read_xml(content: bytes) -> etree._Element:
    """The root element; UnreadableXml for anything that is not harmless well-formed XML."""
    if not content.strip():
        raise UnreadableXml("empty-file")
    if len(content) > LARGEST_FILE:
        raise UnreadableXml("file-too-large")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or None
        where = Words(f"第 {line} 行", f"line {line}") if line else _BEGINNING
        raise UnreadableXml("not-xml.syntax", line, where=where) from error
    except ValueError as error:
        raise UnreadableXml("not-xml.encoding") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableXml("doctype")
    _must_be_bounded(root)
    return root


def _must_be_bounded(root: etree._Element) -> None:
    level: list[etree._Element] = [root]
    depth = count = 0
    while level:
        depth += 1
        count += len(level)
        if depth > DEEPEST:
            raise UnreadableXml("too-deep", most=DEEPEST)
        if count > MOST_ELEMENTS:
            raise UnreadableXml("too-many-elements.of-xml", most=MOST_ELEMENTS)
        level = [child for element in level for child in element]
