"""Take a waiting case over to another version of its process: state in, state out.

Nothing is run and nothing is guessed. Every token that waits keeps its id and all it remembers
(what a timer is due at, what a message is waited for with, which items are done, who has come to a
join) and is put where the new version has the same element, or the one it was mapped to. What may
follow it is then predicted from the new version alone. Where that cannot be, it is an
:class:`Obstacle`, and there is no state.

Reading the old document as if it were the new version's would be wrong: what was predicted from
the old drawing stays hanging below the tokens, and steps are skipped.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from SpiffWorkflow.util.task import TaskState

from engine.errors import StateUnreadable
from engine.runtime.answers import CALL
from engine.runtime.commands import waits_of
from engine.runtime.diagram import Node, OperationTask, ProcessCall
from engine.runtime.positions import Position, positions_of
from engine.runtime.program import Program
from engine.runtime.repeating import ITEMS, ROUNDS
from engine.runtime.run import Run
from engine.runtime.specs import (
    ARRIVED,
    END_NAME,
    SPLIT_SUFFIX,
    BoundaryWait,
    EventBasedGateway,
    InnerProcess,
    Joining,
    PersonTask,
)
from engine.runtime.state import decode, encode
from engine.runtime.step import Ports, Step
from engine.runtime.tokens import HELD, ROOT_ID, UNFINISHED, Token, update
from engine.runtime.variables import Variables

_JOIN_SUFFIX = ".BoundaryEventJoin"


class Renaming:
    """What the caller says of elements: old id to new id, empty for a wait that is given up.

    An id may be written ``process/element``, to tell apart what two processes call the same.
    """

    def __init__(self, ids: Mapping[str, str]) -> None:
        self.ids = dict(ids)

    def of(self, process_key: str, element_id: str) -> str:
        """The new id of an element; empty where its wait is given up."""
        found = self.ids.get(f"{process_key}/{element_id}", self.ids.get(element_id, element_id))
        return found.rpartition("/")[2]

    def names(self, process_key: str, element_id: str) -> bool:
        """Whether the caller says anything of it."""
        return f"{process_key}/{element_id}" in self.ids or element_id in self.ids


@dataclass(frozen=True)
class Obstacle:
    """Why a token cannot be taken over: ``code`` as in :data:`MENDABLE` and :data:`REFUSED`.

    ``element_id`` is where it waits in the old version, ``target_id`` where it was to go.
    """

    code: str
    process_key: str
    element_id: str
    target_id: str = ""


MENDABLE = frozenset({"gone", "gone-beside", "target-unknown", "kind", "place"})
"""A mapping, or another one, takes these away."""

REFUSED = frozenset({"join", "join-over", "operation", "called", "repetition", "unknown-token"})
"""No mapping does."""


@dataclass(frozen=True)
class Mark:
    """A token of the case in the new version: in which scope, at which element.

    ``arrived`` are the elements from which tokens have come to a join; ``beside`` marks an event
    that waits at the boundary of an activity.
    """

    process_key: str
    container: str
    element_id: str
    part: str
    arrived: tuple[str, ...] = ()
    beside: bool = False


@dataclass(frozen=True)
class Rebound:
    """A case in the new version; ``step`` is None where there are obstacles.

    ``begun`` are the elements that the new version has more beside a wait, and that wait from now
    on; ``dropped`` the tokens whose waits were given up.
    """

    step: Step | None
    obstacles: tuple[Obstacle, ...] = ()
    stands: tuple[Position, ...] = ()
    """Where it waits in the old version."""
    marks: tuple[Mark, ...] = ()
    begun: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()


def rebind(old: Program, new: Program, state: bytes, renaming: Renaming, ports: Ports) -> Rebound:
    """The case as the new version knows it; StateUnreadable for a state that is not ``old``'s.

    ``ports`` are asked when a wait begins that only the new version has.
    """
    before = decode(old, state, ports)  # whatever is wrong with the document is found here
    work = _Rebinding(old, new, orjson.loads(state), renaming, ports)
    return replace(work.done(), stands=positions_of(before))


@dataclass
class _Place:
    """One scope of the case while it is taken over."""

    part: Any
    old_spec: Any
    rows: list[list[Any]]
    root: Token
    tokens: dict[int, Token] = field(default_factory=dict)
    holders: dict[str, Token] = field(default_factory=dict)
    """By the name of their specs: the finished tokens that tie waits together."""

    @property
    def process_key(self) -> str:
        return str(self.old_spec.process_key)

    @property
    def container(self) -> str:
        """The process or embedded sub-process in the new version."""
        return str(self.part.spec.name).rpartition("/")[2]


class _Rebinding:
    def __init__(
        self, old: Program, new: Program, document: Any, renaming: Renaming, ports: Ports
    ) -> None:
        self.old, self.new, self.renaming = old, new, renaming
        self.document = document
        variables = Variables(document["root"], document["called"], document["local"])
        self.run = Run(new, ports, variables, document["failed"])
        self.obstacles: list[Obstacle] = []
        self.inner: dict[str, str] = {}
        self.places: list[_Place] = []
        self.begun: list[tuple[str, str]] = []
        self.dropped: list[str] = []

    def done(self) -> Rebound:
        if self.document["ended"]:
            raise StateUnreadable("a case that has ended is not taken over")
        for holder_id, rows in self.document["parts"]:
            self._take_over(holder_id, rows)
        if self.obstacles:
            return Rebound(None, tuple(dict.fromkeys(self.obstacles)))
        for place in self.places:
            for token in list(place.tokens.values()):
                token.task_spec._predict(token, mask=UNFINISHED)  # noqa: SLF001
        for place in self.places:
            self._begin_what_is_new(place)
        self._look_at_joins()
        if self.obstacles:
            return Rebound(None, tuple(dict.fromkeys(self.obstacles)))
        marks = tuple(self._marks())
        state = encode(self.run)
        step = Step(
            state=state,
            ended=False,
            opened=(),
            closed=(),
            waits=waits_of(self.run),
            passed=(),
            decisions=(),
            operations=(),
            incidents=self.run.incidents(),
            variables=self.run.variables.root,
        )
        begun, dropped = tuple(self.begun), tuple(self.dropped)
        return Rebound(step, marks=marks, begun=begun, dropped=dropped)

    # One scope -----------------------------------------------------------------------------

    def _take_over(self, holder_id: str | None, rows: list[list[Any]]) -> None:
        part: Any = self.run.case
        old_spec = self.old.spec
        if holder_id is not None:
            holder = self.run.case.find(holder_id)
            if holder is None or holder_id not in self.inner:
                return  # what holds it cannot be taken over, and has said so
            old_spec = self.old.parts[self.inner[holder_id]]
            part = self.run.case.create_subprocess(holder, holder.task_spec.spec)
        root = Token(part, part.spec.start, None, TaskState.COMPLETED, ROOT_ID)
        part.task_tree = root
        place = _Place(part, old_spec, rows, root)
        self.places.append(place)
        for number, row in enumerate(rows):
            if row[2] & HELD:
                self._take_token(place, number)

    def _take_token(self, place: _Place, number: int) -> None:
        token_id, _parent, state, old_name, triggered, data = place.rows[number]
        old_task = place.old_spec.task_specs[old_name]
        node: Node | None = getattr(old_task, "node", None)
        if node is None:
            if old_name != END_NAME:
                self._stop("unknown-token", place, old_name)
                return
            task_spec, around = place.part.spec.end, place.root
        else:
            task_spec = self._spec_for(place, old_task, node, token_id)
            if task_spec is None:
                return
            found = self._around(place, number, old_task, node, task_spec)
            if found is None:
                return
            around = found
        token = Token(place.part, task_spec, around, state, token_id)
        token.triggered = bool(triggered)
        token.internal_data = data
        place.tokens[number] = token
        if node is not None:
            self._keep_what_it_knows(place, token, old_task, node)

    def _spec_for(self, place: _Place, old_task: Any, node: Node, token_id: str) -> Any | None:
        """What the token waits at in the new version; None with an obstacle, or given up."""
        target = self.renaming.of(place.process_key, node.id)
        if not target:
            if isinstance(old_task, BoundaryWait):
                self.dropped.append(token_id)
            else:
                self._stop("gone", place, node.id)
            return None
        specs = place.part.spec.task_specs
        task_spec = specs.get(target)
        if task_spec is None:
            self._stop(self._why_missing(place, node, target), place, node.id, target)
            return None
        if old_task.name != node.id:  # one item of a repetition
            task_spec = specs.get(getattr(task_spec, "task_spec", ""))
        new_node: Node | None = getattr(task_spec, "node", None)
        if task_spec is None or new_node is None or type(task_spec) is not type(old_task):
            self._stop("kind", place, node.id, target)
            return None
        if type(new_node.event) is not type(node.event):
            self._stop("kind", place, node.id, target)
            return None
        host = (
            None
            if node.attached_to is None
            else self.renaming.of(place.process_key, node.attached_to)
        )
        if new_node.attached_to != host:
            self._stop("place", place, node.id, target)
            return None
        return task_spec

    def _why_missing(self, place: _Place, node: Node, target: str) -> str:
        """Why there is nothing of that id in this scope of the new version."""
        process_key = place.part.spec.process_key
        if target in self.new.diagram(process_key).nodes:
            return "place"
        if self.renaming.names(place.process_key, node.id):
            return "target-unknown"
        return "gone" if node.attached_to is None else "gone-beside"

    def _around(
        self, place: _Place, number: int, old_task: Any, node: Node, task_spec: Any
    ) -> Token | None:
        """The token it hangs below; None with an obstacle."""
        parent = place.rows[number][1]
        if old_task.name != node.id:
            return place.tokens.get(parent)
        before = None if parent < 0 else place.old_spec.task_specs[place.rows[parent][3]]
        if isinstance(before, EventBasedGateway):
            return self._gateway(place, before, node, task_spec)
        host = task_spec.node.attached_to or task_spec.name
        return self._holder(place, host + SPLIT_SUFFIX)

    def _gateway(self, place: _Place, before: Any, node: Node, task_spec: Any) -> Token | None:
        target = self.renaming.of(place.process_key, before.name)
        gateway = place.part.spec.task_specs.get(target)
        if not isinstance(gateway, EventBasedGateway):
            self._stop("gone", place, before.name, target)
            return None
        if task_spec not in gateway.outputs:
            self._stop("place", place, node.id, task_spec.name)
            return None
        return self._holder(place, target)

    def _holder(self, place: _Place, name: str) -> Token:
        """The finished token that ties waits together, where the new version draws one."""
        task_spec = place.part.spec.task_specs.get(name)
        if task_spec is None:
            return place.root
        if name not in place.holders:
            place.holders[name] = Token(place.part, task_spec, place.root, TaskState.COMPLETED)
        return place.holders[name]

    # What a token remembers ------------------------------------------------------------------

    def _keep_what_it_knows(self, place: _Place, token: Token, old_task: Any, old: Node) -> None:
        new: Node = token.task_spec.node
        data = token.internal_data
        if ARRIVED in data:
            self._keep_arrivals(place, token, old)
        if CALL in data and _operation(old) != _operation(new):
            self._stop("operation", place, old.id, new.id)
        if data.keys() & {ITEMS, ROUNDS} and _repetition(old) != _repetition(new):
            self._stop("repetition", place, old.id, new.id)
        if isinstance(old_task, InnerProcess):
            if _called(old) != _called(new):
                self._stop("called", place, old.id, new.id)
            self.inner[token.id] = old_task.spec
        if isinstance(old_task, PersonTask) and _inputs(old) != _inputs(new):
            self._map_again(token, old, new)

    def _keep_arrivals(self, place: _Place, token: Token, old: Node) -> None:
        wanted = list(token.task_spec._inputs)  # noqa: SLF001 - the parser's own table
        arrived = []
        for name in token.internal_data[ARRIVED]:
            base = self.renaming.of(place.process_key, name.removesuffix(_JOIN_SUFFIX))
            arrived.append(base + _JOIN_SUFFIX if base + _JOIN_SUFFIX in wanted else base)
        if Counter(arrived) - Counter(wanted):
            self._stop("join", place, old.id)
        token.internal_data = {**token.internal_data, ARRIVED: arrived}

    def _map_again(self, token: Token, old: Node, new: Node) -> None:
        """A step whose form is given other variables now: give it those."""
        local = self.run.variables.local.get(token.id, {})
        for assignment in old.inputs:
            local.pop(assignment.target[0], None)
        if not local:
            self.run.variables.local.pop(token.id, None)
        if token.id not in self.run.failures:
            self.run.map_inputs(token, new)

    # What only the new version has ---------------------------------------------------------

    def _begin_what_is_new(self, place: _Place) -> None:
        """Events that the new version has beside a wait begin to wait now."""
        present = {token.task_spec.name for token in place.tokens.values()}
        hosts = [t for t in place.tokens.values() if not isinstance(t.task_spec, BoundaryWait)]
        for host in hosts:
            split = place.part.spec.task_specs.get(host.task_spec.name + SPLIT_SUFFIX)
            for spec in () if split is None else split.outputs:
                is_event = isinstance(spec, BoundaryWait) and spec.name not in present
                if is_event and not self._was_there(place, spec, host.task_spec.name):
                    self._begin(place, spec, place.holders[split.name])
        for name, holder in list(place.holders.items()):
            if isinstance(holder.task_spec, EventBasedGateway):
                for spec in holder.task_spec.outputs:
                    if spec.name not in present:
                        self._begin(place, spec, place.holders[name])

    def _was_there(self, place: _Place, spec: Any, host: str) -> bool:
        """Whether the old version had this event at this host: it has happened, or was given up."""
        return any(
            node.attached_to is not None
            and self.renaming.of(place.process_key, node.id) == spec.name
            and self.renaming.of(place.process_key, node.attached_to) == host
            for node in self.old.diagram(place.process_key).nodes.values()
        )

    def _begin(self, place: _Place, spec: Any, holder: Token) -> None:
        token = Token(place.part, spec, holder, TaskState.WAITING)
        token.task_spec._predict(token, mask=UNFINISHED)  # noqa: SLF001
        update(token)
        place.tokens[-1 - len(place.tokens)] = token
        self.begun.append((place.part.spec.process_key, spec.node.id))

    def _look_at_joins(self) -> None:
        for place in self.places:
            for token in place.tokens.values():
                joins = isinstance(token.task_spec, Joining) and token.state == TaskState.WAITING
                if joins and token.task_spec._is_complete(token):  # noqa: SLF001
                    self._stop("join-over", place, token.task_spec.node.id)

    # What came of it -----------------------------------------------------------------------

    def _marks(self) -> Iterator[Mark]:
        for number, place in enumerate(self.places):
            for token in place.tokens.values():
                node: Node | None = getattr(token.task_spec, "node", None)
                if node is None or token.task_spec.name != node.id:
                    continue  # the end, and the items of a repetition
                yield Mark(
                    place.part.spec.process_key,
                    place.container,
                    node.id,
                    str(number),
                    tuple(n.removesuffix(_JOIN_SUFFIX) for n in _arrived(token)),
                    beside=node.attached_to is not None,
                )

    def _stop(self, code: str, place: _Place, element_id: str, target: str = "") -> None:
        self.obstacles.append(Obstacle(code, place.process_key, element_id, target))


def _arrived(token: Token) -> Iterable[str]:
    found: Iterable[str] = token.internal_data.get(ARRIVED, ())
    return found


def _operation(node: Node) -> str | None:
    return node.action.operation if isinstance(node.action, OperationTask) else None


def _repetition(node: Node) -> tuple[object, ...]:
    """What the progress of a repetition, and the variables of its items, lean on."""
    if node.loop is None:
        return (node.again is not None,)
    return (node.loop.sequential, node.loop.result is None, node.loop.item_name)


def _called(node: Node) -> str | None:
    return node.action.process_key if isinstance(node.action, ProcessCall) else None


def _inputs(node: Node) -> list[tuple[tuple[str, ...], str]]:
    return [(one.target, one.source.text) for one in node.inputs]
