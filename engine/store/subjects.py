"""Which steps of other cases a case is about."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select

from engine.model.actors import Actor
from engine.store.cases import may_know_of
from engine.store.database import Tx
from engine.store.ready import Ready
from engine.store.ready_for import ReadyFor, blanks, filled, room_for
from engine.store.tables import case, case_subject, task


@dataclass(frozen=True)
class CaseAbout:
    """A case that is about a step."""

    task_id: str
    case_id: str
    case_number: str
    status: str


def add(tx: Tx, case_id: str, task_ids: Sequence[str]) -> None:
    """Write down what a new case is about."""
    rows = [{"case_id": case_id, "task_id": task_id} for task_id in task_ids]
    tx.execute(insert(case_subject), rows)


def tasks_of(tx: Tx, case_id: str) -> list[str]:
    """The steps a case is about."""
    return [task_id for (task_id,) in _TASKS_OF.rows(tx, {"case": case_id})]


_TASKS_OF = Ready(
    select(case_subject.c.task_id)
    .where(case_subject.c.case_id == bindparam("case"))
    .order_by(case_subject.c.task_id)
)


def cases_about(tx: Tx, actor: Actor, task_ids: Collection[str]) -> list[CaseAbout]:
    """The cases about any of these steps that she may know of, oldest first."""
    if not task_ids:
        return []
    room = room_for(task_ids)
    rows = _CASES_ABOUT.records(tx, actor, filled("step", task_ids, room), room)
    return [CaseAbout(row.task_id, row.id, row.number, row.status) for row in rows]


_CASES_ABOUT = ReadyFor(
    lambda actor, room: (
        select(case_subject.c.task_id, case.c.id, case.c.number, case.c.status)
        .join(case, case.c.id == case_subject.c.case_id)
        .where(case_subject.c.task_id.in_(blanks("step", room)), may_know_of(actor))
        .order_by(case.c.created_at, case.c.id)
    )
)


def counts(tx: Tx, case_ids: Collection[str]) -> tuple[Counter[str], Counter[str]]:
    """For each case how many steps it is about, and how many of them are open still."""
    every: Counter[str] = Counter()
    still_open: Counter[str] = Counter()
    if not case_ids:
        return every, still_open
    rows = tx.execute(
        select(case_subject.c.case_id, task.c.status)
        .join(task, task.c.id == case_subject.c.task_id)
        .where(case_subject.c.case_id.in_(sorted(case_ids)))
    )
    for row in rows:
        every[row.case_id] += 1
        still_open[row.case_id] += row.status == "open"
    return every, still_open
