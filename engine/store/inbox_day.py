"""What the queries of an inbox share: the moment, the places, whose step it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import String, and_, bindparam, false, or_
from sqlalchemy.sql import ColumnElement

from engine.model.actors import Actor
from engine.model.clock import first_instant
from engine.store.cases import Place
from engine.store.instants import NEVER, to_text


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


def is_at(
    role: ColumnElement[str], place: ColumnElement[str], name: str, how_many: int
) -> ColumnElement[bool]:
    """Whether a role at an organisation is one of so many, given later by :func:`given_as`."""
    return or_(
        false(),
        *(
            and_(
                role == bindparam(f"{name}_role_{n}", type_=String()),
                place == bindparam(f"{name}_at_{n}", type_=String()),
            )
            for n in range(how_many)
        ),
    )


def given_as(name: str, places: Iterable[Place]) -> dict[str, str]:
    """The values of these places."""
    given: dict[str, str] = {}
    for n, (role, place) in enumerate(sorted(places)):
        given[f"{name}_role_{n}"] = role
        given[f"{name}_at_{n}"] = place
    return given


def named_in(actor: Actor) -> str:
    """The pattern that finds her among ``|person|person|``."""
    return f"%|{actor.person_id}|%"
