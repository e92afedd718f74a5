"""Can each paper be printed, and does the case know what it prints?"""

from collections.abc import Collection, Iterable, Iterator

from engine.definitions.diagram import Node, Process
from engine.definitions.draft import DocumentFile, Draft
from engine.definitions.findings import CHECK_NAME, error, meant, warning
from engine.definitions.variables import (
    RESERVED,
    all_forms_usable,
    form_names,
    usable_form,
    written_anywhere,
)
from engine.documents import CASES, PAPER
from engine.documents.composing import ITEM
from engine.documents.model import CellBlock, FieldsBlock, OpinionsBlock, TableBlock, Value
from engine.errors import Finding
from engine.sentences import finding

PROVIDED = RESERVED | {PAPER, ITEM, CASES}


def check(draft: Draft) -> Iterator[Finding]:
    """Papers that no step names or that a step misses; names, fields and steps nobody knows."""
    users: dict[str, list[Process]] = {}
    for process, node in draft.nodes("userTask"):
        for name in (*node.document_ids, *node.list_document):
            users.setdefault(name, []).append(process)
            if draft.document(name) is None and f"{name}.document" not in draft.unreadable:
                yield _missing(process, node, name)
    for file in draft.document_files:
        yield from file.document.findings
        if file.document.id not in users and draft.bpmn_files:
            yield warning("file-unused.document", file.name, name=file.name)
        for process in dict.fromkeys(users.get(file.document.id, [])):
            if all_forms_usable(draft, process):
                yield from _names(draft, process, file)
        if file.document.id in users:
            yield from _places(draft, file)


def _missing(process: Process, node: Node, name: str) -> Finding:
    return error("document-unknown", process.file, node.element, node=node.label, name=name)


def _names(draft: Draft, process: Process, file: DocumentFile) -> Iterator[Finding]:
    """Variables that nobody provides would stay empty lines, silently."""
    provided = written_anywhere(draft, process)
    for node in process.of("userTask", "startEvent"):
        provided |= form_names(
            usable_form(draft, node)
        )  # answers print, even where no flow reads them
    told: set[str] = set()
    for block in file.document.blocks:
        for value in block.values:
            for name in sorted(value.names - provided - PROVIDED - told):
                told.add(name)
                near = meant(name, provided)
                severity = "error" if process.start_role else "warning"
                if process.start_role or near:  # its caller may provide it: only a slip is told
                    yield finding(
                        severity,
                        "document-name",
                        file.name,
                        None,
                        block.line,
                        document=file.name,
                        name=name,
                        id=process.key,
                        near=near or CHECK_NAME,
                    )


def _places(draft: Draft, file: DocumentFile) -> Iterator[Finding]:
    """Fields without a label of their own, and steps, that are nowhere in the files."""
    fields = {key: f for form in draft.form_files for key, f in form.form.fields.items()}
    steps = {node.id for _, node in draft.nodes("userTask")}
    for block in file.document.blocks:
        if isinstance(block, FieldsBlock):
            yield from _fields(file, block.line, block.cells, fields)
        elif isinstance(block, TableBlock) and block.each.key in fields:
            columns = {column.key for column in fields[block.each.key].row_fields}
            yield from _fields(file, block.line, block.columns, columns)
        elif isinstance(block, OpinionsBlock):
            for one in block.steps:
                if one.step not in steps:
                    yield _unknown_step(file, block.line, one.step, steps)


def _fields(
    file: DocumentFile, line: int, cells: Iterable[CellBlock], known: Collection[str]
) -> Iterator[Finding]:
    for cell in cells:
        key = _key_without_label(cell)
        if key and key not in known:
            near = meant(key, known) or CHECK_NAME
            yield finding(
                "error",
                "document-field",
                file.name,
                None,
                line,
                document=file.name,
                name=key,
                near=near,
            )


def _unknown_step(file: DocumentFile, line: int, step: str, known: Collection[str]) -> Finding:
    near = meant(step, known) or CHECK_NAME
    return finding(
        "error",
        "document-step",
        file.name,
        None,
        line,
        document=file.name,
        name=step,
        near=near,
    )


def _key_without_label(cell: CellBlock) -> str:
    value: Value | None = cell.value
    return "" if cell.label or value is None else value.key
