"""What running cases wait at and a new version does not have.

These cases go on in their versions. But what is only renamed they cannot be moved to, and nobody
notices that later.
"""

from collections.abc import Iterator

from engine.definitions.comparing.elements import name_of
from engine.errors import Finding
from engine.model.definitions import DefinitionSource
from engine.runtime import Program, compile_program
from engine.runtime.diagram import Diagram, Node, ProcessCall
from engine.sentences import Words, finding
from engine.store import version_moves
from engine.store.database import Tx
from engine.store.version_moves import WaitingPlace
from engine.work.environment import Environment


def left_behind(environment: Environment, tx: Tx, source: DefinitionSource) -> Iterator[Finding]:
    """A warning for each element of a process that cases wait at and that it has no more.

    Steps, timers, messages and operations, also those beside a step; and the call activities and
    sub-processes within which a case waits.
    """
    waiting = version_moves.waiting_places(tx, source.key)
    if not waiting:
        return
    new = compile_program(source).diagram(source.key)
    cases: dict[str, set[str]] = {}
    names: dict[str, Words] = {}
    for place in waiting:
        old = environment.programs.get(tx, place.definition_id)
        for node in _stood_at(old, place, source.key):
            if not _is_there(node, old.diagram(source.key), new):
                cases.setdefault(node.id, set()).add(place.case_id)
                names.setdefault(node.id, name_of(node))
    for element_id, standing in sorted(cases.items()):
        yield finding(
            "warning",
            "step-removed",
            source.bpmn_name,
            element_id,
            step=names[element_id],
            id=element_id,
            count=len(standing),
        )


def _stood_at(old: Program, place: WaitingPlace, key: str) -> Iterator[Node]:
    """The elements of a process that a case stands at: what waits, and all that it lies within."""
    if key not in old.processes:
        return
    nodes = old.diagram(key).nodes
    if place.process_key == key:
        within = [place.element_id]
    else:
        calls = old.diagram(key).calls()
        within = [call.id for call in calls if _leads_to(old, call, place.process_key)]
    for element_id in within:
        node = nodes.get(element_id)
        while node is not None:
            yield node
            node = nodes.get(node.container)


def _leads_to(old: Program, call: Node, key: str) -> bool:
    """Whether a call activity calls a process, or one that calls it; calls make no circle."""
    assert isinstance(call.action, ProcessCall)  # noqa: S101 - only call activities are asked
    called = call.action.process_key
    if called == key:
        return True
    further = old.diagram(called).calls() if called in old.processes else ()
    return any(_leads_to(old, one, key) for one in further)


def _is_there(node: Node, old: Diagram, new: Diagram) -> bool:
    """Whether the new version has an element in which a case can go on waiting."""
    other = new.nodes.get(node.id)
    if other is None or other.element.kind is not node.element.kind:
        return False
    places = [
        one.container if one.container in at.nodes else ""
        for one, at in ((node, old), (other, new))
    ]
    return type(other.event) is type(node.event) and places[0] == places[1]
