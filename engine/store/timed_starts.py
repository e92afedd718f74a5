"""Which cases timers have begun, in their table."""

from datetime import date, datetime

from sqlalchemy import insert, select

from engine.store.database import Tx
from engine.store.instants import to_text
from engine.store.tables import timed_start


def is_done(tx: Tx, process_key: str, organisation_id: str, day: date) -> bool:
    """Whether a unit's case of a day was begun, or stood there already."""
    query = select(timed_start.c.at).where(
        timed_start.c.process_key == process_key,
        timed_start.c.organisation_id == organisation_id,
        timed_start.c.day == day.isoformat(),
    )
    return tx.execute(query).first() is not None


def done_since(tx: Tx, day: date) -> set[tuple[str, str, date]]:
    """Process, unit and day of all that were, from a day on."""
    query = select(timed_start.c.process_key, timed_start.c.organisation_id, timed_start.c.day)
    rows = tx.execute(query.where(timed_start.c.day >= day.isoformat()))
    return {(row.process_key, row.organisation_id, date.fromisoformat(row.day)) for row in rows}


def add(
    tx: Tx, process_key: str, organisation_id: str, day: date, case_id: str | None, at: datetime
) -> None:
    """Write it down. IntegrityError where another worker was first."""
    tx.execute(
        insert(timed_start).values(
            process_key=process_key,
            organisation_id=organisation_id,
            day=day.isoformat(),
            case_id=case_id,
            at=to_text(at),
        )
    )
