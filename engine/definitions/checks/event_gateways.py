"""Leads each event gateway to events to wait for?"""

from collections.abc import Iterator

from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding


def check(draft: Draft) -> Iterator[Finding]:
    """At least two ways out, each straight to a catch event of its own."""
    for process, node in draft.nodes("eventBasedGateway"):
        if len(node.outgoing) < 2:  # noqa: PLR2004 - a choice needs two
            yield error(
                "event-gateway-ways",
                f"{node.label}少于两条出线,没有可等的选择。请去掉网关或再加一个事件。",
                process.file,
                node.element,
            )
        for flow in node.outgoing:
            target = process.nodes.get(flow.target)
            if target is None:
                continue
            if target.tag != "intermediateCatchEvent":
                yield error(
                    "event-gateway-target",
                    f"{node.label}后面必须直接是等待事件,但{flow.label}接到了{target.label}。"
                    "请在中间加一个定时或消息等待事件。",
                    process.file,
                    flow.element,
                )
            elif len(target.incoming) > 1:
                yield error(
                    "event-gateway-target",
                    f"{target.label}在{node.label}后面,不能再有别的进线。请去掉其他进线。",
                    process.file,
                    target.element,
                )
