"""Does each system step call an operation that exists, with what it needs?"""

import re
from collections.abc import Iterator

from engine.definitions.diagram import Node, Process, extension
from engine.definitions.draft import Draft
from engine.definitions.findings import CHECK_NAME, error, meant
from engine.definitions.known import OperationInterface
from engine.errors import Finding
from engine.sentences import Words


def check(draft: Draft) -> Iterator[Finding]:
    """Unknown operations, inputs they do not have or need, a step that cannot wait for one."""
    for process, node in draft.nodes("serviceTask"):
        if extension(node.element, "taskDefinition") is None or not node.operation:
            yield error("operation-missing", process.file, node.element, node=node.label)
            continue
        operation = draft.known.operations.get(node.operation)
        if operation is None:
            has = Words.listed(sorted(draft.known.operations)[:20])
            yield error(
                "operation-unknown",
                process.file,
                node.element,
                node=node.label,
                operation=node.operation,
                has=has,
            )
        else:
            yield from _inputs(process, node, operation)
            yield from _processes(draft, process, node, operation)
            if operation.lasts and node.properties.get("async") != "true":
                yield error(
                    "operation-lasts",
                    process.file,
                    node.element,
                    node=node.label,
                    operation=node.operation,
                )


def _inputs(process: Process, node: Node, operation: OperationInterface) -> Iterator[Finding]:
    given = {mapped.variable: mapped.element for mapped in node.inputs}
    for name, element in given.items():
        if name not in operation.inputs:
            yield error(
                "operation-input-unknown",
                process.file,
                element,
                node=node.label,
                operation=node.operation,
                name=name,
                has=Words.listed(operation.inputs),
            )
    for name in sorted(set(operation.required) - set(given)):
        yield error(
            "operation-input-missing",
            process.file,
            node.element,
            node=node.label,
            operation=node.operation,
            name=name,
        )


_TEXT = re.compile(r'="([^"]*)"|([^=].*)', re.DOTALL)
"""An input that is a text and no reckoning: quoted as FEEL does, or plain."""


def _processes(
    draft: Draft, process: Process, node: Node, operation: OperationInterface
) -> Iterator[Finding]:
    """Inputs that name a process (``format``: ``process``): it must be there."""
    there = {one.key for one in draft.processes} | draft.deployed.keys() | draft.known.beside
    for mapped in node.inputs:
        schema = operation.inputs.get(mapped.variable, {})
        text = _TEXT.fullmatch(mapped.source.strip())
        if schema.get("format") != "process" or text is None:
            continue
        key = (text[1] if text[1] is not None else text[2]).strip()
        if key not in there and f"{key}.bpmn" not in draft.unreadable:
            yield error(
                "operation-process-unknown",
                process.file,
                mapped.element,
                node=node.label,
                key=key[:80],
                near=meant(key, there) or CHECK_NAME,
            )
