"""Fill a document in with the data of a case."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

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
from engine.documents.model import (
    AnyBlock,
    CellBlock,
    Document,
    FieldsBlock,
    OpinionBlock,
    OpinionsBlock,
    Part,
    SealBlock,
    ServiceBlock,
    SignaturesBlock,
    TableBlock,
    TextBlock,
    Value,
)
from engine.documents.wording import TO_TICK, date_in_words, written
from engine.feel import EvaluationContext
from engine.forms.components import Field
from engine.forms.form import CompiledForm
from engine.forms.values import is_empty, plain_text
from engine.model.clock import ZONE

ITEM = "item"
"""The name of one thing of a list in the texts of its block."""

BLANK = "________"
BLANK_DAY = "____年__月__日"

PROOF_OF_SERVICE = "送达回证"
WAYS_OF_SERVICE = ("当面", "邮寄", "留置", "电子送达", "公告")
"""How a paper reaches whom it is for; which it was is ticked by hand."""


@dataclass(frozen=True)
class Signed:
    """What somebody submitted at a step."""

    step: str
    by: str
    at: datetime
    form: CompiledForm
    data: Mapping[str, object]


@dataclass(frozen=True)
class Facts:
    """What a paper is filled in from; ``fields`` are the questions of the forms by key."""

    scope: Mapping[str, object]
    fields: Mapping[str, Field]
    signed: tuple[Signed, ...]
    context: EvaluationContext


def compose(document: Document, facts: Facts) -> Composed:
    """The paper. What the case does not know stays a line or a box for the pen."""
    composer = _Composer(document, facts)
    return Composed(
        document.id,
        document.title,
        tuple(made for block in document.blocks for made in composer.block(block)),
        document.landscape,
    )


class _Composer:
    def __init__(self, document: Document, facts: Facts) -> None:
        self.document = document
        self.facts = facts

    def block(self, block: AnyBlock) -> Iterator[ComposedBlock]:
        if block.when is not None and self._value(block.when, {}) is not True:
            return
        match block:
            case TextBlock():
                yield from self._text(block)
            case FieldsBlock():
                yield self._grid(block)
            case TableBlock():
                yield self._table(block)
            case SignaturesBlock():
                names = tuple(plain_text(item) for item in self._all_items(block.each))
                yield Signatures(block.label, names or ("",))
            case OpinionsBlock():
                yield Opinions(tuple(self._opinion(one) for one in block.steps))
            case SealBlock():
                yield Seal(self._words(block.parts, {}, blank=""))
            case ServiceBlock():
                yield from self._service(block)
            case _:
                yield PageBreak()

    def _text(self, block: TextBlock) -> Iterator[Paragraph]:
        if block.each is None:
            yield Paragraph(block.style, self._words(block.parts, {}))
            return
        for item in self._items(block.each):
            yield Paragraph(block.style, self._words(block.parts, {ITEM: item}))

    def _words(
        self, parts: tuple[Part, ...], more: Mapping[str, object], blank: str = BLANK
    ) -> str:
        return "".join(
            part if isinstance(part, str) else self._written(part, more) or (blank and _blank(part))
            for part in parts
        )

    def _service(self, block: ServiceBlock) -> Iterator[ComposedBlock]:
        """Behind a paper it has its own page, for whom the paper is for takes the paper along."""
        if block is not self.document.blocks[0]:
            yield PageBreak()
            yield Paragraph("title", PROOF_OF_SERVICE)
        paper = self._words(block.paper, {}) or self.document.title
        ways = "  ".join(f"{TO_TICK} {way}" for way in WAYS_OF_SERVICE)
        yield Grid(
            "",
            2,
            (
                (GridCell("送达文书", paper), GridCell("受送达人", self._words(block.to, {}))),
                (GridCell("送达方式", ways, 2),),
                (GridCell("送达地点", ""), GridCell("邮件号码", "")),
                (GridCell("备注", "", 2),),
            ),
        )
        yield Paragraph("small", "代收的在备注中写明与受送达人的关系；拒收的写明理由和见证人。")
        yield Signatures("受送达人（签收）", ("",))
        yield Signatures("送达人", ("", ""))

    def _grid(self, block: FieldsBlock) -> Grid:
        rows: list[list[GridCell]] = []
        room = 0
        for cell in block.cells:
            span = min(cell.span, block.columns)
            if span > room:
                _widen_last(rows, room)
                rows.append([])
                room = block.columns
            rows[-1].append(GridCell(self._label(cell, None), self._cell(cell), span))
            room -= span
        _widen_last(rows, room)
        return Grid(block.title, block.columns, tuple(tuple(row) for row in rows))

    def _table(self, block: TableBlock) -> SheetTable:
        listed = self.facts.fields.get(block.each.key)
        rows = [self._row(block, listed, item) for item in self._items(block.each)]
        empty = tuple("" for _ in block.columns)
        rows.extend(empty for _ in range(max(0, block.blank_rows - len(rows))))
        columns = tuple(Column(self._label(c, listed), c.width) for c in block.columns)
        return SheetTable(block.title, columns, tuple(rows))

    def _row(self, block: TableBlock, listed: Field | None, item: object) -> tuple[str, ...]:
        more = {**item, ITEM: item} if isinstance(item, Mapping) else {ITEM: item}
        return tuple(
            "" if c.value is None else self._written(c.value, more, self._asked(listed, c))
            for c in block.columns
        )

    def _asked(self, listed: Field | None, cell: CellBlock) -> Field | None:
        """The question of a column: of the list's own form, or of the forms of listed cases."""
        if listed is not None or cell.value is None:
            return _column(listed, cell)
        return self.facts.fields.get(cell.value.key)

    def _label(self, cell: CellBlock, listed: Field | None) -> str:
        if cell.label or cell.value is None:
            return cell.label
        asked = self.facts.fields.get(cell.value.key) if listed is None else _column(listed, cell)
        return cell.value.key if asked is None else asked.label

    def _cell(self, cell: CellBlock) -> str:
        return "" if cell.value is None else self._written(cell.value, {})

    def _written(self, value: Value, more: Mapping[str, object], asked: Field | None = None) -> str:
        known = asked or (None if more else self.facts.fields.get(value.key))
        return written(self._value(value, more), value.way, known)

    def _value(self, value: Value, more: Mapping[str, object]) -> object:
        return value.evaluate({**self.facts.scope, **more}, self.facts.context)

    def _items(self, value: Value) -> list[object]:
        return [item for item in self._all_items(value) if not is_empty(item)]

    def _all_items(self, value: Value) -> list[object]:
        """The items of a list; an empty text is a line for the pen, null is nothing."""
        found = self._value(value, {})
        items = found if isinstance(found, list) else [found]
        return [item for item in items if item is not None]

    def _opinion(self, wanted: OpinionBlock) -> Opinion:
        signed = next((one for one in reversed(self.facts.signed) if one.step == wanted.step), None)
        if signed is None:
            return Opinion(wanted.label, "", "", "", "")
        decision = signed.form.decision
        decided = None if decision is None else signed.data.get(decision.path[0])
        text = signed.data.get(wanted.field)
        return Opinion(
            wanted.label,
            "" if decision is None or is_empty(decided) else decision.label_of(decided),
            written(text, "plain", signed.form.fields.get(wanted.field)),
            signed.by,
            date_in_words(signed.at.astimezone(ZONE).date().isoformat()),
        )


def _blank(value: Value) -> str:
    """The room for the pen where a value is not known."""
    return BLANK_DAY if value.way == "date" else BLANK


def _column(listed: Field | None, cell: CellBlock) -> Field | None:
    if listed is None or cell.value is None:
        return None
    return listed.column(cell.value.key)


def _widen_last(rows: list[list[GridCell]], room: int) -> None:
    """The last cell of a line takes the room that is left."""
    if rows and room:
        last = rows[-1][-1]
        rows[-1][-1] = GridCell(last.label, last.text, last.span + room)
