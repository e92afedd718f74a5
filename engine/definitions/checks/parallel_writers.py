"""Do two parallel branches write one variable? Then chance decides which value stays (D16)."""

from collections.abc import Iterator

from engine.definitions.diagram import Node, Process
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.definitions.soundness import explore
from engine.definitions.variables import writings
from engine.errors import Finding


def check(draft: Draft) -> Iterator[Finding]:
    """Pairs of steps that can be open at the same time and write the same variable."""
    for process in draft.processes:
        written = _written(draft, process)
        for scope in process.scopes:
            order = {node: number for number, node in enumerate(scope.nodes.values())}
            pairs = [sorted(pair, key=order.__getitem__) for pair in explore(scope).concurrent]
            for one, other in sorted(pairs, key=lambda pair: [order[node] for node in pair]):
                for variable in sorted(written.get(one, set()) & written.get(other, set())):
                    yield error(
                        "parallel-writers",
                        process.file,
                        other.element,
                        one=one.label,
                        other=other.label,
                        variable=variable,
                    )


def _written(draft: Draft, process: Process) -> dict[Node, set[str]]:
    """What each node writes; a sub-process writes what is written inside it.

    What is written in an item stays in it: no other item and nothing around it is touched.
    """
    found: dict[Node, set[str]] = {}
    for writing in writings(draft, process):
        node: Node | None = writing.node
        while node is not None and node is not writing.home:
            found.setdefault(node, set()).add(writing.variable)
            node = node.scope.owner
    return found
