"""The page a person begins her day with: her steps, longest overdue first, with exact counts.

The limit is the page query and the query of the counts alone, as the driver is given them.
"""

from collections.abc import Callable

from engine.model.tasks import InboxFilter
from tests.bench.ground import REVIEWER, Ground
from tests.bench.limits import BareConnection, Script, recording
from tests.bench.rows import Measured, in_turns, one_by_one

PAGE = 50
"""Lines."""


def asking(ground: Ground, page: int) -> Callable[[], None]:
    """Asks for the first page of so many lines, in process; the calendar is read beforehand."""
    engine = ground.engine
    reviewer = engine.directory.actor_named(REVIEWER)

    def one() -> None:
        engine.tasks.inbox(reviewer, InboxFilter(limit=page))

    one()
    return one


def queries(ground: Ground, ask: Callable[[], None]) -> Script:
    """What one page sends."""
    with recording(ground.engine.database) as sent:
        ask()
    return Script(tuple(sent))


def inbox(ground: Ground, work: str, rounds: int, each: int, page: int) -> Measured:
    """In process: the engine's own question."""
    ask = asking(ground, page)
    script = queries(ground, ask)
    bare = BareConnection(ground.engine.database)
    found = in_turns(
        rounds, each, one_by_one(lambda _: ask()), one_by_one(lambda _: bare.run(script))
    )
    bare.close()
    return Measured(work, ground.db, found, script.statements, script.commits)
