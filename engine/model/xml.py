"""Read XML that strangers wrote: no entities, no network, bounded size and depth.

Process and decision files come from uploads; everything that could make the parser read another
file, grow without bounds or run for ever is refused before anything looks at the content
(reliability.md §4, items 1-3).
"""

from lxml import etree

LARGEST_FILE = 5 * 1024 * 1024
DEEPEST = 100
MOST_ELEMENTS = 20_000


class UnreadableXml(Exception):
    """The content cannot be read; ``message`` is a Chinese sentence, ``line`` from 1 or None."""

    def __init__(self, message: str, code: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message, self.code, self.line = message, code, line


def read_xml(content: bytes) -> etree._Element:
    """The root element; UnreadableXml for anything that is not harmless well-formed XML."""
    if not content.strip():
        raise UnreadableXml("文件是空的。请重新导出后再上传。", "empty-file")
    if len(content) > LARGEST_FILE:
        raise UnreadableXml(
            "文件超过 5 MB,未读取。流程文件通常不到 1 MB,请核对。", "file-too-large"
        )
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
        where = f"第 {line} 行" if line else "开头"
        raise UnreadableXml(
            f"文件不是合格的 XML({where}读不下去)。请在建模工具中重新保存后再上传。",
            "not-xml",
            line,
        ) from error
    except ValueError as error:
        raise UnreadableXml("文件的编码读不懂。请存为 UTF-8 后再上传。", "not-xml") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableXml("文件里有 DOCTYPE 声明,为安全起见不读取。请删去后再上传。", "doctype")
    _must_be_bounded(root)
    return root


def _must_be_bounded(root: etree._Element) -> None:
    level: list[etree._Element] = [root]
    depth = count = 0
    while level:
        depth += 1
        count += len(level)
        if depth > DEEPEST:
            raise UnreadableXml(f"元素嵌套超过 {DEEPEST} 层,未读取。", "too-deep")
        if count > MOST_ELEMENTS:
            raise UnreadableXml(f"元素超过 {MOST_ELEMENTS} 个,未读取。", "too-many-elements")
        level = [child for element in level for child in element]
