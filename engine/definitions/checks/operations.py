"""Does each system step call an operation that exists, with what it needs?"""

from collections.abc import Iterator

from engine.definitions.diagram import Node, Process, extension
from engine.definitions.draft import Draft
from engine.definitions.findings import error
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
