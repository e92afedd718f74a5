"""Can the work get stuck or arrive twice, does all of it get its turn, was all looked at?"""

from collections.abc import Iterator, Sequence

from engine.definitions.diagram import Node, Scope, described
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.definitions.soundness import Exploration, explore
from engine.errors import Finding
from engine.sentences import Words

_LONGEST_TRACE = 12


def check(draft: Draft) -> Iterator[Finding]:
    """Deadlocks and second tokens, each with the shortest way to get there; dead elements."""
    for process in draft.processes:
        for scope in process.scopes:
            found = explore(scope)
            yield from _violations(process.file, scope, found)
            if not found.complete:
                yield warning(
                    "too-complex", process.file, scope.element, element=described(scope.element)
                )


def _violations(file: str, scope: Scope, found: Exploration) -> Iterator[Finding]:
    if found.stuck is not None and found.stuck.at:
        where = found.stuck.at[0]
        yield error(
            "deadlock",
            file,
            where.element,
            _ids(found.stuck.trace),
            way=told_way(found.stuck.trace),
            node=where.label,
        )
    has_end = any(node.tag == "endEvent" for node in scope.nodes.values())
    if found.circling is not None and found.circling.at and has_end:
        where = found.circling.at[0]
        yield error(
            "livelock",
            file,
            where.element,
            _ids(found.circling.trace),
            way=told_way(found.circling.trace),
            node=where.label,
        )
    if found.doubled is not None:
        # A reminder beside a step that is done again may still be on its way: not all that is
        # doubled is a split without its join.
        beside = any(_goes_beside(node) for node in found.doubled.trace)
        yield (warning if beside else error)(
            "lack-of-synchronisation",
            file,
            found.doubled.flow.element,
            _ids(found.doubled.trace),
            flow=found.doubled.flow.label,
            way=told_way(found.doubled.trace),
        )
    for node in found.dead:
        yield error("dead-element.never-reached", file, node.element, node=node.label)


def _goes_beside(node: Node) -> bool:
    return node.tag == "boundaryEvent" and not node.interrupting


def _ids(trace: Sequence[Node]) -> tuple[str, ...]:
    return tuple(node.id for node in trace)


def told_way(trace: Sequence[Node]) -> Words:
    """The names along a way, shortened where there are many."""
    names = [node.name.strip() or node.id for node in trace]
    if len(names) > _LONGEST_TRACE:
        names = [*names[: _LONGEST_TRACE // 2], "…", *names[-_LONGEST_TRACE // 2 :]]
    if not names:
        return Words("开始事件", "the start event")
    return Words.same(" → ".join(names))
