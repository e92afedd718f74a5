"""What must hold of every inbox: its numbers and pages are what looking at each step gives."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from engine import Actor, Engine
from engine.model.clock import local_date
from engine.model.tasks import InboxFilter
from engine.store import inbox, inbox_search, waiting
from engine.store.database import Tx
from engine.store.inbox_day import InboxDay
from engine.store.inbox_page import MANY
from engine.store.instants import NEVER, to_text


def miscounted(engine: Engine) -> dict[waiting.Cell, tuple[int, int]]:
    """Where the kept numbers are not those of the steps."""
    with engine.database.read() as tx:
        return dict(waiting.differences(tx))


def must_agree(engine: Engine, actor: Actor, narrowed: InboxFilter) -> int:
    """The page and the numbers of an inbox are those that looking at each step gives; how many."""
    now = engine.clock.now()
    today = local_date(now)
    with engine.database.read() as tx:
        sole = inbox.sole_places(tx, actor, today)
        day = InboxDay(now, today, today + timedelta(days=2), sole)
        kept = inbox.counts(tx, actor, narrowed, day, "")
        seen = inbox_search.counts(tx, actor, narrowed, day, "")
        assert replace(kept, organisation_names={}) == replace(seen, organisation_names={})
        assert kept.organisation_names.items() <= seen.organisation_names.items()
        everything = replace(narrowed, limit=10_000)
        expected = [row.id for row in inbox_search.rows(tx, actor, everything, day, "", None)]
        for units in (1, MANY):
            found = list(_paged(tx, actor, narrowed, day, units))
            assert found == expected, (narrowed, actor.person_id, sole, units, found, expected)
        assert kept.total == len(expected)
    return len(expected)


def _paged(tx: Tx, actor: Actor, narrowed: InboxFilter, day: InboxDay, units: int) -> Iterator[str]:
    """All steps page by page, found as for somebody whose steps lie among so many units."""
    after = None
    while page := inbox.lines(tx, actor, narrowed, day, "", after, units):
        assert len(page) <= narrowed.limit + 1
        lines = page[: narrowed.limit]
        yield from (line.id for line in lines)
        if len(page) <= narrowed.limit:
            return
        last = lines[-1]
        at = NEVER if last.due_at is None else to_text(last.due_at)
        after = (at, last.id)
