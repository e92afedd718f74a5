"""What the tables say a case waits for, in one query."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, false, literal, select, text, union_all

from engine.store.database import Tx
from engine.store.instants import from_text
from engine.store.ready import Ready
from engine.store.subscriptions import SIGNAL
from engine.store.tables import (
    job,
    subscription,
    task,
)


@dataclass(frozen=True)
class WaitRow:
    """A row that waits for something.

    ``kind`` is task, timer, operation, retry, message or listening (for a signal); or signal: one
    is on its way to the case.
    """

    kind: str
    token: str
    id: str
    due_at: datetime | None
    status: str
    pauses: bool = False
    """Whether it is a step that the case's total limit stands still for, as was said at opening."""

    def is_due(self, now: datetime) -> bool:
        """Whether it is a timer whose time has come, or a signal; and that nobody gave up on."""
        return (
            self.kind in ("timer", "signal")
            and self.status != "failed"
            and self.due_at is not None
            and self.due_at <= now
        )


_CASE = bindparam("case_id", type_=task.c.case_id.type)
# The states stand in the statement as the partial indexes name them, else they are not used.
_WAITS = Ready(
    union_all(
        select(
            literal("task").label("kind"),
            task.c.token,
            task.c.id,
            literal("").label("due_at"),
            task.c.status,
            task.c.pauses_clock.label("pauses"),
        ).where(task.c.case_id == _CASE, text("task.status = 'open'")),
        select(
            job.c.kind,
            job.c.token,
            literal("").label("id"),
            job.c.due_at,
            job.c.status,
            false().label("pauses"),
        ).where(
            job.c.case_id == _CASE,
            text("job.status IN ('waiting', 'running', 'failed')"),
        ),
        select(
            case((subscription.c.key_hash == SIGNAL, "listening"), else_="message"),
            subscription.c.token,
            literal(""),
            literal(""),
            literal("waiting"),
            false(),
        ).where(subscription.c.case_id == _CASE),
    )
)


def wait_rows(tx: Tx, case_id: str) -> list[WaitRow]:
    """Everything the tables say a case waits for: compared with the engine's waits (D22)."""
    return [
        WaitRow(kind, token, id_, from_text(due) if due else None, status, bool(pauses))
        for kind, token, id_, due, status, pauses in _WAITS.rows(tx, {"case_id": case_id})
    ]
