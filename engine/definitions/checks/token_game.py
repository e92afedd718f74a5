"""Can the work get stuck or arrive twice, does all of it get its turn, was all looked at?"""

from collections.abc import Iterator, Sequence

from engine.definitions.diagram import Node, described
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.definitions.soundness import Exploration, explore
from engine.errors import Finding

_LONGEST_TRACE = 12


def check(draft: Draft) -> Iterator[Finding]:
    """Deadlocks and second tokens, each with the shortest way to get there; dead elements."""
    for process in draft.processes:
        for scope in process.scopes:
            found = explore(scope)
            yield from _violations(process.file, found)
            if not found.complete:
                yield warning(
                    "too-complex",
                    f"{described(scope.element)}里可能同时进行的组合太多,只核对了一部分:"
                    "会不会卡住、并行的步骤是否写同一个变量,没有全部查到。"
                    "请把并行的几步各放进一个嵌入子流程。",
                    process.file,
                    scope.element,
                )


def _violations(file: str, found: Exploration) -> Iterator[Finding]:
    if found.stuck is not None and found.stuck.at:
        where = found.stuck.at[0]
        yield error(
            "deadlock",
            f"会卡住:依次经过 {_told(found.stuck.trace)} 之后,停在{where.label}再也走不动。"
            "请让分开与汇合的网关成对(排他分开用排他汇合,并行分开用并行汇合)。",
            file,
            where.element,
            _ids(found.stuck.trace),
        )
    if found.doubled is not None:
        # A reminder beside a step that is done again may still be on its way: not all that is
        # doubled is a split without its join.
        beside = any(_goes_beside(node) for node in found.doubled.trace)
        yield (warning if beside else error)(
            "lack-of-synchronisation",
            f"{found.doubled.flow.label}会被走两次:依次经过 {_told(found.doubled.trace)}。"
            "并行分开后请用并行网关汇合,否则后面的步骤会出现两份。",
            file,
            found.doubled.flow.element,
            _ids(found.doubled.trace),
        )
    for node in found.dead:
        yield error(
            "dead-element",
            f"{node.label}永远轮不到:没有哪种走法能走到它。请核对前面的网关。",
            file,
            node.element,
        )


def _goes_beside(node: Node) -> bool:
    return node.tag == "boundaryEvent" and not node.interrupting


def _ids(trace: Sequence[Node]) -> tuple[str, ...]:
    return tuple(node.id for node in trace)


def _told(trace: Sequence[Node]) -> str:
    names = [node.name.strip() or node.id for node in trace]
    if len(names) > _LONGEST_TRACE:
        names = [*names[: _LONGEST_TRACE // 2], "…", *names[-_LONGEST_TRACE // 2 :]]
    return " → ".join(names) or "开始事件"
