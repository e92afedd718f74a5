"""Where a case stands, for telling people who are not at work in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.runtime.answers import CALL
from engine.runtime.commands import NO_PORTS
from engine.runtime.diagram import Message, Node, Timer
from engine.runtime.program import Program
from engine.runtime.run import DUE, KEY, Run
from engine.runtime.specs import PersonTask, listened_for
from engine.runtime.state import decode
from engine.runtime.tokens import HELD, ROOT_ID, CaseWorkflow, PartWorkflow, Token


@dataclass(frozen=True)
class Position:
    """A token that waits, with what it can read.

    ``around`` are the sub-processes and call activities it lies in, the nearest first, each with
    the key of its process. ``ends_at`` is when a timer takes this wait away: its own, or one drawn
    beside it. ``is_beside`` marks the boundary events of an activity: the case does not stand
    there, but it would go on from there.
    """

    token: str
    process_key: str
    element_id: str
    around: tuple[tuple[str, str], ...]
    scope: Mapping[str, object]
    is_message: bool
    is_beside: bool
    ends_at: datetime | None


def positions(program: Program, state: bytes) -> tuple[Position, ...]:
    """Every wait of a case, failed elements among them; none once it has ended."""
    return positions_of(decode(program, state, NO_PORTS))


def positions_of(run: Run) -> tuple[Position, ...]:
    """The same of a case that has been decoded already."""
    if run.case.completed:
        return ()
    return tuple(
        _position(run, part, token, node)
        for part in run.case.active_parts()
        for token, node in _waiting(run, part)
    )


def _waiting(run: Run, part: CaseWorkflow | PartWorkflow) -> Iterator[tuple[Token, Node]]:
    for token in list(part.tasks.values()):
        node: Node | None = getattr(token.task_spec, "node", None)
        if node is None or not token.state & HELD:
            continue
        data = token.internal_data
        is_event = DUE in data or KEY in data or listened_for(token) is not None
        is_work = isinstance(token.task_spec, PersonTask) or CALL in data
        if is_event or is_work or token.id in run.failures:
            yield token, node


def _position(run: Run, part: CaseWorkflow | PartWorkflow, token: Token, node: Node) -> Position:
    scope = run.variables.visible(token, {})
    del scope["case"]
    return Position(
        token=token.id,
        process_key=node.element.process_key,
        element_id=node.id,
        around=tuple(_around(part)),
        scope=scope,
        is_message=isinstance(node.event, Message) and KEY in token.internal_data,
        is_beside=node.attached_to is not None,
        ends_at=min(_ends(part, token), default=None),
    )


def _around(part: CaseWorkflow | PartWorkflow) -> Iterator[tuple[str, str]]:
    place: CaseWorkflow | PartWorkflow = part
    while isinstance(place, PartWorkflow):
        holder: Node = place.holder.task_spec.node
        yield holder.element.process_key, holder.id
        place = place.holder.workflow


def _ends(part: CaseWorkflow | PartWorkflow, token: Token) -> Iterator[datetime]:
    """Timers that would end this wait: they hang below the same token, as state.py keeps them."""
    for other in part.tasks.values():
        node: Node | None = getattr(other.task_spec, "node", None)
        if node is None or not isinstance(node.event, Timer) or not other.state & HELD:
            continue
        beside = node.interrupting and other.parent_id == token.parent_id != ROOT_ID
        if DUE in other.internal_data and (other.id == token.id or beside):
            yield datetime.fromisoformat(other.internal_data[DUE])
