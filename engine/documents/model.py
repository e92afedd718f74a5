"""A compiled document: its blocks in order, every text and expression read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from typing_extensions import override

from engine.errors import Finding
from engine.feel import EvaluationContext, Expression

PAPER = "paper"
"""The name under which a document finds the units, the day and whoever prints it."""

CASES = "cases"
"""The name under which a list for several cases finds them: of each what its step knows, and what
its earlier steps said in ``said``."""

STYLES = ("plain", "to", "centre", "right", "heading", "small")
"""How a paragraph stands: indented, flush, in the middle, right, bold, in small print."""

WAYS = ("plain", "money", "capitals", "date", "mask", "boxes")
"""How a value is written; ``boxes`` draws every choice with a box to tick."""


@dataclass(frozen=True)
class Value:
    """An expression and how its value is written; ``key`` where it is just a variable's name."""

    text: str
    expression: Expression = field(compare=False, repr=False)
    way: str = "plain"

    @property
    def names(self) -> frozenset[str]:
        """The variables it reads."""
        return frozenset(self.expression.free_names)

    @property
    def key(self) -> str:
        """The name of the form field that this is, empty for a real expression."""
        return self.text if all(p.isidentifier() for p in self.text.split(".")) else ""

    def evaluate(self, scope: Mapping[str, object], context: EvaluationContext) -> object:
        """The value as JSON; None where there is none."""
        return self.expression.evaluate(scope, context).value


Part = str | Value
"""A text is made of words and of values between them."""


@dataclass(frozen=True)
class Block:
    """What all blocks have: where they stand in the file, and when they are printed."""

    line: int
    when: Value | None

    @property
    def values(self) -> tuple[Value, ...]:
        """Every expression that reads the case's variables."""
        return () if self.when is None else (self.when,)


@dataclass(frozen=True)
class TextBlock(Block):
    """A paragraph, or one for each item of a list (``item`` names it)."""

    style: str
    parts: tuple[Part, ...]
    each: Value | None = None

    @property
    @override
    def values(self) -> tuple[Value, ...]:
        """Every expression that reads the case's variables."""
        inner = tuple(part for part in self.parts if isinstance(part, Value))
        return super().values + inner + (() if self.each is None else (self.each,))


@dataclass(frozen=True)
class CellBlock:
    """A label with a value; ``label`` empty: that of the form field."""

    label: str
    value: Value | None
    span: int = 1
    width: int = 2


@dataclass(frozen=True)
class FieldsBlock(Block):
    """Labels and values in a ruled grid, ``columns`` pairs a line."""

    title: str
    columns: int
    cells: tuple[CellBlock, ...]

    @property
    @override
    def values(self) -> tuple[Value, ...]:
        """Every expression that reads the case's variables."""
        return super().values + tuple(c.value for c in self.cells if c.value is not None)


@dataclass(frozen=True)
class TableBlock(Block):
    """A line for each item of a list, and empty lines for the pen."""

    title: str
    each: Value
    columns: tuple[CellBlock, ...]
    blank_rows: int

    @property
    @override
    def values(self) -> tuple[Value, ...]:
        """Every expression that reads the case's variables; those of columns read the item."""
        return (*super().values, self.each)


@dataclass(frozen=True)
class SignaturesBlock(Block):
    """A line to sign on for each item of a list."""

    label: str
    each: Value

    @property
    @override
    def values(self) -> tuple[Value, ...]:
        """Every expression that reads the case's variables."""
        return (*super().values, self.each)


@dataclass(frozen=True)
class OpinionBlock:
    """What one step said: its decision, its words, who and when."""

    step: str
    label: str
    field: str


@dataclass(frozen=True)
class OpinionsBlock(Block):
    """The opinions of steps, one under the other, each with room for signature and seal."""

    steps: tuple[OpinionBlock, ...]


@dataclass(frozen=True)
class SealBlock(Block):
    """Who seals, and the day."""

    parts: tuple[Part, ...]

    @property
    @override
    def values(self) -> tuple[Value, ...]:
        """Every expression that reads the case's variables."""
        return super().values + tuple(part for part in self.parts if isinstance(part, Value))


@dataclass(frozen=True)
class ServiceBlock(Block):
    """送达回证 on a page of its own, which stays in the file: whom, which paper, when and how.

    ``paper`` empty: the document itself.
    """

    to: tuple[Part, ...]
    paper: tuple[Part, ...] = ()

    @property
    @override
    def values(self) -> tuple[Value, ...]:
        """Every expression that reads the case's variables."""
        parts = (*self.to, *self.paper)
        return super().values + tuple(part for part in parts if isinstance(part, Value))


@dataclass(frozen=True)
class BreakBlock(Block):
    """A new page."""


AnyBlock = (
    TextBlock
    | FieldsBlock
    | TableBlock
    | SignaturesBlock
    | OpinionsBlock
    | SealBlock
    | ServiceBlock
    | BreakBlock
)


@dataclass(frozen=True)
class Document:
    """One paper; unusable where ``findings`` has an error."""

    id: str
    title: str
    blocks: tuple[AnyBlock, ...]
    findings: tuple[Finding, ...] = ()
    landscape: bool = False

    @property
    def is_served(self) -> bool:
        """Whether it is handed to somebody against a proof of service (送达回证)."""
        return any(isinstance(block, ServiceBlock) for block in self.blocks)

    @property
    def has_errors(self) -> bool:
        """Whether the file cannot be used."""
        return any(finding.severity == "error" for finding in self.findings)
