"""The cases behind a file: those that wrote it, and open ones about the same person."""

from collections.abc import Sequence

from sqlalchemy import select

from engine.model.actors import Actor
from engine.model.cases import CaseLine
from engine.store import cases
from engine.store.cases import visible_to
from engine.store.database import Tx
from engine.store.tables import case, case_attribute
from registry.store.tables import household_version

_OVER = ("completed", "cancelled")
_MOST = 100


def wrote(tx: Tx, actor: Actor, file_no: str) -> list[tuple[CaseLine, tuple[int, ...]]]:
    """Cases the actor may see that wrote versions of a file, with the numbers of these."""
    numbers: dict[str, list[int]] = {}
    for row in tx.execute(
        select(household_version.c.case_id, household_version.c.number)
        .join(case, case.c.id == household_version.c.case_id)
        .where(household_version.c.file_no == file_no, visible_to(actor))
        .order_by(household_version.c.number)
    ):
        numbers.setdefault(row.case_id, []).append(row.number)
    return [(line, tuple(numbers[line.id])) for line in _lines(tx, list(numbers))]


def hidden_writers(tx: Tx, actor: Actor, file_no: str) -> int:
    """How many cases wrote to a file that the actor may not see."""
    writers = set(
        tx.execute(
            select(household_version.c.case_id).where(
                household_version.c.file_no == file_no, household_version.c.case_id != ""
            )
        ).scalars()
    )
    return len(writers) - len(wrote(tx, actor, file_no))


def about_person(tx: Tx, actor: Actor, key_hashes: Sequence[str]) -> list[CaseLine]:
    """Open cases the actor may see in which one of these numbers was given."""
    found = tx.execute(
        select(case.c.id)
        .where(
            case.c.id.in_(
                select(case_attribute.c.case_id).where(case_attribute.c.key_hash.in_(key_hashes))
            ),
            case.c.status.not_in(_OVER),
            visible_to(actor),
        )
        .order_by(case.c.created_at.desc())
        .limit(_MOST)
    )
    return _lines(tx, list(found.scalars()))


def line(tx: Tx, case_id: str) -> CaseLine | None:
    """One case as lists show it; the caller has asked whether it may be seen."""
    return cases.line(tx, case_id)


def _lines(tx: Tx, case_ids: Sequence[str]) -> list[CaseLine]:
    found = (cases.line(tx, case_id) for case_id in case_ids)
    return [line for line in found if line is not None]
