"""A paper filled in: what a page draws, with nothing left to decide there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Paragraph:
    """Words; ``style`` as the document says, or ``title`` over a paper behind another."""

    style: str
    text: str
    kind: str = "text"


@dataclass(frozen=True)
class GridCell:
    """A label with its value; ``span`` counts pairs."""

    label: str
    text: str
    span: int = 1


@dataclass(frozen=True)
class Grid:
    """Labels and values in lines, ``columns`` pairs wide."""

    title: str
    columns: int
    rows: tuple[tuple[GridCell, ...], ...]
    kind: str = "grid"


@dataclass(frozen=True)
class Column:
    """The head of a column; ``width`` in parts of the whole."""

    label: str
    width: int


@dataclass(frozen=True)
class SheetTable:
    """A table with numbered lines."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: str = "table"


@dataclass(frozen=True)
class Signatures:
    """Names with a line each to sign on."""

    label: str
    names: tuple[str, ...]
    kind: str = "signatures"


@dataclass(frozen=True)
class Opinion:
    """What a step said; everything but the label is empty where it is still to come."""

    label: str
    decision: str
    text: str
    by: str
    on: str


@dataclass(frozen=True)
class Opinions:
    """Opinions one under the other."""

    rows: tuple[Opinion, ...]
    kind: str = "opinions"


@dataclass(frozen=True)
class Seal:
    """Where the seal goes."""

    text: str
    kind: str = "seal"


@dataclass(frozen=True)
class PageBreak:
    """What follows begins a new page."""

    kind: str = "break"


ComposedBlock = Paragraph | Grid | SheetTable | Signatures | Opinions | Seal | PageBreak


@dataclass(frozen=True)
class Composed:
    """A whole paper."""

    id: str
    title: str
    blocks: tuple[ComposedBlock, ...]
    landscape: bool = False
