"""Thousands of timers that are due within one minute, and two workers: how late is each?"""

import sys
import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import text

from engine.model.clock import SystemClock
from engine.store.instants import from_text, to_text
from tests.bench.ground import Ground
from tests.bench.paths import Walk
from tests.bench.rows import Single, percentile
from tests.bench.serving import REAL_TIME
from tests.crash.installation import Installation

WORKERS = 2
_HEAD_START = timedelta(seconds=5)
"""Until all timers have been told when they are due."""

_PATIENCE_SECONDS = 600
_BE_DUE = text("UPDATE job SET due_at = :due WHERE case_id = :case_id AND kind = 'timer'")
_DONE = text(
    "SELECT case_id, due_at, done_at FROM job WHERE kind = 'timer' AND status = 'done' "
    "AND due_at >= :since ORDER BY due_at"
)
_FIRED = text(
    "SELECT count(*), count(DISTINCT case_id) FROM event WHERE kind = 'timer_fired' AND at >= :since"
)


def timers(ground: Ground, work: str, how_many: int, within: float) -> Single:
    """Lateness of each; AssertionError when one was fired twice or not at all."""
    first, *waiting = [_at_notice(ground) for _ in range(how_many + 1)]
    installation = Installation(ground.url, ground.data, clock_speed=REAL_TIME)
    try:
        installation.start(webs=0, workers=WORKERS)
        now = SystemClock().now()
        _let_be_due(ground, {first: now})
        _lateness(ground, now, 1)  # they are at work
        begin = SystemClock().now() + _HEAD_START
        spread = timedelta(seconds=within) / how_many
        _let_be_due(ground, {case: begin + n * spread for n, case in enumerate(waiting)})
        late = _lateness(ground, begin, how_many)
    finally:
        installation.stop()
    with ground.engine.database.look() as tx:
        fired, cases = tx.execute(_FIRED, {"since": to_text(begin)}).one()
    assert (fired, cases) == (how_many, how_many), f"{fired} timers fired in {cases} cases"
    lasted = max(late[n] + within * n / how_many for n in range(how_many))
    print(f"{ground.db} {work}: p99 {percentile(late, 99) * 1000:.0f} ms late", file=sys.stderr)
    return Single(
        work,
        ground.db,
        {
            "n": how_many,
            "per_second": round(how_many / lasted, 1),
            "p50_ms": round(percentile(late, 50) * 1000, 2),
            "p95_ms": round(percentile(late, 95) * 1000, 2),
        },
    )


def _at_notice(ground: Ground) -> str:
    """A case whose timer waits."""
    walk = Walk.begun(ground.engine)
    walk.apply()
    walk.to_notice()
    return walk.case_id


def _let_be_due(ground: Ground, instants: Mapping[str, datetime]) -> None:
    with ground.engine.database.unit_of_work() as work:
        for case_id, due in instants.items():
            work.tx.execute(_BE_DUE, {"due": to_text(due), "case_id": case_id})
        work.commit()


def _lateness(ground: Ground, since: datetime, how_many: int) -> list[float]:
    """Seconds from the instant of each timer to its firing, in the order of the instants."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        with ground.engine.database.look() as tx:
            rows = tx.execute(_DONE, {"since": to_text(since)}).all()
        if len(rows) >= how_many:
            break
        assert time.monotonic() < end, f"only {len(rows)} of {how_many} timers fired"
        time.sleep(0.5)
    return [(from_text(row.done_at) - from_text(row.due_at)).total_seconds() for row in rows]
