"""Which papers of a case were checked, in which step, by whom and when."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from engine.model.papers import PaperCheck
from engine.store.cases import insert_or
from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.ready import Ready
from engine.store.tables import paper_check, person, task


def tick(tx: Tx, task_id: str, file_id: str, by_id: str, at: datetime) -> None:
    """A paper was checked in a step; who ticked it last holds."""
    values = {"by_id": by_id, "at": to_text(at)}
    tx.execute(
        insert_or(tx, paper_check)
        .values(task_id=task_id, file_id=file_id, **values)
        .on_conflict_do_update(index_elements=["task_id", "file_id"], set_=values)
    )


def untick(tx: Tx, task_id: str, file_id: str) -> None:
    """It was not, after all."""
    tx.execute(
        delete(paper_check).where(
            paper_check.c.task_id == task_id, paper_check.c.file_id == file_id
        )
    )


def of_case(tx: Tx, case_id: str) -> Sequence[PaperCheck]:
    """The checks of all steps of a case, oldest first."""
    return [
        PaperCheck(row.task_id, row.step, row.file_id, row.by_name or "", from_text(row.at))
        for row in _OF_CASE.records(tx, {"case": case_id})
    ]


_OF_CASE = Ready(
    select(
        paper_check,
        task.c.name.label("step"),
        person.c.name.label("by_name"),
    )
    .join(task, task.c.id == paper_check.c.task_id)
    .outerjoin(person, person.c.id == paper_check.c.by_id)
    .where(task.c.case_id == bindparam("case"))
    .order_by(paper_check.c.at, paper_check.c.file_id)
)
