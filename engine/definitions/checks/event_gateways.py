"""Leads each event gateway to events to wait for?"""

from collections.abc import Iterator

from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding


def check(draft: Draft) -> Iterator[Finding]:
    """At least two ways out, each straight to a catch event of its own."""
    for process, node in draft.nodes("eventBasedGateway"):
        if len(node.outgoing) < 2:  # noqa: PLR2004 - a choice needs two
            yield error("event-gateway-ways", process.file, node.element, node=node.label)
        for flow in node.outgoing:
            target = process.nodes.get(flow.target)
            if target is None:
                continue
            if target.tag != "intermediateCatchEvent":
                yield error(
                    "event-gateway-target.no-event",
                    process.file,
                    flow.element,
                    node=node.label,
                    flow=flow.label,
                    target=target.label,
                )
            elif len(target.incoming) > 1:
                yield error(
                    "event-gateway-target.entered-elsewhere",
                    process.file,
                    target.element,
                    target=target.label,
                    node=node.label,
                )
