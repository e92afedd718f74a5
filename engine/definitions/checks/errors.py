"""Is every error caught, and is every error that is waited for one that can come?

An error goes outwards, from an end event through sub-processes and called processes, to the first
boundary event for it. What a process does not catch itself is part of what its callers must know.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.definitions.diagram import Node, Process, Scope
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.definitions.variables import called_process
from engine.errors import Finding

Way = tuple[Node, ...]
"""From the outside to the end event: calls and sub-processes, then the end event."""


def check(draft: Draft) -> Iterator[Finding]:
    """Errors without a code, errors that nobody catches, boundary events that wait in vain."""
    thrown = _Thrown()
    for process in draft.processes:
        for node in process.of("endEvent"):
            if node.event_kind == "error" and not _code(draft, process, node):
                yield error("error-without-code", process.file, node.element, node=node.label)
        if process.start_role:  # others hand what they do not catch to their callers
            for code, way in thrown.leaving(draft, process).items():
                yield _uncaught(process, code, way)
        for node in process.of("subProcess", "callActivity"):
            yield from _in_vain(draft, process, node, thrown)


def _uncaught(process: Process, code: str, way: Way) -> Finding:
    """Told of the end event, or of the call behind which it lies in another file."""
    at = next(node for node in way if node.tag in {"endEvent", "callActivity"})
    trace = tuple(node.id for node in way)
    if at.tag == "callActivity":
        return error(
            "error-uncaught.called",
            process.file,
            at.element,
            trace,
            node=at.label,
            called=at.called_key,
            code=code,
        )
    key = "error-uncaught.outermost" if at is way[0] else "error-uncaught.inside"
    return error(key, process.file, at.element, trace, node=at.label)


def _in_vain(draft: Draft, process: Process, node: Node, thrown: "_Thrown") -> Iterator[Finding]:
    """Boundary events for errors that never come; ways out that no end leads to."""
    catching = [b for b in node.boundaries if b.event_kind == "error"]
    inside = thrown.inside(draft, process, node)
    if inside is None:
        return
    for boundary in catching:
        code = _code(draft, process, boundary)
        if not inside or (code is not None and code not in inside):
            yield warning(
                "boundary-never.not-thrown",
                process.file,
                boundary.element,
                node=boundary.label,
                host=node.label,
            )
    ends = _ends_of(draft, node)
    if node.outgoing and ends and all(end.event_kind == "error" for end in ends):
        yield warning(
            "dead-element.only-errors", process.file, node.outgoing[0].element, node=node.label
        )


def _ends_of(draft: Draft, node: Node) -> list[Node]:
    scope = node.inner
    if node.tag == "callActivity":
        called = called_process(draft, node.called_key)
        scope = called.process.scopes[0] if called is not None else None
    nodes = () if scope is None else scope.nodes.values()
    return [one for one in nodes if one.tag == "endEvent"]


@dataclass
class _Thrown:
    """What leaves processes, each looked at once."""

    known: dict[str, Mapping[str, Way]] = field(default_factory=dict)

    def leaving(self, draft: Draft, process: Process) -> Mapping[str, Way]:
        """The codes that a process does not catch itself, each with one way it comes from."""
        if process.key not in self.known:
            self.known[process.key] = {}  # a circle of calls is refused elsewhere
            self.known[process.key] = self._of_scope(draft, process, process.scopes[0])
        return self.known[process.key]

    def _of_scope(self, draft: Draft, process: Process, scope: Scope) -> Mapping[str, Way]:
        found: dict[str, Way] = {}
        for node in scope.nodes.values():
            if node.tag == "endEvent" and node.event_kind == "error":
                code = _code(draft, process, node)
                if code:
                    found.setdefault(code, (node,))
            for code, way in (self.inside(draft, process, node) or {}).items():
                if not _catches(draft, process, node, code):
                    found.setdefault(code, (node, *way))
        return found

    def inside(self, draft: Draft, process: Process, node: Node) -> Mapping[str, Way] | None:
        """What comes out of a sub-process or a called process; None where nobody knows."""
        if node.inner is not None:
            return self._of_scope(draft, process, node.inner)
        if node.tag != "callActivity":
            return {}
        called = called_process(draft, node.called_key)
        return None if called is None else self.leaving(called.draft, called.process)


def _catches(draft: Draft, process: Process, node: Node, code: str) -> bool:
    return any(
        boundary.event_kind == "error" and _code(draft, process, boundary) in (None, code)
        for boundary in node.boundaries
    )


def _code(draft: Draft, process: Process, node: Node) -> str | None:
    """The error's code; None where the event names no error, which at a boundary catches all."""
    reference = "" if node.event is None else node.event.get("errorRef", "")
    if not reference:
        return None
    definition = draft.definitions_of(process, "error").get(reference)
    return "" if definition is None else definition.get("errorCode", "").strip()
