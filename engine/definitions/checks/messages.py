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
            yield error("message-without-output", process.file, node.element, node=node.label)
        message = draft.definitions_of(process, "message").get(node.event.get("messageRef", ""))
        if message is None or message in judged:
            continue
        judged.add(message)
        subscription = extension(message, "subscription")
        if subscription is None or not subscription.get("correlationKey", "").strip():
            yield error("message-without-key", process.file, message, message=described(message))
        if not message.get("name", "").strip():
            yield error(
                "message-without-name.missing", process.file, message, message=described(message)
            )
        elif message.get("name", "").lstrip().startswith("="):
            yield error(
                "message-without-name.expression", process.file, message, message=described(message)
            )
