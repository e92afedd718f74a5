"""A person's inbox: her page of steps, and the exact numbers beside it.

Both cost what her page costs, not what everybody's steps would: the page is read in its order from
an index (:mod:`engine.store.inbox_page`), the numbers are counted already
(:mod:`engine.store.inbox_counts`). Only what is searched for in the cases, or held by others, is
looked through row by row (:mod:`engine.store.inbox_search`).
"""

from datetime import date
from functools import lru_cache

from sqlalchemy import and_, bindparam, func, select

from engine.model.actors import Actor
from engine.model.tasks import InboxCounts, InboxFilter, TaskLine
from engine.store import inbox_counts, inbox_page, inbox_search
from engine.store.cases import Place, places_of
from engine.store.database import Tx
from engine.store.dated import valid_on
from engine.store.inbox_day import InboxDay, given_as, is_at
from engine.store.ready import Ready
from engine.store.tables import person, role_grant
from engine.store.task_lists import line_of

_ALL = "all"


@lru_cache(maxsize=100)
def _sole(places: int) -> Ready:
    return Ready(
        select(role_grant.c.role, role_grant.c.organisation_id)
        .join(person, and_(person.c.id == role_grant.c.person_id, person.c.active))
        .where(
            is_at(role_grant.c.role, role_grant.c.organisation_id, "hers", places),
            valid_on(role_grant, bindparam("today", type_=role_grant.c.valid_from.type)),
        )
        .group_by(role_grant.c.role, role_grant.c.organisation_id)
        .having(func.count(role_grant.c.person_id.distinct()) == 1)
    )


def sole_places(tx: Tx, actor: Actor, today: date) -> frozenset[Place]:
    """Where nobody else has the actor's role: steps there need no claim (product.md §1.2)."""
    if not actor.grants:
        return frozenset()
    places = places_of(actor)
    given = {**given_as("hers", places), "today": today.isoformat()}
    return frozenset((role, place) for role, place in _sole(len(places)).rows(tx, given))


def counts(
    tx: Tx, actor: Actor, narrowed: InboxFilter, day: InboxDay, lookup_hash: str
) -> InboxCounts:
    """Exact counts of the actor's open steps.

    The counts of one filter hold with all others set: each number is that of the rows that
    choosing it shows.
    """
    if not actor.grants:
        return InboxCounts()
    if narrowed.text:
        return inbox_search.counts(tx, actor, narrowed, day, lookup_hash)
    return inbox_counts.counts(tx, actor, narrowed, day)


def lines(
    tx: Tx,
    actor: Actor,
    narrowed: InboxFilter,
    day: InboxDay,
    lookup_hash: str,
    after: tuple[str, str] | None,
    units: int = 0,
) -> list[TaskLine]:
    """The actor's open steps, longest overdue first; one more than asked.

    ``units``: among how many they lie, where that is known.
    """
    if not actor.grants:
        return []
    if narrowed.text or narrowed.holding == _ALL:
        rows = inbox_search.rows(tx, actor, narrowed, day, lookup_hash, after)
    else:
        rows = inbox_page.rows(tx, actor, narrowed, day, after, units)
    hers = f"|{actor.person_id}|"
    return [
        line_of(
            row,
            is_sole=(row.role, row.handling_id) in day.sole,
            is_by_profile=hers in row.by_profile,
        )
        for row in rows
    ]
