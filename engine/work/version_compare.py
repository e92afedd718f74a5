"""Two deployed versions side by side, with the running cases that each change touches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.definitions.comparing import Change, compare
from engine.definitions.comparing.changes import How
from engine.definitions.comparing.elements import name_of
from engine.definitions.roads import Place, Roads
from engine.errors import NotFound
from engine.model.actors import Actor
from engine.runtime import Program
from engine.sentences import Words
from engine.store import definitions, version_moves
from engine.store.database import Tx
from engine.store.definitions import DefinitionRow
from engine.work.environment import Environment
from engine.work.version_plan import roles_in_words


@dataclass(frozen=True)
class WaitingAt:
    """How many cases wait at an element now."""

    process_key: str
    element_id: str
    name: Words
    cases: int


@dataclass(frozen=True)
class Touched:
    """A change with the running cases it touches.

    ``here`` wait at what is changed, ``ahead`` can still come to it; a case may count as both.
    ``places`` say where those of both kinds wait now.
    """

    change: Change
    here: int
    ahead: int
    places: tuple[WaitingAt, ...]


@dataclass(frozen=True)
class Comparison:
    """What a newer version changes, for the running cases of the older one."""

    old: DefinitionRow
    new: DefinitionRow
    changes: tuple[Touched, ...]
    running: int

    def count(self, how: How) -> int:
        """How many things were added, removed or changed."""
        return sum(one.change.how is how for one in self.changes)


def compared(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    old_id: str,
    new_id: str,
    *,
    everywhere: bool,
) -> Comparison:
    """Both versions compared; NotFound for one that is not there.

    Counted are the cases the actor may see; ``everywhere``, all that she may know of.
    """
    rows = [definitions.by_id(tx, one) for one in (old_id, new_id)]
    old_row, new_row = rows
    if old_row is None or new_row is None:
        raise NotFound("没有找到这个流程版本。请从流程页选择版本。")
    old, new = (environment.programs.get(tx, row.id) for row in (old_row, new_row))
    waiting = version_moves.waiting(tx, old_id, actor, everywhere=everywhere)
    standing = {case_id: _standing(old, places) for case_id, places in waiting.items()}
    before, after = Roads(old), Roads(new)
    changes = tuple(
        _touched(change, standing, old, after if change.how is How.ADDED else before)
        for change in compare(old, new, roles_in_words(tx))
    )
    return Comparison(old_row, new_row, changes, len(standing))


def _standing(program: Program, places: set[Place]) -> frozenset[Place]:
    """Without the events beside a step: the case stands at the step."""
    known = {
        (key, element_id)
        for key, element_id in places
        if key in program.processes and element_id in program.diagram(key).nodes
    }
    alone = {at for at in known if program.node(*at).attached_to is None}
    return frozenset(alone or known)


def _touched(
    change: Change, standing: Mapping[str, frozenset[Place]], old: Program, roads: Roads
) -> Touched:
    touched = set(change.elements)
    hosts = {
        (key, host)
        for key, element_id in touched
        if key in old.processes
        and (node := old.diagram(key).nodes.get(element_id)) is not None
        and (host := node.attached_to) is not None
    }
    here = ahead = 0
    at: dict[Place, int] = {}
    for places in standing.values():
        is_here = not places.isdisjoint(touched | hosts)
        leading = [place for place in places if not touched.isdisjoint(roads.from_here(place))]
        here += is_here
        ahead += bool(leading)
        for place in places:
            if place in touched or place in hosts or place in leading:
                at[place] = at.get(place, 0) + 1
    return Touched(change, here, ahead, tuple(_in_order(old, at)))


def _in_order(old: Program, at: Mapping[Place, int]) -> Sequence[WaitingAt]:
    found = [
        WaitingAt(key, element_id, name_of(old.node(key, element_id)), number)
        for (key, element_id), number in at.items()
    ]
    return sorted(found, key=lambda one: (-one.cases, one.element_id))
