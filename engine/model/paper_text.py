"""The text in a paper, place by place: PDF pages, paragraphs of Word, cells of Excel.

What cannot be read says nothing: a photograph, a scan, a broken or encrypted file. Reading is
bounded, because papers come from strangers.
"""

import itertools
import re
from collections.abc import Iterator
from importlib import import_module
from typing import IO

from lxml import etree

from engine.model.zips import UnreadableZip, opened

PDF = "application/pdf"
OLD_OFFICE = "application/x-ole-storage"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_MOST_PAGES = 200
_MOST_CELLS = 500_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_WORD_PART = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")


def texts_of(content: bytes, media_type: str) -> Iterator[tuple[str, str]]:
    """Where (第 2 页, 第 3 段, Sheet1!B7) and what stands there; nothing of what is unreadable."""
    readers = {PDF: _pdf, WORD: _word, EXCEL: _excel, OLD_OFFICE: _old_office}
    reader = readers.get(media_type)
    if reader is None:
        return
    try:
        yield from reader(content)
    except (UnreadableZip, etree.XMLSyntaxError, RecursionError):
        return
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, EOFError):
        return  # what pypdf raises besides for a file that lies about itself


def _pdf(content: bytes) -> Iterator[tuple[str, str]]:
    # Read when the first paper comes: few commands look into one.
    pages = import_module("engine.model.pdf_text").pages(content, _MOST_PAGES)
    for number, text in enumerate(pages, start=1):
        yield f"第 {number} 页", text


def _word(content: bytes) -> Iterator[tuple[str, str]]:
    with opened(content) as archive:
        # The parts themselves and not by name: a name that is there a thousand times is of one.
        for entry in archive.infolist():
            if not _WORD_PART.fullmatch(entry.filename):
                continue
            where = "" if entry.filename == "word/document.xml" else "页眉、页脚或批注"
            with archive.open(entry) as part:
                for number, paragraph in enumerate(_elements(part, f"{_W}p"), start=1):
                    said = "".join(run.text or "" for run in paragraph.iter(f"{_W}t"))
                    yield where or f"第 {number} 段", said


def _excel(content: bytes) -> Iterator[tuple[str, str]]:
    with opened(content) as archive:
        sheets = [one for one in archive.infolist() if _SHEET_PART.fullmatch(one.filename)]
        shared: list[str] = []
        if "xl/sharedStrings.xml" in archive.namelist():
            with archive.open("xl/sharedStrings.xml") as part:
                shared = [_said(one) for one in _elements(part, f"{_S}si")]
        sheets.sort(key=lambda one: one.filename)
        for number, entry in enumerate(sheets, start=1):
            with archive.open(entry) as part:
                for cell in itertools.islice(_elements(part, f"{_S}c"), _MOST_CELLS):
                    yield f"第 {number} 张表 {cell.get('r', '')}", _cell(cell, shared)


def _cell(cell: etree._Element, shared: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return _said(cell)
    value = cell.findtext(f"{_S}v") or ""
    if cell.get("t") == "s":
        return shared[int(value)] if value.isdigit() and int(value) < len(shared) else ""
    # A number of 18 digits that Excel has cut: 3.50602199001019E+17.
    return f"{float(value):.0f}" if "E" in value.upper() and len(value) > 1 else value


def _said(element: etree._Element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{_S}t"))


def _old_office(content: bytes) -> Iterator[tuple[str, str]]:
    """Old Word and Excel files keep their text as it is, in one of two widths."""
    for text in (content.decode("utf-16-le", "ignore"), content[1:].decode("utf-16-le", "ignore")):
        yield "文件中", text
    yield "文件中", content.decode("latin-1")


def _elements(part: IO[bytes], tag: str) -> Iterator[etree._Element]:
    """The elements of a tag one after the other; each is forgotten when the next is asked for."""
    reading = etree.iterparse(
        part,
        events=("end",),
        tag=tag,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    for _, element in reading:
        yield element
        element.clear()
