"""Statements over what a person may see, compiled once for all whose grants are alike.

The rule of sight (:func:`engine.store.cases.visible_to`) is written with the values of one actor.
Building it, and finding again what it was compiled to, costs more than the database does
(docs/performance.md). So it is asked once for a stand-in, who holds the same roles at as many
units and whose names are blanks; the real names are given when the statement runs. There is no
second copy of the rule.
"""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Executable

from engine.model.actors import Actor, Grant
from engine.store.ready import Blank, Ready, Values

_MOST_ALIKE = 200
"""Statements kept of one kind; a federation has some dozens of combinations of roles."""


_MOST_DOUBLED = 4_096


class ReadyFor:
    """A statement for each kind of actor; what else it depends on is given as its shape."""

    def __init__(self, build: Callable[..., Executable]) -> None:
        @lru_cache(maxsize=_MOST_ALIKE)
        def ready(actor: Actor, *shape: Any) -> Ready:
            return Ready(build(actor, *shape))

        self._ready = ready

    def records(self, tx: Connection, actor: Actor, values: Values, *shape: Any) -> list[Any]:
        """All rows, values converted, each with its labels as names."""
        like, names = stand_in(actor)
        return self._ready(like, *shape).records(tx, {**values, **names})

    def first(
        self, tx: Connection, actor: Actor, values: Values, *shape: Any
    ) -> dict[str, Any] | None:
        """The first row by its labels, or None."""
        like, names = stand_in(actor)
        return self._ready(like, *shape).first(tx, {**values, **names})


@lru_cache(maxsize=1000)
def stand_in(actor: Actor) -> tuple[Actor, Mapping[str, str]]:
    """One with the same roles whose names are blanks, and the names that belong there.

    The system, a guest and a writer are told by their ids; they stand for themselves.
    """
    if actor.is_system or actor.is_guest or actor.is_writer:
        return actor, {}
    units: dict[str, Blank] = {}
    grants = sorted(actor.grants, key=lambda one: (one.role, one.sees, one.organisation_id))
    for unit in (*(one.organisation_id for one in grants), actor.organisation_id):
        if unit:
            units.setdefault(unit, Blank(f"actor_unit_{len(units)}"))
    like = Actor(
        person_id=Blank("actor_id"),
        username=Blank("actor_username"),
        name=Blank("actor_name"),
        organisation_id=units.get(actor.organisation_id, ""),
        grants=tuple(
            Grant(one.role, units.get(one.organisation_id, ""), one.sees) for one in grants
        ),
    )
    return like, {
        **{blank.name: unit for unit, blank in units.items()},
        "actor_id": actor.person_id,
        "actor_username": actor.username,
        "actor_name": actor.name,
    }


def room_for(values: Collection[Any]) -> int:
    """How many blanks these values are given: a power of two, so that statements are few.

    As many as there are where doubling could pass what SQLite takes in one statement (32,766).
    """
    number = len(values)
    if number > _MOST_DOUBLED:
        return number
    return 1 << max(number - 1, 0).bit_length()


def blanks(name: str, room: int) -> list[Blank]:
    """So many blanks for a list, filled by :func:`filled`."""
    return [Blank(f"{name}_{n}") for n in range(room)]


def filled(name: str, values: Collection[str], room: int) -> dict[str, str]:
    """The values of the blanks of a list that is not empty; the last one fills what is left."""
    each = [*values]
    return {f"{name}_{n}": each[min(n, len(each) - 1)] for n in range(room)}
