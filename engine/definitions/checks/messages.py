"""Can each message be told apart from those for other cases, and is what it brings kept?"""

from collections.abc import Iterator

from engine.definitions.diagram import described, extension
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding


def check(draft: Draft) -> Iterator[Finding]:
    """Correlation keys, names, output mappings of message events."""
    judged: set[object] = set()
    for process, node in draft.nodes("intermediateCatchEvent", "boundaryEvent"):
        if node.event is None or node.event_kind != "message":
            continue
        if not node.outputs:
            yield error(
                "message-without-output",
                f"{node.label}没有输出映射,消息带来的内容不会保存。请写明保存哪些变量。",
                process.file,
                node.element,
            )
        message = draft.definitions_of(process, "message").get(node.event.get("messageRef", ""))
        if message is None or message in judged:
            continue
        judged.add(message)
        subscription = extension(message, "subscription")
        if subscription is None or not subscription.get("correlationKey", "").strip():
            yield error(
                "message-without-key",
                f"{described(message)}没有关联键,分不清是哪一件的。"
                "请填写 Subscription correlation key。",
                process.file,
                message,
            )
        if not message.get("name", "").strip():
            yield error(
                "message-without-name",
                f"{described(message)}没有名称,收不到消息。请填写名称。",
                process.file,
                message,
            )
        elif message.get("name", "").lstrip().startswith("="):
            yield error(
                "message-without-name",
                f"{described(message)}的名称不能是表达式。请写明名称。",
                process.file,
                message,
            )
