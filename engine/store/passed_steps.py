"""Which steps a case has been through, at the cost of a look for each that is asked about.

Reading the history instead would cost more with every round that a case goes.
"""

from collections.abc import Collection
from functools import lru_cache

from sqlalchemy import bindparam, exists, literal, select, union_all

from engine.model.tasks import TaskStatus
from engine.store.database import Tx
from engine.store.ready import Ready
from engine.store.tables import case_move, task

_MOVED = ""


def among(
    tx: Tx, case_id: str, process_key: str, elements: Collection[str]
) -> frozenset[str] | None:
    """Those of some elements of a process at which a step of the case was completed.

    None for a case that has left a version of its process, also one that was put back: its
    elements may have had other names. At each element the first step is found and no other is
    looked at, but where there is none all steps of the case are.
    """
    found = _among(process_key, tuple(sorted(elements))).rows(tx, {"case": case_id})
    names = frozenset(name for (name,) in found)
    return None if _MOVED in names else names


@lru_cache(maxsize=500)
def _among(process_key: str, elements: tuple[str, ...]) -> Ready:
    """One for each set of steps that a process can be sent back to."""
    case_id = bindparam("case", type_=task.c.case_id.type)
    moved = exists().where(case_move.c.case_id == case_id, case_move.c.status != "left")
    done = exists().where(
        task.c.case_id == case_id,
        task.c.process_key == process_key,
        task.c.status == TaskStatus.COMPLETED.value,
    )
    return Ready(
        union_all(
            select(literal(_MOVED).label("element_id")).where(moved),
            *(select(literal(one)).where(done.where(task.c.element_id == one)) for one in elements),
        )
    )
