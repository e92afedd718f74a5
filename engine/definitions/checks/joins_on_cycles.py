"""Lies a join on a circle? Then the state of a case grows with every round (design.md D3)."""

from collections.abc import Iterator

from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding


def check(draft: Draft) -> Iterator[Finding]:
    """Parallel and inclusive gateways with several ways in that lie on a circle of their scope."""
    for process, node in draft.nodes("parallelGateway", "inclusiveGateway"):
        if len(node.incoming) < 2:  # noqa: PLR2004 - one way in is no join
            continue
        if node in node.scope.reachable(node.scope.next_of(node)):
            yield error("join-on-cycle", process.file, node.element, node=node.label)
