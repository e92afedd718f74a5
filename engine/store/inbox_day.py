"""What the queries of an inbox share: the moment, the places, whose step it is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.model.actors import Actor
from engine.model.clock import first_instant
from engine.store.instants import NEVER, to_text

Place = tuple[str, str]
"""A role and the organisation it is held at."""


@dataclass(frozen=True)
class InboxDay:
    """The moment the inbox is looked at.

    ``soon`` is the last day that counts as soon; ``sole`` are the places where nobody but the
    inbox's owner holds her role.
    """

    now: datetime
    today: date
    soon: date
    sole: frozenset[Place] = frozenset()

    @property
    def sole_or_nowhere(self) -> list[Place]:
        """The places for a statement, which should not be given an empty list."""
        return sorted(self.sole) or [("", "")]

    @property
    def tomorrow(self) -> str:
        """The first instant of the day after, as stored."""
        return to_text(first_instant(self.today + timedelta(days=1)))

    @property
    def after_soon(self) -> str:
        """The first instant of the day after the last that counts as soon, as stored."""
        return to_text(first_instant(self.soon + timedelta(days=1)))

    def instants_of(self, bucket: str) -> tuple[str, str]:
        """From which instant to before which one the steps of a bucket are due; all without one.

        The due date is the local date of the due instant, so a bucket is a span of instants.
        """
        now = to_text(self.now)
        known = {
            "": ("", NEVER),
            "overdue": ("", now),
            "today": (now, self.tomorrow),
            "soon": (self.tomorrow, self.after_soon),
            "later": (self.after_soon, NEVER),
        }
        return known.get(bucket, (NEVER, NEVER))


def places_of(actor: Actor) -> list[Place]:
    """Where the actor's roles are held; queues that lead there are hers."""
    return sorted({(grant.role, grant.organisation_id) for grant in actor.grants})


def named_in(actor: Actor) -> str:
    """The pattern that finds her among ``|person|person|``."""
    return f"%|{actor.person_id}|%"
