"""What a finished case of twelve steps leaves in the database, all tables and indexes."""

from sqlalchemy import text

from engine.store.database import Database
from tests.bench.ground import Ground
from tests.bench.paths import Walk
from tests.bench.rows import Single

_ROUNDS_BEFORE = 7
"""Filled in and sent back three times and filled in once more: with the rest, twelve steps."""


def bytes_per_case(ground: Ground, work: str, cases: int) -> Single:
    """Bytes by which the database grows with each case, in ``n``."""
    finish(ground, cases)  # pages that are begun are filled
    before = size_of(ground.engine.database)
    finish(ground, cases)
    grown = size_of(ground.engine.database) - before
    return Single(work, ground.db, {"n": round(grown / cases)})


def finish(ground: Ground, cases: int) -> None:
    """Bring so many cases from their start to their end."""
    waiting = []
    for _ in range(cases):
        walk = Walk.begun(ground.engine)
        for number in range(_ROUNDS_BEFORE):
            walk.round(number)
        walk.to_notice()
        waiting.append(walk)
    let_timers_fire(ground, [walk.case_id for walk in waiting])
    for walk in waiting:
        walk.to_end()
    let_worker_tidy_up(ground)


def let_worker_tidy_up(ground: Ground) -> None:
    """What a worker does beside its jobs: number all in the audit chain, add up what waits."""
    while ground.engine.audit.seal():
        continue
    ground.engine.jobs.add_up()


def let_timers_fire(ground: Ground, case_ids: list[str]) -> None:
    """The five working days of the notice are over."""
    jobs = ground.engine.jobs
    update = text("UPDATE job SET due_at = created_at WHERE case_id = :case_id AND kind = 'timer'")
    with ground.engine.database.unit_of_work() as work:
        for case_id in case_ids:
            work.tx.execute(update, {"case_id": case_id})
        work.commit()
    for case_id in case_ids:
        jobs.fire_due_or_wait(case_id)


def size_of(database: Database) -> int:
    """Bytes of all tables and indexes, without room that is free again."""
    if database.is_sqlite:
        with database.look() as tx:
            pages, free, size = (
                int(tx.exec_driver_sql(f"PRAGMA {name}").scalar_one())
                for name in ("page_count", "freelist_count", "page_size")
            )
        return (pages - free) * size
    with database.look() as tx:
        tx.exec_driver_sql("VACUUM")
        found = tx.exec_driver_sql(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return int(found.scalar_one())
