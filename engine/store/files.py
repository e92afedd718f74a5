"""Files staged and linked: rows here, sealed content below the data folder (design.md D19)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, func, insert, literal, or_, select, update

from engine.model.cases import StoredFile
from engine.store.database import Tx
from engine.store.instants import from_text, from_text_or_none, to_text, to_text_or_none
from engine.store.ready import Ready
from engine.store.tables import file, guest_draft, start_draft, task


def _file(row: Any) -> StoredFile:
    return StoredFile(
        row.id,
        row.case_id,
        row.owner,
        row.name,
        row.label,
        row.type,
        row.size,
        row.sha256,
        from_text(row.staged_at),
        from_text_or_none(row.linked_at),
    )


_ADD = Ready(insert(file))
_LOAD = Ready(select(file).where(file.c.id == bindparam("file")))
_OF_CASE = Ready(
    select(file).where(file.c.case_id == bindparam("case")).order_by(file.c.staged_at, file.c.id)
)


def add(tx: Tx, new: StoredFile) -> None:
    """Write a file's row; its content is on the disk already."""
    add_several(tx, [new])


def add_several(tx: Tx, new: Sequence[StoredFile]) -> None:
    """The same for several in one statement."""
    rows = [
        {
            "id": one.id,
            "case_id": one.case_id,
            "owner": one.owner,
            "name": one.name,
            "label": one.label,
            "type": one.type,
            "size": one.size,
            "sha256": one.sha256,
            "staged_at": to_text(one.staged_at),
            "linked_at": to_text_or_none(one.linked_at),
        }
        for one in new
    ]
    _ADD.write_all(tx, rows)


def load(tx: Tx, file_id: str) -> StoredFile | None:
    """One file."""
    rows = _LOAD.records(tx, {"file": file_id})
    return _file(rows[0]) if rows else None


def by_ids(tx: Tx, ids: Iterable[str]) -> dict[str, StoredFile]:
    """Files by id."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return {row.id: _file(row) for row in tx.execute(select(file).where(file.c.id.in_(wanted)))}


def of_case(tx: Tx, case_id: str) -> list[StoredFile]:
    """The files of a case, oldest first."""
    return [_file(row) for row in _OF_CASE.records(tx, {"case": case_id})]


def link(tx: Tx, ids: Sequence[str], case_id: str, owner: str, at: datetime) -> int:
    """Make staged files part of a case: only the owner's own, or files of the case already."""
    done = tx.execute(
        update(file)
        .where(
            file.c.id.in_(ids),
            or_(file.c.case_id == case_id, (file.c.case_id.is_(None)) & (file.c.owner == owner)),
        )
        .values(case_id=case_id, linked_at=to_text(at))
    )
    return done.rowcount


_TASK = "task/"


def of_task(task_id: str) -> str:
    """How a file names the draft of a step, an officer's or the applicant's."""
    return f"{_TASK}{task_id}"


def of_start(person_id: str, process_key: str, organisation_id: str) -> str:
    """How a file names the draft of a start form."""
    return f"start/{person_id}/{process_key}/{organisation_id}"


def keep_for_draft(tx: Tx, ids: Collection[str], owner: str, draft_of: str) -> None:
    """Note in which draft staged files lie: the owner's, or such as lie in it already."""
    if ids:
        tx.execute(
            update(file)
            .where(
                file.c.id.in_(sorted(ids)),
                file.c.case_id.is_(None),
                or_(file.c.owner == owner, file.c.draft_of == draft_of),
            )
            .values(draft_of=draft_of)
        )


# found by the step's key: a sweep must not look at every step for every file
_TASK_OF_FILE = and_(
    file.c.draft_of.startswith(_TASK), task.c.id == func.substr(file.c.draft_of, len(_TASK) + 1)
)
_IS_KEPT = or_(
    exists().where(_TASK_OF_FILE, task.c.status == "open", task.c.draft.is_not(None)),
    exists().where(_TASK_OF_FILE, task.c.status == "open", guest_draft.c.task_id == task.c.id),
    exists().where(
        file.c.draft_of
        == literal("start/")
        .concat(start_draft.c.person_id)
        .concat("/")
        .concat(start_draft.c.process_key)
        .concat("/")
        .concat(start_draft.c.organisation_id)
    ),
)


def forget_unlinked(tx: Tx, before: datetime) -> None:
    """Remove rows staged before an instant, never linked, that lie in no draft."""
    tx.execute(
        delete(file).where(
            file.c.case_id.is_(None),
            file.c.staged_at < to_text(before),
            or_(file.c.draft_of.is_(None), ~_IS_KEPT),
        )
    )


def all_hashes(tx: Tx) -> set[str]:
    """The hash of every file that has a row."""
    return set(tx.execute(select(file.c.sha256).distinct()).scalars())
