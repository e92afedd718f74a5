"""What the tables say a case waits for, in one query."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, false, literal, select, union_all

from engine.store.database import Tx
from engine.store.instants import from_text
from engine.store.tables import (
    job,
    subscription,
    task,
)


@dataclass(frozen=True)
class WaitRow:
    """A row that waits for something: ``kind`` is task, timer, operation, retry or message."""

    kind: str
    token: str
    id: str
    due_at: datetime | None
    status: str
    pauses: bool = False
    """Whether it is a step that the case's total limit stands still for, as was said at opening."""

    def is_due(self, now: datetime) -> bool:
        """Whether it is a timer whose time has come and that nobody gave up on."""
        return (
            self.kind == "timer"
            and self.status != "failed"
            and self.due_at is not None
            and self.due_at <= now
        )


_CASE = bindparam("case_id", type_=task.c.case_id.type)
_WAITS = union_all(
    select(
        literal("task").label("kind"),
        task.c.token,
        task.c.id,
        literal("").label("due_at"),
        task.c.status,
        task.c.pauses_clock.label("pauses"),
    ).where(task.c.case_id == _CASE, task.c.status == "open"),
    select(
        job.c.kind,
        job.c.token,
        literal("").label("id"),
        job.c.due_at,
        job.c.status,
        false().label("pauses"),
    ).where(job.c.case_id == _CASE, job.c.status.in_(("waiting", "running", "failed"))),
    select(
        literal("message"),
        subscription.c.token,
        literal(""),
        literal(""),
        literal("waiting"),
        false(),
    ).where(subscription.c.case_id == _CASE),
)


def wait_rows(tx: Tx, case_id: str) -> list[WaitRow]:
    """Everything the tables say a case waits for: compared with the engine's waits (D22)."""
    return [
        WaitRow(
            row.kind,
            row.token,
            row.id,
            from_text(row.due_at) if row.due_at else None,
            row.status,
            bool(row.pauses),
        )
        for row in tx.execute(_WAITS, {"case_id": case_id})
    ]
