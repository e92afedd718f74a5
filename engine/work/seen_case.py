"""A case that its reader was found to see, opened once for all the parts of its page."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.model.actors import Actor
from engine.model.tasks import TaskLine
from engine.store import task_lists
from engine.store.database import Tx
from engine.work.access import visible_case
from engine.work.confidence import Confidence
from engine.work.environment import Environment
from engine.work.opened import OpenedCase, open_case


@dataclass(frozen=True)
class SeenCase:
    """What she may read of it, and its open steps."""

    confidence: Confidence
    open_steps: Sequence[TaskLine]

    @property
    def environment(self) -> Environment:
        """What every use case needs."""
        return self.confidence.environment

    @property
    def tx(self) -> Tx:
        """The transaction in which it was read: all parts tell of the same moment."""
        return self.confidence.tx

    @property
    def actor(self) -> Actor:
        """Who reads."""
        return self.confidence.actor

    @property
    def opened(self) -> OpenedCase:
        """The case."""
        return self.confidence.opened


def seen_case(environment: Environment, tx: Tx, actor: Actor, case_id: str) -> SeenCase:
    """A case the actor may see. NotFound for any other."""
    opened = open_case(environment, tx, visible_case(tx, actor, case_id))
    return seen(Confidence(environment, tx, actor, opened))


def seen(confidence: Confidence) -> SeenCase:
    """The same of a case that its reader was found to see by one of its steps."""
    lines = task_lists.open_of_case(confidence.tx, confidence.opened.case.id)
    return SeenCase(confidence, tuple(lines))
