"""What stands beside an inbox: what its owner may start, what is done together or from lists."""

from dataclasses import dataclass

from engine.model.actors import Actor
from engine.store import directory
from engine.store.database import Tx
from engine.work.environment import Environment
from engine.work.newest import Newest


@dataclass(frozen=True)
class Offers:
    """The same for a person; ``starts`` whether she may start anything, by hand or not."""

    newest: Newest
    starts: bool
    starts_from_nothing: bool


def offers(environment: Environment, tx: Tx, actor: Actor, newest: Newest) -> Offers:
    """What stands beside the person's inbox."""
    held = [one for one in newest.starts if actor.places(one.role)]
    places = {place for one in held for place in actor.places(one.role)}
    levels = directory.levels_below(tx, places, environment.today()) if places else {}
    mine = [
        one
        for one in held
        if any(
            not one.levels or not levels.get(place, set()).isdisjoint(one.levels)
            for place in actor.places(one.role)
        )
    ]
    return Offers(newest, bool(mine), any(one.from_nothing for one in mine))
