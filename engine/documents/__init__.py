"""Papers of a step: a ``.document`` file and a case's data become an A4 sheet to sign and seal.

Start with :func:`compile_document`. ``reading`` reads the file, ``composing`` fills it in,
``wording`` writes values as papers have them. A document is data: words, FEEL expressions and a
few kinds of block; no markup and no code of its own.
"""

from engine.documents.composed import (
    Column,
    Composed,
    ComposedBlock,
    Grid,
    GridCell,
    Opinion,
    Opinions,
    PageBreak,
    Paragraph,
    Seal,
    SheetTable,
    Signatures,
)
from engine.documents.composing import Facts, Signed, compose
from engine.documents.model import CASES, PAPER, Document
from engine.documents.reading import compile_document

__all__ = [
    "CASES",
    "PAPER",
    "Column",
    "Composed",
    "ComposedBlock",
    "Document",
    "Facts",
    "Grid",
    "GridCell",
    "Opinion",
    "Opinions",
    "PageBreak",
    "Paragraph",
    "Seal",
    "SheetTable",
    "Signatures",
    "Signed",
    "compile_document",
    "compose",
]
