"""Can each paper be printed, and does the case know what it prints?"""

import difflib
from collections.abc import Collection, Iterable, Iterator

from engine.definitions.diagram import Node, Process
from engine.definitions.draft import DocumentFile, Draft
from engine.definitions.findings import error, warning
from engine.definitions.variables import (
    RESERVED,
    all_forms_usable,
    form_names,
    usable_form,
    written,
)
from engine.documents import CASES, PAPER
from engine.documents.composing import ITEM
from engine.documents.model import CellBlock, FieldsBlock, OpinionsBlock, TableBlock, Value
from engine.errors import Finding

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
            yield warning(
                "file-unused",
                f"“{file.name}”没有步骤使用。请在步骤的 documents 属性里写上,或移出这个文件。",
                file.name,
            )
        for process in dict.fromkeys(users.get(file.document.id, [])):
            if all_forms_usable(draft, process):
                yield from _names(draft, process, file)
        if file.document.id in users:
            yield from _places(draft, file)


def _missing(process: Process, node: Node, name: str) -> Finding:
    return error(
        "document-unknown",
        f"{node.label}的文书“{name}”不在文件里。请加上“{name}.document”或改正编号。",
        process.file,
        node.element,
    )


def _names(draft: Draft, process: Process, file: DocumentFile) -> Iterator[Finding]:
    """Variables that nobody provides would stay empty lines, silently."""
    provided = written(draft, process)
    for node in process.of("userTask", "startEvent"):
        provided |= form_names(
            usable_form(draft, node)
        )  # answers print, even where no flow reads them
    told: set[str] = set()
    for block in file.document.blocks:
        for value in block.values:
            for name in sorted(value.names - provided - PROVIDED - told):
                told.add(name)
                message = (
                    f"文书“{file.name}”用到“{name}”,"
                    f"流程“{process.key}”里没有谁提供它。{_near(name, provided)}"
                )
                if process.start_role:
                    yield Finding("error", "document-name", message, file.name, None, block.line)
                elif "是不是" in message:  # its caller may provide it: only a likely slip is told
                    yield Finding("warning", "document-name", message, file.name, None, block.line)


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
            message = (
                f"文书“{file.name}”用到字段“{key}”,表单里没有。"
                f"{_near(key, known)}也可以自己写 label 和 value。"
            )
            yield Finding("error", "document-field", message, file.name, None, line)


def _unknown_step(file: DocumentFile, line: int, step: str, known: Collection[str]) -> Finding:
    message = f"文书“{file.name}”要写“{step}”环节的意见,流程里没有这个环节。{_near(step, known)}"
    return Finding("error", "document-step", message, file.name, None, line)


def _key_without_label(cell: CellBlock) -> str:
    value: Value | None = cell.value
    return "" if cell.label or value is None else value.key


def _near(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), 1, cutoff=0.75)
    return f"是不是想写“{near[0]}”?" if near else "请核对名称。"
