"""Has each scope one beginning and an end, and lies every step on a way between them?"""

from collections import deque
from collections.abc import Iterator

from engine.definitions.diagram import Node, Process, Scope, described
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding


def check(draft: Draft) -> Iterator[Finding]:
    """Start and end events, elements never reached, elements that lead to no end."""
    for process in draft.processes:
        for scope in process.scopes:
            starts = [node for node in scope.nodes.values() if node.tag == "startEvent"]
            ends = [node for node in scope.nodes.values() if node.tag == "endEvent"]
            yield from _beginning(process, scope, starts)
            if not ends:
                yield error("no-end", process.file, scope.element, element=described(scope.element))
            if any(flow.target not in scope.nodes for flow in scope.flows):
                continue  # a flow that leads nowhere says enough
            if starts:
                yield from _unreached(process, scope, starts)
            if ends:
                yield from _without_end(process, scope, ends)


def _beginning(process: Process, scope: Scope, starts: list[Node]) -> Iterator[Finding]:
    if not starts:
        yield error("no-start", process.file, scope.element, element=described(scope.element))
    for node in starts[1:]:
        yield error(
            "several-starts",
            process.file,
            node.element,
            element=described(scope.element),
            node=node.label,
        )


def _unreached(process: Process, scope: Scope, starts: list[Node]) -> Iterator[Finding]:
    reached = scope.reachable(starts)
    for node in scope.nodes.values():
        if node not in reached and not node.is_handler:
            yield error("unreachable", process.file, node.element, node=node.label)


def _without_end(process: Process, scope: Scope, ends: list[Node]) -> Iterator[Finding]:
    before: dict[Node, list[Node]] = {}
    for node in scope.nodes.values():
        for following in scope.next_of(node):
            before.setdefault(following, []).append(node)
    finishing = set(ends)
    waiting = list(ends)
    while waiting:
        for earlier in before.get(waiting.pop(), ()):
            if earlier not in finishing:
                finishing.add(earlier)
                waiting.append(earlier)
    for node in scope.nodes.values():
        if node not in finishing and (node.outgoing or node.tag == "endEvent"):
            yield error(
                "no-way-to-end", process.file, node.element, _way_to(scope, node), node=node.label
            )


def _way_to(scope: Scope, wanted: Node) -> tuple[str, ...]:
    """The ids on a shortest way from a start event; empty where no way leads there."""
    starts = [node for node in scope.nodes.values() if node.tag == "startEvent"]
    came: dict[Node, Node | None] = dict.fromkeys(starts)
    waiting = deque(starts)
    while waiting and wanted not in came:
        node = waiting.popleft()
        for following in scope.next_of(node):
            if following not in came:
                came[following] = node
                waiting.append(following)
    way: list[str] = []
    step = wanted if wanted in came else None
    while step is not None:
        way.append(step.id)
        step = came[step]
    return tuple(reversed(way))
