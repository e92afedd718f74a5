"""Does each called process exist, get what it reads, and end before it calls itself? (D22)"""

from collections.abc import Iterator, Mapping

from engine.definitions.diagram import Node, Process, extension
from engine.definitions.draft import Draft
from engine.definitions.expressions import output_sites
from engine.definitions.findings import error, warning
from engine.definitions.folder import called_keys
from engine.definitions.variables import (
    RESERVED,
    Called,
    all_forms_usable,
    asked_of_caller,
    called_process,
    written,
)
from engine.errors import Finding
from engine.model.definitions import DefinitionSource


def check(draft: Draft) -> Iterator[Finding]:
    """Call activities: the process, propagation, inputs, recursion."""
    graph = _call_graph(draft)
    for process, node in draft.nodes("callActivity"):
        key = node.called_key
        if not key or key.startswith("="):
            yield error("called-process-missing", process.file, node.element, node=node.label)
            continue
        yield from _propagation(process, node)
        path = _way_back(graph, key, process.key)
        if path is not None:
            yield error(
                "recursive-call",
                process.file,
                node.element,
                node=node.label,
                way=" → ".join((process.key, *path)),
            )
            continue
        called = called_process(draft, key)
        if called is not None:
            yield from _interface(process, node, called)
        elif not _may_be_unread(draft, key):
            yield error(
                "called-process-unknown", process.file, node.element, node=node.label, key=key
            )


def _propagation(process: Process, node: Node) -> Iterator[Finding]:
    called = extension(node.element, "calledElement")
    for name in ("propagateAllChildVariables", "propagateAllParentVariables"):
        if called is not None and called.get(name) != "false":
            yield error("call-propagation", process.file, node.element, node=node.label, name=name)


def _interface(process: Process, node: Node, called: Called) -> Iterator[Finding]:
    if called.process.start_role:
        yield warning(
            "called-has-start-role",
            process.file,
            node.element,
            node=node.label,
            called=node.called_key,
        )
    if not all_forms_usable(called.draft, called.process):
        return
    asked = asked_of_caller(called)
    given = {mapped.variable for mapped in node.inputs}
    for name in sorted(asked - given):
        yield error(
            "call-input-missing",
            process.file,
            node.element,
            node=node.label,
            called=node.called_key,
            name=name,
        )
    inside = written(called.draft, called.process)
    known = asked | inside
    yield from _outputs(process, node, inside | given)
    for mapped in node.inputs:
        if mapped.variable not in known:
            yield warning(
                "call-input-unused",
                process.file,
                mapped.element,
                node=node.label,
                called=node.called_key,
                variable=mapped.variable,
            )


def _outputs(process: Process, node: Node, inside: frozenset[str]) -> Iterator[Finding]:
    for site in output_sites(process, node):
        compiled = site.compiled()
        for name in sorted((compiled.free_names if compiled else frozenset()) - inside - RESERVED):
            yield error(
                "call-output-unknown",
                process.file,
                site.element,
                where=site.where,
                name=name,
                called=node.called_key,
            )


def _may_be_unread(draft: Draft, key: str) -> bool:
    """Whether a file that could not be read may hold the process: it is reported already."""
    return f"{key}.bpmn" in draft.unreadable


def _call_graph(draft: Draft) -> dict[str, frozenset[str]]:
    graph: dict[str, frozenset[str]] = {}
    waiting: list[Mapping[str, DefinitionSource]] = [draft.deployed]
    while waiting:
        for key, source in waiting.pop().items():
            if key not in graph:
                graph[key] = frozenset(source.called)
                waiting.append(source.called)
    for process in draft.processes:
        graph[process.key] = called_keys(process)
    return graph


def _way_back(graph: Mapping[str, frozenset[str]], key: str, home: str) -> list[str] | None:
    """How calls lead from a process to another; None where they do not."""
    came: dict[str, str | None] = {key: None}
    waiting = [key]
    while waiting:
        current = waiting.pop(0)
        if current == home:
            path = [current]
            previous = came[current]
            while previous is not None:
                path.append(previous)
                previous = came[previous]
            return path[::-1]
        for following in sorted(graph.get(current, ())):
            if following not in came:
                came[following] = current
                waiting.append(following)
    return None
