"""Does each system step call an operation that exists, with what it needs?"""

from collections.abc import Iterator

from engine.definitions.diagram import Node, Process, extension
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.definitions.known import OperationInterface
from engine.errors import Finding


def check(draft: Draft) -> Iterator[Finding]:
    """Unknown operations, inputs they do not have, inputs they need."""
    for process, node in draft.nodes("serviceTask"):
        if extension(node.element, "taskDefinition") is None or not node.operation:
            yield error(
                "operation-missing",
                f"{node.label}没有写明做什么。请在 Job type 里填写操作名称。",
                process.file,
                node.element,
            )
            continue
        operation = draft.known.operations.get(node.operation)
        if operation is None:
            has = "、".join(sorted(draft.known.operations)[:20]) or "无"
            yield error(
                "operation-unknown",
                f"{node.label}要调用的操作“{node.operation}”不存在。现有操作:{has}。",
                process.file,
                node.element,
            )
        else:
            yield from _inputs(process, node, operation)


def _inputs(process: Process, node: Node, operation: OperationInterface) -> Iterator[Finding]:
    given = {mapped.variable: mapped.element for mapped in node.inputs}
    for name, element in given.items():
        if name not in operation.inputs:
            yield error(
                "operation-input-unknown",
                f"{node.label}给操作“{node.operation}”的输入“{name}”它不认识。"
                f"它的输入:{'、'.join(operation.inputs) or '无'}。",
                process.file,
                element,
            )
    for name in sorted(set(operation.required) - set(given)):
        yield error(
            "operation-input-missing",
            f"{node.label}没有给操作“{node.operation}”必需的输入“{name}”。请加输入映射。",
            process.file,
            node.element,
        )
